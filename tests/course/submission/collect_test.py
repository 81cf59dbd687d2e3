#!/usr/bin/env python3
"""Tests of what is taken of a submission and of a batch: folders, archives, and files
as course systems, browsers and editors name them. `make grade-tests` runs them.

Each case is the files that were handed in, what is taken of them, and what is said.
"""

import io
import os
import re
import sys
import tarfile
import tempfile
import unittest
import unittest.mock
import zipfile
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from submission import archives
from submission.archives import Refused
from submission.collect import collect
from submission.names import shown
from submission.sources import digest, load, take

FOUR = ["delegate.c", "handle_connection.c", "serve.c", "webserve.c"]
FOLDERS = {  # what is in the folder, what is taken, what is said
    "plain": (FOUR, FOUR, ""),
    "nested": (
        [f"hw5/src/{name}" for name in FOUR],
        FOUR,
        "",
    ),
    "of builds and git": (["a.c", "build/b.c", ".git/c.c", "__MACOSX/._a.c"], ["a.c"]),
    "another spelling": (
        ["web_serve.c", "Delegate.c", "handleConnection.c", "SERVE.C"],
        FOUR,
        "web_serve.c as webserve.c",
    ),
    "browser": (["delegate (1).c", "webserve(2).c"], ["delegate.c", "webserve.c"]),
    "Canvas": (
        ["delegate-2.c", "webserve-1.c", "webserve-1.h"],
        ["delegate.c", "webserve.c", "webserve.h"],
        "delegate-2.c as delegate.c",
    ),
    "text": (["delegate.c.txt"], ["delegate.c"], "delegate.c.txt as delegate.c"),
    "C++": (["serve.cpp", "delegate.cc"], ["delegate.c", "serve.c"], "serve.cpp as"),
    "webserver": (["webserver.c"], ["webserve.c"], "webserver.c as webserve.c"),
    "a webserver of its own": (["webserve.c", "webserver.c"], None),
    "an editor's": (
        ["delegate.c", "delegate.c~", ".#delegate.c", "#delegate.c#", ".delegate.c.swp"],
        ["delegate.c"],
        "#delegate.c# is left out: delegate.c is taken",
    ),
    "only an editor's": (["serve.c", "delegate.c~"], ["serve.c"], "c~ is left out: it"),
    "copies": (
        ["delegate.c", "delegate_old.c", "copy of delegate.c", "delegate - Copy.c"],
        ["delegate.c"],
        "delegate_old.c is left out: delegate.c is taken",
    ),
    "old helpers": (["list.c", "list_old.c", "list2.c"], ["list.c", "list2.c"]),
    "a numbered file is no copy": (["part-1.c", "part-2.c"], None, ""),
    "two copies": (["serve.c", "delegate (1).c", "delegate (2).c"], ["serve.c"], "none"),
    "a better folder": (
        [*(f"hw5/{name}" for name in FOUR), "webserve.c"],
        FOUR,
        "The files in its folder hw5 were taken. Left out: the C files in the top folder.",
    ),
    "an old folder": ([*FOUR, "old/delegate.c"], FOUR, "the C files in old"),
    "two folders": (["a/serve.c", "b/serve.c"], [], "not clear which is meant: a and b"),
    "headers apart": (
        ["src/webserve.c: #include \"x.h\"", "include/x.h", "include/y.h"],
        ["webserve.c", "x.h"],
        "include/x.h is taken as well",
    ),
    "one file apart": (
        ["webserve.c", "serve.c", "net/delegate.c"],
        ["delegate.c", "serve.c", "webserve.c"],
        "net/delegate.c is taken as well",
    ),
    "Python": (["webserve.py", "report.pdf"], [], "no C file in it; it has report.pdf"),
    "empty": ([], [], "it is empty"),
    "an old archive": (["hw5.rar"], [], "hw5.rar cannot be read. Hand in a zip"),
    "no zip": (["hw5.zip"], [], "hw5.zip cannot be read: it is damaged"),
}  # fmt: skip


