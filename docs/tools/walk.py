#!/usr/bin/env python3
"""docs/tools/walk.py BUILD STAGE - a step on the terminal, a screen at a time.

Shows docs/stageN.md in screens of the terminal's size. Each command of the page is
run when a key is pressed, in a session (docs/tools/session.py) that begins with the
stage's server; the page names the session's port. The servers are built meanwhile.
Enter or Space goes on, b goes back, n goes to the next part, o opens what is folded,
and q or Ctrl-C ends the walk and all that it started. Without a terminal, shows and
runs everything without waiting. Exits with 1 if a server fails.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

sys.dont_write_bytecode = True
from markdown import Piece, pieces
from session import PORT, Failed, Session
from step_parts import states
from walk_terminal import BACK, KEYS, NEXT, OPEN, PART, cut, laid_out, plain
from suite.terminal import BOLD, GREEN, QUIT, RED, SIZE, YELLOW, Terminal

FRAME_LINES = 4  # title, empty line, empty line, what the keys do
OTHER_PAGES = ("previous:", "next:", "[README]")
CLOSED, OPENED = "▸ ", "▾ "
BUILD_ENDS_SECONDS = 5
SIGNALS = (signal.SIGINT, signal.SIGHUP, signal.SIGTERM)


@dataclass
class Screen:
    """What is seen at once: lines, each with its color. A command ends its screen."""

    section: str
    lines: list[tuple[str, str]]
    at: list[int]  # its pieces: their lines in the page
    folds: list[int] = field(default_factory=list)  # those of them that are closed
    command: Piece | None = None


def colored(piece: Piece, width: int, is_open: bool) -> list[tuple[str, str]]:
    """The lines of a piece, each with its color."""
    if piece.kind == "fold":
        sign = OPENED if is_open else CLOSED
        lines = laid_out(piece, width - len(sign))
        return [
            (BOLD, (" " * len(sign) if i else sign) + s) for i, s in enumerate(lines)
        ]
    lines = laid_out(piece, width)
    if piece.kind == "command":
        return [(BOLD, line) for line in lines]
    signs = {"+": GREEN, "-": RED} if piece.language == "diff" else {}
    return [(signs.get(line[:1], ""), line) for line in lines]


def screens_of(
    page: list[Piece], width: int, height: int, opened: set[int]
) -> list[Screen]:
    """Fills screens: a section begins a new one, and a piece that fits is not cut."""
    room = height - FRAME_LINES
    screens: list[Screen] = []
    is_closed = True
    for piece in page:
        if piece.kind == "heading" or piece.body[0].startswith(OTHER_PAGES):
            is_closed = True
            continue
        lines = colored(piece, width, piece.line in opened)
        if not opened.issuperset(piece.folds) or not any(
            line.strip() for _, line in lines
        ):
            continue
        # Room for what a command prints is half a screen.
        most = room // 2 if piece.kind == "command" else room
        if not is_closed and len(screens[-1].lines) + 1 + len(lines) <= most:
            screens[-1].lines += [("", ""), *lines]
            screens[-1].at.append(piece.line)
        else:
            for at in range(0, len(lines), room):
                part = lines[at : at + room]
                screens.append(Screen(piece.section, part, [piece.line]))
        if piece.kind == "fold" and piece.line not in opened:
            screens[-1].folds.append(piece.line)
        if piece.kind == "command":
            screens[-1].command = piece
        is_closed = piece.kind == "command"
    return screens


class Build:
    """The servers are built while the first screens are read."""

    def __init__(self, folder: str, scratch: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            ["make", "--no-print-directory", "STAGE=", f"BUILD={folder}", "all"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | {"TMPDIR": str(scratch)},  # removed with the session
            start_new_session=True,
        )

    def wait(self) -> None:
        """Waits for its end."""
        said, _ = self.process.communicate()
        if self.process.returncode:
            raise Failed(f"the servers cannot be built:\n{said}")

    def close(self) -> None:
        """Ends it: make removes what is half done."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.communicate(timeout=BUILD_ENDS_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.communicate()


