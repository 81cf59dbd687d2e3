"""The mistakes of tests/mistakes, as a walkthrough lists them."""
from __future__ import annotations

import re
import sys
from pathlib import Path

from .source import Stale

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tests/tools"))
from suite.mistake import GROUPS, Malformed, Mistake, NotFound, Sources, load, read  # noqa: E402

FOLDER = Path("tests/mistakes")


def escaped(text: str) -> str:
    """Text that is shown as it is within HTML in Markdown, except for `code`."""
    parts = re.split(r"(`[^`]*`)", " ".join(text.split()))
    for i, part in enumerate(parts):
        part = part.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        parts[i] = f"<code>{part[1:-1]}</code>" if i % 2 else part
    return "".join(parts)


def folded(mistake: Mistake) -> str:
    """One mistake, folded away under its title."""
    tests = ", ".join(f"<code>{escaped(test)}</code>" for test in mistake.caught_by)
    return (f"<details>\n<summary>{escaped(mistake.title)}</summary>\n\n"
            f"<p>What you see: {escaped(mistake.symptom)}</p>\n"
            f"<p>Hint: {escaped(mistake.hint)}</p>\n"
            f"<p>Caught by: {tests}</p>\n\n</details>\n")


def mistakes(stage: str) -> str:
    """What can go wrong, by groups: the mistakes whose first stage this is."""
    sources = Sources(Path.cwd())
    found = []
    try:
        for mistake in load(FOLDER):
            try:
                first = mistake.stages(sources)[0]
            except NotFound as error:
                raise Stale(f"{FOLDER}/{mistake.name}.md: {error}") from error
            if first == int(stage):
                found.append(mistake)
    except Malformed as error:
        raise Stale(f"tests/mistakes: {error}") from error
    if not found:
        raise Stale(f"tests/mistakes has none that begins in stage {stage}")
    made = []
    for group, title in GROUPS.items():
        inside = [mistake for mistake in found if mistake.group == group]
        if inside:
            made += [f"**{title}**\n", *map(folded, inside)]
    return "\n".join(made)


def red(build: str, name: str) -> str:
    """What a red test says of a planted mistake, and the mistake's own hint."""
    try:
        mistake = read(FOLDER / f"{name}.md")
        text = Path(build, "red", f"{name}.txt").read_text(encoding="utf-8")
    except Malformed as error:
        raise Stale(str(error)) from error
    except OSError as error:
        raise Stale(f"{error.filename} is missing; `make docs` makes what is in "
                    f"{build}/red") from error
    hint = " ".join(mistake.hint.split())
    return f"{mistake.title}.\n\n```text\n{text.strip()}\n```\n\nThe hint: {hint}\n"
