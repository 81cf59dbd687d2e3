#!/usr/bin/env python3
"""tests/tools/run_mutants.py BUILD - changes the sources at random, and counts what is caught.

One mutation at a time (suite/mutations.py) is made in a copy of the project. If the
compiler makes the same code of it, it changes no behavior, and is left out.
Otherwise the units of the file run first, then the HTTP tests of the stage,
until one fails: the mutation is caught. If none does, it has survived.

Results go to BUILD/mutants/results.tsv: FILE:LINE, KIND, the line as changed,
RESULT, and what caught it, with tabs between them. A mutation that is there is
not tried again, so that a run can go on where the last one ended. Prints the
share that is caught, and all that have survived. Exits with 1 if the share is
under LEAST. Set in the environment:

    MUTANT_SECONDS=600  for how long
    MUTANTS=n           at most so many
    SEED=1              another order
    FILES=TEXT          only files with that text in their path
    LEAST=0             percent that must be caught
"""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True

from suite.jobs import Job
from suite.mutations import Mutation, mutations_of
from suite.judge_mistake import RED, bench_of, goals, jobs_named
from suite.project_copy import NotBuilt, ProjectCopy
from suite.tests import COMMON, TOP, expected_tests, stages

flags = ["-std=c17", "-O2", "-w", "-D_GNU_SOURCE", "-pthread",
         "-iquote", "common"]  # fmt: skip
# Tests that say the least for their time come last.
slow_jobs = ("stopping", "signals", "log", "budget", "deadlines")


def wanted(name: str, default: str = "") -> str:
    """Returns what is set in the environment."""
    return os.environ.get(name) or default


def source_files() -> list[str]:
    """Returns what is mutated."""
    paths = [*sorted(TOP.glob("common/*/*.c")), *sorted(TOP.glob("stages/stage*/*.c"))]
    files = [str(path.relative_to(TOP)) for path in paths]
    return [file for file in files if wanted("FILES") in file]


def object_code(copy: ProjectCopy, file: str) -> bytes | None:
    """Returns what the compiler makes of it; None if it cannot."""
    output = copy.root / "build/mutant.o"
    output.parent.mkdir(exist_ok=True)
    done = subprocess.run(
        ["cc", *flags, "-c", file, "-o", str(output)],
        cwd=copy.root, capture_output=True, check=False,
    )  # fmt: skip
    return output.read_bytes() if done.returncode == 0 else None


def stage_of(file: str) -> int:
    """Returns the stage whose tests are run."""
    if file.startswith("stages/"):
        return int(file.split("/")[1].removeprefix("stage"))
    return stages()[-1]


def jobs_for(stage: int, file: str) -> list[Job]:
    """Returns the jobs that are run, the file's own units first."""
    # browser is about a browser's patience.
    tests = [*expected_tests(COMMON), *expected_tests(stage)]
    jobs = jobs_named([test.id for test in tests if test.job != "browser"], stage)

    def rank(job: Job) -> tuple[int, str]:
        name = job.file.stem
        if job.is_bats:
            return (4 if name.startswith(slow_jobs) else 2), name
        if name.startswith(f"{Path(file).stem}_"):
            return 0, name
        return (3 if job.stage == COMMON else 1), name

    return sorted(jobs, key=rank)


def catch(copy: ProjectCopy, file: str) -> str | None:
    """Runs tests until one fails, twice: a busy machine may make one fail that has
    nothing to say. Gives its id, or None."""
    stage = stage_of(file)
    bench = bench_of(copy, "", 8, 60)
    for job in jobs_for(stage, file):
        try:
            copy.build(stage, "", goals(bench, [job]))
        except NotBuilt as error:
            if "error:" in str(error) or "undefined" in str(error):
                return f"the build: {str(error).splitlines()[0]}"
        red = [test.id for test in bench.run(job).tests if test.result in RED]
        if red:
            (again,) = jobs_named(red, stage)
            red = [test.id for test in bench.run(again).tests if test.result in RED]
        if red:
            return red[0]
        if all(test.result == "missing" for test in job.tests):
            return f"{job.file.stem}: (its set-up)"
    return None


def attempt(copy: ProjectCopy, mutation: Mutation) -> tuple[str, str]:
    """Makes a mutation, and takes it back; returns the result."""
    path = copy.root / mutation.file
    kept = path.read_text("utf-8")
    original = object_code(copy, mutation.file)
    lines = kept.split("\n")
    lines[mutation.line - 1] = mutation.after
    try:
        path.write_text("\n".join(lines), "utf-8")
        changed = object_code(copy, mutation.file)
        if changed is None:
            return "no C", ""
        if changed == original:
            return "same code", ""
        caught = catch(copy, mutation.file)
        return ("caught", caught) if caught else ("survived", "")
    finally:
        path.write_text(kept, "utf-8")


def tried(results_file: Path) -> dict[str, str]:
    """Returns the results that are there, by the mutations' keys."""
    if not results_file.exists():
        return {}
    rows = [r.split("\t") for r in results_file.read_text("utf-8").splitlines()]
    return {"\t".join(row[:3]): row[3] for row in rows}


def report(found: dict[str, str]) -> int:
    """Prints what all runs have found; returns the exit status."""
    caught = sum(result == "caught" for result in found.values())
    survivors = [key for key, result in found.items() if result == "survived"]
    total = caught + len(survivors)
    share = 100 * caught / total if total else 0.0
    for key in sorted(survivors):
        print("survived: " + key.replace("\t", "  "))
    print(f"{total} mutations that change the code, {caught} caught: {share:.1f} %")
    return 1 if not total or share < float(wanted("LEAST", "0")) else 0


def main(build: str) -> int:
    """Tries mutations for the time that is allowed."""
    folder = TOP / build / "mutants"
    results_file = folder / "results.tsv"
    began = time.monotonic()
    mutations = [m for file in source_files() for m in mutations_of(TOP, file)]
    random.Random(int(wanted("SEED", "1"))).shuffle(mutations)
    print(f"{len(mutations)} mutations, in an order of chance", flush=True)
    copy = ProjectCopy(TOP, folder / "tree")
    known = tried(results_file)
    left = int(wanted("MUTANTS", "1000000"))
    for mutation in mutations:
        if time.monotonic() - began > float(wanted("MUTANT_SECONDS", "600")):
            break
        if left == 0:
            break
        if mutation.key in known:
            continue
        started = time.monotonic()
        result, by = attempt(copy, mutation)
        with results_file.open("a", encoding="utf-8") as file:
            file.write(f"{mutation.key}\t{result}\t{by}\n")
        if result in ("caught", "survived"):
            left -= 1
            print(
                f"{result:8s} {time.monotonic() - started:5.1f} s  "
                f"{mutation.key}  {by}".replace("\t", "  "),
                flush=True,
            )
    return report(tried(results_file))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
