"""The planted bugs of tests/bugs, as a walkthrough tells of them."""
from __future__ import annotations

import re
from pathlib import Path

from .source import Stale, read

GROUPS = {"reading": "Reading", "answering": "Answering", "parsing": "Parsing", "forms": "Form data",
          "threads": "Threads", "resources": "What must be given back", "errors": "Errors"}
BASE = "In a server that accepts in one thread and makes a thread for each client"


def headers(patch: Path) -> dict[str, str]:
    """The header of a planted bug; a key that comes twice has both values."""
    found: dict[str, str] = {}
    key = ""
    for line in read(str(patch)).split("\n\n", 1)[0].splitlines():
        if line.startswith(" "):
            found[key] += " " + line.strip()
        else:
            key, _, value = line.partition(": ")
            found[key] = f"{found[key]}\n{value}" if key in found else value
    return found


def escaped(text: str) -> str:
    """Text that stands as it is within HTML in Markdown, but for `code`."""
    parts = re.split(r"(`[^`]*`)", text)
    for i, part in enumerate(parts):
        part = part.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        parts[i] = f"<code>{part[1:-1]}</code>" if i % 2 else part
    return "".join(parts)


def folded(bug: dict[str, str]) -> str:
    """One bug, folded away behind its first sentence."""
    tests = ", ".join(f"<code>{escaped(test)}</code>" for test in bug["Caught-by"].splitlines())
    return (f"<details>\n<summary>{escaped(bug['Mistake'])}</summary>\n\n"
            f"<p>What one sees: {escaped(bug['Symptom'])}</p>\n"
            f"<p>To think about: {escaped(bug['Hint'])}</p>\n"
            f"<p>The test that tells: {tests}</p>\n\n</details>\n")


def bugs(stage: str) -> str:
    """What can go wrong, by groups."""
    found = [headers(patch) for patch in sorted(Path("tests/bugs", f"stage{stage}").glob("*.patch"))]
    if not found:
        raise Stale(f"tests/bugs has none of stage {stage}")
    made = []
    for based in (False, True):
        for group, title in GROUPS.items():
            inside = [bug for bug in found if ("Base" in bug) == based and bug["Group"] == group]
            if inside:
                title = f"{BASE}: {title[0].lower()}{title[1:]}" if based else title
                made += [f"**{title}**\n", *map(folded, inside)]
    unknown = {bug["Group"] for bug in found} - set(GROUPS)
    if unknown:
        raise Stale(f"tests/bugs, stage {stage}: there is no group {', '.join(sorted(unknown))}")
    return "\n".join(made)


def red(build: str, stage: str, name: str) -> str:
    """What a red test says of a planted bug, and the bug's own hint."""
    bug = headers(Path("tests/bugs", f"stage{stage}", f"{name}.patch"))
    try:
        text = Path(build, "red", f"{name}.txt").read_text(encoding="utf-8")
    except OSError as error:
        raise Stale(f"{build}/red has no {name}; tests/bugs/examples makes it") from error
    return f"{bug['Mistake']}\n\n```text\n{text.strip()}\n```\n\nThe hint: {bug['Hint']}\n"