def fill(folder: Path, names: list[str]) -> None:
    """Makes files: NAME, or NAME: CONTENT; otherwise the name is the content."""
    for name in names:
        name, _, content = name.partition(": ")
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content or name)


def zip_of(folder: Path) -> bytes:
    """Returns a zip of a folder, with its name in front."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder.parent))
    return data.getvalue()


class Base(unittest.TestCase):
    """A folder to hand in, and what is taken of it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = Path(folder.name)
        self.folder = self.top / "submission"
        self.folder.mkdir()
        self.count = 0

    def take(self, path: Path | None = None) -> list[str]:
        """Returns what is taken; `said` is what is said of it."""
        self.count += 1
        target = self.top / f"taken{self.count}"
        self.taken = take(path or self.folder, target)
        self.assertEqual(self.taken, load(target))
        self.said = " ".join([self.taken.problem, *self.taken.notes])
        self.digest = digest(target)
        self.sources = target / "sources"
        return sorted(os.listdir(self.sources))


class Folders(Base):
    def test_one_sensible_reading_is_taken_and_told(self):
        for title, (names, expected, *said) in FOLDERS.items():
            with self.subTest(title):
                folder = self.top / title
                folder.mkdir()
                fill(folder, names)
                taken = self.take(folder)
                self.assertEqual(taken, sorted(names if expected is None else expected))
                self.assertIn(said[0] if said else "", self.said)
                if said == [""]:
                    self.assertEqual(self.said.strip(), "")

    def test_links_are_followed_within_the_folder_alone(self):
        fill(self.top, ["secret.c"])
        fill(self.folder, ["in/x.h: y"])
        (self.folder / "a.c").symlink_to("in/x.h")
        (self.folder / "b.c").symlink_to("../secret.c")
        (self.folder / "c.c").symlink_to("/etc/passwd")
        (self.folder / "d.c").symlink_to("nowhere")
        os.mkfifo(self.folder / "e.c")
        self.assertEqual(self.take(), ["a.c"])
        self.assertEqual((self.sources / "a.c").read_text(), "y")
        self.assertEqual(self.said.count("leads out of the folder"), 2)
        self.assertEqual(self.said.count("is not a file"), 2)

    def test_odd_names_are_given_others_and_told_as_they_were(self):
        (self.folder / os.fsdecode(b"-o\xff x.c")).write_text("a")
        self.assertEqual(self.take(), ["other_1.c"])
        self.assertEqual(self.taken.names, {"other_1.c": "-o\\xff x.c"})

    def test_too_much_is_left_out(self):
        fill(self.folder, [f"a{number}.c" for number in range(210)])
        (self.folder / "a0.c").write_bytes(bytes(1_000_001))
        self.assertEqual(len(self.take()), 200)
        self.assertIn("a0.c is left out", self.said)
        self.assertIn("Files beyond 200", self.said)

    def test_the_digest_is_of_the_content_and_what_is_said(self):
        fill(self.folder, ["serve.c"])
        self.take()
        first = self.digest
        self.take()
        self.assertEqual(self.digest, first)
        fill(self.folder, ["serve.c: another"])
        self.take()
        self.assertNotEqual(self.digest, first)

    def test_what_is_no_text_is_escaped(self):
        self.assertEqual(shown("a é.c"), "a é.c")
        self.assertEqual(shown(os.fsdecode(b"\xff\n\\\x1b")), "\\xff\\x0a\\x5c\\x1b")


