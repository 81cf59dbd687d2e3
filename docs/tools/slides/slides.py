#!/usr/bin/python3
"""docs/tools/slides/slides.py FOLDER - makes a file FOLDER/NAME.html of each deck.

A deck is docs/slides/NAME.md. A line `---` begins the next slide. What is special:

    > a question          a question to the class, in large letters
    <!-- minutes: 3 -->   how long the slide takes
    <!-- look: recv( -->  marks the lines with these words in the next block of code
    any other comment     notes for the speaker, in Markdown (not excerpts.py's marks)

Each file has its style, its script, its font for code and its pictures in it, so it
needs nothing else. The letters of code are as large as its longest line allows.
Prints where the decks are; exits with 1, and a sentence, if a picture or a line to mark
is not there. (The packages are Debian's, and so is the Python that has them.)
"""

from __future__ import annotations

import base64
import re
import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import CLexer

HERE = Path(__file__).parent
DECKS = Path("docs/slides")
# A letter of this font is half as wide as it is high, so 80 columns fit on a slide.
FONT = Path("/usr/share/fonts/truetype/inconsolata/Inconsolata.otf")
CODE_WIDTH, CODE_HEIGHT, SMALLEST, LARGEST = 1160, 340, 29, 34
COMMENT = re.compile(r"<!--(.*?)-->", re.S)
DIRECTIVE = re.compile(r"^ (minutes|look|begin): (.*) $")
FRAME = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
@font-face {{ font-family: code; src: url({font}); }}
{style}</style>
</head>
<body>
<main>
{slides}</main>
<nav aria-label="Slides">
<button id="back">Back</button><button id="next">Next</button>
</nav>
<script>
{script}</script>
</body>
</html>
"""
SLIDE = """<section class="slide {kind}" id="{number}" aria-label="Slide {number}">
<div class="body">
{body}</div>
<footer><span>{title}</span><span>{number} / {count}</span></footer>
</section>
<aside class="notes" data-minutes="{minutes}" aria-label="Notes on slide {number}">
{notes}</aside>
"""


class Fault(Exception):
    """What is wrong with a deck."""


def typed(command: str) -> str:
    """A command, which is folded only between words."""
    words = re.sub(r"(\S+)", r"<span>\1</span>", command)
    return f"<b>{words}</b>"


def code_block(code: str, language: str, look: str) -> str:
    """A block of code, in which lines that contain `look` are marked."""
    if language == "c":
        text = highlight(code, CLexer(stripnl=False), HtmlFormatter(nowrap=True))
        shown = text.splitlines()
    else:
        shown = [escape(line) for line in code.splitlines()]
    if language == "console":
        shown = [typed(line) if line.startswith("$ ") else line for line in shown]
    is_marked = [look != "" and look in line for line in code.splitlines()]
    if look and not any(is_marked):
        raise Fault(f"no line of the code contains {look}")
    lines = "".join(
        f'<span class="line{" look" if mark else ""}">{line}\n</span>'
        for line, mark in zip(shown, is_marked)
    )
    lines = lines.replace("␍␊", '<i class="ends">CR LF</i>')
    columns = max(len(line) for line in code.splitlines())
    widest = 2 * CODE_WIDTH // columns
    if widest < SMALLEST:
        widest = LARGEST - 4  # long commands are folded
    size = max(SMALLEST, min(LARGEST, widest, CODE_HEIGHT // len(is_marked)))
    kind = f'class="{language or "text"}" style="font-size: {size}px"'
    return f"<pre {kind}><code>{lines}</code></pre>\n"


def data_address(path: Path, kind: str) -> str:
    """A file as an address that contains it."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Fault(f"there is no file {path}") from error
    data = base64.b64encode(content).decode("ascii")
    return f"data:{kind};base64,{data}"


def inlined(tokens: Sequence[Token]) -> None:
    """Puts the pictures into the tokens."""
    for token in tokens:
        for child in token.children or []:
            if child.type == "image":
                path, mark, place = str(child.attrs["src"]).partition("#")
                address = data_address(DECKS / path, "image/svg+xml")
                child.attrs["src"] = address + mark + place


def is_picture(token: Token) -> bool:
    """Whether it is what is in a paragraph, and nothing but a picture."""
    return token.type == "inline" and [c.type for c in token.children or []] == [
        "image"
    ]


class Deck:
    """The slides of a file."""

    def __init__(self, text: str) -> None:
        self.markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
        self.slides: list[list[Token]] = [[]]
        for token in self.markdown.parse(text):
            if token.type == "hr" and token.level == 0:
                self.slides.append([])
            else:
                self.slides[-1].append(token)
        heading = next(t for t in self.slides[0] if t.type == "inline")
        self.title = heading.content.replace("`", "")

    def render(self, tokens: Sequence[Token]) -> str:
        """Tokens as HTML."""
        return self.markdown.renderer.render(tokens, self.markdown.options, {})

    def slide(self, number: int) -> str:
        """One slide, with its notes."""
        body: list[str] = []
        notes, minutes, look = "", "0", ""
        tokens = self.slides[number - 1]
        inlined(tokens)
        kept: list[Token] = []
        for token in tokens:
            if token.type == "html_block" and (match := COMMENT.search(token.content)):
                if directive := DIRECTIVE.match(match[1]):
                    minutes = directive[2] if directive[1] == "minutes" else minutes
                    look = directive[2] if directive[1] == "look" else look
                elif match[1].strip() != "end":
                    notes += self.markdown.render(match[1].strip())
            elif token.type == "fence":
                body += [self.render(kept), code_block(token.content, token.info, look)]
                kept, look = [], ""
            else:
                if is_picture(token):
                    kept[-1].attrSet("class", "picture")
                kept.append(token)
        body.append(self.render(kept))
        kinds = {"h1": "title", "blockquote": "question"}
        kind = next((kinds[t.tag] for t in tokens if t.tag in kinds), "")
        return SLIDE.format(
            kind=kind,
            number=number,
            count=len(self.slides),
            title=escape(self.title),
            minutes=minutes,
            body="".join(body),
            notes=notes,
        )

    def page(self) -> str:
        """The whole deck."""
        slides = [self.slide(number + 1) for number in range(len(self.slides))]
        return FRAME.format(
            title=escape(self.title),
            font=data_address(FONT, "font/otf"),
            style=(HERE / "slides.css").read_text(encoding="utf-8"),
            script=(HERE / "slides.js").read_text(encoding="utf-8"),
            slides="".join(slides),
        )


def main() -> int:
    """Makes all decks."""
    if len(sys.argv) != 2:
        print("Usage: docs/tools/slides/slides.py FOLDER", file=sys.stderr)
        return 2
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    decks = sorted(DECKS.glob("*.md"))
    for path in decks:
        try:
            page = Deck(path.read_text(encoding="utf-8")).page()
        except Fault as fault:
            print(f"{path}: {fault}", file=sys.stderr)
            return 1
        (folder / f"{path.stem}.html").write_text(page, encoding="utf-8")
    print(f"{len(decks)} decks are in {folder}. Open one in a browser.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
