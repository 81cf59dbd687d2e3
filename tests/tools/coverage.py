#!/usr/bin/env python3
"""tests/tools/coverage.py BUILD STAGE... - which lines and branches the tests reach.

Builds everything for gcov, runs the tests and the fault sweep, and prints gcovr's
summary; the report is in BUILD/report. Exits with 1 if a test fails, or if less of
common/ and stages/ is reached than the least below. What cannot be reached in common/
is marked in place, with the reason: GCOVR_EXCL_LINE. In stages/, which are for reading,
nothing is marked: what cannot be reached there is in EXCUSED.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

LEAST_LINES = 100
LEAST_BRANCHES = 98
# Threads count at the same time; without `atomic`, a count could end below zero.
FLAGS = "-O0 -g --coverage -fprofile-update=atomic"

# The command line is one of three, and the compiler counts a fourth way.
SWITCH = "switch (arguments_read"
# Stage 2's delegate is constant and in one program with main, so that no other can take
# its place: it does not fail.
FAILED = "verdict = VERDICT_DELEGATE_FAILED;"
STAGE_2 = "stages/stage2/webserve.c"
EXCUSED = {
    SWITCH: re.compile(r"stages/stage\d/webserve\.c"),
    FAILED: re.compile(STAGE_2),
}


def excuses_are_right() -> bool:
    """Says whether what is excused is once in each of its files, and SWITCH in no
    other."""
    right = True
    for path in map(str, [*Path("common").rglob("*.c"), *Path("stages").rglob("*.c")]):
        for text, where in EXCUSED.items():
            count = Path(path).read_text().count(text)
            expected = bool(where.fullmatch(path))
            if count != expected and (expected or text == SWITCH):
                print(f"{path} has `{text}` {count} times; coverage.py excuses it")
                right = False
    return right


def exercise(build: str, stages: list[str]) -> None:
    """Builds and runs everything."""
    for path in Path(build).rglob("*.gcda"):
        path.unlink()
    settings = [f"BUILD={build}", f"CFLAGS={FLAGS}", "CPPFLAGS=-DCOVERAGE"]
    settings += ["UNIT_SANITIZE=", "UNIT_CFLAGS=", f"-j{os.cpu_count() or 2}"]
    subprocess.run(["make", *settings, "test-programs"], check=True)
    subprocess.run(["tests/tools/run_tests.py", build, *stages], check=True)
    environment = {"CFLAGS": FLAGS, "LDFLAGS": "--coverage", "SANITIZE": ""}
    command = ["tests/faults/run_sweep.py", build, *stages]
    subprocess.run(command, env=os.environ | environment, check=True)


def report(build: str) -> int:
    """Runs gcovr; returns its status."""
    folder = Path(build, "report")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    common = [
        "--root",
        ".",
        "--exclude-throw-branches",
        "--exclude-unreachable-branches",
    ]
    common += ["--exclude-branches-by-pattern", f".*{re.escape(SWITCH)}.*"]
    failed = ["--exclude-lines-by-pattern", f".*{re.escape(FAILED)}.*"]
    parts = {
        "stage2.json": ["--filter", STAGE_2, *failed],
        "others.json": [
            "--filter",
            "common/",
            "--filter",
            "stages/",
            "--exclude",
            STAGE_2,
        ],
    }
    together: list[str] = []
    for name, filters in parts.items():
        made = str(folder / name)
        subprocess.run(["gcovr", *common, *filters, "--json", made, build], check=True)
        together += ["--add-tracefile", made]
    shown = ["--html-details", str(folder / "index.html"), "--print-summary"]
    least = [
        "--fail-under-line",
        str(LEAST_LINES),
        "--fail-under-branch",
        str(LEAST_BRANCHES),
    ]
    status = subprocess.run(
        ["gcovr", "--root", ".", *together, *shown, *least], check=False
    )
    print(f"The report: {folder}/index.html")
    return status.returncode


def main(build: str, *stages: str) -> int:
    """Returns the exit status."""
    if not excuses_are_right():
        return 1
    try:
        exercise(build, list(stages))
        return report(build)
    except subprocess.CalledProcessError as error:
        return error.returncode


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: tests/tools/coverage.py BUILD STAGE...")
    sys.exit(main(*sys.argv[1:]))