class Walk:
    """The screens of a page, and which of them is shown."""

    def __init__(
        self, stage: str, terminal: Terminal, session: Session, building: Build
    ) -> None:
        text = Path(f"docs/stage{stage}.md").read_text(encoding="utf-8")
        self.stage = stage
        self.terminal = terminal
        self.session = session
        self.building: Build | None = building  # until a command is run
        self.folders = states(text)
        self.page = pieces(text)
        self.size = terminal.size()
        folds = {piece.line for piece in self.page if piece.kind == "fold"}
        self.opened: set[int] = set() if terminal.is_there else folds
        self.screens = screens_of(self.page, *self.size, self.opened)
        self.at = 0

    def key(self) -> str:
        """What the reader wants next; without a terminal, to go on."""
        return self.terminal.key() if self.terminal.is_there else NEXT

    def show(self, screen: Screen, lines: list[tuple[str, str]], keys: str) -> None:
        """One screen, with its title and what the keys do."""
        terminal = self.terminal
        width = self.size[0]
        terminal.clear()
        section = plain(screen.section)
        head = (
            section
            if section.startswith("Stage ")
            else f"Stage {self.stage}: {section}"
        )
        print(terminal.color(BOLD, head[:width]) + "\n")
        for color, line in lines:
            print(terminal.color(color, self.session.with_ports(line)))
        if terminal.is_there:
            keys += "   o: open" if screen.folds else ""
            place = f"{self.at + 1}/{len(self.screens)}"
            foot = f"{place}   {keys}   b: back   n: next part   q: quit"
            print("\n" + terminal.color(YELLOW, foot[:width]), end="", flush=True)
        else:
            print(flush=True)

    def output_of(self, command: Piece) -> str:
        """Runs a command; gives what it prints."""
        if self.building:
            self.building.wait()
            self.session.start(f"{self.building.folder}/stage{self.stage}/webserve")
            self.building = None
        typed = {
            stage: folders[command.typed.get(stage, 0)]
            for stage, folders in self.folders.items()
        }
        output = self.session.perform(command.body[0], typed, self.stage)
        starts = command.body[0].startswith("make ") and not output
        return output or (
            f"(It runs: http://127.0.0.1:{PORT}/)" if starts else "(It prints nothing.)"
        )

    def run(self, screen: Screen, command: Piece) -> str:
        """Runs a screen's command, and shows what it prints in as many screens as it
        takes. Gives the last key."""
        if self.terminal.is_there:
            print("\r\033[2K...", end="", flush=True)
        output = self.output_of(command).splitlines()
        at = 0
        while True:
            width, height = self.size
            lines = screen.lines + [
                ("", part) for s in output for part in cut(s, width)
            ]
            room = height - FRAME_LINES
            self.show(screen, lines[at : at + room], "Enter: go on")
            key = self.key()
            if key == SIZE:
                self.fit(command.line)
                screen, at = self.screens[self.at], 0
            elif key == NEXT and at + room < len(lines):
                at += room
            else:
                return key

    def fit(self, line: int = 0) -> None:
        """Lays everything out again, and stays at a line of the page."""
        line = line or self.screens[self.at].at[0]
        self.size = self.terminal.size()
        self.screens = screens_of(self.page, *self.size, self.opened)
        places = [i for i, screen in enumerate(self.screens) if line in screen.at]
        self.at = places[0] if places else 0

    def to_next_part(self) -> None:
        """Goes to the next section, or past the end."""
        section = self.screens[self.at].section
        while self.at < len(self.screens) and self.screens[self.at].section == section:
            self.at += 1

    def go(self) -> None:
        """From the first screen to the last, or until the reader ends it."""
        key = SIZE
        while self.at < len(self.screens) and key != QUIT:
            if self.terminal.size() != self.size:
                self.fit()
            screen = self.screens[self.at]
            key = NEXT
            if self.terminal.is_there or not screen.command:
                keys = "Enter: run it" if screen.command else "Enter: go on"
                self.show(screen, screen.lines, keys)
                key = self.key()
            if key == NEXT and screen.command:
                key = self.run(screen, screen.command)
            if key == OPEN and screen.folds:
                self.opened.add(screen.folds[0])
                self.fit(screen.folds[0])
            elif key == PART:
                self.to_next_part()
            elif key in (NEXT, BACK):
                self.at = max(self.at + (1 if key == NEXT else -1), 0)


def leave(number: int, _frame: object) -> None:
    """Ends the walk on a signal. A second one would end the ending."""
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)


def walk(build: str, stage: str) -> int:
    """Walks through a stage's page; gives the status to exit with."""
    early: list[int] = []  # signals that come before there is anything to end
    for number in SIGNALS:
        signal.signal(number, lambda number, _: early.append(number))
    session = Session(build, first_port=int(PORT))
    building = None
    try:
        building = Build(build, session.folder)
        for number in SIGNALS:
            signal.signal(number, leave)
        if early:
            leave(early[0], None)
        with Terminal(KEYS) as terminal:
            Walk(stage, terminal, session, building).go()
    except KeyboardInterrupt:
        return 0  # that is one way to end it
    except BrokenPipeError:
        return 0  # the reader has seen enough
    except (Failed, OSError) as error:
        print(f"docs/tools/walk.py: {error}", file=sys.stderr)
        return 1
    finally:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        for started in filter(None, (building, session)):
            with contextlib.suppress(Failed):
                started.close()
        finish_output()
    return 0


def finish_output() -> None:
    """Writes what is left, if somebody reads it."""
    try:
        print(flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> int:
    """Reads the arguments."""
    if len(sys.argv) != 3:
        print("Usage: docs/tools/walk.py BUILD STAGE", file=sys.stderr)
        return 2
    return walk(*sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
