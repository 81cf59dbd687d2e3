#!/usr/bin/env python3
"""docs/tools/walk.py BUILD STAGE - a step on the terminal, a screen at a time.

Shows docs/stageN.md in screens of the terminal's size: its text, its code, and
its commands, which are run for real against the stage's server (from BUILD, on
a free port, which the text then names), or that of another stage where the page changes to it, when a key
is pressed. While the page types the step, the server is that of what is typed so
far (BUILD/parts, from docs/tools/parts.py). Enter or Space goes on, b back, n to the next
part, q or Ctrl-C ends; nothing that was started is left. Where there is no
terminal, all is shown and run without waiting, without colours. Exits with 1 if
the server does not start.
"""
from __future__ import annotations

import re
import signal
import sys
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

sys.dont_write_bytecode = True
from walking import page, terminal  # noqa: E402
from walking.session import Session  # noqa: E402
from walking.terminal import Terminal  # noqa: E402

FRAME_LINES = 4  # title, empty line, empty line, what the keys do


@dataclass
class Screen:
    """What is seen at once; a screen with a command runs it."""
    section: str
    shown: list[tuple[str, str]]  # kind, line
    command: str = ""
    typed: str = ""  # the parts of steps that were typed before: stage6/2


def layout(parts: list[page.Part], width: int, rows: int) -> list[Screen]:
    """Fills screens: a new section begins a new one, a piece that fits is not
    cut, a command ends its screen."""
    room = rows - FRAME_LINES
    screens: list[Screen] = []
    for part in parts:
        laid = [(part.kind, line) for line in page.lines(part, width)]
        last = screens[-1] if screens else None
        fits = last is not None and last.section == part.section and not last.command \
            and len(last.shown) + 1 + len(laid) <= room
        if part.kind == "command":
            fits = fits and len(last.shown) + 3 <= room // 2 if last else False
        if last is not None and fits:
            last.shown += [("text", ""), *laid]
        else:
            for at in range(0, len(laid), room):
                screens.append(Screen(part.section, laid[at:at + room]))
        if part.kind == "command":
            screens[-1].command = part.body[0]
            screens[-1].typed = part.caption
        if part.kind == "fold":  # the answer is not on the screen of the question
            screens.append(Screen(part.section, []))
    return [screen for screen in screens if screen.shown]


