#!/usr/bin/env python3
"""docs/tools/excerpts.py BUILD [--check] - puts excerpts into the documents.

In README.md, docs/*.md and docs/slides/*.md, makes again what is between
`<!-- begin: MAKER ARGUMENTS -->` and `<!-- end -->`:

    code FILE NAME                the function, struct or enum NAME of FILE
    code FILE NAME /FROM/ /TO/    only its lines from the first that matches FROM to
                                  the next that matches TO
    file FILE                     a small file, whole
    part STAGE FILE [/A/ …] …     one part of the step (docs/tools/step_parts.py)
    wire STAGE                    what changed on the wire (BUILD/wire, by `make wire`)
    mistakes STAGE NAME...        these of tests/mistakes, each in a file of the step
    mistaken NAME /FROM/ /TO/     lines of the code that tests/mistakes/NAME.md plants
    red NAME                      what a red test says of a planted mistake (BUILD/red)

Leaves blocks alone whose maker is a program, with a `/` in its name. Prints each name
and line that is not there. With --check writes nothing, and prints each page that
would change. Exits with 1 if it has printed something.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests/tools"))
from markdown import BEGIN, arguments
from suite.mistake_file import Malformed, Mistake, NotFound, Sources, read
from step_parts import Parts, Stale, Step

BLOCK = re.compile(BEGIN.pattern + r"\n.*?^<!-- end -->$", re.M | re.S)
MISTAKES = Path("tests/mistakes")
LANGUAGES = {".c": "c", ".h": "c", ".md": "markdown", ".conf": "nginx"}


def text_of(path: str | Path) -> str:
    """A file's text; one that is not there is a fault of the page."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise Stale(f"there is no file {path}") from error


def definition(path: str, name: str) -> list[str]:
    """The lines of a function, struct or enum, from its first column to its closing
    brace."""
    lines = text_of(path).splitlines()
    heading = re.compile(rf"^[a-z].*\b{re.escape(name)}\b( \{{|\(|\[| =)")
    for start, line in enumerate(lines):
        if heading.match(line):
            for end in range(start, len(lines)):
                if lines[end].startswith("}"):
                    return lines[start : end + 1]
                if lines[end].endswith(";") and "{" not in "".join(lines[start:end]):
                    break  # a declaration
    raise Stale(f"{path} has no {name}")


def lines_between(lines: list[str], begin: str, end: str) -> str | None:
    """The lines from one expression to the next, as a block; None if there are none."""
    for start, line in enumerate(lines):
        if re.search(begin[1:-1], line):
            for stop in range(start, len(lines)):
                if re.search(end[1:-1], lines[stop]):
                    shown = textwrap.dedent("\n".join(lines[start : stop + 1]))
                    return f"```c\n{shown}\n```\n"
    return None


def code(path: str, name: str, begin: str = "/^/", end: str = "/^}/") -> str:
    """A definition, or its lines from one expression to the next."""
    if (block := lines_between(definition(path, name), begin, end)) is None:
        raise Stale(f"{path}, {name}: no lines from {begin} to {end}")
    return block


def file(path: str) -> str:
    """A small file, whole."""
    return f"```{LANGUAGES.get(Path(path).suffix, 'text')}\n{text_of(path)}```\n"


def escaped(text: str) -> str:
    """Text that is shown as it is within HTML in Markdown, except for `code`."""
    parts = re.split(r"(`[^`]*`)", " ".join(text.split()))
    for i, part in enumerate(parts):
        part = part.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        parts[i] = f"<code>{part[1:-1]}</code>" if i % 2 else part
    return "".join(parts)


def folded(mistake: Mistake) -> str:
    """One mistake, folded under its title."""
    tests = ", ".join(f"<code>{escaped(test)}</code>" for test in mistake.caught_by)
    return (
        f"<details>\n<summary>{escaped(mistake.title)}</summary>\n\n"
        f"<p>What you see: {escaped(mistake.symptom)}</p>\n"
        f"<p>Hint: {escaped(mistake.hint)}</p>\n"
        f"<p>Caught by: {tests}</p>\n\n</details>\n"
    )


