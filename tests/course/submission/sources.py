"""Takes the sources of a submission: a folder, an archive, or files that a course
system has named.

If there is one sensible reading of what was handed in, it is taken, and a note says
which one; if not, a note or the problem says why. What is taken is in one folder, under
plain names, and the judge sees nothing else.
"""

import filecmp
import glob
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from submission import TOP
from submission.archives import UNREAD, Refused, is_archive, of_submission, unpack
from submission.names import (
    BACKUP,
    IGNORED,
    STAGE_FILES,
    is_header,
    is_source,
    is_source_like,
    readings,
    shown,
)

FILES_MOST = 200
FILE_MOST = 1_000_000
BYTES_MOST = 8 * 1024 * 1024
ENTRIES_MOST = 5_000
PLAIN = re.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*[.][ch]")
INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*"([^"\n/]+)"', re.M)


@dataclass(frozen=True)
class File:
    """A file that was handed in."""

    folder: str  # within the submission; nothing at its top
    name: str
    path: Path  # where it can be read

    @property
    def title(self) -> str:
        """Its name for people."""
        return shown(f"{self.folder}/{self.name}" if self.folder else self.name)


@dataclass
class Taken:
    """What is taken of a submission, and what there is to say about it."""

    name: str
    notes: list[str] = field(default_factory=list)
    # Of the files that have another name now, the one that they had.
    names: dict[str, str] = field(default_factory=dict)
    problem: str = ""  # why there is nothing to judge

    def save(self, folder: Path) -> None:
        """Writes it next to the sources."""
        text = json.dumps(asdict(self))
        (folder / "taken.json").write_text(text, encoding="utf-8")


def load(folder: Path) -> Taken:
    """Reads what was saved there."""
    return Taken(**json.loads((folder / "taken.json").read_text(encoding="utf-8")))


def digest(folder: Path) -> str:
    """Returns a digest of everything that was taken."""
    found = hashlib.sha256()
    for path in [folder / "taken.json", *sorted((folder / "sources").iterdir())]:
        content = path.read_bytes()
        found.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return found.hexdigest()


def take(path: Path, target: Path) -> Taken:
    """Takes the sources of a folder or an archive into TARGET/sources, and writes
    TARGET/taken.json."""
    taken = Taken(shown(path.resolve().name))
    if path.is_dir():
        files = list_files(path, taken.notes)
    else:
        files = [File("", path.name, path)]
    return take_files(taken, files, target)


def take_files(taken: Taken, files: list[File], target: Path) -> Taken:
    """Takes the sources among files that are listed."""
    (target / "sources").mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="taken.") as scratch:
        try:
            files = unpacked(files, Path(scratch), taken.notes)
            Choice(taken, files).take(target / "sources")
        except Refused as refused:
            taken.problem = str(refused)
    taken.save(target)
    return taken


# ---- What was handed in


def list_files(top: Path, notes: list[str], below: str = "") -> list[File]:
    """Returns the files in a folder and below it, the nearest first. A link could lead
    to something that its author must not see, so none is followed out of the folder."""
    files: list[File] = []
    folders = [""]
    while folders and len(files) < ENTRIES_MOST:
        folder = folders.pop(0)
        try:
            found = sorted(os.scandir(top / folder), key=lambda entry: entry.name)
        except OSError as error:
            notes.append(f"{shown(folder) or 'It'} cannot be read: {error.strerror}.")
            continue
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                if not IGNORED.fullmatch(entry.name) and not is_handed_out(entry.path):
                    folders.append(f"{folder}/{entry.name}" if folder else entry.name)
                continue
            where = "/".join(filter(None, (below, folder)))
            reason = why_not(Path(entry.path), top)
            if not reason:
                files.append(File(where, entry.name, Path(entry.path)))
            elif is_source_like(entry.name) or is_archive(entry.name):
                notes.append(f"{shown(entry.name)} {reason}")
    if len(files) >= ENTRIES_MOST:
        notes.append(f"Only the first {ENTRIES_MOST} files were looked at.")
    return files


