"""Unpacks archives that nobody has looked at yet: zip, and tar with any compression.

Only what may be a source, another archive, or the list of a Gradescope export is
written, as plain files below one folder; of anything else an empty file, so that its
name is known. What is too much, leads out of the folder, or is not a file is left out,
and a note says so.
"""

import bz2
import gzip
import io
import lzma
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Callable

from submission.names import is_ignored, is_source_like, shown

SOURCE_MOST = 1_000_000
ARCHIVE_MOST = 32 * 1024 * 1024  # the list of a zip is read as a whole
METADATA = "submission_metadata.yml"
ARCHIVE = re.compile(r"\.(zip|tar|tgz|tbz2?|txz|tar\.(gz|bz2|xz))$", re.I)
UNREAD = re.compile(r"\.(rar|7z|tar\.zst|zst|iso|dmg)$", re.I)
BROKEN = (
    OSError,
    EOFError,
    RuntimeError,  # a zip that is encrypted
    NotImplementedError,  # compressed in a way that zipfile does not know
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    tarfile.TarError,
)


class Refused(Exception):
    """Why an archive is not taken, in a sentence."""


@dataclass
class Bounds:
    """How much may still come out of an archive."""

    entries: int
    size: int
    archive: int = ARCHIVE_MOST  # the size of the file

    def spend(self, entries: int, size: int) -> None:
        """Counts it; Refused if it is too much."""
        self.entries -= entries
        self.size -= size
        if self.entries < 0 or self.size < 0:
            raise Refused("too much is in it")


def of_submission() -> Bounds:
    """Returns the bounds for one submission."""
    return Bounds(5_000, 256 * 1024 * 1024)


def of_batch() -> Bounds:
    """Returns the bounds for a whole batch."""
    return Bounds(200_000, 4 << 30, archive=4 << 30)


@dataclass
class Entry:
    """A file in an archive."""

    name: str
    why_not: str  # why it is not taken, or nothing
    open: Callable[[], IO[bytes] | None]


class Counted(io.RawIOBase):
    """A stream of which only so much can be read: tarfile reads some headers as a
    whole, and a short file can be unpacked into an endless one."""

    def __init__(self, stream: IO[bytes], bounds: Bounds):
        super().__init__()
        self.stream = stream
        self.bounds = bounds

    def read(self, size: int = -1) -> bytes:
        """Reads at most so much."""
        data = self.stream.read(min(size, 1 << 20) if size >= 0 else 1 << 20)
        self.bounds.spend(0, len(data))
        return data


def is_archive(name: str) -> bool:
    """Whether a file is an archive, by its name."""
    return ARCHIVE.search(name) is not None


def unpack(archive: Path, target: Path, bounds: Bounds, notes: list[str]) -> None:
    """Unpacks an archive into a folder that is made; Refused if it cannot be read."""
    target.mkdir(parents=True)
    name = shown(archive.name)
    try:
        if archive.stat().st_size > bounds.archive:
            raise Refused("it is too large")
        for entry in entries(archive, bounds):
            if is_ignored(entry.name):
                continue
            bounds.spend(1, 0)
            reason = entry.why_not or write(entry, target, bounds)
            if reason:
                notes.append(f"{shown(entry.name)} in {name} is left out: {reason}.")
    except Refused as refused:
        raise Refused(f"{name} is not taken: {refused}.") from refused
    except BROKEN as error:
        why = "it is encrypted" if "encrypted" in str(error) else "it is damaged"
        raise Refused(f"{name} cannot be read: {why}, or not an archive.") from error


def entries(archive: Path, bounds: Bounds) -> Iterator[Entry]:
    """Yields the files in it."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened:
            for info in opened.infolist():
                if not info.is_dir():
                    yield zip_entry(opened, info)
        return
    with open(archive, "rb") as file:
        stream = Counted(unzipped(file), bounds)
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for member in tar:
                if not member.isdir():
                    yield tar_entry(tar, member)


def zip_entry(opened: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    """Returns the entry of a file in a zip."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    odd = kind not in (0, stat.S_IFREG)
    return new_entry(info.filename, odd, lambda: opened.open(info))


def tar_entry(tar: tarfile.TarFile, member: tarfile.TarInfo) -> Entry:
    """Returns the entry of a file in a tar."""
    return new_entry(member.name, not member.isreg(), lambda: tar.extractfile(member))


def new_entry(name: str, odd: bool, opener: Callable[[], IO[bytes] | None]) -> Entry:
    """Judges its name. Some programs on Windows write backslashes into a zip."""
    name = name.replace("\\", "/")
    parts = name.split("/")
    reason = "it is a link or a device" if odd else ""
    if name.startswith("/") or re.match("[A-Za-z]:/", name):
        reason = "its name is absolute"
    if ".." in parts or "\0" in name:
        reason = "its name leads out of the folder"
    return Entry(name, reason, opener)


def unzipped(file: IO[bytes]) -> IO[bytes]:
    """Opens a tar, whatever its compression."""
    start = file.read(6)
    file.seek(0)
    if start.startswith(b"\x1f\x8b"):
        return gzip.open(file)  # type: ignore[return-value]
    if start.startswith(b"BZh"):
        return bz2.open(file)
    if start == b"\xfd7zXZ\x00":
        return lzma.open(file)
    return file


def write(entry: Entry, target: Path, bounds: Bounds) -> str:
    """Writes a file; why it is left out, or nothing."""
    last = entry.name.rstrip("/").rpartition("/")[2]
    most = 0
    if is_source_like(last) or last == METADATA:
        most = SOURCE_MOST
    elif is_archive(last):
        most = ARCHIVE_MOST
    content = b""
    if most:
        stream = entry.open()
        content = stream.read(most + 1) if stream else b""
        bounds.spend(0, len(content))
    if len(content) > most:
        return f"it is larger than {most // 1_000_000} MB"
    path = target.joinpath(*[part for part in entry.name.split("/") if part != "."])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "xb") as file:
            file.write(content)
    except FileExistsError:
        return "another has the same name"
    except (OSError, ValueError) as error:
        return getattr(error, "strerror", None) or "its name is no name of a file"
    return ""
