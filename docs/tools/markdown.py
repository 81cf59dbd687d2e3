"""Markdown as the documents of this project use it.

`pieces` takes a page apart: paragraphs, tables, fenced blocks, and commands with
what they print. The other functions find headings, links, inline code, and the
blocks that excerpts.py fills (`<!-- begin: MAKER ARGUMENTS -->`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

FENCE = re.compile(r"^\s*(`{3,}|~{3,})\s*(\S*)")
BEGIN = re.compile(r"^<!-- begin: (?P<maker>\S+)(?P<arguments>.*?) -->$", re.M)
CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(
    r"(?P<text>\[(?:[^\[\]]|\[[^\]]*\])*\])"
    r"\((?P<target>[^()\s]+)(?P<title>\s+\"[^\"]*\")?\)"
)


@dataclass
class Piece:
    """A part of a page. The kind is text, heading, table, code, command or fold (the
    summary of what is folded, which follows)."""

    kind: str
    line: int  # of its first line, counted from 1
    body: list[str] = field(default_factory=list)
    language: str = ""  # of a block of code
    section: str = ""  # the heading above it
    typed: dict[str, int] = field(default_factory=dict)  # parts of a step before it
    folds: tuple[int, ...] = ()  # the lines of the folds that it is in


def marked_lines(text: str) -> Iterator[tuple[str, str | None, bool]]:
    """Each line, the language of the fenced block that it is in (None: in none),
    and whether it is a fence itself."""
    fence = ""
    language: str | None = None
    for line in text.splitlines():
        match = FENCE.match(line)
        if match and not fence:
            fence, language = match[1], match[2]
            yield line, language, True
        elif fence and line.strip() == fence:
            yield line, language, True
            fence, language = "", None
        else:
            yield line, language, False


def prose(text: str) -> str:
    """A page without its fenced blocks."""
    return "\n".join(
        line for line, language, _ in marked_lines(text) if language is None
    )


def inline_code(text: str) -> list[str]:
    """What is in backticks, or in <code>."""
    return CODE.findall(prose(text)) + re.findall(r"<code>([^<]+)</code>", prose(text))


def links(text: str) -> list[str]:
    """Where the links of a page lead; what is in its code is not a link."""
    return [match["target"] for match in LINK.finditer(CODE.sub("", prose(text)))]


def headings(text: str) -> list[str]:
    """The headings of a page, without their marks."""
    return re.findall(r"^#+ (.*)$", prose(text), re.M)


def title(text: str) -> str:
    """The first heading, in plain letters."""
    return (headings(text) or [""])[0].replace("`", "")


def anchor(heading: str) -> str:
    """The anchor of a heading, as hosts of Markdown make it."""
    text = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def arguments(text: str) -> list[str]:
    """The arguments of a block: words, and /expressions/ that may have spaces."""
    return re.findall(r" (/.*?/(?= |$)|\S+)", text)


def pieces(text: str) -> list[Piece]:
    """A page taken apart. Each command of a console block is a piece of its own: the
    command, then the lines that it prints."""
    found: list[Piece] = []
    section = ""
    typed: dict[str, int] = {}
    folds: tuple[int, ...] = ()
    is_open = is_comment = False

    def begin(kind: str, line: str | None, language: str = "") -> None:
        body = [] if line is None else [line]
        found.append(Piece(kind, number, body, language, section, dict(typed), folds))

    for number, (line, language, is_fence) in enumerate(marked_lines(text), 1):
        if is_fence:
            is_open = False
        elif language == "console" and line.startswith("$ "):
            begin("command", line[2:])
            is_open = True
        elif language is not None:
            if not is_open:
                begin("code", None, language)
                is_open = True
            found[-1].body.append(line)
        elif is_comment or line.startswith("<!--"):
            is_comment = "-->" not in line
            is_open = False
            match = BEGIN.match(line)
            if match and match["maker"] == "part":
                stage = arguments(match["arguments"])[0]
                typed[stage] = typed.get(stage, 0) + 1
        elif line.startswith("#"):
            section = line.lstrip("#").strip()
            begin("heading", line)
            is_open = False
        elif "<summary>" in line:
            begin("fold", line)
            folds = (*folds, number)
            is_open = "</summary>" not in line
        elif not line.strip() or line.startswith(("<details", "</details")):
            folds = folds[:-1] if line.startswith("</details") else folds
            is_open = False
        elif is_open:
            found[-1].body.append(line)
        else:
            begin("table" if line.startswith("|") else "text", line)
            is_open = True
    return found