def is_handed_out(folder: str) -> bool:
    """Whether it is the part of this project that `make handout` gives."""
    names = ("check.py", "handout.py")
    there = [os.path.exists(f"{folder}/tests/course/{name}") for name in names]
    return there == [True, False]


def why_not(path: Path, top: Path) -> str:
    """Returns why a file is left out, or nothing."""
    if not path.is_file():
        return "is not a file: it is a link that leads nowhere, or a device."
    if not path.resolve().is_relative_to(top.resolve()):
        return "is left out: it is a link that leads out of the folder."
    large = path.stat().st_size > FILE_MOST and not is_archive(path.name)
    if large or not os.access(path, os.R_OK):
        return "is left out: it cannot be read, or is larger than 1 MB."
    return ""


def unpacked(files: list[File], scratch: Path, notes: list[str]) -> list[File]:
    """Returns the files or, if there are no sources, those in the archives. It unpacks
    at most twice, since a course system may pack what was packed."""
    for turn in range(2):
        archives = [file for file in files if is_archive(file.name)]
        if any(is_source(file.name) for file in files):
            for file in archives:
                notes.append(f"{file.title} was not opened, since there are sources.")
            break
        more: list[File] = []
        for number, file in enumerate(archives):
            target = scratch / f"{turn}-{number}"
            try:
                unpack(file.path, target, of_submission(), notes)
            except Refused as refused:
                notes.append(str(refused))
                continue
            more += list_files(target, notes, file.name if len(archives) > 1 else "")
        files = [file for file in files if file not in archives] + more
    for file in files:
        if UNREAD.search(file.name):
            notes.append(f"{file.title} cannot be read. Hand in a zip instead.")
    return files


# ---- Which of it is meant


