#!/usr/bin/env python3
"""tests/tools/mistakes/run.py [STAGE...] - plants mistakes; the tests must catch each.

Plants each mistake of tests/mistakes/*.md (mistake.py says what they look like)
in a copy of the project, builds it, and runs the tests that the mistake names.
All of them must be red, and green where no mistake is planted. So a mistake
fails here if its code is not found exactly once, if it does not build or
builds with a warning, or if it survives.

A mistake is planted in the latest of its stages, or of the STAGEs, if there are
any. A copy takes over what `make test-programs` has built, so it builds only
what a mistake changes. Prints a line for each mistake as it ends. Exits with 1
if one fails, or if there is none. Set in the environment:

    ONLY=NAME       only that mistake; or, if there is none, all that have this
                    in their names
    FULL=1          plants a mistake in each of its stages
    JOBS=2          copies, and so mistakes at once
    MISTAKES=folder other mistakes than those of tests/mistakes
    V=1             shows what the tests of each mistake printed
"""

import os
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from judge import Clean, Planted, Verdict, judge_clean, judge_planted  # noqa: E402
from mistake import Malformed, Mistake, NotFound, Sources, load  # noqa: E402
from red import leave  # noqa: E402
from test_ids import NoSuchTest, TestIds  # noqa: E402
from tree import Tree  # noqa: E402

project = Path.cwd()


def wanted(name: str) -> str:
    """What is set in the environment."""
    return os.environ.get(name, "")


@dataclass
class Account:
    """What came of all tasks; `lock` guards it, and the terminal."""

    total: int
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
            if wanted("V"):
                print(verdict.said)
            sys.stdout.flush()


@dataclass
class Work:
    """What the workers share; all but the account stays as it is."""

    tasks: "Queue[Clean | Planted]"
    sources: Sources
    ids: TestIds
    account: Account

    def take_tasks(self, number: int) -> None:
        """A worker: takes tasks until there are no more."""
        tree = None
        while True:
            try:
                task = self.tasks.get_nowait()
            except Empty:
                return
            began = time.monotonic()
            tree = tree or Tree(project, project / f"build/mistakes/{number}")
            if isinstance(task, Clean):
                verdict = judge_clean(task, tree)
            else:
                verdict = judge_planted(task, tree, self.sources, self.ids)
                if task.is_latest:
                    leave(project, task.mistake.name, verdict.said)
            self.account.add(task.name, time.monotonic() - began, verdict)


def chosen() -> list[Mistake]:
    """Those that are asked for."""
    mistakes = load(Path(wanted("MISTAKES") or "tests/mistakes"))
    exact = [m for m in mistakes if m.name == wanted("ONLY")]
    return exact or [m for m in mistakes if wanted("ONLY") in m.name]


def planted_tasks(
    mistakes: list[Mistake], sources: Sources, stages: list[int]
) -> tuple[list[Planted], dict[str, str]]:
    """Where to plant each, in the order that saves most building; and of those
    that cannot be planted, why."""
    tasks, wrong = [], {}
    for mistake in mistakes:
        try:
            found = mistake.stages(sources)
        except NotFound as error:
            wrong[mistake.name] = f"Its code is not there once: {error}"
            continue
        here = [stage for stage in found if not stages or stage in stages]
        for stage in here if wanted("FULL") else here[-1:]:
            tasks.append(Planted(mistake, stage, stage == found[-1]))
    tasks.sort(key=lambda t: (t.sanitizer, t.stage, t.mistake.in_common))
    return tasks, wrong


def clean_tasks(tasks: list[Planted], ids: TestIds) -> list[Clean]:
    """For each kind of build, the tests that the mistakes name."""
    tests: dict[tuple[int, str], dict[str, None]] = {}
    for task in tasks:
        names = tests.setdefault((task.stage, task.sanitizer), {})
        try:
            names |= dict.fromkeys(ids.of_stage(task.mistake.caught_by, task.stage))
        except NoSuchTest:
            pass  # said when it is planted
    return [Clean(*key, tuple(names)) for key, names in tests.items() if names]


def run(tasks: list[Clean | Planted], sources: Sources, ids: TestIds) -> Account:
    """Runs all tasks, some at once."""
    queue: "Queue[Clean | Planted]" = Queue()
    for task in tasks:
        queue.put(task)
    work = Work(queue, sources, ids, Account(len(tasks)))
    workers = [
        threading.Thread(target=work.take_tasks, args=(number + 1,))
        for number in range(min(int(wanted("JOBS") or "2"), len(tasks)))
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return work.account


def main() -> int:
    """Runs all that is asked for; gives the status to exit with."""
    began = time.monotonic()
    sources, ids = Sources(project), TestIds(project)
    try:
        planted, wrong = planted_tasks(
            chosen(), sources, [int(stage) for stage in sys.argv[1:]]
        )
    except Malformed as error:
        print(error, file=sys.stderr)
        return 1
    if not planted and not wrong:
        print("There is no such mistake.", file=sys.stderr)
        return 1
    account = run([*clean_tasks(planted, ids), *planted], sources, ids)
    for name, reason in wrong.items():
        account.total += 1
        account.add(name, 0, Verdict(reason))
    for name in account.failed:
        print(f"Failed: {name}")
    lost = account.total - account.done
    if lost:
        print(f"{lost} were not tried, because a worker ended badly")
    count = len({task.mistake.name for task in planted} | set(wrong))
    print(
        f"{count} mistake{'s' * (count != 1)}, {len(account.failed)} failed, "
        f"{time.monotonic() - began:.0f} s"
    )
    return 1 if account.failed or lost else 0


if __name__ == "__main__":
    sys.exit(main())
