#!/usr/bin/env python3
"""tests/course/watch_folder.py BUILD STAGE DIR BEFORE - tests a step at each save.

`make watch` calls it. Waits until a C file in DIR is saved, builds it, and runs the
graded tests of the stage until one is red: first the one that was red the last time,
then the others, the quickest first. Shows one red test alone, the first in the order of
the assignment: what was sent, what came, and a line to try by hand. It stays, dim,
until the next result is there. `h` shows the hint, Enter or `r` runs again, and `q` or
Ctrl-C ends the watch and all that it started. When all are green, shows what changed on
the wire compared with BEFORE, the program that the step began with.

Nothing is written to DIR. Without a terminal, runs once, prints the same as text, and
exits with 0 if all tests passed, and 1 if not.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
from check import check_arguments, refuse
from submission import TOP
from suite.terminal import OTHER, QUIT, QUIT_KEYS, Terminal
from suite.tests import stages
from watching.attempt import Asked, Found, Progress
from watching.run import SIGNALS, Run, adopt_orphans
from watching.saves import Saves
from watching.screen import State, as_text, show

HINT, AGAIN = "hint", "again"
KEYS = QUIT_KEYS | {b"h": HINT, b"r": AGAIN, b"\r": AGAIN, b"\n": AGAIN}
START = "tests/course/start.py"  # is not in a hand-out


def next_command(stage: int, folder: Path) -> list[str]:
    """What to type when the step is done."""
    if not (TOP / START).exists():
        return ["Next: make test shows your points. Then hand in the folder."]
    if stage == stages()[-1]:
        return ["Next: make test shows your points. Then read docs/epilogue.md."]
    other = folder.resolve().parent / f"step{stage + 1}"
    path = os.path.relpath(other, TOP)
    return [
        "Next: make test shows your points. Then, in the project's folder:",
        f"  make start STAGE={stage + 1} DIR={path}",
    ]


class Watch:
    """What is saved, tested and shown."""

    def __init__(
        self, run: Run, saves: Saves, terminal: Terminal, state: State
    ) -> None:
        self.run = run
        self.saves = saves
        self.terminal = terminal
        self.state = state
        self.began = 0.0
        self.red = Found("")  # the last red test: that of the next run

    def begin(self, saved: list[str]) -> None:
        """Starts a run, and ends the one before."""
        state = self.state
        last = state.found or Found("")
        state.saved = ", ".join(saved)
        state.is_running, state.is_asking = True, False
        state.progress = Progress("building", last.green, last.tests)
        self.began = time.monotonic()
        self.run.start(self.red)

    def hear(self) -> None:
        """Takes in what the run says."""
        state = self.state
        said = self.run.hear()
        if isinstance(said, Progress):
            if not said.tests:
                said.green, said.tests = state.progress.green, state.progress.tests
            state.progress = said
            state.is_running = True
        elif isinstance(said, Found):
            self.answer(said)
            # An error of the compiler says nothing of the test.
            self.red = said if said.test or said.is_done else self.red
        elif isinstance(said, Asked):
            state.mistake, state.is_asking = said.mistake, False
        else:
            self.failed()

    def answer(self, found: Found) -> None:
        """Shows what came of it in place of the last result and its hint."""
        state = self.state
        if state.is_running:
            state.seconds = time.monotonic() - self.began
            state.shows_hint, state.mistake = False, None
        state.found, state.is_running = found, False

    def failed(self) -> None:
        """The run has ended without a result."""
        words = self.run.last_words()
        self.answer(Found("The tests could not be run.", body=words))
        self.state.is_asking = False

    def ask(self) -> None:
        """Shows the hint, or not; asks the server which mistake it makes, once."""
        state = self.state
        state.shows_hint = not state.shows_hint
        is_new = not (state.is_running or state.is_asking or state.mistake)
        if state.shows_hint and is_new and state.found and state.found.can_ask:
            state.is_asking = self.run.ask()

    def go(self) -> None:
        """Until the reader ends it."""
        key = AGAIN
        while key != QUIT:
            # What has not changed is not shown again: somebody may be copying it.
            if self.take(key):
                show(self.terminal, self.state)
            files = [*self.run.files(), *self.saves.pipes]
            key = self.terminal.key(files, self.saves.seconds)

    def take(self, key: str) -> bool:
        """Does what a key asks for, or takes in what has happened; whether there is
        anything new to show."""
        if key == AGAIN:
            self.begin([])
        elif key == HINT and not self.state.is_running:
            self.ask()
        elif key == OTHER:
            is_new = self.run.has_said()
            while self.run.has_said():
                self.hear()
            saved = self.saves.changed()
            if saved:
                self.begin(saved)
            return is_new or bool(saved)
        return True

    def once(self) -> int:
        """Runs once; gives the status to exit with."""
        self.begin([])
        while self.state.is_running or not (
            self.state.found and self.state.found.is_sure
        ):
            self.hear()
        print(as_text(self.state), flush=True)
        return 0 if self.state.found.is_done else 1


def leave(number: int, _frame: object) -> None:
    """Ends the watch on a signal. A second one would end the ending."""
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise SystemExit(0 if number == signal.SIGINT else 128 + number)


def main() -> int:
    """Watches the folder that is named."""
    build, stage, folder, before = sys.argv[1:]
    check_arguments(stage, folder, "make watch")
    if not Path(folder).is_dir():
        refuse(f"'{folder}' is not a folder", "make watch")
    for number in SIGNALS:
        signal.signal(number, leave)
    work = TOP / build / f"watch/{os.getpid()}"
    work.parent.mkdir(parents=True, exist_ok=True)
    if shutil.which("ccache"):  # only what has changed is compiled
        os.environ["COMPILE"] = f"ccache {os.environ['COMPILE']}"
        os.environ["CCACHE_DIR"] = str(TOP / build / "watch/ccache")
        os.environ["CCACHE_NOHASHDIR"] = "1"  # each watch has a folder of its own
    state = State(int(stage), next_command=next_command(int(stage), Path(folder)))
    adopt_orphans()
    with Saves(Path(folder)) as saves, Terminal(KEYS) as terminal:
        places = (TOP / build, int(stage), Path(folder).resolve(), TOP / before)
        run = Run(places, work)
        watch = Watch(run, saves, terminal, state)
        try:
            if not terminal.is_there:
                return watch.once()
            watch.go()
            return 0
        finally:
            for number in SIGNALS:
                signal.signal(number, signal.SIG_IGN)
            run.clear()
            if terminal.is_there:
                print()


if __name__ == "__main__":
    sys.exit(main())
