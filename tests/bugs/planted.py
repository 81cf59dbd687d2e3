"""planted.py - the planted bugs: what stands in tests/bugs/stageN/NAME.patch.

A file is a header, an empty line, and a unified diff in git's form. A line of
the header is `Key: value`; a line that begins with a space continues it.

    Mistake    what the mistake is, in a sentence
    Symptom    what a user sees, and how to see it with curl or nc
    Hint       what a good teaching assistant asks, or says
    Caught-by  the id of a test that must be red, `JOB: TITLE`; may be repeated
    Group      one of `groups` below
    Base       `threads`: planted in tests/bugs/base/ instead of a stage
    Build      `thread`: built with ThreadSanitizer

`load` gives them in order, or raises Malformed, which says what is wrong.
"""

import re
from dataclasses import dataclass
from pathlib import Path

groups = (
    "reading", "answering", "parsing", "forms", "threads", "resources", "errors"
)
needed = ("Mistake", "Symptom", "Hint", "Caught-by", "Group")
optional = ("Base", "Build")


class Malformed(Exception):
    """A file that is no planted bug."""


@dataclass(frozen=True)
class Bug:
    """One planted bug."""

    name: str  # stage6/one_recv
    stage: int
    path: Path
    mistake: str
    symptom: str
    hint: str
    group: str
    caught_by: tuple[str, ...]
    threads: bool  # planted in the second base
    sanitize: str  # SANITIZE= of the build
    files: tuple[str, ...]  # those that the diff changes


def read_header(path: Path, text: str) -> dict[str, list[str]]:
    """The fields; those that are there once are lists of one."""
    fields: dict[str, list[str]] = {}
    values: list[str] | None = None
    for line in text.splitlines():
        match = re.fullmatch(r"([A-Z][A-Za-z-]+): +(\S.*)", line)
        if match and match[1] in needed + optional:
            values = fields.setdefault(match[1], [])
            values.append(match[2].strip())
        elif line.startswith(" ") and values is not None:
            values[-1] += " " + line.strip()
        else:
            raise Malformed(f"{path}: not understood in its header: {line}")
    for key in needed:
        if key not in fields:
            raise Malformed(f"{path}: its header has no {key}")
    for key, found in fields.items():
        if key != "Caught-by" and len(found) > 1:
            raise Malformed(f"{path}: its header has {key} twice")
    return fields


def changed_files(path: Path, diff: str) -> tuple[str, ...]:
    """The files that a diff changes."""
    files = re.findall(r"^(?:---|\+\+\+) [ab]/(\S+)$", diff, re.MULTILINE)
    if not files:
        raise Malformed(f"{path}: there is no diff in git's form")
    return tuple(dict.fromkeys(files))


def read(path: Path) -> Bug:
    """Reads a bug from its file."""
    header, _, diff = path.read_text(encoding="utf-8").partition("\n\n")
    fields = read_header(path, header)
    folder = re.fullmatch(r"stage([0-9])", path.parent.name)
    if not folder:
        raise Malformed(f"{path}: it is in no folder of a stage")
    stage = int(folder[1])
    base = fields.get("Base", [""])[0]
    build = fields.get("Build", [""])[0]
    if base not in ("", "threads") or build not in ("", "thread"):
        raise Malformed(f"{path}: there is no such Base or Build")
    if fields["Group"][0] not in groups:
        raise Malformed(f"{path}: there is no group {fields['Group'][0]}")
    where = "tests/bugs/base/" if base else f"stages/stage{stage}/"
    files = changed_files(path, diff)
    for file in files:
        if not file.startswith((where, "common/")):
            raise Malformed(f"{path}: it changes {file}, outside of {where}")
    for test in fields["Caught-by"]:
        if not re.fullmatch(r"\w+: \S.*", test):
            raise Malformed(f"{path}: not the id of a test: {test}")
    return Bug(
        name=f"stage{stage}/{path.stem}",
        stage=stage,
        path=path,
        mistake=fields["Mistake"][0],
        symptom=fields["Symptom"][0],
        hint=fields["Hint"][0],
        group=fields["Group"][0],
        caught_by=tuple(fields["Caught-by"]),
        threads=base == "threads",
        sanitize=build,
        files=files,
    )


def load(folder: Path) -> list[Bug]:
    """All bugs below a folder, in the order of their stages and names."""
    return [read(path) for path in sorted(folder.glob("stage[0-9]/*.patch"))]
