#!/usr/bin/env python3
"""tests/course/watch_test.py - tests of make watch, in the folder of a step 2. However a
watch ends, what it started and what it wrote must be gone. `make watch-tests` calls it."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import unittest.mock
from pathlib import Path

sys.dont_write_bytecode = True
from start import TOP, fill
from submission.faults import Fault
from suite.at_terminal import AtTerminal
from suite.terminal import DIM, YELLOW
from suite.tests import Test
from watching.attempt import Found, Progress, first_error, soonest_red_first
from watching.run import Run
from watching.saves import Saves
from watching.screen import KEYS, State, high, screen

BUILD = TOP / os.environ["BUILD"]
SOLUTION = (TOP / "stages/stage2/webserve.c").read_text("utf-8")
MISTAKE = SOLUTION.replace(
    "while (verdict == VERDICT_INC", "if (verdict == VERDICT_INC"
)
ONE_THREAD = SOLUTION.replace("(void)start_thread(pool);", ";")
ERROR = SOLUTION.replace("return NULL;", "return NULL", 1)
DONE = r"Done: all (\d+) tests of step 2 pass\."
RUNNING = r"running [a-z]+"
READY = "q: quit   .after"
COLOR = re.compile(r"\x1b\[\d+m")
SIZES = ((80, 24), (120, 40), (40, 12))
GCC = """webserve.c: In function 'main':
submission/webserve.c:7:9: warning: unused variable 'a' [-Wunused-variable]
    7 |     int a;
submission/webserve.c:9:5: error: 'b' undeclared (first use in this function)
    9 |     b = 1;
      |     ^
submission/webserve.c:9:5: note: each undeclared identifier is reported only once
submission/webserve.c:12:1: error: expected ';' before '}' token
   12 | }
