#!/usr/bin/env python3
"""tests/course/check.py BUILD STAGE DIR - tests the server in a folder.

`make test STAGE=n DIR=path` calls it. The sources
in the folder, or in the archive, are built in BUILD/folder/stageN, and nothing is written
to the folder. Prints each fault in a sentence, then the tests as `make test` does, and what
came of each group. Exits with 0 if all graded tests passed, 1 if not, 2 if there is no
such folder.
"""

import fcntl
import os
import sys
from dataclasses import replace
from pathlib import Path

from submission import TOP
from submission.archives import is_archive
from submission.judge import Judge, at_once, new_judge
from submission.sources import take
from suite.jobs import Job
from suite.report import Terminal, conclude, summary
from suite.tests import stages


def refuse(sentence: str) -> None:
    """Ends the program, with what is wrong."""
    print(f"make test: {sentence}", file=sys.stderr)
    sys.exit(2)


def check_arguments(stage: str, folder: str) -> None:
    """Refuses what cannot be tested."""
    known = " ".join(str(number) for number in stages())
    if not stage:
        refuse(f"which step is the folder for? Say STAGE=n; the stages are: {known}")
    if stage not in known.split():
        refuse(f"there is no stage '{stage}'. The stages are: {known}")
    if not folder:
        refuse("which folder? Say DIR=path")
    path = Path(folder)
    if not path.exists():
        refuse(f"there is no folder '{folder}'")
    if not path.is_dir() and not is_archive(path.name):
        refuse(f"'{folder}' is not a folder, and not an archive")
    if not os.access(path, os.R_OK | (os.X_OK if path.is_dir() else 0)):
        refuse(f"'{folder}' cannot be read")


def run(judge: Judge, folder: str) -> int:
    """Judges a folder, and prints what came of it; gives the status to exit with."""
    target = judge.work / "taken"
    taken = take(Path(folder), target)
    if taken.problem:
        refuse("\n  ".join([f"'{folder}': {taken.problem}", *taken.notes]))
    judge.build(target)
    judge.try_to_start()
    print(f"The folder: {folder}, for stage {judge.stage}")
    for sentence in [
        fault.sentence for fault in judge.built.faults
    ] + judge.built.notes:
        print(f"  {sentence}")
    structure = [test for test in judge.tests if test.job == "structure"]
    titles = {test.title for test in structure}
    jobs = 1 + len(judge.jobs(judge.to_run()))
    terminal = Terminal(jobs, True)
    terminal.say(Job(Path("structure.tsv"), judge.stage, structure, titles))
    judge.run(at_once(), terminal.say)
    sentences = {fault.key: fault.sentence for fault in judge.built.faults}
    shown = [replace(t, because=sentences.get(t.because, "")) for t in judge.tests]
    print(summary(shown))
    first = judge.built.faults[0].sentence if judge.built.faults else ""
    return conclude({judge.stage: shown}, True, first)


def main() -> int:
    """Tests the folder that is named."""
    build, stage, folder = sys.argv[1:]
    check_arguments(stage, folder)
    work = TOP / build / f"folder/stage{stage}"
    work.parent.mkdir(parents=True, exist_ok=True)
    with open(work.parent / f"stage{stage}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two at a time would be in each other's way
        return run(new_judge(TOP / build, int(stage), work), folder)


if __name__ == "__main__":
    sys.exit(main())