class Walk:
    """The screens, and where one is."""

    def __init__(self, stage: str, tty: Terminal, session: Session) -> None:
        self.stage = stage
        self.tty = tty
        self.session = session
        text = Path(f"docs/stage{stage}.md").read_text(encoding="utf-8")
        self.parts = page.parts(re.sub(r"(?<!\d)8080(?!\d)", session.port, text))
        self.size = tty.size()
        self.screens = layout(self.parts, *self.size)
        self.at = 0

    def paint(self, kind: str, lines: list[str]) -> list[str]:
        """Lines in their colours."""
        if kind == "code":
            result, comment = [], False
            for line in lines:
                painted, comment = self.tty.code(line, comment)
                result.append(painted)
            return result
        if kind == "diff":
            colors = {"+": terminal.GREEN, "-": terminal.RED,
                      ">": terminal.CYAN, "<": terminal.MAGENTA}
            return [self.tty.color(colors.get(line[:1], ""), line)
                    if line[:1] in colors else line for line in lines]
        if kind in ("command", "fold"):
            return [self.tty.color(terminal.BOLD, line) for line in lines]
        return lines

    def show(self, lines: list[str], section: str, keys: str) -> None:
        """One screen, with its title and what the keys do."""
        width = self.size[0]
        self.tty.clear()
        title = section if section.startswith("Stage ") else f"Stage {self.stage}: {section}"
        title = title[:width]
        print(self.tty.color(terminal.BOLD, title) + "\n")
        print("\n".join(lines))
        if self.tty.is_there:
            place = f"{self.at + 1}/{len(self.screens)}"
            footer = f"{place}   {keys}   b: back   n: next part   q: quit"
            print("\n" + self.tty.color(terminal.YELLOW, footer[:width]), end="", flush=True)
        else:
            print(flush=True)

    def output_of(self, command: str, typed: str) -> list[str]:
        """Runs a command; what it prints, in the terminal's width."""
        stage = re.match(r"make run(?:.* STAGE=(\d))?", command)
        step = re.match(r"make -C \.\./step(\d) run", command)
        if stage:
            self.session.start(f"stage{stage[1] or self.stage}")
        elif step:
            count = re.search(rf"stage{step[1]}/(\d+)", typed)
            self.session.type(step[1], f"parts/stage{step[1]}/{count[1] if count else 0}")
        if stage or step:
            return [f"(It runs: http://127.0.0.1:{self.session.port}/)"]
        adapted = self.session.adapt(command)
        output = self.session.run(adapted)
        lines = [piece for line in output.splitlines()
                 for piece in page.wrap_code(line, self.size[0])]
        return lines or ["(It prints nothing.)"]

    def run(self, screen: Screen, body: list[str]) -> str:
        """Runs a screen's command, and shows what it prints, in as many screens
        as it takes. Gives the last key."""
        if self.tty.is_there:
            print("\r\033[2K...", end="", flush=True)
        output = self.output_of(screen.command, screen.typed)
        room = max(self.size[1] - FRAME_LINES, 1)
        first = max(room - len(body), 1) if len(body) < room else room
        pieces = [output[:first]] if len(body) < room else []
        rest = output[first:] if pieces else output
        shown = [body + piece for piece in pieces]
        shown += [rest[at:at + room] for at in range(0, len(rest), room)]
        key = terminal.NEXT
        for lines in shown:
            self.show(lines, screen.section, "Enter: go on")
            key = self.tty.key() if self.tty.is_there else terminal.NEXT
            if key != terminal.NEXT:
                break
        return key

    def adjust(self) -> None:
        """Lays all out anew when the terminal's size has changed."""
        if self.tty.size() != self.size:
            share = self.at / max(len(self.screens), 1)
            self.size = self.tty.size()
            self.screens = layout(self.parts, *self.size)
            self.at = min(int(share * len(self.screens)), len(self.screens) - 1)

    def go(self) -> None:
        """From the first screen to the last, or until it is quit."""
        while self.at < len(self.screens):
            self.adjust()
            screen = self.screens[self.at]
            body = [line for kind, lines in groupby(screen.shown, lambda shown: shown[0])
                    for line in self.paint(kind, [line for _, line in lines])]
            if self.tty.is_there:
                self.show(body, screen.section,
                          "Enter: run it" if screen.command else "Enter: go on")
                key = self.tty.key()
            else:
                key = terminal.NEXT
                if not screen.command:
                    self.show(body, screen.section, "")
            if key == terminal.NEXT and screen.command:
                key = self.run(screen, body)
            if key == terminal.QUIT:
                return
            self.move(key)

    def move(self, key: str) -> None:
        """To the screen that a key leads to."""
        section = self.screens[self.at].section
        if key == terminal.BACK:
            self.at = max(self.at - 1, 0)
        elif key == terminal.PART:
            while self.at < len(self.screens) and self.screens[self.at].section == section:
                self.at += 1
        else:
            self.at += 1


def leave(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def main() -> int:
    if len(sys.argv) != 3:
        print("Usage: docs/tools/walk.py BUILD STAGE", file=sys.stderr)
        return 2
    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, leave)
    session = Session(sys.argv[1])
    try:
        session.start(f"stage{sys.argv[2]}")
        with Terminal() as tty:
            Walk(sys.argv[2], tty, session).go()
    except KeyboardInterrupt:
        return 130
    except (RuntimeError, OSError) as error:
        print(f"docs/tools/walk.py: {error}", file=sys.stderr)
        return 1
    finally:
        session.close()
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