class Choice:
    """Chooses among the files of one submission."""

    def __init__(self, taken: Taken, files: list[File]):
        self.taken = taken
        self.files = [file for file in files if is_source_like(file.name)]
        self.others = [file for file in files if file not in self.files]
        self.size = 0
        self.count = 0
        self.renamed: list[str] = []

    def note(self, sentence: str) -> None:
        self.taken.notes.append(sentence)

    def take(self, target: Path) -> None:
        """Copies what is meant; Refused if there is nothing, or if it is unclear."""
        folder, is_one_of_many = self.folder()
        mine = [file for file in self.files if file.folder == folder]
        if is_one_of_many and folder:
            self.note(f"The files in its folder {shown(folder)} were taken.")
        wanted = set(STAGE_FILES) | included(mine)
        for name, file in self.chosen(mine, wanted).items():
            self.copy(file, name, target)
        left = self.fill(target, folder, wanted)
        if self.renamed:
            self.note(f"Taken under other names: {'; '.join(self.renamed)}.")
        if left:
            self.note(f"Left out: the C files in {', '.join(sorted(left))}.")
        if not any(target.glob("*.c")):
            raise Refused("No C file could be taken.")

    def folder(self) -> tuple[str, bool]:
        """Returns the folder that has most of the files of a stage; of those that have
        as many, the one nearest to the top. Also, whether there are others."""
        scores: dict[str, int] = {}
        for file in self.files:
            if is_source(file.name) and not is_ours(file.path):
                scores.setdefault(file.folder, 0)
        if not scores:
            raise Refused(self.nothing())
        for folder in scores:
            names = {file.name for file in self.files if file.folder == folder}
            meant = {readings(name, set(STAGE_FILES), names)[0] for name in names}
            scores[folder] = len(meant & set(STAGE_FILES))
        best = max(scores.values())
        found = [folder for folder in scores if scores[folder] == best]
        depth = min(deep(folder) for folder in found)
        found = [folder for folder in found if deep(folder) == depth]
        if len({self.content(folder) for folder in found}) > 1:
            names = " and ".join(shown(folder) for folder in found[:3])
            raise Refused(f"It is not clear which is meant: {names} differ.")
        return found[0], len(scores) > 1

    def content(self, folder: str) -> bytes:
        """Returns what is in a folder, to compare it."""
        mine = [file for file in self.files if file.folder == folder]
        mine.sort(key=lambda file: file.name)
        return b"".join(os.fsencode(f.name) + f.path.read_bytes() for f in mine)

    def nothing(self) -> str:
        """Says that there is no C file, and what there is."""
        names = [file.title for file in [*self.files, *self.others]][:5]
        return "There is no C file in it" + (
            f"; it has {', '.join(names)}." if names else ": it is empty."
        )

    def chosen(self, files: list[File], wanted: set[str]) -> dict[str, File]:
        """Returns the files of a folder by the names that they are taken under."""
        there = {file.name for file in files}
        by_name: dict[str, list[tuple[int, File]]] = {}
        for file in files:
            if not is_ours(file.path):
                name, distance = readings(file.name, wanted, there)
                by_name.setdefault(name, []).append((distance, file))
        if "webserve.c" not in by_name and "webserver.c" in by_name:
            name, (_, file) = "webserve.c", by_name.pop("webserver.c")[0]
            by_name[name] = [(1, file)]
        chosen = {}
        for name, found in by_name.items():
            best = min(distance for distance, _ in found)
            nearest = [file for distance, file in found if distance == best]
            if best == BACKUP or not same(nearest):
                self.leave_out(nearest, name)
                continue
            chosen[name] = nearest[0]
            for _, file in found:
                if file is not nearest[0]:
                    self.note(f"{file.title} is left out: {nearest[0].title} is taken.")
        return chosen

    def leave_out(self, files: list[File], name: str) -> None:
        """Says why none is taken."""
        titles = " and ".join(file.title for file in files)
        if len(files) > 1:
            self.note(
                f"{titles} differ, and each could be {shown(name)}, so none is taken."
            )
        else:
            self.note(f"{titles} is left out: it is an editor's backup of a file.")

    def fill(self, target: Path, folder: str, wanted: set[str]) -> set[str]:
        """Takes what is wanted and only another folder has; returns the folders with
        C files that are left out."""
        left = set()
        others = [file for file in self.files if file.folder != folder]
        for file in others:
            alike = [other for other in others if other.name == file.name]
            if file.name not in wanted or (target / file.name).exists():
                if is_source(file.name) and not is_ours(file.path):
                    left.add(shown(file.folder) or "the top folder")
            elif same(alike) and not is_ours(file.path):
                self.copy(file, file.name, target)
                self.note(f"{file.title} is taken as well.")
                wanted |= included([file])
        return left

    def copy(self, file: File, name: str, target: Path) -> None:
        """Copies a file, and says so if its name has changed."""
        self.size += file.path.stat().st_size
        self.count += 1
        if self.count > FILES_MOST or self.size > BYTES_MOST:
            if self.count <= FILES_MOST + 1:
                self.note("Files beyond 200, or 8 MiB in all, were left out.")
            self.count = FILES_MOST + 1
            return
        if is_source(name) and not PLAIN.fullmatch(name):
            name = f"other_{len(self.taken.names) + 1}.c"
        elif name != file.name:
            self.renamed.append(f"{file.title} as {name}")
        if name != file.name:
            self.taken.names[name] = file.title
        shutil.copyfile(file.path, target / name)


def deep(folder: str) -> int:
    """Returns how many folders lead to it."""
    return len(folder.split("/")) if folder else 0


def same(files: list[File]) -> bool:
    """Whether all have the same content."""
    first = files[0].path
    return all(filecmp.cmp(first, file.path, shallow=False) for file in files[1:])


def included(files: Iterable[File]) -> set[str]:
    """Returns the headers that these files include by name."""
    names = set()
    for file in files:
        if is_source(file.name) or is_header(file.name):
            found = INCLUDE.findall(file.path.read_bytes())
            names |= {os.fsdecode(name) for name in found}
    return names


def is_ours(path: Path) -> bool:
    """Whether it is a copy of a file of common/."""
    return any(
        filecmp.cmp(path, own, shallow=False)
        for own in (TOP / "common").glob(f"*/{glob.escape(path.name)}")
    )
