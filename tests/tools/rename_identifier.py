#!/usr/bin/env python3
"""tests/tools/rename_identifier.py OLD NEW [FILE...] - renames a C identifier.

Renames it in the stages, or in the FILEs alone (which may be in common/), and
in the blocks of all mistakes that mention it. With FILEs, only blocks that are
found in one of these files are renamed. Comments and text stay as they are; the
lines that mention the old name there are printed.

Changes nothing, and says why, if NEW is in one of these files already, or if a
mistake would not be planted where it is planted now.
"""

import re
import sys
from pathlib import Path

sys.dont_write_bytecode = True

from suite.c_tokens import renamed, tokens_of
from suite.mistake_file import Malformed, NotFound, Sources, load, read_text
from suite.tests import TOP

BLOCK = re.compile(r"(?<=```c\n)(.*?)(?=```)", re.DOTALL)


class Refused(Exception):
    """Why nothing is renamed."""


def mentions(text: str, name: str) -> bool:
    """Whether a text has this identifier."""
    return any(t.is_word and t.text == name for t in tokens_of(text))


def renamed_sources(old: str, new: str, files: list[str]) -> dict[str, str]:
    """Returns the source files that change, as they are afterward."""
    changed = {}
    for file in files:
        text = (TOP / file).read_text("utf-8")
        if mentions(text, old):
            if mentions(text, new):
                raise Refused(f"{file} has a `{new}` already")
            changed[file] = renamed(text, old, new)[0]
    if not changed:
        raise Refused(f"there is no `{old}` in these files")
    return changed


def renamed_mistakes(
    old: str, new: str, sources: Sources, only: set[str] | None
) -> dict[Path, str]:
    """Returns the mistakes that change, as they are afterward; those that are planted
    in the files `only`, if that is not None."""
    changed = {}
    for path in sorted((TOP / "tests/mistakes").glob("*.md")):
        text = path.read_text("utf-8")
        if not any(mentions(block, old) for block in BLOCK.findall(text)):
            continue
        if only is not None:
            mistake = read_text(path.stem, text)
            where = {
                place.file
                for stage in mistake.stages(sources)
                for place in mistake.places(sources, mistake.folder(stage))
            }
            if not where & only:
                continue
        changed[path] = BLOCK.sub(lambda m: renamed(m[0], old, new)[0], text)
    return changed


def stages_of_all(sources: Sources, texts: dict[Path, str]) -> dict[str, list[int]]:
    """Returns where each mistake is planted, if the files are these."""
    found = {}
    for mistake in load(TOP / "tests/mistakes"):
        path = TOP / f"tests/mistakes/{mistake.name}.md"
        if path in texts:
            mistake = read_text(mistake.name, texts[path])
        try:
            found[mistake.name] = mistake.stages(sources)
        except NotFound:
            found[mistake.name] = []
    return found


def rename(old: str, new: str, files: list[str]) -> None:
    """Renames it everywhere; raises Refused."""
    for name in (old, new):
        if not re.fullmatch(r"[A-Za-z_]\w*", name):
            raise Refused(f"`{name}` is not an identifier")
    sources = Sources(TOP)
    in_stages = [
        file
        for stage in sources.stages()
        for file in sources.files(f"stages/stage{stage}")
    ]
    only = {str(Path(file).resolve().relative_to(TOP)) for file in files}
    texts = renamed_sources(old, new, sorted(only) or in_stages)
    mistakes = renamed_mistakes(old, new, sources, only or None)
    before = stages_of_all(sources, {})
    after_sources = Sources(TOP)
    after_sources.texts |= texts
    after = stages_of_all(after_sources, mistakes)
    lost = [f"{name} (now {before[name]}, then {after[name]})"
            for name in before if after[name] != before[name]]  # fmt: skip
    if lost:
        raise Refused(f"these mistakes would be lost: {', '.join(lost)}")
    everything = {TOP / file: text for file, text in texts.items()} | mistakes
    for path, text in everything.items():
        path.write_text(text, "utf-8")
    print(f"`{old}` is `{new}` in {len(texts)} sources and {len(mistakes)} mistakes")
    for path, text in everything.items():
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(rf"\b{old}\b", line):
                print(f"{path.relative_to(TOP)}:{number}: {line.strip()}")


def main() -> int:
    """Returns the exit status."""
    if len(sys.argv) < 3:
        print("Usage: tests/tools/rename_identifier.py OLD NEW [FILE...]", file=sys.stderr)
        return 2
    try:
        rename(sys.argv[1], sys.argv[2], sys.argv[3:])
    except (Refused, Malformed, NotFound, OSError, ValueError) as error:
        print(f"Nothing is renamed: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
