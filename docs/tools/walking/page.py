"""A walkthrough page taken apart for the terminal.

`parts` gives the pieces of a page in order: text, code, and commands. `lines`
lays a piece out in so many columns; what does not fit is wrapped, never lost.
Nothing is taken from anywhere but the page.
"""
from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field

FENCE = re.compile(r"^\s*```+\s*([a-z]*)")
GENERATED = re.compile(r"^<!-- begin: (.*?) *-->$")
ITEM = re.compile(r"^(\s*)([-*]|\d+\.) +")
SIGNS = str.maketrans({"\t": "    "})


@dataclass
class Part:
    """One piece: kind is text, table, code, diff, diagram, command,
    or fold."""
    kind: str
    section: str
    body: list[str] = field(default_factory=list)
    caption: str = ""


def plain(text: str) -> str:
    """Markdown's inline marks taken out; code keeps its backticks."""
    text = re.sub(r"!\[([^\]]*)\]\([^)]*\)", r"[picture: \1]", text)
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"<(https?://[^>]+)>", r"\1", text)
    text = re.sub(r"\*\*([^*]+)\*\*", r"\1", text)
    text = re.sub(r"(?<![\w*])\*([^*]+)\*(?![\w*])", r"\1", text)
    text = re.sub(r"</?(details|summary|p|b|i|em|strong)[^>]*>", "", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def commands(body: list[str], section: str, caption: str) -> list[Part]:
    """The commands of a console block; what they print comes from the run. The
    caption says how much of the step has been typed by then."""
    found: list[Part] = []
    for line in body:
        if line.startswith("$ "):
            found.append(Part("command", section, [line[2:]], caption))
    return found


def parts(text: str) -> list[Part]:
    """The pieces of a page, in order."""
    found: list[Part] = []
    section = ""
    caption = ""
    block: list[str] = []
    fence: str | None = None
    title = ""
    typed: dict[str, int] = {}

    def flush() -> None:
        if block:
            kind = "table" if block[0].lstrip().startswith("|") else "text"
            found.append(Part(kind, section or title, list(block)))
            block.clear()

    for line in text.splitlines():
        match = FENCE.match(line)
        if fence is not None:
            if match and not match[1]:
                made = " ".join(f"stage{stage}/{count}" for stage, count in typed.items())
                found += finish_fence(fence, block, section or title,
                                      made if fence == "console" else caption)
                block.clear()
                fence = None
            else:
                block.append(line)
        elif match:
            flush()
            fence = match[1]
        elif line.startswith("#"):
            flush()
            if line.startswith("# "):
                title = plain(line[2:])
            else:
                section = plain(line.lstrip("#").strip())
        elif generated := GENERATED.match(line.strip()):
            flush()
            caption = generated[1]
            if part := re.match(r"part (\d+)", caption):
                typed[part[1]] = typed.get(part[1], 0) + 1
        elif line.strip().startswith("<!--"):
            flush()
            caption = ""
        elif "<summary>" in line:
            flush()
            found.append(Part("fold", section, [plain(line).strip()]))
        elif not line.strip() or line.strip() in ("<details>", "</details>"):
            flush()
        elif re.match(r"^(previous:|next:|\[README\])", line):
            continue  # the way to other pages
        else:
            block.append(line)
    flush()
    return found


def finish_fence(language: str, body: list[str], section: str, caption: str) -> list[Part]:
    """The pieces of a fenced block."""
    if language == "console":
        return commands(body, section, caption)
    if language == "mermaid":
        return [Part("diagram", section, list(body), "a diagram, as text")]
    kind = "diff" if language == "diff" else "code"
    return [Part(kind, section, list(body), caption)]


def wrap_code(line: str, width: int) -> list[str]:
    """A line of code or output, cut into pieces of the width."""
    line = line.translate(SIGNS)
    line = "".join(c if c.isprintable() else "?" for c in line)
    return [line[at:at + width] for at in range(0, max(len(line), 1), width)]


def wrap_text(body: list[str], width: int) -> list[str]:
    """A paragraph, a quotation or a list."""
    result: list[str] = []
    entries: list[tuple[str, str]] = []
    for line in body:
        item = ITEM.match(line)
        quote = line.startswith(">")
        text = (line.lstrip("> ") if quote else line[item.end():] if item else line).strip()
        lead = "  " if quote else f"{item[1]}{item[2]} " if item else ""
        if entries and not item and quote == (entries[-1][0] == "  "):
            entries[-1] = (entries[-1][0], f"{entries[-1][1]} {text}")
        else:
            entries.append((lead, text))
    for lead, text in entries:
        result += textwrap.wrap(plain(text), width, initial_indent=lead,
                                subsequent_indent=" " * len(lead)) or [""]
    return result


def wrap_table(body: list[str], width: int) -> list[str]:
    """A table, row for row: its first cell, and the others below it."""
    rows = [[plain(cell.replace("\0", "|").strip())
             for cell in line.replace("\\|", "\0").strip().strip("|").split("|")]
            for line in body]
    heads, rows = rows[0], rows[2:]
    result: list[str] = []
    for row in rows:
        result += textwrap.wrap(row[0], width, initial_indent="- ", subsequent_indent="  ")
        for head, cell in zip(heads[1:], row[1:]):
            if cell:
                result += textwrap.wrap(f"{head}: {cell}", width, initial_indent="    ",
                                        subsequent_indent="    ")
    return result


def lines(part: Part, width: int) -> list[str]:
    """A piece in so many columns."""
    if part.kind == "text":
        return wrap_text(part.body, width)
    if part.kind == "fold":
        return textwrap.wrap(part.body[0], width)
    if part.kind == "table":
        return wrap_table(part.body, width)
    if part.kind == "command":
        return wrap_code("$ " + part.body[0], width)
    result = wrap_code(f"-- {part.caption}", width) if part.caption else []
    for line in part.body:
        result += wrap_code(line, width)
    return result
