#!/usr/bin/env python3
"""tests/course/grading/batch_test.py BUILD - grades a small class, most of it hostile.

The honest submission must get all points next to the hostile ones; none of them may
get a point by anything except its answers, change a file of the project, or leave a
process or a file, and its grades must report what it did. A control shows that the forgery
would work where nothing protects from it. `make grade-tests` calls it: it has built
what is needed, and says in the environment how to compile. It tries a few hostile
submissions, or those that HOSTILE names; FULL=1 tries all.
"""

import csv
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from xml.etree import ElementTree

COURSE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(COURSE))

from grading.cell import best_level
from grading.jail import Jail
from grading.grader import FIRST_UID, LOCKS, UIDS
from grading.watch import Watch, processes_of
from submission import TOP

BUILD = "build"
STAGE = 2
HOSTILE = COURSE / "hostile"
NAMES = sorted(path.stem for path in HOSTILE.iterdir())
FEW = ["forge_tap", "fork_bomb", "odd_names", "forbidden_calls", "control_characters"]
TRIED = NAMES if os.environ.get("FULL") else os.environ.get("HOSTILE", "").split() or FEW
ODD = os.fsdecode(b"odd \xff\n=name")
FORGED = "grade-forged.*"  # what commands that the judge is brought to run write


def make_class(folder: Path) -> int:
    """Makes a class of submissions; returns how many. `honest` is the stage as it is;
    hostile_NAME is the stage and a file of tests/course/hostile, in which @TOP@ means
    the project's folder, or the stage as that script leaves it."""
    new = ["honest", "broken", *(f"hostile_{name}" for name in TRIED)]
    for name in new:
        shutil.copytree(TOP / f"stages/stage{STAGE}", folder / name)
        source = HOSTILE / f"{name.removeprefix('hostile_')}.c"
        if source.exists():
            text = source.read_text().replace("@TOP@", str(TOP))
            (folder / name / "hostile.c").write_text(text)
        elif name.startswith("hostile_"):
            script = source.with_suffix(".sh")
            subprocess.run(["bash", script], cwd=folder / name, check=True)
    with open(folder / "broken/delegate.c", "a", encoding="utf-8") as file:
        file.write("int x = ;\n")
    # One whose folder has a name that is not text, and hardly a source.
    (folder / ODD).mkdir()
    (folder / ODD / "webserve.c").write_text("int x = ;\n")
    return len(new) + 1


