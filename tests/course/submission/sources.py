"""Takes the sources of a submission, whatever their names are."""

import filecmp
import glob
import os
import re
import shutil
from pathlib import Path

from submission import TOP
from suite.visible import escaped

FILES_MOST = 200
FILE_MOST = 1_000_000
BYTES_MOST = 8 * 1024 * 1024
PLAIN = re.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*[.]c")


def shown(name: str) -> str:
    """A file's name as printable text: it may contain any bytes except 0."""
    return "".join(
        char if char.isprintable() and char != "\\" else escaped(char) for char in name
    )


def take_sources(folder: Path, target: Path, notes: list[str]) -> dict[str, str]:
    """Copies the C files at the top of a submission: not what leads out of it,
    and not too much. Returns the names that were changed, by those that they have
    now: a name may look like an option, or be several words."""
    target.mkdir(parents=True)
    names: dict[str, str] = {}
    size = taken = 0
    for path in sorted(folder.glob("*.[ch]")):
        reason = "" if path.is_dir() else why_not(path, folder)
        if reason:
            notes.append(f"{shown(path.name)} {reason}")
        if reason or path.is_dir() or is_ours(path):
            continue
        taken += 1
        size += path.stat().st_size
        if taken > FILES_MOST or size > BYTES_MOST:
            notes.append("Files beyond 200, or 8 MiB in all, were left out.")
            break
        name = path.name
        if path.suffix == ".c" and not PLAIN.fullmatch(name):
            name = f"other_{len(names) + 1}.c"
            names[name] = shown(path.name)
        shutil.copyfile(path, target / name)
    return names


def why_not(path: Path, folder: Path) -> str:
    """Why a file is left out, or nothing. A link could lead to what its author
    must not see."""
    if not path.is_file():
        return "is not a file: it is a link that leads nowhere, or a device."
    if not path.resolve().is_relative_to(folder.resolve()):
        return "is left out: it is a link that leads out of the folder."
    if path.stat().st_size > FILE_MOST or not os.access(path, os.R_OK):
        return "is left out: it cannot be read, or is larger than 1 MB."
    return ""


def is_ours(path: Path) -> bool:
    """Whether it is a copy of a file of common/."""
    return any(
        filecmp.cmp(path, own, shallow=False)
        for own in (TOP / "common").glob(f"*/{glob.escape(path.name)}")
    )
