#!/usr/bin/env python3
"""docs/tools/walk.py BUILD STAGE - a step on the terminal, a screen at a time.

Shows docs/stageN.md in screens of the terminal's size. Each command of the page is
run when a key is pressed, in a session (docs/tools/session.py) that begins with the
stage's server; the page names the session's port. Enter or Space goes on, b goes back,
n goes to the next part, and q or Ctrl-C ends the walk and all that it started. Without
a terminal, shows and runs everything without waiting. Exits with 1 if a server fails.
"""

from __future__ import annotations

import signal
import sys
from dataclasses import dataclass
from pathlib import Path

sys.dont_write_bytecode = True
from markdown import Piece, pieces
from session import PORT, Failed, Session
from step_parts import states
from walk_terminal import (
    BACK,
    BOLD,
    GREEN,
    NEXT,
    PART,
    QUIT,
    RED,
    YELLOW,
    Terminal,
    cut,
    laid_out,
    plain,
)

FRAME_LINES = 4  # title, empty line, empty line, what the keys do
OTHER_PAGES = ("previous:", "next:", "[README]")


@dataclass
class Screen:
    """What is seen at once: lines, each with its color. A command ends its screen."""

    section: str
    lines: list[tuple[str, str]]
    command: Piece | None = None


def colored(piece: Piece, width: int) -> list[tuple[str, str]]:
    """The lines of a piece, each with its color."""
    lines = laid_out(piece, width)
    if piece.kind in ("command", "fold"):
        return [(BOLD, line) for line in lines]
    signs = {"+": GREEN, "-": RED} if piece.language == "diff" else {}
    return [(signs.get(line[:1], ""), line) for line in lines]


def screens_of(page: list[Piece], width: int, height: int) -> list[Screen]:
    """Fills screens: a section begins a new one, and a piece that fits is not cut."""
    room = height - FRAME_LINES
    screens: list[Screen] = []
    is_closed = True
    for piece in page:
        if piece.language == "mermaid":
            continue  # a diagram, which a terminal does not show
        if piece.kind == "heading" or piece.body[0].startswith(OTHER_PAGES):
            is_closed = True
            continue
        lines = colored(piece, width)
        # Room for what a command prints is half a screen.
        most = room // 2 if piece.kind == "command" else room
        if not is_closed and len(screens[-1].lines) + 1 + len(lines) <= most:
            screens[-1].lines += [("", ""), *lines]
        else:
            for at in range(0, len(lines), room):
                screens.append(Screen(piece.section, lines[at : at + room]))
        if piece.kind == "command":
            screens[-1].command = piece
        # The answer is not on the screen of the question.
        is_closed = piece.kind in ("command", "fold")
    return screens


class Walk:
    """The screens of a page, and which of them is shown."""

    def __init__(self, stage: str, terminal: Terminal, session: Session) -> None:
        text = Path(f"docs/stage{stage}.md").read_text(encoding="utf-8")
        self.stage = stage
        self.terminal = terminal
        self.session = session
        self.folders = states(text)
        self.page = pieces(text)
        self.size = terminal.size()
        self.screens = screens_of(self.page, *self.size)
        self.at = 0

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
            place = f"{self.at + 1}/{len(self.screens)}"
            foot = f"{place}   {keys}   b: back   n: next part   q: quit"
            print("\n" + terminal.color(YELLOW, foot[:width]), end="", flush=True)
        else:
            print(flush=True)

    def output_of(self, command: Piece) -> list[tuple[str, str]]:
        """Runs a command; gives what it prints."""
        typed = {
            stage: folders[command.typed.get(stage, 0)]
            for stage, folders in self.folders.items()
        }
        output = self.session.perform(command.body[0], typed, self.stage)
        starts = command.body[0].startswith("make ") and not output
        said = (
            f"(It runs: http://127.0.0.1:{PORT}/)" if starts else "(It prints nothing.)"
        )
        lines = (output or said).splitlines()
        return [("", part) for line in lines for part in cut(line, self.size[0])]

    def run(self, screen: Screen, command: Piece) -> str:
        """Runs a screen's command, and shows what it prints in as many screens as it
        takes. Gives the last key."""
        if self.terminal.is_there:
            print("\r\033[2K...", end="", flush=True)
        lines = screen.lines + self.output_of(command)
        room = self.size[1] - FRAME_LINES
        key = NEXT
        for at in range(0, len(lines), room):
            if key == NEXT:
                self.show(screen, lines[at : at + room], "Enter: go on")
                key = self.terminal.key()
        return key

    def fit(self) -> None:
        """Lays everything out again when the terminal's size has changed."""
        if self.terminal.size() != self.size:
            share = self.at / len(self.screens)
            self.size = self.terminal.size()
            self.screens = screens_of(self.page, *self.size)
            self.at = int(share * len(self.screens))

    def go(self) -> None:
        """From the first screen to the last, or until the reader ends it."""
        key = NEXT
        while self.at < len(self.screens) and key != QUIT:
            self.fit()
            screen = self.screens[self.at]
            if self.terminal.is_there or not screen.command:
                keys = "Enter: run it" if screen.command else "Enter: go on"
                self.show(screen, screen.lines, keys)
                key = self.terminal.key()
            if key == NEXT and screen.command:
                key = self.run(screen, screen.command)
            if key == PART:
                rest = self.screens[self.at :]
                others = [other for other in rest if other.section != screen.section]
                self.at = (
                    len(self.screens) - len(others) if others else len(self.screens)
                )
            else:
                self.at = max(self.at + (-1 if key == BACK else 1), 0)


def leave(number: int, _frame: object) -> None:
    """Ends the walk on a signal."""
    raise SystemExit(128 + number)


def main() -> int:
    """Walks through a stage's page."""
    if len(sys.argv) != 3:
        print("Usage: docs/tools/walk.py BUILD STAGE", file=sys.stderr)
        return 2
    build, stage = sys.argv[1:]
    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, leave)
    session = Session(build, first_port=int(PORT))
    try:
        session.start(f"{build}/stage{stage}/webserve")
        with Terminal() as terminal:
            Walk(stage, terminal, session).go()
    except KeyboardInterrupt:
        return 130
    except (Failed, OSError) as error:
        print(f"docs/tools/walk.py: {error}", file=sys.stderr)
        return 1
    finally:
        session.close()
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
