#!/usr/bin/env python3
"""Builds the fuzzers and runs them.

    tests/fuzz/run_fuzzers.py BUILD SECONDS [NAME...]

The fuzzer of handle_connection is built for each stage that has the function, as
handle_connection@3 and so on, and these share its seconds. Each fuzzer first tries the
seeds that seeds.py makes for it, and then makes up inputs for that many seconds. Two
run side by side. What a fuzzer learns stays in BUILD/fuzz/corpus/NAME; nothing is
written into the source tree. Prints a line as each one ends. If one finds something,
prints how to see it again, and exits with 1.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SIDE_BY_SIDE = 2
STARTED = Path.cwd()

# Small limits, so that inputs of a few hundred bytes reach them.
LIMITS = """
    -DREQUEST_LINE_MOST=256 -DHEADER_SECTION_MOST=1024 -DCONTENT_MOST=2048
    -DCHUNK_EXTENSIONS_MOST=64 -DHELD_FREELY=4096 -DLOG_LINE_MOST=256
""".split()
CC = os.environ.get("FUZZ_CC", "clang")
COMPILE = [
    CC,
    *"-std=c17 -g -O1 -fno-omit-frame-pointer -pthread -D_GNU_SOURCE".split(),
]
COMPILE += ["-fsanitize=fuzzer-no-link,address,undefined", "-fno-sanitize-recover=all"]
COMPILE += [*LIMITS, *"-iquote common -iquote tests/tools".split()]
LINK = [CC, "-fsanitize=fuzzer,address,undefined", "-pthread"]

os.chdir(Path(__file__).resolve().parents[2])
STAGES = sorted(p.parent.name[-1] for p in Path("stages").glob("*/handle_connection.c"))
FOUND = re.compile(
    r"^This is not true.*|^SUMMARY.*|.*runtime error.*|.*: ERROR: .*", re.M
)


class Failed(Exception):
    """A command has failed, and has said why."""


def run(command: list[object]) -> None:
    """Runs a command that must not fail."""
    if subprocess.run([str(word) for word in command], check=False).returncode:
        raise Failed


def source_of(name: str) -> Path:
    """Returns the source of a fuzzer; its name may have the stage."""
    return Path(f"tests/fuzz/{name.partition('@')[0]}_fuzz.c")


def notes(name: str, key: str) -> list[str]:
    """Returns the words of the lines `/* KEY: ... */` in a fuzzer's source."""
    lines = re.findall(rf"^/\* {key}: (.*) \*/$", source_of(name).read_text(), re.M)
    return " ".join(lines).split()


# ---- Building


def compile_it(build: Path, source: Path, into: str, *more: str) -> Path:
    """Compiles a source, and returns the object file."""
    made = build / into
    made.parent.mkdir(parents=True, exist_ok=True)
    run([*COMPILE, *more, "-c", source, "-o", made])
    return made


def build_all(build: Path, names: list[str]) -> None:
    """Builds the fuzzers. What several of them need goes into an archive."""
    parts = [*Path("common").glob("*/*.c"), Path("tests/tools/strict_answer.c")]
    parts += [p for p in Path("tests/fuzz").glob("*.c") if not p.stem.endswith("_fuzz")]
    archive = build / "all.a"

    def make(name: str) -> None:
        stage = name.partition("@")[2]
        more = [f"-DSTAGE={stage}"] if stage else []
        objects = [compile_it(build, source_of(name), f"{name}.o", *more)]
        for part in ("handle_connection", "delegate") if stage else ():
            source = Path(f"stages/stage{stage}/{part}.c")
            objects.append(compile_it(build, source, f"{source}.o"))
        run([*LINK, *notes(name, "link"), *objects, archive, "-o", build / name])

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        objects = list(
            pool.map(lambda part: compile_it(build, part, f"{part}.o"), parts)
        )
        archive.unlink(missing_ok=True)
        run(["ar", "rcs", archive, *objects])
        list(pool.map(make, names))


def gather_seeds(build: Path, name: str) -> None:
    """Makes the seeds, and the folders for what the fuzzer learns and finds."""
    folder = build / "seeds" / name
    shutil.rmtree(folder, ignore_errors=True)
    for each in (folder, build / "corpus" / name, build / "found" / name):
        each.mkdir(parents=True, exist_ok=True)
    run(["tests/fuzz/seeds.py", name.partition("@")[0], folder])


# ---- Running


def count_inputs(log: str) -> int:
    """Returns how many inputs the fuzzer has tried."""
    ended = [int(n) for n in re.findall(r"number_of_executed_units: *(\d+)", log)]
    return sum(ended) or max(
        (int(n) for n in re.findall(r"^#(\d+)", log, re.M)), default=0
    )


def explain(build: Path, name: str, log: str) -> None:
    """Prints what was found. The input is in the file that libFuzzer wrote."""
    for line in FOUND.findall(log):
        print(f"    {line}")
    for found in re.findall(r"Test unit written to (.*)", log)[-1:]:
        print(f"    the input: {found}\n    again:     {build / name} {found}")
    print(f"    the log:   {build / name}.log", flush=True)


def run_one(build: Path, name: str, seconds: int) -> bool:
    """Runs a fuzzer. True if it finds nothing."""
    began = time.monotonic()
    most = notes(name, "octets") or ["1024"]
    command = [
        build / name,
        "-print_final_stats=1",
        "-timeout=10",
        "-rss_limit_mb=2048",
    ]
    command += [f"-max_len={most[0]}", f"-artifact_prefix={build}/found/{name}/"]
    seeds = build / "seeds" / name
    if "@" in name:
        seconds = -(-seconds // len(STAGES))
    runs = [["-runs=0", seeds]]
    if seconds > 0:
        runs.append([f"-max_total_time={seconds}", build / "corpus" / name, seeds])
    path = Path(f"{build / name}.log")
    with path.open("w", encoding="utf-8") as log:
        well = all(
            subprocess.run(
                [*command, *more], check=False, stdout=log, stderr=log
            ).returncode
            == 0
            for more in runs
        )
    text = path.read_text(encoding="utf-8", errors="replace")
    took = time.monotonic() - began
    result = "ok" if well else "FOUND"
    print(
        f"{name:<19} {count_inputs(text):>10} inputs {took:6.0f} s  {result}",
        flush=True,
    )
    if not well:
        explain(build, name, text)
    return well


def main() -> int:
    """Builds the fuzzers, gathers the seeds, and runs."""
    if len(sys.argv) < 3 or not sys.argv[2].isdigit():
        print("usage: tests/fuzz/run_fuzzers.py BUILD SECONDS [NAME...]", file=sys.stderr)
        return 2
    build = STARTED / sys.argv[1] / "fuzz"
    seconds = int(sys.argv[2])
    asked = sys.argv[3:] or sorted(
        path.stem.removesuffix("_fuzz") for path in Path("tests/fuzz").glob("*_fuzz.c")
    )
    staged = [f"handle_connection@{stage}" for stage in STAGES]
    names = [
        n for name in asked for n in (staged if name == "handle_connection" else [name])
    ]
    print(f"Building the fuzzers in {build}", flush=True)
    try:
        build_all(build, names)
        for name in names:
            gather_seeds(build, name)
    except (Failed, OSError) as error:
        print(
            error,
            "\nThe fuzzers need clang with libFuzzer (Debian: clang, libclang-rt-dev).",
        )
        return 1
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        results = list(pool.map(lambda name: run_one(build, name, seconds), names))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
