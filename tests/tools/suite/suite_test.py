#!/usr/bin/env python3
"""tests/tools/suite/suite_test.py - the runner can fail.

Tests of what is read from tests, and of what is made of it: a crash, a hang, a test
that is missing, one that came twice, and a line that no test of the job has printed.
"""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from suite import report
from suite.jobs import Bench, Job
from suite.tap import line_to_try, read_tap, settle
from suite.tests import AT_END, TOP, Test, faults_of, read_bats, read_unit

BATS = """# x.bats - a file.
# stages: 6
# bats file_tags=assignment,errors
# hint: The file's
#   hint.

load helper

# bats test_tags=id:one
@test "the first" {
    true
}

# bats test_tags=id:two
# hint: Its own.
@test 'the "second"' {
    [[ 1 == 2 ]]
}
"""
UNIT = """/* x_test.c - a unit. */
/* stages: 5 6 */
/* tags: assignment, delegate */
/* hint: Look
 * twice. */
#include "support.h"

static void one(void **state)
{
}

#if STAGE >= 6
/* tags: ours */
static void
two(void **state)
{
}
#endif

    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one),
#if STAGE >= 6
        test_in_child(two),
#endif
    };
"""


def tests_of(*titles: str) -> list[Test]:
    """Tests of one job, and its end."""
    named = [Test(title, "assignment", "errors", job="x", title=title) for title in titles]
    return [*named, Test("x-end", "ours", "ours", job="x", title=f"{AT_END}the program)")]


def settled(printed: str, status: int, *titles: str) -> list[str]:
    """Returns the results of these tests and of the end, where a job printed this."""
    tests = tests_of(*titles)
    settle(tests, read_tap(printed), status)
    return [test.result for test in tests]


class Reading(unittest.TestCase):
    def read(self, name: str, text: str, stage: int = 6) -> list[Test]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, name)
            path.write_text(text, "utf-8")
            return list(read_bats(path) if name == "x.bats" else read_unit(path, stage))

    def test_a_bats_file_has_its_tests_and_an_end(self):
        one, two, end = self.read("x.bats", BATS)
        self.assertEqual((one.id, one.tag, one.group), ("one", "assignment", "errors"))
        self.assertEqual((one.hint, two.hint), ("The file's hint.", "Its own."))
        self.assertEqual((two.title, end.id), ('the "second"', "x-end"))
        self.assertEqual(faults_of([one, two, end]), [])

    def test_a_unit_has_the_tests_of_the_stage(self):
        one, two, end = self.read("x_test.c", UNIT)
        self.assertEqual((one.hint, two.tag, end.id), ("Look twice.", "ours", "x_test_end"))
        self.assertEqual([test.id for test in self.read("x_test.c", UNIT, 5)],
                         ["one", "x_test_end"])  # fmt: skip

    def test_what_is_wrong_with_the_labels_is_found(self):
        for old, new in (
            ("id:two", "ours"), ("id:two", "id:one"), ('the "second"', "the first"),
            ("assignment,errors", "assignment,nonsense"), ("# hint: The", "# The"),
        ):  # fmt: skip
            self.assertTrue(faults_of(self.read("x.bats", BATS.replace(old, new))), new)
        gone = UNIT.replace("static void one(", "void one(")
        self.assertTrue(faults_of(self.read("x_test.c", gone)))


class Results(unittest.TestCase):
    def test_all_is_well(self):
        self.assertEqual(settled("1..2\nok 1 - a\nok 2 - b\n", 0, "a", "b"), ["passed"] * 3)

    def test_a_program_with_a_red_test_ends_well(self):
        self.assertEqual(settled("ok 1 a\nnot ok 2 b\n", 1, "a", "b"),
                         ["passed", "failed", "passed"])  # fmt: skip

    def test_a_program_that_ends_badly_is_red(self):
        printed = "ok 1 a\nERROR: LeakSanitizer: detected memory leaks\n"
        tests = tests_of("a")
        settle(tests, read_tap(printed), 1)
        self.assertEqual([test.result for test in tests], ["passed", "failed"])
        self.assertIn("LeakSanitizer", tests[1].text)

    def test_a_crash_is_red_and_says_why(self):
        crash = "ERROR: AddressSanitizer\nnot ok 2 - b\n# the program crashed in it\n"
        tests = tests_of("a", "b")
        settle(tests, read_tap(f"ok 1 - a\n{crash}"), 1)
        self.assertEqual([test.result for test in tests], ["passed", "failed", "failed"])
        self.assertIn("AddressSanitizer", tests[1].text)

    def test_a_test_without_a_result_is_missing(self):
        self.assertEqual(settled("1..2\nok 1 a\n", 0, "a", "b"),
                         ["passed", "missing", "missing"])  # fmt: skip

    def test_a_test_with_two_results_did_not_pass(self):
        self.assertEqual(settled("ok 1 a\nok 2 a\nok 3 b\n", 0, "a", "b"),
                         ["twice", "passed", "missing"])  # fmt: skip

    def test_a_forged_line_counts_for_nothing(self):
        self.assertEqual(settled("ok 1 other\n", 0, "a"), ["missing", "missing"])
        job = Job(Path("x.bats"), 6, [], {"a"}, tap=read_tap("ok 1 other\nok 2 a\n"))
        self.assertEqual(job.unknown, ["other"])

    def test_to_end_well_is_no_merit_alone(self):
        self.assertEqual(settled("not ok 1 a\n", 1, "a"), ["failed", "missing"])

    def test_the_end_of_a_server_has_its_story(self):
        tests = tests_of("a")
        settle(tests, read_tap("ok 1 a\nnot ok 2 teardown_file failed\n# why\n"), 1)
        self.assertEqual((tests[1].result, tests[1].text), ("failed", "why"))


