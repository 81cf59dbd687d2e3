"""Finds the submissions of a batch: folders, archives, or files that a course system
has named, in a folder or in one archive that has all of them.

Canvas:      adamsanna_LATE_12345_67890_webserve-1.c, or an archive named so
Moodle:      Anna Adams_123456_assignsubmission_file_/ or ..._file_webserve.c
Gradescope:  submission_123/ next to submission_metadata.yml, which has the names

What is not a submission is named in a remark.
"""

import hashlib
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from submission.archives import (
    METADATA,
    UNREAD,
    is_archive,
    of_batch,
    unpack,
)
from submission.names import is_source_like, shown
from submission.sources import File, Taken, list_files, take_files, why_not

CANVAS = re.compile(
    r"(?P<who>[^_]+)_(?P<late>LATE_)?(?P<id>\d+)_\d+_(?P<file>.+)", re.DOTALL
)
MOODLE = re.compile(
    r"(?P<who>.+_\d+)_assignsubmission_(?:file|onlinetext)_?(?P<file>.*)", re.DOTALL
)
OF_NOBODY = {"__MACOSX", ".git", ".DS_Store", METADATA, "Thumbs.db", "desktop.ini"}
SIMPLE = re.compile(r"(?!.*-[0-9a-f]{8}$)[a-z0-9][a-z0-9_-]{0,59}")
LATE = "It was handed in late, says Canvas."


@dataclass
class Submission:
    """A submission of a batch."""

    key: str  # what its name is made from; no other has the same
    name: str  # for people
    files: list[tuple[str, Path]] = field(default_factory=list)  # or folders
    notes: list[str] = field(default_factory=list)

    @property
    def folder(self) -> str:
        """The name of its folder among the grades. It is safe on any system: no two
        differ in case alone, or look the same."""
        if SIMPLE.fullmatch(self.key):
            return self.key
        plain = re.sub(r"[^a-z0-9_]+", "-", shown(self.key).lower()).strip("-_")[:40]
        mark = hashlib.sha256(os.fsencode(self.key)).hexdigest()[:8]
        return f"{plain or 'x'}-{mark}"

    def take(self, target: Path) -> Taken:
        """Takes its sources."""
        taken = Taken(self.name, list(self.notes))
        files: list[File] = []
        for name, path in self.files:
            if path.is_dir():
                files += list_files(path, taken.notes)
                continue
            reason = why_not(path, path.parent)
            if reason:
                taken.notes.append(f"{shown(name)} {reason}")
            else:
                files.append(File("", name, path))
        return take_files(taken, files, target)


def collect(batch: Path, scratch: Path) -> tuple[list[Submission], list[str]]:
    """Returns the submissions of a batch, by name, and the remarks. An archive is
    unpacked into the scratch folder; Refused if it cannot be."""
    remarks: list[str] = []
    top = batch
    if not batch.is_dir():
        top = scratch / "batch"
        unpack(batch, top, of_batch(), remarks)
    top = where_they_are(top, not batch.is_dir())
    found: dict[str, Submission] = {}
    left = []
    names = gradescope_names(top)
    for entry in sorted(os.listdir(top)):
        if entry in OF_NOBODY:
            continue
        of_one = belongs_to(entry, top / entry, names)
        if of_one:
            mine = found.setdefault(of_one.key, of_one)
            mine.files += of_one.files if mine is not of_one else []
            mine.notes += [n for n in of_one.notes if n not in mine.notes]
        else:
            left.append(shown(entry))
    if left:
        remarks.append(f"Not submissions, and left out: {', '.join(left)}.")
    return with_names_of_their_own(list(found.values())), remarks


def where_they_are(top: Path, unpacked: bool) -> Path:
    """Returns the folder that has the submissions: an export often has one folder
    around all."""
    for _ in range(3):
        inner = [top / name for name in os.listdir(top) if name not in OF_NOBODY]
        if len(inner) != 1 or not inner[0].is_dir():
            break
        if not unpacked and not (inner[0] / METADATA).exists():
            break
        sources = filter(is_source_like, os.listdir(inner[0]))
        if not all(CANVAS.fullmatch(n) or MOODLE.fullmatch(n) for n in sources):
            break  # a class of one
        top = inner[0]
    return top


def belongs_to(entry: str, path: Path, names: dict[str, str]) -> Submission | None:
    """Returns the submission that a file or a folder is, or belongs to."""
    of_course_system = MOODLE.fullmatch(entry)
    if of_course_system:
        who = of_course_system["who"]
        file = of_course_system["file"] or entry
        return Submission(who, shown(who), [(file, path)])
    if path.is_dir():
        name = shown(entry)
        if entry in names:
            name = f"{shown(names[entry])}, {name}"
        return Submission(entry, name, [(entry, path)])
    of_course_system = CANVAS.fullmatch(entry)
    if of_course_system:
        who = f"{of_course_system['who']}_{of_course_system['id']}"
        notes = [LATE] if of_course_system["late"] else []
        return Submission(who, shown(who), [(of_course_system["file"], path)], notes)
    if is_archive(entry) or UNREAD.search(entry):
        stem = UNREAD.sub("", re.sub(r"(\.tar)?\.[^.]*$", "", entry)) or entry
        return Submission(entry, shown(stem), [(entry, path)])
    return None


def with_names_of_their_own(submissions: list[Submission]) -> list[Submission]:
    """Sorts submissions by name, and gives an archive its own name if a folder has the
    same."""
    names = [submission.name for submission in submissions]
    for submission in submissions:
        if names.count(submission.name) > 1:
            submission.name = shown(submission.key)
    return sorted(submissions, key=lambda one: (one.name, one.key))


def gradescope_names(top: Path) -> dict[str, str]:
    """Returns who handed in each folder of a Gradescope export."""
    path = top / METADATA
    names: dict[str, list[str]] = {}
    folder = ""
    if path.is_file():
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            start = re.match(r"""['"]?(submission_\d+)['"]?:""", line)
            who = re.match(r"""[ -]*:?name: *['"]?(.*?)['"]? *$""", line)
            folder = start[1] if start else folder
            if who and who[1] and folder:
                names.setdefault(folder, []).append(who[1])
    return {folder: " and ".join(found) for folder, found in names.items()}
