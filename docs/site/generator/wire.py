"""The page "what changed on the wire", from what make wire left in build/wire.

The matrix counts, for each two stages, the requests that both answer with the
same octets, the value of Date aside. The parts below it are make wire's own.
"""
from __future__ import annotations

import re
from pathlib import Path

from .markdown import fenced, frontmatter
from .pages import Pages
from .repository import Repository

DATE = re.compile(rb"(?mi)^(Date: )[^\r\n]*")


def answers(folder: Path) -> dict[str, bytes]:
    """The answers of one stage, by the request's name, Date left out."""
    return {f"{path.parent.name}/{path.name}": DATE.sub(rb"\1", path.read_bytes())
            for path in folder.glob("*/*") if path.is_file()}


def matrix(wire: Path) -> str:
    """How many answers each two stages have in common."""
    stages = sorted(int(path.name.removeprefix("stage"))
                    for path in wire.glob("stage[0-9]") if path.is_dir())
    all_answers = {stage: answers(wire / f"stage{stage}") for stage in stages}
    total = len(all_answers[stages[0]])
    text = f"Of {total} requests, so many are answered with the same octets by both:\n\n"
    text += "| stage | " + " | ".join(str(stage) for stage in stages) + " |\n"
    text += "| --- |" + " ---: |" * len(stages) + "\n"
    for row in stages:
        cells = []
        for column in stages:
            same = sum(answer == all_answers[column].get(name)
                       for name, answer in all_answers[row].items())
            cells.append(f"**{same}**" if same == total else str(same))
        text += f"| **{row}** | " + " | ".join(cells) + " |\n"
    return text + "\nIn bold: all of them.\n"


def write(repository: Repository, pages: Pages, build: Path) -> None:
    """The page, or the word that make wire has not been run."""
    body = frontmatter(title="What changed on the wire")
    body += "\n# What changed on the wire\n\n"
    body += "The wire is what a client sees: the octets of the answers. `make wire` sends "
    body += "the same requests to all six stages and compares what comes back. A "
    body += "refactoring (steps 3 and 4) changes nothing here; that is what makes it one.\n"
    wire = build / "wire"
    steps = sorted(wire.glob("step[0-9].txt"))
    if not steps:
        body += "\n`make wire` has not been run in this copy, so there is nothing to show.\n"
    else:
        body += f"\n## The stages beside each other\n\n{matrix(wire)}\n"
        for step in steps:
            number = step.stem.removeprefix("step")
            text = step.read_text(encoding="utf-8").rstrip()
            title, _, rest = text.partition("\n")
            body += f"## {title} {{#step-{number}}}\n\n"
            # Here `> send` is what the client did: none of a difference's marks.
            body += fenced("text", "\n".join(line.removeprefix("  ").removeprefix("  ")
                                             if re.match(r"    [-+>] ?", line) else
                                             line.removeprefix("  ")
                                             for line in rest.splitlines())) + "\n"
            body += f"The code: [what step {number} changes](/difference/step{number}).\n\n"
    pages.write("wire.md", body)
