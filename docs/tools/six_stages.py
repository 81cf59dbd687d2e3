#!/usr/bin/env python3
"""docs/tools/six_stages.py [--check | --poster FILE] - draws the six stages.

Each stage is the same four pieces of code, in the file that has them: this reads the
stages to find out which. Below each stage is what a client gets for GET /a?x=1.

Writes docs/diagrams/six-stages.svg, six-stages-narrow.svg for a phone, with the stages
below each other, and six-stages-row.svg for a slide, with one column per stage:
`six-stages-row.svg#stage3` marks stage 3. With --check writes nothing, and prints each
that would change (exits with 1). With --poster writes a page for a sheet of paper, A3 or
A4.
"""

from __future__ import annotations

import re
import sys
from html import escape
from pathlib import Path

FOLDER = Path("docs/diagrams")
TITLE = "The six stages: the code moves, and the wire changes in steps 2, 5 and 6 only"

# Each piece of code, and a call by which its file is known.
PIECES = {"accept": "accept", "receive": "recv", "page": "page_begin", "send": "send"}
LANES = ("webserve", "serve", "handle_connection", "delegate")
STEPS = (
    "write delegate",
    "call delegate",
    "extract handle_connection",
    "extract serve",
    "delegate shows the URL",
    "POST data",
)
# What a step adds, in its place.
CHANGED = {1: {"page"}, 5: {"page"}, 6: {"receive", "page"}}
URL, CONSTANT = "hello, /a  key=x; value=1;", "hello, world"
WIRE = (URL, CONSTANT, CONSTANT, CONSTANT, URL, URL)
POST_STAGE = 6

# Sizes, in the units of the drawing.
PANEL, HIGH, GAP, EDGE = 330, 312, 18, 18
LANE, LANE_STEP, LANES_AT = 57, 67, 46
BOX, BOX_STEP, BOXES_AT = 70, 75, 12
STRIP, STRIP_AT = 36, HIGH + 8
ROW = HIGH + STRIP + 30
LEGEND = 40

LETTERS = """
text { font: 17px system-ui, 'DejaVu Sans', sans-serif; }
.name { font: 18px ui-monospace, 'DejaVu Sans Mono', monospace; }
.wire { font: 16px ui-monospace, 'DejaVu Sans Mono', monospace; }
.step { font-size: 18px; font-weight: 600; }
.number { font-weight: 600; }
.small { font-size: 16px; }
"""
COLORS = """
text { fill: #1b1d22; }
.number, .on-moved { fill: #ffffff; }
.small { fill: #454b57; }
.middle { text-anchor: middle; }
.paper { fill: #ffffff; }
.panel { fill: #f4f5f8; }
.disc { fill: #1b1d22; }
.lane { fill: #ffffff; stroke: #8a92a3; }
.box { fill: #e3e7ee; }
.moved { fill: #1d4ed8; }
.changed { fill: #ffd27a; stroke: #8a4b00; stroke-width: 2.5; }
.empty { fill: none; stroke: #8a92a3; stroke-dasharray: 4 3; }
.uncalled { stroke-dasharray: 6 4; }
.way { fill: none; stroke: #1d4ed8; stroke-width: 3; }
.head { fill: #1d4ed8; }
.url { fill: #cfe8d5; }
.constant { fill: #e6dcf5; }
@media screen and (prefers-color-scheme: dark) {
  text { fill: #eceef2; }
  .number { fill: #1b1d22; }
  .small { fill: #bcc2cd; }
  .on-changed { fill: #1b1d22; }
  .paper { fill: #1b1b1f; }
  .panel { fill: #26282e; }
  .disc { fill: #eceef2; }
  .lane { fill: #1b1b1f; }
  .box { fill: #3c414c; }
  .moved, .head { fill: #3b6cf0; }
  .way { stroke: #6e97ff; }
  .url { fill: #1f4d2d; }
  .constant { fill: #432f66; }
}
"""


def places() -> list[dict[str, str]]:
    """For each stage, the file that has each piece, without its `.c`. In stage 1,
    the page is where it is made for a client, not in delegate."""
    found = []
    for stage in range(1, len(STEPS) + 1):
        place = {}
        for lane in reversed(LANES):  # the loop's page counts, while it has one
            path = Path(f"stages/stage{stage}/{lane}.c")
            text = path.read_text(encoding="utf-8") if path.exists() else ""
            for piece, call in PIECES.items():
                if re.search(rf"\b{call}\(", text):
                    place[piece] = lane
        found.append(place)
    return found


