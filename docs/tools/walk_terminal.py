"""The terminal of a walk: its size, its keys and its colors, and pieces of a page laid
out in its columns. Where there is no terminal, there are no keys and no colors."""

from __future__ import annotations

import contextlib
import html
import os
import re
import select
import signal
import sys
import termios
import textwrap
import tty

from markdown import Piece

BOLD, RED, GREEN, YELLOW = "1", "31", "32", "33"
NEXT, BACK, PART, QUIT = "next", "back", "part", "quit"
OPEN, SIZE = "open", "size"  # a fold is opened; the terminal has another size
KEYS = {
    **dict.fromkeys([b"\r", b"\n", b" ", b"j", b"\x1b[B", b"\x1b[C", b"\x1b[6~"], NEXT),
    **dict.fromkeys([b"b", b"k", b"\x1b[A", b"\x1b[D", b"\x1b[5~"], BACK),
    **dict.fromkeys([b"q", b"Q", b"\x04", b""], QUIT),
    b"n": PART,
    b"o": OPEN,
}
ARROW = re.compile(r"\s*(<-->|-->|-\.->)(?:\|([^|]*)\|)?\s*")
BOX = re.compile(r"(\w+)[\[({]+\"?(.*?)\"?[\])}]+")
TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(\s[^<>]*)?/?>")
ITEM = re.compile(r"^(\s*([-*]|\d+\.) +|> ?)")


class Resized(Exception):
    """The terminal's size has changed while a key was waited for."""


class Terminal:
    """What a person sees and presses. In a `with`, keys come without Enter, and Ctrl-C
    is for this program alone: make, which started it, would have something to say."""

    def __init__(self) -> None:
        is_dumb = os.environ.get("TERM", "dumb") == "dumb"
        self.is_there = sys.stdin.isatty() and sys.stdout.isatty() and not is_dumb
        self.has_color = self.is_there and not os.environ.get("NO_COLOR")
        self.is_waiting = self.is_resized = False

    def __enter__(self) -> Terminal:
        if self.is_there:
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            signal.signal(signal.SIGWINCH, self.resized)
            self.group = os.tcgetpgrp(0)
            if os.getpid() != os.getpgrp():
                os.setpgid(0, 0)
            os.tcsetpgrp(0, os.getpgrp())
            self.before = termios.tcgetattr(0)
            tty.setcbreak(0)
            modes = termios.tcgetattr(0)
            modes[6][termios.VSUSP] = b"\0"  # nobody would wake it up
            termios.tcsetattr(0, termios.TCSADRAIN, modes)
        return self

    def __exit__(self, *_: object) -> None:
        if self.is_there:
            with contextlib.suppress(OSError, termios.error):  # it may be closed
                termios.tcsetattr(0, termios.TCSADRAIN, self.before)
                os.tcsetpgrp(0, self.group)

    def resized(self, *_: object) -> None:
        """Interrupts the wait for a key, or the next one."""
        self.is_resized = True
        if self.is_waiting:
            raise Resized

    def size(self) -> tuple[int, int]:
        """Columns and rows, as they are now."""
        columns = rows = 0
        with contextlib.suppress(OSError):
            columns, rows = os.get_terminal_size(sys.stdout.fileno())
        return max(20, columns or 80), max(8, rows or 24)  # 0: it is not known

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
        """Waits for a key that means something, and says what; or for another size."""
        self.is_waiting = True
        try:
            while self.is_there and not self.is_resized:
                pressed = os.read(0, 1)
                if pressed == b"\x1b":
                    while select.select([0], [], [], 0.05)[0] and len(pressed) < 5:
                        pressed += os.read(0, 1)
                if pressed in KEYS:
                    return KEYS[pressed]
        except Resized:
            pass
        except OSError:  # the terminal is closed
            return QUIT
        finally:
            self.is_waiting = False
        key = SIZE if self.is_resized else NEXT
        self.is_resized = False
        return key


def plain(text: str) -> str:
    """Text without the marks of Markdown and HTML; code keeps its backticks."""
    text = re.sub(r"<code>(.*?)</code>", lambda m: f"`{html.unescape(m[1])}`", text)
    parts = re.split(r"(`[^`]*`)", text)
    for i in range(0, len(parts), 2):
        part = re.sub(r"!\[([^\]]*)\]\([^)]*\)", r"[picture: \1]", parts[i])
        part = re.sub(r"<(https?://[^>]+)>", r"\1", part)
        part = html.unescape(TAG.sub("", part))
        part = re.sub(r"\*\*([^*]+)\*\*", r"\1", part)
        parts[i] = re.sub(r"(?<![\w*])\*([^*]+)\*(?![\w*])", r"\1", part)
    # A link or an emphasis may have code in it.
    text = re.sub(r"\[((?:`[^`]*`|[^\[\]`])+)\]\([^)]*\)", r"\1", "".join(parts))
    return re.sub(r"\*\*((?:`[^`]*`|[^*`])+)\*\*", r"\1", text)


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


def in_words(lines: list[str], width: int) -> list[str]:
    """A flowchart: its boxes, with an arrow and what is written at it between them."""
    labels: dict[str, str] = {}
    rows: list[list[str]] = []
    for line in lines:
        words = ARROW.split(line.strip())
        for i in range(0, len(words), 3):
            if box := BOX.fullmatch(words[i]):
                words[i] = box[1]
                labels[box[1]] = box[2]
        rows += [words] if len(words) > 1 else []
    made = []
    for words in rows:
        text = labels.get(words[0], words[0])
        for arrow, label, box in zip(words[1::3], words[2::3], words[3::3]):
            sign = "↔" if arrow.startswith("<") else "→"
            text += f" ─{label}{sign} " if label else f" {sign} "
            text += labels.get(box, box)
        made += textwrap.wrap(text, width, subsequent_indent="    ")
    return made


def laid_out(piece: Piece, width: int) -> list[str]:
    """The lines of a piece in so many columns."""
    if piece.kind == "command":
        return cut("$ " + piece.body[0], width)
    if piece.language == "mermaid":
        return in_words(piece.body, width)
    if piece.kind == "code":
        return [part for line in piece.body for part in cut(line, width)]
    return wrapped(rows(piece.body) if piece.kind == "table" else piece.body, width)