"""


def save(path: Path, text: str) -> None:
    """As some editors do: a new file, written elsewhere, gets the name of the old one."""
    new = path.parent.with_name("4913")
    new.write_text(text, "utf-8")
    new.rename(path)


def built() -> list[str]:
    """What is in the folder of make watch, except what the compiler may use again."""
    folder = BUILD / "watch"
    found = os.listdir(folder) if folder.exists() else []
    return sorted(set(found) - {"ccache"})


class Saving(unittest.TestCase):
    def seen(self, is_installed: bool) -> list[list[str]]:
        """What is noticed of a file that is written, replaced, added and removed."""
        found = []
        path = os.environ["PATH"]
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name, "step")
            folder.mkdir()
            (folder / "a.c").write_text("1")
            os.environ["PATH"] = path if is_installed else "/nowhere"
            with Saves(folder) as saves:
                os.environ["PATH"] = path
                self.assertEqual(bool(saves.pipes), is_installed)
                time.sleep(0.2)  # inotifywait says nothing when it begins to look
                for act in (
                    lambda: (folder / "a.c").write_text("22"),
                    lambda: save(folder / "a.c", "333"),
                    lambda: (folder / "b.h").write_text("4"),
                    lambda: (folder / "notes.txt").write_text("5"),
                    lambda: (folder / "a.c").unlink(),
                ):
                    act()
                    ready = select.select(saves.pipes, [], [], saves.seconds)[0]
                    self.assertEqual(ready, saves.pipes)  # it need not look by itself
                    found.append(saves.changed())
        return found

    def test_each_way_to_save_is_noticed(self):
        expected = [["a.c"], ["a.c"], ["b.h"], [], ["a.c"]]
        self.assertEqual(self.seen(True), expected)
        self.assertEqual(self.seen(False), expected)


class OnTheScreen(unittest.TestCase):
    def test_the_line_to_try_is_there_however_much_came(self):
        line = "curl -i http://127.0.0.1:8080/"
        body = [f"{number}. send " + "x" * 400 for number in range(40)]
        found = Found("a: b", body=body, by_hand=line, hint="Why? " * 40, test="a")
        for width, height in SIZES:
            for shows_hint in (False, True):
                state = State(2, found=found, is_running=False, shows_hint=shows_hint)
                rows = screen(state, width, height)
                text = [row for _, row in rows]
                self.assertLessEqual(high(rows, width), height)
                self.assertIn(f"  {line}", text)
                self.assertTrue(text[-1].startswith(KEYS[:width]), text)

    def test_the_last_result_stays_and_is_dim_until_the_next_is_there(self):
        found = Found("a: b", body=["Sent: c"], by_hand="curl -i d", test="a")
        for width, height in SIZES:
            state = State(2, Progress("running e"), found)
            _, *rows, _, last = screen(state, width, height)
            for text in ("Red: a: b", "Sent: c", "  curl -i d"):
                self.assertIn((DIM, text), rows)
            self.assertEqual({color for color, text in rows if text}, {DIM})
            self.assertEqual(last, (YELLOW, "running e ...   q: quit"))

    def test_how_to_quit_is_there_however_much_was_saved(self):
        saved = ", ".join(f"file_{number}.c" for number in range(20))
        for width, height in SIZES:
            state = State(2, progress=Progress("running a-test"), saved=saved)
            last = screen(state, width, height)[-1][1]
            self.assertLessEqual(len(last), width)
            self.assertRegex(last, "running a-test .*q: quit$")

    def test_of_what_the_compiler_says_the_first_error_is_shown(self):
        lines = first_error(Fault("webserve.c", "", GCC))
        self.assertEqual(lines, ["    9 |     b = 1;", "      |     ^"])


class Running(unittest.TestCase):
    def test_unit_tests_come_first_and_then_files_that_are_new_or_have_many_tests(self):
        jobs = ["one", "a_test", "two", "three", "two", "three", "post", "three"]
        tests = [
            Test(f"{job}-{number}", "assignment", "requests", job=job)
            for number, job in enumerate(jobs)
        ]
        ids = [test.id for test in soonest_red_first(tests, 6)]
        files = ["post-6", "three-3", "three-5", "three-7", "two-2", "two-4", "one-0"]
        self.assertEqual(ids, ["a_test-1", *files])


class Ending(unittest.TestCase):
    def test_a_signal_while_a_run_is_started_leaves_nothing(self):
        def make_and_be_ended(prefix: str) -> str:
            made = tempfile.mkdtemp(prefix=prefix, dir=folder)
            os.kill(os.getpid(), signal.SIGTERM)
            return made

        def leave(*_: object) -> None:
            raise SystemExit

        self.addCleanup(signal.signal, signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, leave)
        with tempfile.TemporaryDirectory() as folder:
            top = Path(folder)
            run = Run((BUILD, 2, top, top), top / "work")
            with unittest.mock.patch("watching.run.tempfile") as fake:
                fake.mkdtemp = make_and_be_ended
                with self.assertRaises(SystemExit):
                    run.start(Found(""))
            run.clear()
            self.assertEqual(os.listdir(folder), [])


class Watching(AtTerminal):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.step = Path(folder.name, "step2")
        fill(self.step, 2)
        self.server = self.step / "webserve.c"
        self.files = sorted(os.listdir(self.step))
        self.built = built()

    def watch(self, size: tuple[int, int] = SIZES[0]) -> None:
        """Starts make watch in the folder."""
        self.open(["make", "-C", str(self.step), "watch"], size)

    def watch_once(self, text: str, status: int, said: str) -> None:
        """Saves the server, and runs make watch without a terminal."""
        save(self.server, text)
        ran = subprocess.run(
            ["make", "-s", "-C", str(self.step), "watch"],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(ran.returncode, status, ran.stdout + ran.stderr)
        self.assertRegex(ran.stdout, said)
        self.assertIsNone(COLOR.search(ran.stdout))

    def save(self, text: str) -> None:
        """Saves the server."""
        self.text = ""
        save(self.server, text)

    def assert_ended(self, status: int = 0) -> None:
        """It has ended, and nothing is left but what the compiler may use again."""
        self.assertEqual(self.status(), status)
        self.assert_nothing_left()
        self.assertEqual(built(), self.built)
        self.assertEqual(sorted(os.listdir(self.step)), self.files)

    def test_each_save_is_answered_until_the_step_is_done(self):
        self.watch()
        self.wait_for("Red: calls-delegate")
        self.wait_for(READY)
        self.save(ERROR)
        text = self.wait_for(READY)
        self.assertRegex(text, r"webserve\.c, line \d+: expected ';'")
        self.save(MISTAKE)
        text = self.wait_for(READY)
        self.assertRegex(text, r"Red: \S+: \S+")
        self.assertRegex(text, r"By hand, with make run in another terminal:")
        self.assertNotIn("Hint:", text)
        self.press("h")
        self.assertIn("Hint:", self.wait_for(READY))
        self.press("\r")
        self.wait_for(r"\x1b\[2mHint:")  # is still being read
        self.wait_for(READY)
        self.save(ONE_THREAD)  # seen long before the test of it is red
        text = self.wait_for("Another one asked for /, and got no answer")
        self.assertRegex(text, "Red: 100-half-sent")
        self.save(SOLUTION)
        text = self.wait_for(r"answers are the same, byte for byte, and \d+ changed\.")
        self.assertRegex(text, DONE)
        self.wait_for("make start STAGE=3 DIR=")
        self.press("q")
        self.assert_ended()

    def test_a_save_ends_the_run_before(self):
        self.server.write_text(SOLUTION, "utf-8")
        self.watch()
        for _ in range(3):
            self.wait_for(RUNNING)
            self.save(ERROR)
            self.wait_for("expected ';'")
            self.wait_for(READY)
            runs = [s for s in self.processes().values() if "bats" in s]
            self.assertEqual(runs, [])
            self.save(SOLUTION)
        self.wait_for(RUNNING)
        self.press("\x03")
        self.assert_ended()

    def test_a_terminal_that_is_closed_ends_everything(self):
        self.server.write_text(SOLUTION, "utf-8")
        self.watch()
        self.wait_for(RUNNING)
        os.close(self.terminal)
        self.terminal = -1
        self.status()
        self.assert_nothing_left()

    def test_no_color_is_respected(self):
        self.environment["NO_COLOR"] = "1"
        self.watch()
        self.assertIsNone(COLOR.search(self.wait_for(READY)))
        self.press("q")
        self.assert_ended()

    def test_without_a_terminal_it_runs_once(self):
        for text, status, said in (
            (ERROR, 2, r"line \d+: expected ';'"),
            (SOLUTION, 0, DONE),
        ):
            self.watch_once(text, status, said)
        self.assert_nothing_left()

    def test_an_error_of_the_compiler_is_shown_before_a_file_that_is_missing(self):
        (self.step / "delegate.c").unlink(missing_ok=True)
        self.watch_once(ERROR, 2, r"line \d+: expected ';'")
        self.watch_once(SOLUTION, 2, r"delegate\.c is missing")


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    unittest.main()