def digest() -> str:
    """Returns a digest of everything in the project that a submission might want to
    change."""
    found = hashlib.sha256()
    for folder in ("tests", "stages", "common"):
        for path in sorted((TOP / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                found.update(f"{path}\n".encode() + path.read_bytes())
    return found.hexdigest()


def leftovers(folder: Path) -> list[str]:
    """Processes of the users that submissions ran as, and places of cells."""
    users = [uid for uid in range(FIRST_UID, FIRST_UID + UIDS) if is_free(uid)]
    found = [f"process {p.pid}" for uid in users for p in processes_of(uid)]
    found += [str(path) for path in folder.glob("grade.*")]
    return found + [str(path) for path in LOCKS.glob(FORGED)]


def says(name: str, key: str) -> str:
    """Returns what its file says after that word. `expects`: that it gets `all` points,
    those of the `structure`, or `any`; `reported`: what its grades must contain."""
    text = next(HOSTILE.glob(f"{name}.*")).read_text()
    found = re.search(rf"^(?: \*|#) {key}: (.*)$", text, re.M)
    return found[1] if found else ""


def is_free(uid: int) -> bool:
    """Whether nobody is grading as that user at the moment."""
    path = LOCKS / f"grade-user-{uid}.lock"
    if not path.exists():
        return False  # nobody ever did
    with open(path, "rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


class Batch(unittest.TestCase):
    """What happens to the class."""

    @classmethod
    def setUpClass(cls):
        cls.level = best_level(TOP / BUILD / "tools/confine")
        cls.folder = Path(tempfile.mkdtemp(prefix="class."))
        cls.folder.chmod(0o711)
        cls.places = cls.folder / "places"
        cls.places.mkdir(mode=0o711)
        cls.out = cls.folder / "out"
        cls.made = make_class(cls.folder / "in")
        cls.before = digest()
        cls.done = subprocess.run(
            [COURSE / "grade.py", "--stage", str(STAGE), "--build", BUILD]
            + ["--batch", cls.folder / "in", "--out", cls.out],
            env=os.environ | {"TMPDIR": str(cls.places)},
            check=False,
            capture_output=True,
            text=True,
        )
        cls.grades = {}
        if (cls.out / "grades.csv").exists():
            with open(cls.out / "grades.csv", encoding="utf-8") as file:
                cls.grades = {row["name"]: row for row in csv.DictReader(file)}

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def points(self, name: str) -> float:
        return float(self.grades[name]["points"])

    def test_all_are_marked(self):
        self.assertEqual(self.done.returncode, 0, self.done.stderr)
        self.assertEqual(len(self.grades), self.made, self.done.stdout)
        pages = list(self.out.glob("submissions/*/index.html"))
        self.assertEqual(len(pages), self.made)

    def test_all_are_judged_to_the_end(self):
        for name, row in self.grades.items():
            self.assertNotIn("could not be graded", row["faults"], name)

    def test_the_honest_one_gets_all_points(self):
        red = (self.out / "submissions/honest/junit.xml").read_text().split("<testcase")
        red = [case for case in red if "<failure" in case]
        self.assertEqual(self.points("honest"), 100.0, red)

    def test_none_gets_more_or_less_than_its_due(self):
        for name in TRIED:
            row, expected = self.grades[f"hostile_{name}"], says(name, "expects")
            all_points = self.grades["honest"]["points"]
            with self.subTest(name, notes=row["notes"], faults=row["faults"]):
                self.assertLessEqual(float(row["points"]), float(all_points))
                if expected != "any":
                    due = row["structure"] if expected == "structure" else all_points
                    self.assertEqual(row["points"], due)

    def test_the_marks_report_what_each_did(self):
        for name in TRIED:
            grades = (self.out / f"submissions/hostile_{name}/grade.json").read_text()
            with self.subTest(name):
                self.assertTrue(says(name, "reported") in grades, says(name, "reported"))
                ElementTree.parse(self.out / f"submissions/hostile_{name}/junit.xml")
                self.assertFalse(re.search(r"[\x00-\x09\x0b-\x1f]|\\u00[01]", grades))
                commands = [test["command"] for test in json.loads(grades)["tests"]]
                self.assertNotIn("grade-forged", "".join(commands))

    def test_a_name_that_is_no_text_harms_nobody(self):
        self.assertIn("odd \\xff\\x0a=name", self.grades)

    def test_what_can_be_judged_of_a_broken_one_is_judged(self):
        row = self.grades["broken"]
        self.assertEqual(float(row["delegate"]), 0.0)
        self.assertGreater(float(row["requests"]), 0.0)
        self.assertIn("delegate.c", row["faults"])

    def test_nothing_of_the_project_is_changed(self):
        self.assertEqual(digest(), self.before)

    def test_nothing_is_left(self):
        self.assertEqual(leftovers(self.places), [])


class Processor(unittest.TestCase):
    """The bound on the processor, with a clock of its own."""

    def rounds(self, cores: float) -> int:
        """After how many rounds of 9 s of work and a pause of 1 s it is ended; 0: not
        within 100."""
        watch = Watch(Jail(Path("/nowhere"), Path("/nowhere/confine"), 0, "none"))
        now, used = watch.looked, watch.used
        for number in range(1, 101):
            for seconds, busy in ((9, cores), (1, 0)):
                now, used = now + seconds, used + seconds * busy
                if watch.is_out_of_time(now, used):
                    return number
        return 0

    def test_a_pause_gives_back_little(self):
        self.assertEqual(self.rounds(2), 4)

    def test_one_core_may_always_be_used(self):
        self.assertEqual(self.rounds(1.1), 0)


class Control(unittest.TestCase):
    """Proves that the checks above can fail."""

    def test_the_forgery_works_in_the_process_of_the_judge(self):
        units = TOP / BUILD / "unit"
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / "delegate_test"
            stage = units / f"stage{STAGE}"
            subprocess.run(
                ["cc", "-fsanitize=address,undefined", HOSTILE / "forge_tap.c"]
                + ["-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc"]
                + [stage / "delegate_test.o", stage / "delegate.o"]
                + [units / "common.a", "-lcmocka", "-pthread", "-o", program],
                check=True,
            )
            run = subprocess.run([program], check=False, capture_output=True, text=True)
        self.assertEqual(run.returncode, 0)
        self.assertIn("ok 1 - delegate_answers_with_a_valid_page", run.stdout)

    def test_a_change_and_a_leftover_would_be_seen(self):
        before = digest()
        path = COURSE / "changed-by-the-test"
        path.write_text("x")
        try:
            self.assertNotEqual(digest(), before)
        finally:
            path.unlink()
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / "grade.x"
            place.mkdir()
            self.assertIn(str(place), leftovers(Path(folder)))

    def test_a_command_of_the_judge_would_be_seen(self):
        forged = LOCKS / "grade-forged.control"
        forged.touch()
        try:
            with tempfile.TemporaryDirectory() as folder:
                self.assertIn(str(forged), leftovers(Path(folder)))
        finally:
            forged.unlink()

    def test_a_process_left_behind_would_be_seen(self):
        if os.getuid() != 0:
            self.skipTest("only root can run one")
        child = subprocess.Popen(
            ["setpriv", f"--reuid={FIRST_UID + UIDS - 1}", "sleep", "20"],
            stdin=subprocess.DEVNULL,
        )
        try:
            for _ in range(200):
                found = processes_of(FIRST_UID + UIDS - 1)
                if found:
                    break
            self.assertEqual(len(found), 1)
        finally:
            child.kill()
            child.wait()


if __name__ == "__main__":
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        BUILD = sys.argv.pop(1)
    unittest.main()
