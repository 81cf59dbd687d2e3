#!/usr/bin/env python3
"""Makes each call of the server that can fail do so, once with each of its errors.

    tests/faults/run_sweep.py BUILD STAGE...

Builds each stage's server with small limits, links it and the sweep into one program in
BUILD/faults, and runs the jobs of that side by side: one for each script of scripts.c,
one for the start, one for the end. Prints a line for each job as it ends, then each
fault that the server did not survive, and finally how many there were. Exits with 1 if
there was one, or if no fault was tried.

CC, CPPFLAGS, CFLAGS, LDFLAGS and PORTABLE are as for make; SANITIZE is
address,undefined unless it is set, and may be empty. JOBS says how many run at once.
"""

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

JOB_SECONDS = 170  # a job that takes longer hangs

# So small that each is reached at once, and no wait takes long. With one spare thread,
# each exchange starts a thread and ends one. A request shorter than 60 bytes may take
# 200 ms, a longer one a second more.
LIMITS = """
    -DALLOWANCE_MS=200 -DALLOWANCE_BYTES_PER_SECOND=60 -DALLOWANCE_SHRINK=2
    -DDRAIN_SILENCE_MS=100 -DDRAIN_MOST_MS=500 -DTHREADS_SPARE=1 -DTHREADS_MOST=8
    -DREQUEST_LINE_MOST=2000 -DHEADER_SECTION_MOST=3000 -DCONTENT_MOST=10000
    -DMEMORY_BUDGET=100000 -DHELD_FREELY=1000 -DSTOP_GRACE_MS=300 -DSTOP_MOST_MS=1000
""".split()
SANITIZE = os.environ.get("SANITIZE", "address,undefined")
WARNINGS = "-Wall -Wextra -Wpedantic -Wconversion -Wshadow".split()
INCLUDES = "-iquote common -iquote tests/tools"
SWEEP = [*sorted(Path("tests/faults").glob("*.c")), Path("tests/tools/strict_answer.c")]


def words(name: str, default: str = "") -> list[str]:
    """Returns the words of a variable of the environment."""
    return os.environ.get(name, default).split()


def run(*command: object, **more: object) -> None:
    """Runs a command. Ends the program if it fails."""
    if subprocess.run([str(word) for word in command], check=False, **more).returncode:
        sys.exit(1)


def build_servers(folder: Path, stages: list[str], flags: list[str]) -> None:
    """Builds the stages and common, by the Makefile's own rules."""
    sources = [s for n in stages for s in Path(f"stages/stage{n}").glob("*.c")]
    objects = [folder / s.relative_to("stages").with_suffix(".o") for s in sources]
    quiet = {
        k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))
    }
    run(
        *["make", "--silent", "--no-print-directory", f"-j{os.cpu_count()}"],
        *[f"BUILD={folder}", f"SANITIZE={SANITIZE}", "HARDENING="],
        f"CPPFLAGS={' '.join([*words('CPPFLAGS'), '-U_FORTIFY_SOURCE', *LIMITS])}",
        *[folder / "common.a", *objects],
        env={**quiet, "CFLAGS": " ".join(flags)},
    )


def build_sweep(folder: Path, stages: list[str], flags: list[str]) -> None:
    """Builds the sweep, and links the programs. Wraps the calls that it defines."""
    common = [*words("CC", "cc"), *flags, "-pthread"]
    if SANITIZE:
        common += [f"-fsanitize={SANITIZE}", "-fno-sanitize-recover=all"]
        common += ["-fno-omit-frame-pointer"]
    compile_it = [*common, "-std=c17", *WARNINGS, "-D_GNU_SOURCE", *INCLUDES.split()]
    compile_it += [*LIMITS, *words("CPPFLAGS")]
    (folder / "sweep").mkdir(parents=True, exist_ok=True)
    objects = [folder / "sweep" / source.with_suffix(".o").name for source in SWEEP]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(
            lambda s, o: run(*compile_it, "-c", s, "-o", o), SWEEP, objects
        ):
            pass
    listed = subprocess.check_output(["nm", "--defined-only", *objects], text=True)
    calls = sorted(set(re.findall(r" T __wrap_(\w+)$", listed, re.MULTILINE)))
    check_names(folder, calls)
    for stage in stages:
        run(
            *[*common, *words("LDFLAGS"), *(f"-Wl,--wrap={call}" for call in calls)],
            *[*(folder / f"stage{stage}").glob("*.o"), *objects, folder / "common.a"],
            *["-o", folder / f"sweep{stage}"],
        )


