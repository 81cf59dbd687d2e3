#!/usr/bin/env python3
"""docs/tools/weave.py BUILD [--check] - puts what is made elsewhere into the documents.

Run at the top of the repository. In README.md, docs/*.md and docs/slides/*.md,
what is between `<!-- begin: MAKER ARGUMENTS -->` and `<!-- end -->` is made
again:

    code FILE NAME [comment]      the function, struct or enum NAME of FILE, or its
                                  declaration; with its head comment
    code FILE NAME /FROM/ /TO/    only its lines from the first that matches FROM to
                                  the next that matches TO, moved to the left
    file FILE                     a small file, whole
    part STAGE FILE [/A/ …] …     one part of the step (docs/tools/weaving/parts.py)
    wire STAGE                    what changed on the wire (BUILD/wire, from `make wire`)
    mistakes STAGE                what can go wrong: the mistakes of tests/mistakes
                                  whose first stage this is
    red NAME                      what a red test says of a planted mistake
                                  (BUILD/red, from tests/tools/mistakes.py --shown-in)
    targets                       what `make help` lists, as a table

Blocks of another maker, a program with a `/` in its name, are left to it. A
name or a line that is not there is a fault. With --check nothing is written,
and a page that would change is a fault, too.
"""
from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

sys.dont_write_bytecode = True
from weaving.mistakes import mistakes, red  # noqa: E402
from weaving.parts import ARGUMENTS, Parts  # noqa: E402
from weaving.source import Stale, code, file  # noqa: E402

BLOCK = re.compile(r"^<!-- begin: (?P<maker>\S+)(?P<arguments>.*?) -->\n(?P<old>.*?)^<!-- end -->$",
                   re.M | re.S)


def wire(build: str, stage: str) -> str:
    """What `make wire` says of the step."""
    try:
        text = Path(build, "wire", f"step{stage}.txt").read_text(encoding="utf-8")
    except OSError as error:
        raise Stale(f"{build}/wire has no step {stage}; `make wire` makes it") from error
    return f"```text\n{text.strip()}\n```\n"


def targets() -> str:
    """What `make help` lists; what may be set is in brackets there."""
    out = subprocess.run(["make", "--no-print-directory", "help"], capture_output=True, text=True,
                         check=True, env=None).stdout
    rows = re.findall(r"^  (make(?: [a-z-]+)?) +(.*)$", out, re.M)
    if not rows:
        raise Stale("make help lists nothing")
    made = ["| command | does |", "| --- | --- |"]
    for target, text in rows:
        sentence, *settings = re.split(r":? \[", text)
        settings = [f"`{setting.rstrip(']')}`" for setting in settings]
        made.append(f"| `{target}` | {sentence}{'; may be set: ' if settings else ''}{', '.join(settings)} |")
    return "\n".join(made) + "\n"


def woven(text: str, build: str) -> str:
    """A page with all its blocks made again."""
    parts = Parts()
    makers: dict[str, Callable[..., str]] = {
        "code": code, "file": file, "mistakes": mistakes, "part": parts.make, "targets": targets,
        "wire": lambda stage: wire(build, stage),
        "red": lambda name: red(build, name)}
    if text.count("<!-- begin: ") != len(BLOCK.findall(text)):
        raise Stale("a block has no end")

    def make(match: re.Match[str]) -> str:
        if "/" in match["maker"]:
            return match[0]
        if match["maker"] not in makers:
            raise Stale(f"nothing makes `{match['maker']}`")
        try:
            new = makers[match["maker"]](*ARGUMENTS.findall(match["arguments"]))
        except TypeError as error:
            raise Stale(f"`{match['maker']}{match['arguments']}` has too few words, or too many") from error
        return f"{match[0].splitlines()[0]}\n{new}<!-- end -->"

    result = BLOCK.sub(make, text)
    parts.finish()
    return result


def main() -> int:
    """Weaves every page; gives how it ended."""
    if len(sys.argv) < 2 or sys.argv[2:] not in ([], ["--check"]):
        print("Usage: docs/tools/weave.py BUILD [--check]", file=sys.stderr)
        return 2
    faults = 0
    for page in [Path("README.md"), *sorted(Path("docs").glob("*.md")), *sorted(Path("docs/slides").glob("*.md"))]:
        text = page.read_text(encoding="utf-8")
        try:
            new = woven(text, sys.argv[1])
        except Stale as error:
            print(f"{page}: {error}")
            faults += 1
            continue
        if new != text and len(sys.argv) > 2:
            print(f"{page} is stale; `make weave` fixes it")
            faults += 1
        elif new != text:
            page.write_text(new, encoding="utf-8")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