def text(x: float, y: float, words: str, kind: str = "") -> str:
    """Words at a place."""
    return f'<text x="{x:g}" y="{y:g}" class="{kind}">{escape(words)}</text>'


def rect(x: float, y: float, wide: float, high: float, kind: str) -> str:
    """A box."""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}" rx="5"'
        f' class="{kind}"/>'
    )


def arrow(x: float, start: float, end: float) -> str:
    """A way down."""
    return (
        f'<path class="way" d="M{x:g} {start:g}V{end - 7:g}"/>'
        f'<path class="head" d="M{x - 7:g} {end - 10:g}h14l-7 10z"/>'
    )


def lane_top(lane: str) -> int:
    """Where a lane begins in its panel."""
    return LANES_AT + LANES.index(lane) * LANE_STEP


def slot(piece: str) -> int:
    """Where a piece begins in its panel, in whichever lane."""
    return BOXES_AT + 8 + list(PIECES).index(piece) * BOX_STEP


def box(piece: str, lane: str, kind: str) -> str:
    """A piece in a lane."""
    x, y = slot(piece), lane_top(lane) + 26
    words = text(x + BOX / 2, y + 18, piece, f"middle on-{kind}")
    return rect(x, y, BOX, 25, kind) + words


def draw_lane(lane: str, name: str, words: str = "", kind: str = "lane") -> str:
    """A lane, with the name of its function and a word on it."""
    y = lane_top(lane)
    drawn = rect(BOXES_AT, y, PANEL - 2 * BOXES_AT, LANE, kind)
    drawn += text(BOXES_AT + 8, y + 17, name, "name")
    if words:
        drawn += f'<g text-anchor="end">{text(PANEL - 20, y + 17, words, "small")}</g>'
    return drawn


def panel(stage: int, place: dict[str, str], before: dict[str, str]) -> str:
    """A stage: its step, its lanes, and the pieces in them."""
    lines = [rect(0, 0, PANEL, HIGH, "panel"), '<circle cx="24" cy="24" r="14"']
    lines[-1] += ' class="disc"/>' + text(24, 30, str(stage), "number middle")
    lines.append(text(48, 30, STEPS[stage - 1], "step"))
    present = [lane for lane in LANES if lane in place.values()]
    if "webserve" in present:
        lines.append(draw_lane("webserve", "the loop", "in webserve.c"))
    else:
        lines.append(draw_lane("webserve", "main", "only starts serve"))
    lines += [draw_lane(lane, lane) for lane in present if lane != "webserve"]
    if "delegate" not in present:
        words = "not called yet"
        lines.append(draw_lane("delegate", "delegate", words, "lane uncalled"))
        lines.append(box("page", "delegate", "changed"))
    for piece, lane in place.items():
        old = before.get(piece, lane)
        if old != lane:
            x, y = slot(piece), lane_top(old)
            lines.append(rect(x, y + 26, BOX, 25, "empty"))
            lines.append(arrow(x + BOX / 2, y + LANE, lane_top(lane)))
            kind = "moved"
        else:
            changed = piece in CHANGED.get(stage, ()) and lane in present[-2:]
            kind = "changed" if changed and stage > 1 else "box"
        lines.append(box(piece, lane, kind))
    return "\n".join(lines)


def strip(stage: int, columns: int) -> str:
    """What a client gets, below a stage; it goes on to the next where that gets the
    same bytes."""
    content = WIRE[stage - 1]
    kind = "url" if content == URL else "constant"
    column = (stage - 1) % columns
    is_same = [
        0 < other <= len(WIRE) and WIRE[other - 1] == content
        for other in (stage - 1, stage + 1)
    ]
    if columns == 1:
        left, right = 0, PANEL
        bar = rect(-11, STRIP_AT, 8, ROW + STRIP, kind) if is_same[1] else ""
    else:
        left = -(EDGE if column == 0 else GAP / 2) * is_same[0]
        right = PANEL + (EDGE if column == columns - 1 else GAP / 2) * is_same[1]
        bar = ""
    # Square at the ends, so that two pieces of a strip are one.
    drawn = bar + (
        f'<rect x="{left:g}" y="{STRIP_AT}" width="{right - left:g}"'
        f' height="{STRIP}" class="{kind}"/>'
    )
    drawn += text(12, STRIP_AT + 23, content, "wire")
    if stage == POST_STAGE:
        drawn += rect(PANEL - 66, STRIP_AT + 5, 61, STRIP - 10, "changed")
        drawn += text(PANEL - 35.5, STRIP_AT + 24, "POST", "middle on-changed")
    return drawn


