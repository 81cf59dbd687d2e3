#!/usr/bin/env python3
"""Tests of what is taken from a server: where it says that it listens, and the results
of tests that are run again.

Each table has what must be refused, too. `make grade-tests` runs them.
"""

import subprocess
import sys
import tempfile
import unittest
import unittest.mock
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from submission import TOP
from submission.build import Builder
from submission.faults import LISTENING
from submission.judge import Judge
from submission.workshop import Workshop
from suite.tests import Test

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
            return self.run_bash("SERVER_OUT=$1; take_address", out.name)

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


class StandIn(unittest.TestCase):
    """Whether another delegate can take the place of the submission's."""

    def why_not(self, symbols: dict[str, dict[str, str]]) -> str:
        builder = Builder(Workshop(TOP), 2, TOP)
        builder.built.symbols = symbols
        builder.look_for_caller()
        return builder.built.no_stand_in

    def test_it_can_where_another_file_calls_it(self):
        calls = {"webserve.c": {"main": "T", "delegate": "U"}}
        self.assertEqual(self.why_not(calls), "")
        for file in ("delegate.c", "answer.c"):
            self.assertEqual(self.why_not({file: {"delegate": "T"}} | calls), "")

    def test_where_nobody_calls_it_the_tests_are_red(self):
        self.assertEqual(self.why_not({"delegate.c": {"delegate": "T"}}), "")

    def test_it_cannot_where_it_is_with_its_caller(self):
        for kind in ("T", "t"):
            symbols = {"webserve.c": {"main": "T", "delegate": kind}}
            self.assertEqual(self.why_not(symbols), "webserve.c")


class Again(unittest.TestCase):
    """Red tests that are run again, with results that are made up."""

    def judged(self, *rounds: str) -> Test:
        """Returns a red test that has these results the next times that it is run."""
        results = iter(rounds)
        judge = Judge(Workshop(TOP), 2, TOP, TOP)
        judge.jobs = lambda tests: [tests]
        judge.bench = unittest.mock.Mock()
        judge.bench.run = lambda tests: setattr(tests[0], "result", next(results))
        test = Test("a", "contract", "x", result="failed")
        self.better = judge.run_twice([test], [test])
        return test

    def test_what_is_green_twice_is_green(self):
        test = self.judged("passed", "passed")
        self.assertEqual((test.result, test.first), ("passed", "failed"))
        self.assertEqual(self.better, [test])

    def test_what_is_green_once_stays_red(self):
        for rounds in (("passed", "failed"), ("failed", "passed")):
            test = self.judged(*rounds)
            self.assertEqual((test.result, test.first), ("failed", "failed"))
            self.assertEqual(self.better, [])


if __name__ == "__main__":
    unittest.main()