class Archives(Base):
    def write(self, name: str, content: bytes) -> Path:
        path = self.top / name
        path.write_bytes(content)
        return path

    def tar_with(self, *members: tarfile.TarInfo) -> Path:
        path = self.top / "odd.tar"
        with tarfile.open(path, "w") as archive:
            for member in members:
                archive.addfile(member, io.BytesIO(bytes(member.size)))
        return path

    def test_each_kind_is_read(self):
        fill(self.folder, FOUR)
        for suffix, mode in (
            ("tar", "w"),
            ("tar.gz", "w:gz"),
            ("tgz", "w:gz"),
            ("tar.xz", "w:xz"),
            ("tar.bz2", "w:bz2"),
        ):
            path = self.top / f"hw.{suffix}"
            with tarfile.open(path, mode) as archive:
                archive.add(self.folder, "hw")
            self.assertEqual(self.take(path), FOUR, suffix)
        self.assertEqual(self.take(self.write("hw.zip", zip_of(self.folder))), FOUR)

    def test_an_archive_in_a_folder_and_in_an_archive(self):
        inner = self.top / "hw"
        fill(inner, FOUR)
        (self.folder / "hw.zip").write_bytes(zip_of(inner))
        self.assertEqual(self.take(), FOUR)
        self.assertEqual(self.take(self.write("all.zip", zip_of(self.folder))), FOUR)
        fill(self.folder, ["serve.c"])
        self.assertEqual(self.take(), ["serve.c"])
        self.assertIn("hw.zip was not opened", self.said)

    def test_names_that_lead_out_links_and_devices_are_left_out(self):
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as archive:
            link = zipfile.ZipInfo("link.c")
            link.external_attr = 0o120777 << 16
            archive.writestr(link, "/etc/passwd")
            for name in ("../up.c", "/tmp/absolute.c", "C:\\x.c", "a\\..\\..\\b.c"):
                archive.writestr(name, "x")
            archive.writestr("sub\\good.c", "x")
        self.assertEqual(self.take(self.write("odd.zip", data.getvalue())), ["good.c"])
        self.assertEqual(self.said.count(" is left out: "), 5)
        link, device, up = map(tarfile.TarInfo, ("l.c", "d.c", "../up.c"))
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        device.type = tarfile.CHRTYPE
        self.assertEqual(self.take(self.tar_with(link, device, up)), [])
        self.assertEqual(self.said.count(" is left out: "), 3)
        self.assertEqual(list(self.top.rglob("*up.c")), [])

    def test_bombs_are_refused(self):
        bounds = archives.Bounds(100, 3_000_000)
        patch = unittest.mock.patch("submission.sources.of_submission")
        patch.start().side_effect = lambda: replace(bounds)
        self.addCleanup(patch.stop)
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(4):
                archive.writestr(f"{number}.c", bytes(archives.SOURCE_MOST))
        self.take(self.write("bomb.zip", data.getvalue()))
        self.assertIn("bomb.zip is not taken: too much is in it", self.said)
        member = tarfile.TarInfo("zeros")
        member.size = bounds.size + 1
        path = self.top / "bomb.tar.gz"
        with tarfile.open(path, "w:gz", compresslevel=1) as archive:
            archive.addfile(member, io.BytesIO(bytes(member.size)))
        self.take(path)
        self.assertIn("bomb.tar.gz is not taken: too much is in it", self.said)

    def test_a_large_archive_is_refused(self):
        path = self.write("large.zip", b"")
        os.truncate(path, archives.ARCHIVE_MOST + 1)
        self.take(path)
        self.assertIn("large.zip is not taken: it is too large", self.said)

    def test_many_files_are_refused(self):
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as archive:
            for number in range(archives.of_submission().entries + 1):
                archive.writestr(f"{number}.o", "")
        self.take(self.write("many.zip", data.getvalue()))
        self.assertIn("too much is in it", self.said)

    def test_an_archive_with_a_password(self):
        # A zip with one file, whose header says that it is encrypted.
        fill(self.folder, ["serve.c"])
        content = bytearray(zip_of(self.folder))
        for start in (m.start() for m in re.finditer(b"PK\x03\x04", bytes(content))):
            content[start + 6] |= 1
        for start in (m.start() for m in re.finditer(b"PK\x01\x02", bytes(content))):
            content[start + 8] |= 1
        self.take(self.write("secret.zip", bytes(content)))
        self.assertIn("secret.zip cannot be read: it is encrypted", self.said)