def mistake_of_step(stage: str, name: str, sources: Sources) -> str:
    """A mistake, which must be in a file that the step changes."""
    mistake = read(MISTAKES / f"{name}.md")
    changed = [file for file, text in Step(stage).files.items() if not all(text.taken)]
    for place in mistake.places(sources, mistake.folder(int(stage))):
        if Path(place.file).name not in changed:
            raise Stale(f"step {stage} does not change {place.file}, where {name} is")
    return folded(mistake)


def mistakes(stage: str, *names: str) -> str:
    """The mistakes of these names."""
    sources = Sources(Path.cwd())
    try:
        return "\n".join(mistake_of_step(stage, name, sources) for name in names)
    except (Malformed, NotFound, OSError) as error:
        raise Stale(f"{MISTAKES}: {error}") from error


def mistaken(name: str, begin: str, end: str) -> str:
    """Lines of the code of a mistake."""
    mistake = read(MISTAKES / f"{name}.md")
    texts = [*(pair.after for pair in mistake.pairs), mistake.added]
    lines = "\n".join(texts).splitlines()
    if (block := lines_between(lines, begin, end)) is None:
        raise Stale(f"{MISTAKES}/{name}.md: no lines from {begin} to {end}")
    return block


def red(build: str, name: str) -> str:
    """What a red test says of a planted mistake, and the mistake's own hint."""
    mistake = read(MISTAKES / f"{name}.md")
    text = text_of(Path(build, "red", f"{name}.txt")).strip()
    hint = " ".join(mistake.hint.split())
    return f"{mistake.title}.\n\n```text\n{text}\n```\n\nThe hint: {hint}\n"


def wire(build: str, stage: str) -> str:
    """What `make wire` says of the step."""
    return f"```text\n{text_of(Path(build, 'wire', f'step{stage}.txt')).strip()}\n```\n"


def filled(text: str, build: str) -> str:
    """A page with all its blocks made again."""
    makers: dict[str, Callable[..., str]] = {
        "code": code,
        "file": file,
        "mistaken": mistaken,
        "mistakes": mistakes,
        "part": Parts().make,
        "red": lambda name: red(build, name),
        "wire": lambda stage: wire(build, stage),
    }
    if len(BEGIN.findall(text)) != len(BLOCK.findall(text)):
        raise Stale("a block has no end")

    def make(match: re.Match[str]) -> str:
        maker = match["maker"]
        if "/" in maker:
            return match[0]
        if maker not in makers:
            raise Stale(f"nothing makes `{maker}`")
        try:
            new = makers[maker](*arguments(match["arguments"]))
        except TypeError as error:
            raise Stale(f"`{maker}{match['arguments']}`: {error}") from error
        return f"{match[0].splitlines()[0]}\n{new}<!-- end -->"

    return BLOCK.sub(make, text)


def main() -> int:
    """Fills the blocks of every page, or checks them."""
    if len(sys.argv) < 2 or sys.argv[2:] not in ([], ["--check"]):
        print("Usage: docs/tools/excerpts.py BUILD [--check]", file=sys.stderr)
        return 2
    faults = 0
    pages = [
        *sorted(Path("docs").glob("*.md")),
        *sorted(Path("docs/slides").glob("*.md")),
    ]
    for page in [Path("README.md"), *pages]:
        text = page.read_text(encoding="utf-8")
        try:
            new = filled(text, sys.argv[1])
        except (Stale, Malformed) as error:
            print(f"{page}: {error}")
            faults += 1
            continue
        if new != text and len(sys.argv) > 2:
            print(f"{page} is stale; `make excerpts` fixes it")
            faults += 1
        elif new != text:
            page.write_text(new, encoding="utf-8")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
