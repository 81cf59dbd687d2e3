#!/usr/bin/env python3
"""tests/tools/run_mistakes.py BUILD [STAGE...] - plants mistakes; the tests must catch each.

Plants each mistake of tests/mistakes/*.md (suite/mistake_file.py says what they look like)
in a copy of the project, builds it, and runs the tests that the mistake names. All of
them must be red, and green where no mistake is planted. So a mistake fails here if its
code is not found exactly once, if it does not build or builds with a warning, or if it
survives.

A mistake is planted in the latest of its stages, or of the STAGEs, if there are any. A
copy takes over what `make test-programs` has built, so it builds only what a mistake
changes. Prints a line for each mistake as it ends, and leaves what its first red test
says in BUILD/red/NAME.txt, for the documents. Exits with 1 if one fails, or if there is
none. `--help` lists the options.
"""

import argparse
import re
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue

sys.dont_write_bytecode = True

from suite.mistake_file import Malformed, Mistake, NotFound, Sources, load
from suite.judge_mistake import Clean, NoSuchTest, Planted, Verdict
from suite.judge_mistake import jobs_named, judge_clean, judge_planted
from suite.project_copy import ProjectCopy
from suite.tests import TOP


def arguments() -> argparse.Namespace:
    """Returns what was asked for."""
    parser = argparse.ArgumentParser(description="Plants mistakes.")
    parser.add_argument("build", type=Path)
    parser.add_argument("stages", type=int, nargs="*", metavar="STAGE")
    parser.add_argument("--only", default="", metavar="NAME",
                        help="that mistake, or all with this in their names")  # fmt: skip
    parser.add_argument("--shown-in", type=Path, metavar="DOCUMENT",
                        help="those whose red tests the document shows")  # fmt: skip
    parser.add_argument("--full", action="store_true", help="in each of their stages")
    parser.add_argument("--jobs", type=int, default=2, help="so many at once")
    parser.add_argument("--folder", type=Path, default=TOP / "tests/mistakes",
                        help="other mistakes than those of tests/mistakes")  # fmt: skip
    parser.add_argument("-v", "--verbose", action="store_true",
                        help="what the tests of each mistake print")  # fmt: skip
    return parser.parse_args()


@dataclass
class Work:
    """What the workers share; `lock` guards what comes of the tasks, and the terminal."""

    asked: argparse.Namespace
    sources: Sources
    tasks: "Queue[Clean | Planted]" = field(default_factory=Queue)
    total: int = 0
    done: int = 0
    failed: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, name: str, seconds: float, verdict: Verdict) -> None:
        """Prints the line of a task, and what is wrong."""
        with self.lock:
            self.done += 1
            mark = "FAILED" if verdict.wrong else "ok"
            print(
                f"{self.done:3d}/{self.total} {name:48s} {mark:6s} "
                f"{seconds:5.1f} s  {verdict.fine}".rstrip()
            )
            if verdict.wrong:
                self.failed.append(name)
                print("    " + verdict.wrong.strip().replace("\n", "\n    "))
            if self.asked.verbose:
                print(verdict.said)
            sys.stdout.flush()

    def take_tasks(self, number: int) -> None:
        """A worker: takes tasks until there are no more."""
        copy = ProjectCopy(TOP, TOP / self.asked.build / f"mistakes/{number}")
        while True:
            try:
                task = self.tasks.get_nowait()
            except Empty:
                return
            began = time.monotonic()
            if isinstance(task, Clean):
                verdict = judge_clean(task, copy)
            else:
                verdict = judge_planted(task, copy, self.sources)
                if task.is_latest and verdict.red:
                    leave(self.asked.build / "red", task.mistake.name, verdict.red)
            self.add(task.name, time.monotonic() - began, verdict)


def leave(folder: Path, name: str, text: str) -> None:
    """Keeps what a red test says."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.txt").write_text(text, "utf-8")


def chosen(asked: argparse.Namespace) -> list[Mistake]:
    """Returns the mistakes that are asked for."""
    mistakes = load(asked.folder)
    if asked.shown_in:
        shown = re.findall(r"<!-- begin: red (\S+) -->", asked.shown_in.read_text("utf-8"))
        return [mistake for mistake in mistakes if mistake.name in shown]
    exact = [mistake for mistake in mistakes if mistake.name == asked.only]
    return exact or [mistake for mistake in mistakes if asked.only in mistake.name]


def planted_tasks(
    asked: argparse.Namespace, sources: Sources
) -> tuple[list[Planted], dict[str, str]]:
    """Returns where to plant each, in the order that saves most building; and of those
    that cannot be planted, why."""
    tasks, wrong = [], {}
    for mistake in chosen(asked):
        try:
            found = mistake.stages(sources)
        except NotFound as error:
            wrong[mistake.name] = f"Its code is not there once: {error}"
            continue
        here = [stage for stage in found if not asked.stages or stage in asked.stages]
        for stage in here if asked.full else here[-1:]:
            tasks.append(Planted(mistake, stage, stage == found[-1]))
    tasks.sort(key=lambda t: (t.sanitizer, t.stage, t.mistake.in_common))
    return tasks, wrong


def clean_tasks(tasks: list[Planted]) -> list[Clean]:
    """For each kind of build, the tests that the mistakes name."""
    tests: dict[tuple[int, str], dict[str, None]] = {}
    for task in tasks:
        names = tests.setdefault((task.stage, task.sanitizer), {})
        try:
            jobs = jobs_named(task.mistake.caught_by, task.stage)
        except NoSuchTest:
            continue  # said when it is planted
        names |= dict.fromkeys(test.id for job in jobs for test in job.tests)
    return [Clean(*key, tuple(names)) for key, names in tests.items() if names]


def run(work: Work, tasks: list[Clean | Planted]) -> None:
    """Does all tasks, some at once."""
    work.total = len(tasks)
    for task in tasks:
        work.tasks.put(task)
    workers = [
        threading.Thread(target=work.take_tasks, args=(number + 1,))
        for number in range(min(work.asked.jobs, len(tasks)))
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def main() -> int:
    """Runs all that is asked for; returns the exit status."""
    began = time.monotonic()
    work = Work(arguments(), Sources(TOP))
    try:
        planted, wrong = planted_tasks(work.asked, work.sources)
    except Malformed as error:
        print(error, file=sys.stderr)
        return 1
    if not planted and not wrong:
        print("There is no such mistake.", file=sys.stderr)
        return 1
    run(work, [*clean_tasks(planted), *planted])
    work.total += len(wrong)
    for name, reason in wrong.items():
        work.add(name, 0, Verdict(reason))
    for name in work.failed:
        print(f"Failed: {name}")
    lost = work.total - work.done
    if lost:
        print(f"{lost} were not tried, because a worker ended badly")
    count = len({task.mistake.name for task in planted} | set(wrong))
    print(
        f"{count} mistake{'s' * (count != 1)}, {len(work.failed)} failed, "
        f"{time.monotonic() - began:.0f} s"
    )
    return 1 if work.failed or lost else 0


if __name__ == "__main__":
    sys.exit(main())
