"""The page "what changed on the wire", from what make wire left in BUILD/wire.

For each two stages, the table counts the requests that both answer with the same
bytes, except the value of Date. The parts below it come from make wire.
"""

from __future__ import annotations

import re
from pathlib import Path

from site_markdown import fenced, frontmatter
from site_pages import Site

DATE = re.compile(rb"(?mi)^(Date: )[^\r\n]*")
ABOUT = """
# What changed on the wire

The wire is what a client sees: the bytes of the answers. `make wire` sends the same
requests to all six stages and compares what comes back. A refactoring (steps 3 and 4)
changes nothing here; that is what makes it one.
"""


def answers(folder: Path) -> dict[str, bytes]:
    """The answers of one stage, by the request's name, without Date."""
    return {
        f"{path.parent.name}/{path.name}": DATE.sub(rb"\1", path.read_bytes())
        for path in folder.glob("*/*")
        if path.is_file()
    }


def matrix(wire: Path) -> str:
    """How many answers each two stages have in common."""
    stages = {path.name[5:]: answers(path) for path in sorted(wire.glob("stage[0-9]"))}
    total = len(stages["1"])
    text = f"Of {total} requests, two stages answer this many with the same bytes. "
    text += "Bold means all of them.\n\n| stage | " + " | ".join(stages) + " |\n"
    text += "| --- |" + " ---: |" * len(stages) + "\n"
    for stage, own in stages.items():
        counts = [
            sum(answer == other.get(name) for name, answer in own.items())
            for other in stages.values()
        ]
        cells = [f"**{count}**" if count == total else str(count) for count in counts]
        text += f"| **{stage}** | {' | '.join(cells)} |\n"
    return text


def write(site: Site, build: Path) -> None:
    """The page."""
    wire = build / "wire"
    body = frontmatter(title="What changed on the wire") + ABOUT
    body += f"\n## The stages compared\n\n{matrix(wire)}\n"
    for step in sorted(wire.glob("step[0-9].txt")):
        number = step.stem[4:]
        title, _, rest = step.read_text(encoding="utf-8").partition("\n")
        body += f"## {title} {{#step-{number}}}\n\n"
        # `> send` is what the client did: not one of a difference's marks.
        body += fenced("text", re.sub(r"(?m)^  (?:  (?=[-+>] ?))?", "", rest))
        body += (
            f"\nThe code: [what step {number} changes](/difference/step{number}).\n\n"
        )
    site.write("wire.md", body)
