"""The keys of a walk, and pieces of a page laid out in a terminal's columns."""

from __future__ import annotations

import html
import re
import sys
import textwrap
from pathlib import Path

from markdown import Piece

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests/tools"))
from suite.terminal import QUIT_KEYS

NEXT, BACK, PART = "next", "back", "part"
OPEN = "open"  # a fold is opened
KEYS = {
    **dict.fromkeys([b"\r", b"\n", b" ", b"j", b"\x1b[B", b"\x1b[C", b"\x1b[6~"], NEXT),
    **dict.fromkeys([b"b", b"k", b"\x1b[A", b"\x1b[D", b"\x1b[5~"], BACK),
    **QUIT_KEYS,
    b"n": PART,
    b"o": OPEN,
}
ARROW = re.compile(r"\s*(<-->|-->|-\.->)(?:\|([^|]*)\|)?\s*")
BOX = re.compile(r"(\w+)[\[({]+\"?(.*?)\"?[\])}]+")
TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(\s[^<>]*)?/?>")
ITEM = re.compile(r"^(\s*([-*]|\d+\.) +|> ?)")


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