class Stories(unittest.TestCase):
    def test_what_is_about_the_suite_is_left_out(self):
        outcome = read_tap(
            "not ok 1 a # timeout after 8s\n# tags: http id:a\n"
            "# (from function `fail' in file x, line 3,\n"
            "#  in test file y.bats, line 4)\n#   `fetch /' failed\n"
            "# -- the test says --\n# expected: 200\n#\n"
        ).outcomes[0]
        self.assertEqual((outcome.result, outcome.text), ("hung", "expected: 200"))

    def test_a_line_that_failed_is_said_where_nothing_else_is(self):
        printed = "not ok 1 a\n# (in test file y.bats, line 4)\n#   `[[ 1 == 2 ]]' failed\n"
        self.assertEqual(read_tap(printed).outcomes[0].text, "`[[ 1 == 2 ]]' failed")

    def test_the_line_to_try_is_found(self):
        self.assertEqual(line_to_try("x\nBy hand, so:\n  curl -s y\nz"), "curl -s y")
        self.assertEqual(line_to_try("nothing here"), "")


class Running(unittest.TestCase):
    """Real jobs, in a folder of their own."""

    def setUp(self):
        self.root = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.bench = Bench(Path("build"), self.root, job_seconds=1)

    def run_unit(self, script: str) -> Job:
        program = self.root / "build/unit/stage6/x_test"
        program.parent.mkdir(parents=True)
        program.write_text(f"#!/bin/sh\n{script}", "utf-8")
        program.chmod(0o755)
        tests = tests_of("a", "b", "c")
        job = Job(Path("tests/unit/x_test.c"), 6, tests, {test.title for test in tests})
        return self.bench.run(job)

    def test_the_tests_after_a_crash_are_run(self):
        job = self.run_unit(
            'case ${UNITS-} in\n"") echo 1..3; echo "not ok 1 - a" '
            '"\n# the program crashed in it"; exit 1 ;;\n'
            '"b c") echo 1..2; echo "ok 1 - b"; echo "ok 2 - c" ;;\nesac\n'
        )
        self.assertEqual([test.result for test in job.tests],
                         ["failed", "passed", "passed", "failed"])  # fmt: skip

    def test_a_job_that_hangs_is_stopped_and_the_test_named(self):
        job = self.run_unit("echo 1..3; echo ok 1 - a; sleep 100\n")
        self.assertTrue(job.was_stopped)
        self.assertEqual([test.result for test in job.tests],
                         ["passed", "hung", "missing", "missing"])  # fmt: skip
        self.assertIn("stopped", report.explain(job))

    def test_a_bats_test_that_hangs_is_named(self):
        (self.root / "x.bats").write_text(
            "# bats test_tags=id:a\n@test 'a' {\n    true\n}\n"
            "# bats test_tags=id:b\n@test 'b' {\n    sleep 100\n}\n"
        )
        tests = [Test(title, "ours", "ours", title=title) for title in ("a", "b")]
        job = self.bench.run(Job(Path("x.bats"), 6, tests, {"a", "b"}))
        self.assertEqual([test.result for test in job.tests], ["passed", "hung"])

    def test_a_program_that_is_not_there_passes_nothing(self):
        tests = tests_of("a")
        job = self.bench.run(Job(Path("tests/unit/x_test.c"), 6, tests, {"a"}))
        self.assertNotIn("passed", [test.result for test in job.tests])

    def test_the_status_says_whether_all_passed(self):
        for result in ("passed", "skipped", "failed", "missing", "twice"):
            status = 0 if result in ("passed", "skipped") else 1
            tests = tests_of("a")
            tests[0].result, tests[1].result = result, "passed"
            self.assertEqual(report.conclude({6: tests}), status, result)
        self.assertEqual(report.conclude({6: []}), 1)

    def test_the_runner_refuses_an_id_that_no_test_has(self):
        done = subprocess.run([TOP / "tests/tools/run_tests.py", self.root, "6", "--ids", "no-such"],
                              capture_output=True, check=False)  # fmt: skip
        self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    unittest.main(buffer=True)
