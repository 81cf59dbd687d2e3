#!/usr/bin/env python3
"""tests/course/handout_test.py STAGE... - tests of make handout.

For each stage: what is handed out, and that no line of a later stage is in it. For the
stages that are named, `make test` is run in a fresh copy of the zip: it gives less than
60 points to what is handed out, and 100 with the solution put in; and so is `make
watch`, which fails and passes. `make handout-tests` calls it.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

sys.dont_write_bytecode = True
TOP = Path(__file__).resolve().parents[2]
STAGES = range(1, 7)
WHOLE: list[int] = []  # the stages that are named
POINTS = re.compile(r"^\S+, stage \d: ([\d.]+) of 100 points$", re.M)


def lines(*folders: Path) -> set[str]:
    """Returns the lines of the C files in folders, without indentation."""
    files = [path for folder in folders for path in folder.rglob("*.[ch]")]
    return {line.strip() for f in files for line in f.read_text("utf-8").splitlines()}


def make(*words: str, folder: Path = TOP) -> subprocess.CompletedProcess[str]:
    """Runs make, which builds in the folder; returns what it prints."""
    outside = ("MAKEFLAGS", "BUILD")
    command = ["make", "--no-print-directory", "-C", str(folder), *words]
    return subprocess.run(
        command,
        env={k: v for k, v in os.environ.items() if k not in outside},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


class Handout(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.out = Path(folder.name)
        for stage in STAGES:
            made = make("handout", f"STAGE={stage}", f"OUT={cls.out}")
            assert made.returncode == 0, made.stdout

    def fresh(self, stage: int) -> Path:
        """Returns a folder as a student unpacks it."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        with zipfile.ZipFile(self.out / f"step{stage}.zip") as archive:
            for entry in archive.infolist():
                path = Path(archive.extract(entry, folder.name))
                path.chmod(entry.external_attr >> 16)
        return Path(folder.name, f"step{stage}")

    def test_the_zip_has_what_the_folder_has(self):
        for stage in STAGES:
            folder = self.out / f"step{stage}"
            there = {
                path.relative_to(folder) for path in folder.rglob("*") if path.is_file()
            }
            fresh = self.fresh(stage)
            files = {
                path.relative_to(fresh) for path in fresh.rglob("*") if path.is_file()
            }
            self.assertEqual(files, there)
            self.assertFalse([path for path in fresh.rglob("*") if path.name == ".git"])

    def test_it_begins_with_the_stage_before(self):
        for stage in STAGES:
            fresh = self.fresh(stage)
            there = {path.name for path in fresh.glob("*.c")}
            before = {
                path.name for path in TOP.glob(f"stages/stage{max(stage - 1, 1)}/*.c")
            }
            self.assertEqual(there, {"webserve.c"} if stage == 1 else before)

    def test_no_line_of_a_later_stage_is_in_it(self):
        folders = {stage: TOP / f"stages/stage{stage}" for stage in STAGES}
        for stage in STAGES:
            fresh = self.fresh(stage)
            later = lines(*(folders[n] for n in STAGES if n >= stage))
            contract = (folders[stage] / "webserve.h").read_text("utf-8").splitlines()
            # A function is defined with the signature that the contract declares.
            known = {line.strip().removesuffix(";") for line in contract}
            known |= {line.strip() for line in contract} | lines(TOP / "common")
            known |= lines(folders[max(stage - 1, 1)], folders[1])
            if stage == 1:
                known -= lines(folders[1]) - lines(self.out / "step1")
            hidden = later - known
            self.assertTrue(hidden)
            for path in (path for path in fresh.rglob("*") if path.is_file()):
                for line in path.read_text("utf-8").splitlines():
                    for form in (line.strip(), line[1:].strip()):
                        self.assertNotIn(form, hidden, f"step {stage}: {path}")

    def test_before_step_6_it_has_nothing_about_post_data(self):
        for stage in STAGES:
            fresh = self.fresh(stage)
            names = [path.name for path in fresh.rglob("*")]
            about = {n for n in names if n.startswith("post") or n == "content.py"}
            self.assertEqual(bool(about), stage == 6, f"step {stage}: {about}")
            for path in fresh.glob("project/tests/wire/corpus/*.txt"):
                if stage < 6:
                    self.assertNotRegex(path.read_text("utf-8"), r"(?m)^  6: |POST")

    def test_a_line_that_gives_a_solution_away_is_an_error(self):
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder, "project")
            ignored = shutil.ignore_patterns("build", ".git", "node_modules")
            shutil.copytree(TOP, copy, ignore=ignored)
            line = (TOP / "stages/stage4/serve.c").read_text("utf-8").splitlines()[0]
            with (copy / "docs/stage3.md").open("a", encoding="utf-8") as page:
                page.write(f"\n{line}\n")
            made = make("handout", "STAGE=3", f"OUT={folder}/out", folder=copy)
            self.assertEqual(made.returncode, 2, made.stdout)
            self.assertIn(f": {line}\n", made.stdout)
            self.assertFalse(Path(folder, "out/step3").exists())

    def test_the_key_has_the_answers_and_the_quiz_has_not(self):
        for stage in STAGES:
            quiz, key = (
                (self.out / f"step{stage}-{name}.html").read_text("utf-8")
                for name in ("quiz", "key")
            )
            asked = re.findall(r"<li>(.*)", quiz)
            self.assertEqual(asked, re.findall(r"<li>(.*)", key))
            self.assertGreaterEqual(len(asked), 3)
            self.assertNotIn("<p>", quiz.partition("<ol>")[2])
            self.assertGreaterEqual(key.partition("<ol>")[2].count("<p>"), len(asked))
            walkthrough = (self.out / f"step{stage}/walkthrough.md").read_text("utf-8")
            for question in asked:
                self.assertIn(question, walkthrough)
            self.assertRegex(walkthrough, r"`mistakes\.md`\s+has\s")
            for mark in ("<summary>Solution", "<!--", "../step", "make start"):
                self.assertNotIn(mark, walkthrough)

    def test_make_test_works_in_it(self):
        for stage in WHOLE:
            fresh = self.fresh(stage)
            before = make("test", folder=fresh)
            points = POINTS.search(before.stdout)
            self.assertTrue(points, before.stdout)
            self.assertLess(float(points[1]), 60, before.stdout)
            self.assertNotEqual(make("watch", folder=fresh).returncode, 0)
            for path in TOP.glob(f"stages/stage{stage}/*.c"):
                shutil.copy(path, fresh)
            after = make("test", folder=fresh)
            points = POINTS.search(after.stdout)
            self.assertTrue(points, after.stdout)
            self.assertEqual(float(points[1]), 100, after.stdout)
            self.assertEqual(after.returncode, 0, after.stdout)
            watched = make("watch", folder=fresh)
            self.assertIn(f"tests of step {stage} pass.", watched.stdout)
            self.assertEqual(watched.returncode, 0, watched.stdout)
            self.assertEqual(make(folder=fresh).stdout, "  CC      webserve\n")


if __name__ == "__main__":
    WHOLE = [int(stage) for stage in sys.argv[1:]]
    unittest.main(argv=sys.argv[:1])
