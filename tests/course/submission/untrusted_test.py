"""Tests of what is taken from a submission: names, files, and where it listens.

Each table has what must be refused, too.
"""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from model import Test, settle_again
from sentences import LISTENING
from sources import shown, take_sources
from tables import TOP

ADDRESSES = (
    "webserve: listening on http://127.0.0.1:8080/",
    "webserve: listening on http://[::1]:1/",
    "build/x: listening on http://localhost:65535",
)
NO_ADDRESSES = (
    "webserve: listening on http://127.0.0.1:x[$(id)0]/",
    "webserve: listening on http://127.0.0.1:80[$(id)]/",
    "webserve: listening on http: listening on -K/tmp/x",
    "webserve: listening on http://-K:80/",
    "webserve: listening on http://a b:80/",
    "webserve: listening on http://127.0.0.1:080/",
    "webserve: listening on http://127.0.0.1:123456/",
    "webserve: listening on http://127.0.0.1/",
    "webserve: listening on http://127.0.0.1:80/ -o x",
    "webserve: listening on file:///etc/passwd",
    "webserve: listening",
)


class Listening(unittest.TestCase):
    def by_bash(self, line: str) -> bool:
        """Whether tests/http/helper.bash takes it."""
        with tempfile.NamedTemporaryFile("w") as out:
            out.write(f"{line}\n")
            out.flush()
            return self.run_bash('SERVER_OUT=$1; take_address', out.name)

    def run_bash(self, script: str, argument: str) -> bool:
        command = f"source tests/http/helper.bash; {script}"
        done = subprocess.run(
            ["bash", "-c", command, "bash", argument], cwd=TOP, check=False
        )
        return done.returncode == 0

    def test_an_address_is_taken(self):
        for line in ADDRESSES:
            with self.subTest(line):
                self.assertTrue(LISTENING.search(line))
                self.assertTrue(self.by_bash(line))

    def test_anything_else_is_not(self):
        for line in NO_ADDRESSES:
            with self.subTest(line):
                self.assertFalse(LISTENING.search(line))
                self.assertFalse(self.by_bash(line))


class Sources(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = Path(folder.name)
        self.folder = self.top / "submission"
        self.folder.mkdir()
        self.notes: list[str] = []

    def take(self) -> dict[str, str]:
        self.names = take_sources(self.folder, self.top / "taken", self.notes)
        taken = (self.top / "taken").iterdir()
        return {path.name: path.read_text() for path in taken}

    def test_links_are_followed_within_the_folder_alone(self):
        (self.top / "secret.c").write_text("secret")
        (self.folder / "in").mkdir()
        (self.folder / "in/a.c").write_text("a")
        (self.folder / "a.c").symlink_to("in/a.c")
        (self.folder / "b.c").symlink_to("../secret.c")
        (self.folder / "c.c").symlink_to("/etc/passwd")
        self.assertEqual(self.take(), {"a.c": "a"})
        self.assertEqual(len(self.notes), 2)
        self.assertIn("leads out of the folder", self.notes[0])

    def test_odd_names_are_given_others_and_told_as_they_were(self):
        (self.folder / os.fsdecode(b"-o\xff x.c")).write_text("a")
        (self.folder / os.fsdecode(b"gone\xff.c")).symlink_to("nowhere")
        self.assertEqual(self.take(), {"other_1.c": "a"})
        self.assertEqual(self.names, {"other_1.c": "-o\\xff x.c"})
        self.assertIn("gone\\xff.c is no file", self.notes[0])

    def test_what_is_no_text_is_escaped(self):
        self.assertEqual(shown("a é.c"), "a é.c")
        self.assertEqual(shown(os.fsdecode(b"\xff\n\\\x1b")), "\\xff\\x0a\\x5c\\x1b")


class Again(unittest.TestCase):
    def test_only_what_is_green_the_second_time_is_better_for_it(self):
        tests = [Test(i, "contract", "x", result="failed") for i in ("a", "b", "c")]
        tests.append(Test("d", "contract", "x", result="twice"))
        tests.append(Test("e", "contract", "x", result="missing"))
        again = [("a", "passed"), ("b", "failed"), ("d", "passed"), ("e", "passed")]
        self.assertEqual(settle_again(tests, again), [tests[0], tests[4]])
        results = [(test.result, test.first) for test in tests]
        self.assertEqual(
            results,
            [("passed", "failed"), ("failed", "failed"), ("failed", ""), ("twice", "")]
            + [("passed", "missing")],
        )


if __name__ == "__main__":
    unittest.main()
