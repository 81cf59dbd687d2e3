"""The terminal of a walk: its size, its keys and its colors, and pieces of a page laid
out in its columns. Where there is no terminal, there are no keys and no colors."""

from __future__ import annotations

import html
import os
import re
import select
import shutil
import sys
import termios
import textwrap
import tty

from markdown import Piece

BOLD, RED, GREEN, YELLOW = "1", "31", "32", "33"
NEXT, BACK, PART, QUIT = "next", "back", "part", "quit"
KEYS = {
    **dict.fromkeys([b"\r", b"\n", b" ", b"j", b"\x1b[B", b"\x1b[C", b"\x1b[6~"], NEXT),
    **dict.fromkeys([b"b", b"k", b"\x1b[A", b"\x1b[D", b"\x1b[5~"], BACK),
    **dict.fromkeys([b"q", b"Q", b"\x04", b""], QUIT),
    b"n": PART,
}
ITEM = re.compile(r"^(\s*([-*]|\d+\.) +|> ?)")


class Terminal:
    """What a person sees and presses. In a `with`, keys come without Enter."""

    def __init__(self) -> None:
        is_dumb = os.environ.get("TERM", "dumb") == "dumb"
        self.is_there = sys.stdin.isatty() and sys.stdout.isatty() and not is_dumb
        self.has_color = self.is_there and not os.environ.get("NO_COLOR")

    def __enter__(self) -> Terminal:
        if self.is_there:
            self.before = termios.tcgetattr(sys.stdin)
            tty.setcbreak(sys.stdin)
        return self

    def __exit__(self, *_: object) -> None:
        if self.is_there:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self.before)

    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        size = shutil.get_terminal_size((80, 24))
        return max(20, size.columns), max(8, size.lines)

    def color(self, code: str, text: str) -> str:
        """A text in a color, if there are colors."""
        return (
            f"\033[{code}m{text}\033[0m" if self.has_color and code and text else text
        )

    def clear(self) -> None:
        """Begins an empty screen."""
        if self.is_there:
            sys.stdout.write("\033[H\033[2J")

    def key(self) -> str:
        """Waits for a key that means something, and says what."""
        while self.is_there:
            pressed = os.read(sys.stdin.fileno(), 1)
            if pressed == b"\x1b":
                while select.select([sys.stdin], [], [], 0.05)[0] and len(pressed) < 5:
                    pressed += os.read(sys.stdin.fileno(), 1)
            if pressed in KEYS:
                return KEYS[pressed]
        return NEXT


def plain(text: str) -> str:
    """Markdown's inline marks taken out; code keeps its backticks."""
    text = re.sub(r"!\[([^\]]*)\]\([^)]*\)", r"[picture: \1]", text)
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"\*\*([^*]+)\*\*", r"\1", text)
    text = re.sub(r"(?<![\w*])\*([^*]+)\*(?![\w*])", r"\1", text)
    text = re.sub(r"</?(details|summary|p|b|i|em|strong|code)[^>]*>", "", text)
    return html.unescape(re.sub(r"<(https?://[^>]+)>", r"\1", text))


def cut(line: str, width: int) -> list[str]:
    """A line of code or output, cut into pieces of the width."""
    line = line.replace("\t", "    ")
    line = "".join(letter if letter.isprintable() else "?" for letter in line)
    return [line[at : at + width] for at in range(0, max(len(line), 1), width)]


def wrapped(lines: list[str], width: int) -> list[str]:
    """A paragraph, a quotation or a list; what does not fit is wrapped."""
    entries: list[list[str]] = []
    for line in lines:
        item = ITEM.match(line)
        lead = item[0] if item else ""
        if entries and (not item or lead.startswith(">") and entries[-1][0] == lead):
            entries[-1][1] += " " + line[len(lead) :].strip()
        else:
            entries.append([lead, line[len(lead) :]])
    return [
        line
        for lead, text in entries
        for line in textwrap.wrap(
            plain(text),
            width,
            initial_indent=lead,
            subsequent_indent=lead if lead.startswith(">") else " " * len(lead),
        )
    ]


def rows(lines: list[str]) -> list[str]:
    """A table, as a list: the first cell of each row, and what the others say."""
    table = [
        [cell.replace("\0", "|").strip() for cell in line.strip("| ").split("|")]
        for line in (line.replace("\\|", "\0") for line in lines)
    ]
    heads, _, *rest = table
    return [
        f"- {row[0]} – "
        + "; ".join(f"{head}: {cell}" for head, cell in zip(heads[1:], row[1:]) if cell)
        for row in rest
    ]


def laid_out(piece: Piece, width: int) -> list[str]:
    """The lines of a piece in so many columns."""
    if piece.kind == "command":
        return cut("$ " + piece.body[0], width)
    if piece.kind == "code":
        return [part for line in piece.body for part in cut(line, width)]
    return wrapped(rows(piece.body) if piece.kind == "table" else piece.body, width)
