#!/usr/bin/env python3
"""tests/tools/instructions/count.py BUILD - counts the instructions of the parsers.

Builds the subjects of this folder with common/http at -O2, has valgrind's callgrind
count the instructions of each, and compares them with budgets.tsv. Where libhttp-parser
is installed, it parses the same head, for comparison. Prints a table; exits with 1 if a
subject is over its budget, or if a subject or a budget lacks the other. The budgets are
those of gcc 12 on x86-64: with anything else, it says so and compares nothing.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
CC = shlex.split(os.environ.get("CC", "cc"))
SECONDS = 300  # a subject takes one or two; what takes minutes is not linear any more


def build_subjects(program: Path) -> None:
    """Builds the subjects, with libhttp-parser if it is there."""
    header = subprocess.run(
        [*CC, "-E", "-"],
        input=b"#include <http_parser.h>",
        capture_output=True,
        check=False,
    )
    peer = [] if header.returncode else ["-DHTTP_PARSER", "-lhttp_parser"]
    sources = map(str, [*HERE.glob("*.c"), *Path("common/http").glob("*.c")])
    flags = "-O2 -gdwarf-4 -std=c17 -D_GNU_SOURCE -iquote common".split()
    subprocess.run([*CC, *flags, *sources, *peer, "-o", str(program)], check=True)


def is_budgets_compiler() -> bool:
    """Whether it is the compiler whose instructions budgets.tsv has."""
    macros = subprocess.run(
        [*CC, "-dM", "-E", "-x", "c", "/dev/null"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return (
        "#define __GNUC__ 12\n" in macros
        and "#define __x86_64__ 1\n" in macros
        and "__clang__" not in macros
    )


def count(program: Path, subject: str) -> float | None:
    """Instructions for each unit of its work; None if it failed."""
    log = program.with_name(f"{subject}.log")
    options = ["--tool=callgrind", "--toggle-collect=count_this", f"--log-file={log}"]
    options.append(f"--callgrind-out-file={log.with_suffix('.callgrind')}")
    try:
        units = subprocess.run(
            ["valgrind", *options, str(program), subject],
            stdout=subprocess.PIPE,
            timeout=SECONDS,
            check=True,
        ).stdout
    except subprocess.SubprocessError:
        return None
    found = re.search(r"Collected : (\d+)", log.read_text())
    return int(found[1]) / int(units) if found else None


def judge(each: float | None, budget: float | None, margin: float) -> str:
    """Returns a word on a subject; in capitals if something is wrong."""
    if each is None:
        return "FAILED"
    if budget is None:
        return "HAS NO BUDGET"
    if each > budget * (1 + margin):
        return "OVER IT"
    return "its budget could be lowered" if each < budget * (1 - margin) else ""


def main(build: str) -> int:
    """Returns the exit status."""
    program = Path(build, "instructions", "subjects")
    program.parent.mkdir(parents=True, exist_ok=True)
    build_subjects(program)
    lines = (HERE / "budgets.tsv").read_text().splitlines()
    budgets = {row[0]: row[1:] for row in (x.split("\t") for x in lines if x[0] != "#")}
    subjects = subprocess.run(
        [program], stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    faults = budgets.keys() - set(subjects.split())
    compares = is_budgets_compiler()
    if not compares:
        print("The budgets are those of gcc 12 on x86-64, and this is something else.")
    for subject in faults:
        print(f"{subject} has a budget, and is not there")
    print(f"{'subject':30} {'instructions':>12} {'budget':>8}  for each")
    for subject in subjects.split():
        each = count(program, subject)
        budget, margin, unit, *_ = budgets.get(subject, ("", "0", "octet"))
        word = judge(each, float(budget) if budget else None, float(margin) / 100)
        if "-by-" in subject and each is not None:
            word = "for comparison"
        elif not compares and each is not None:
            word = "not compared"
        if word.isupper():
            faults.add(subject)
        print(
            f"{subject:30} {each or 0:12.2f} {budget:>8}  {unit:10} {word}", flush=True
        )
    return 1 if faults else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: tests/tools/instructions/count.py BUILD")
    sys.exit(main(sys.argv[1]))