def check_names(folder: Path, calls: list[str]) -> None:
    """Ends the program if a server makes such a call by another name, as C libraries
    with 32-bit times do (support_call_names.h): it could not be made to fail."""

    def plain(name: str) -> str:
        return re.sub(r"^__|(_time)?64$", "", name)

    objects = [*folder.glob("stage*/*.o"), folder / "common.a"]
    listed = subprocess.check_output(["nm", "--undefined-only", *objects], text=True)
    made = set(re.findall(r" U (\w+)$", listed, re.MULTILINE))
    known = {plain(call) for call in calls}
    if missed := {call for call in made if plain(call) in known} - {*calls}:
        sys.exit(f"The sweep does not know these calls: {', '.join(sorted(missed))}")


def run_job(folder: Path, stage: str, job: str) -> tuple[int, int, int]:
    """Runs a job, prints its output, and returns its faults, calls and failures."""
    name = folder / "results" / f"stage{stage}-{job}"
    program = folder / f"sweep{stage}"
    command = [program, stage, f"{name}.log", f"{name}.count", job]
    try:
        ended = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
            stdin=subprocess.DEVNULL, timeout=JOB_SECONDS, errors="replace", text=True,
        )  # fmt: skip
        said, status = ended.stdout.splitlines(), f"status {ended.returncode}"
    except subprocess.TimeoutExpired:
        said, status = [], f"no result in {JOB_SECONDS} s"
    try:
        counts = tuple(int(word) for word in Path(f"{name}.count").read_text().split())
    except OSError:
        counts = ()
    lines = said[-1:] + said[:-1]  # its last line has the counts
    if len(counts) != 3 or (status != "status 0" and counts[2] == 0):
        lines.append(f"    stage {stage}: job {job} ended with {status}")
        counts = (0, 0, 1)
    print("\n".join(lines), flush=True)
    return counts


def jobs_of(folder: Path, stages: list[str]) -> list[tuple[str, str]]:
    """Returns the jobs of all stages; those that wait for most of their time come
    first."""
    lists = []
    for stage in stages:
        names = subprocess.check_output(
            [folder / f"sweep{stage}", stage, "list"], text=True
        )
        lists += [(place, stage, job) for place, job in enumerate(names.split())]
    return [(stage, job) for _, stage, job in sorted(lists)]


def main() -> int:
    """Builds, runs, and adds up."""
    if len(sys.argv) < 3:
        print("Usage: tests/faults/run_sweep.py BUILD STAGE...", file=sys.stderr)
        return 2
    began = time.monotonic()
    folder, stages = Path(sys.argv[1]) / "faults", sys.argv[2:]
    flags = words("CFLAGS", "-O1 -g")
    build_servers(folder, stages, flags)
    build_sweep(folder, stages, flags)
    (folder / "results").mkdir(exist_ok=True)
    for old in (folder / "results").iterdir():
        old.unlink()
    with ThreadPoolExecutor(
        int(os.environ.get("JOBS", 8 * (os.cpu_count() or 2)))
    ) as pool:
        results = list(
            pool.map(lambda job: run_job(folder, *job), jobs_of(folder, stages))
        )
    faults, calls, failures = (sum(column) for column in zip(*results))
    print(
        f"{faults} faults tried in {calls} calls, {failures} not survived, "
        f"{time.monotonic() - began:.0f} s"
    )
    return int(failures > 0 or faults == 0)


if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parents[2])
    sys.exit(main())