class Batches(Base):
    """A class, as a folder and as one archive."""

    def collect(self, batch: Path) -> dict[str, list[str]]:
        """Returns what is taken of each, by name."""
        self.count += 1
        scratch = self.top / f"scratch{self.count}"
        scratch.mkdir()
        self.found, self.remarks = collect(batch, scratch)
        taken, self.notes = {}, {}
        for one in self.found:
            target = scratch / f"of-{one.folder}"
            self.notes[one.name] = one.take(target).notes
            taken[one.name] = sorted(os.listdir(target / "sources"))
        folders = {one.folder.lower() for one in self.found}
        self.assertEqual(len(folders), len(self.found))
        return taken

    def as_zip(self) -> Path:
        path = self.top / f"batch{self.count}.zip"
        path.write_bytes(zip_of(self.folder))
        return path

    def test_course_systems(self):
        canvas = "adamsanna_LATE_12_345_"
        fill(self.folder, [f"{canvas}serve-1.c", f"{canvas}webserve.c"])
        fill(self.folder, ["Bo Ek_77_assignsubmission_file_/hw/serve.c"])
        fill(self.folder, ["Bo Ek_77_assignsubmission_onlinetext_/onlinetext.html"])
        fill(self.folder, ["submission_9/serve.c", "index.html"])
        (self.folder / "submission_metadata.yml").write_text(
            "---\nsubmission_9:\n  :submitters:\n  - :name: Cy Dee\n    :sid: '1'\n"
            "  - :name: Eve Fox\n  :score: 1\n"
        )
        zipped = self.top / "cole"
        fill(zipped, ["serve.c"])
        (self.folder / "colecy_12_99_hw.zip").write_bytes(zip_of(zipped))
        expected = {
            "adamsanna_12": ["serve.c", "webserve.c"],
            "Bo Ek_77": ["serve.c"],
            "colecy_12": ["serve.c"],
            "Cy Dee and Eve Fox, submission_9": ["serve.c"],
        }
        for batch in (self.folder, self.as_zip()):
            self.assertEqual(self.collect(batch), expected)
            self.assertIn("handed in late", self.notes["adamsanna_12"][0])
            self.assertIn("left out: index.html", " ".join(self.remarks))

    def test_any_names(self):
        spaces = "\u200b" * 60
        odd = [b"grades.csv", b"index.html", b"-rf", b"a\nb", b"\xff", b"Anna", b"anna"]
        odd += [b"grades.new", b" ", b"con", "é".encode(), "e\u0301".encode()]
        odd += [spaces.encode(), f"{spaces}\u200b".encode(), b"anna-12345678", b"..."]
        for name in odd:
            (self.folder / os.fsdecode(name)).mkdir()
            fill(self.folder / os.fsdecode(name), ["serve.c"])
        (self.folder / "anna.zip").write_bytes(zip_of(self.folder / "anna"))
        taken = self.collect(self.folder)
        self.assertEqual(len(taken), len(odd) + 1)
        self.assertEqual({tuple(names) for names in taken.values()}, {("serve.c",)})
        self.assertIn("anna.zip", taken)
        for one in self.found:
            self.assertRegex(one.folder, r"\A[a-z0-9][a-z0-9_-]{0,59}\Z")

    def test_names_stay_when_another_comes(self):
        fill(self.folder, ["Anna/serve.c", "bo/serve.c"])
        self.collect(self.folder)
        before = {one.key: one.folder for one in self.found}
        fill(self.folder, ["ANNA/serve.c"])
        self.collect(self.folder)
        after = {one.key: one.folder for one in self.found}
        self.assertEqual(before, {key: after[key] for key in before})

    def test_a_class_of_one_is_not_looked_into(self):
        fill(self.folder, ["anna/serve.c"])
        self.assertEqual(list(self.collect(self.folder)), ["anna"])

    def test_what_cannot_be_read_is_told(self):
        path = self.top / "batch.zip"
        path.write_bytes(b"no zip")
        with self.assertRaisesRegex(Refused, "batch.zip cannot be read"):
            self.collect(path)


if __name__ == "__main__":
    unittest.main()