def legend(columns: int) -> tuple[str, int]:
    """What the boxes and the strip mean, and how high that is."""
    signs = (
        ("moved", "moved by this step"),
        ("changed", "new or rewritten"),
        ("url", "on the wire, for GET /a?x=1"),
    )
    drawn = ""
    for i, (kind, words) in enumerate(signs):
        x, y = (0, 26 * i) if columns == 1 else (i * (PANEL + GAP), 0)
        drawn += rect(x, y, 34, 18, kind) + text(x + 44, y + 15, words, "small")
    return drawn, LEGEND + (52 if columns == 1 else 0)


def drawing(columns: int) -> str:
    """The whole picture, with so many stages in a row."""
    found = places()
    width = columns * PANEL + (columns - 1) * GAP + 2 * EDGE
    signs, signs_high = legend(columns)
    height = len(STEPS) // columns * ROW + EDGE + signs_high - 8
    parts = []
    for stage, place in enumerate(found, 1):
        row, column = divmod(stage - 1, columns)
        x, y = EDGE + column * (PANEL + GAP), EDGE + row * ROW
        before = found[stage - 2] if stage > 1 else {}
        parts.append(f'<g transform="translate({x} {y})">')
        parts += [panel(stage, place, before), strip(stage, columns), "</g>"]
    y = height - signs_high
    parts.append(f'<g transform="translate({EDGE} {y})">{signs}</g>')
    told = "; ".join(
        f"stage {stage}, {step}: the client gets {wire}"
        for stage, (step, wire) in enumerate(zip(STEPS, WIRE), 1)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        ' role="img" aria-labelledby="title description">\n'
        f'<title id="title">{TITLE}</title>\n'
        f'<desc id="description">{escape(told)}, and an answer to POST.</desc>\n'
        f"<style>{LETTERS}{COLORS}</style>\n"
        f'<rect class="paper" width="{width}" height="{height}" rx="8"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


# The picture for a slide: a column per stage, a row per function.
ROW_NAMES, COLUMN, CELL, PIECE_HIGH = 234, 162, 130, 33
ROWS = (
    ("webserve", "the loop", 50, list(PIECES)),
    ("serve", "serve", 198, ["accept"]),
    ("handle_connection", "handle_connection", 250, ["receive", "send"]),
    ("delegate", "delegate", 335, ["page"]),
)
ROW_WIRE, ROW_HIGH = 390, 472
ROW_STYLE = """
text { font: 22px system-ui, 'DejaVu Sans', sans-serif; }
.name { font: 22px ui-monospace, 'DejaVu Sans Mono', monospace; }
.wire { font: 21px ui-monospace, 'DejaVu Sans Mono', monospace; }
.number { font-weight: 600; }
.stage:target .panel { stroke: #1d4ed8; stroke-width: 5; }
svg:has(.stage:target) .stage:not(:target) { opacity: 0.55; }
"""


def row_pieces(stage: int, place: dict[str, str], before: dict[str, str]) -> str:
    """What is in the column of a stage."""
    drawn = ""
    for lane, _, top, pieces in ROWS:
        for piece in pieces:
            y = top + 6 + pieces.index(piece) * PIECE_HIGH
            old, new = before.get(piece, place[piece]), place[piece]
            is_first = stage == 1 and lane == "delegate"
            if lane == new or is_first:
                is_changed = piece in CHANGED.get(stage, ()) and (stage > 1 or is_first)
                kind = "moved" if old != new else "changed" if is_changed else "box"
                drawn += rect(16, y, CELL, 28, kind + " uncalled" * is_first)
                drawn += text(16 + CELL / 2, y + 21, piece, f"middle on-{kind}")
            elif lane == old:
                drawn += rect(16, y, CELL, 28, "empty")
    if "webserve" not in place.values():
        drawn += text(COLUMN / 2, 110, "main", "name middle")
    return drawn


def row_drawing() -> str:
    """The six stages next to each other, for a slide."""
    found = places()
    width = ROW_NAMES + len(STEPS) * COLUMN
    middle = COLUMN / 2
    parts = [text(0, 30, "stage"), text(0, ROW_WIRE + 24, "a client gets")]
    for _, name, top, _ in ROWS:
        parts.append(text(0, top + 27, name, "name"))
    for stage, place in enumerate(found, 1):
        x = ROW_NAMES + (stage - 1) * COLUMN
        parts.append(f'<g id="stage{stage}" class="stage" transform="translate({x})">')
        parts.append(rect(3, 3, COLUMN - 6, ROW_WIRE - 12, "panel"))
        parts.append(f'<circle cx="{middle:g}" cy="26" r="18" class="disc"/>')
        parts.append(text(middle, 34, str(stage), "number middle"))
        parts.append(row_pieces(stage, place, found[stage - 2] if stage > 1 else {}))
        words = WIRE[stage - 1].partition("  ")[0]
        kind = "url" if WIRE[stage - 1] == URL else "constant"
        size = f'y="{ROW_WIRE}" width="{COLUMN}" height="36"'
        parts.append(f'<rect {size} class="{kind}"/>')
        parts.append(text(middle, ROW_WIRE + 25, words, "wire middle"))
        if stage == POST_STAGE:
            parts.append(rect(16, ROW_WIRE + 44, CELL, 32, "changed"))
            parts.append(text(middle, ROW_WIRE + 67, "and POST", "middle on-changed"))
        parts.append("</g>")
    for i, (kind, words) in enumerate(
        (("moved", "moved by this step"), ("changed", "new or rewritten"))
    ):
        x = ROW_NAMES + 16 + i * 280
        parts.append(rect(x, ROW_WIRE + 52, 34, 20, kind))
        parts.append(text(x + 46, ROW_WIRE + 69, words))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {ROW_HIGH}"'
        ' role="img" aria-labelledby="title">\n'
        f'<title id="title">{TITLE}</title>\n<style>{ROW_STYLE}{COLORS}</style>\n'
        f'<rect class="paper" width="{width}" height="{ROW_HIGH}"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


POSTER = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<style>
@page {{ size: A3 landscape; margin: 12mm; }}
html {{ color-scheme: light; font-family: system-ui, 'DejaVu Sans', sans-serif; }}
body {{ margin: 0; height: 272mm; display: flex; flex-direction: column; }}
h1 {{ margin: 0 0 4mm; font-size: 30pt; }}
p {{ margin: 0; font-size: 16pt; line-height: 1.4; }}
svg {{ flex: 1; min-height: 0; -webkit-print-color-adjust: exact; }}
</style>
<h1>A web server in C, in six steps</h1>
<p>The code moves out of one loop into three functions. Steps 3 and 4 change no byte that
a client sees.</p>
{svg}
</html>
"""


def main() -> int:
    """Writes the drawings or the poster, or checks the drawings."""
    if sys.argv[1:2] == ["--poster"] and len(sys.argv) == 3:
        page = POSTER.format(title=TITLE, svg=drawing(3))
        Path(sys.argv[2]).write_text(page, encoding="utf-8")
        return 0
    if sys.argv[1:] not in ([], ["--check"]):
        usage = "Usage: docs/tools/six_stages.py [--check | --poster FILE]"
        print(usage, file=sys.stderr)
        return 2
    stale = 0
    drawings = {
        "six-stages.svg": drawing(3),
        "six-stages-narrow.svg": drawing(1),
        "six-stages-row.svg": row_drawing(),
    }
    for name, new in drawings.items():
        path = FOLDER / name
        if not path.exists() or path.read_text(encoding="utf-8") != new:
            stale += 1
            if len(sys.argv) > 1:
                print(f"{path} is stale; `make excerpts` draws it again")
            else:
                path.write_text(new, encoding="utf-8")
    return 1 if stale and len(sys.argv) > 1 else 0


if __name__ == "__main__":
    sys.exit(main())
