#!/usr/bin/env python3
"""Tests of the grades: the points, and the forms that they are written in.

Each check is also given something that it must refuse. `make grade-tests` runs them.
"""

import base64
import copy
import csv
import io
import json
import sys
import unittest
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from grading import forms
from grading.class_page import as_class_page
from grading.score import Grade, score
from grading.page import as_page
from grading.watch import ENDED
from submission.faults import Fault
from submission.diagnosis import Diagnosis
from submission.points import Worth, group_of, in_its_process, read_points
from suite.tests import Test, expected_tests
from suite.visible import visible

EVIL = visible('<script>alert("&")</script>\x00]]>')
WORTHS = [
    Worth("requests", 60.0, (), "Requests"),
    Worth("threads", 40.0, (), "Threads"),
]


def new_grade() -> Grade:
    """Five tests, of which three pass, one fails, and one was kept back."""
    grade = Grade("=cmd()", 6, "namespaces")
    grade.tests = [
        Test("one", "assignment", "requests"),
        Test("two", "assignment", "requests"),
        Test("red", "assignment", "requests", "Look.", text=EVIL, command="nc x"),
        Test("kept", "assignment", "threads", result="not-run", because="serve.c"),
        Test("fine", "assignment", "threads"),
        Test("own", "ours", "ours"),
    ]
    grade.tests[2].title = "it is red"
    grade.faults = [Fault("serve.c", "serve.c does not compile.", EVIL)]
    for test, result in zip(grade.tests, ("passed", "passed", "failed")):
        test.result = result
    grade.tests[4].result, grade.tests[5].result = "passed", "failed"
    score(grade, WORTHS)
    return grade


class Grades(unittest.TestCase):
    def test_points_are_the_share_that_passed(self):
        grade = new_grade()
        self.assertEqual([g.points for g in grade.groups], [40.0, 20.0])
        self.assertEqual((grade.points, grade.most), (60.0, 100.0))

    def test_a_fault_costs_what_it_kept_back_and_no_more(self):
        self.assertEqual(new_grade().faults[0].cost, 20.0)

    def test_what_is_ours_or_unjudged_gives_no_points(self):
        grade = new_grade()
        grade.tests[5].result = "passed"
        unit = Test("x", "assignment", "requests", result="failed", job="serve_test")
        grade.tests.append(unit)
        score(grade, WORTHS)
        self.assertEqual(grade.points, 60.0)

    def test_http_is_counted_and_gives_points_only_if_it_is_worth_any(self):
        grade = new_grade()
        grade.tests.append(Test("h", "http", "requests", result="failed"))
        score(grade, [*WORTHS, Worth("http", 0.0, (), "HTTP")])
        self.assertEqual((grade.points, grade.groups[2].tests), (60.0, 1))
        self.assertNotIn("h", [test.id for test in grade.red()])
        score(grade, [*WORTHS, Worth("http", 10.0, (), "HTTP")])
        self.assertEqual(grade.most, 110.0)
        self.assertIn("h", [test.id for test in grade.red()])

    def test_a_skipped_test_has_not_passed(self):
        grade = new_grade()
        grade.tests[0].result = "skipped"
        score(grade, WORTHS)
        self.assertEqual(grade.points, 40.0)


class Causes(unittest.TestCase):
    """What is shown first."""

    def test_a_fault_that_costs_points_comes_first(self):
        self.assertEqual(new_grade().cause().sentence, "serve.c does not compile.")

    def test_then_what_the_server_was_asked_for(self):
        grade = new_grade()
        grade.faults = []
        grade.diagnosis = Diagnosis("key", "It spins.", "nc y", "Why?", "seen")
        self.assertEqual(grade.cause().sentence, "It spins.")

    def test_then_what_it_used_too_much_of_or_a_crash_with_its_request(self):
        grade = new_grade()
        grade.faults = []
        grade.notes = ["A note.", f"{ENDED} it had over 64 processes."]
        self.assertEqual(grade.cause().sentence, grade.notes[1])
        grade.notes = []
        grade.tests[2].text = "  1. send x\nThe server ended here, by SIGSEGV.\n"
        cause = grade.cause()
        self.assertIn("by SIGSEGV", cause.sentence)
        self.assertEqual(cause.by_hand, "nc x")

    def test_then_the_first_red_test_and_none_if_there_is_none(self):
        grade = new_grade()
        grade.faults = []
        self.assertIn("it is red", grade.cause().sentence)
        grade.tests[2].result = "passed"
        self.assertIsNone(grade.cause())


def points_faults(stage: int, worths: list[Worth], tests: list[Test]) -> list[str]:
    """Returns what is wrong with a stage's points."""
    judged = {
        group_of(t) for t in tests if t.tag != "ours" and not in_its_process(t.job)
    }
    judged.add("structure")
    groups = [worth.group for worth in worths]
    found = []
    if sum(worth.points for worth in worths) != 100:
        found.append(f"stage {stage} has not 100 points")
    found += [f"stage {stage}: no test is in {g}" for g in groups if g not in judged]
    found += [
        f"stage {stage}: {g} gives no points"
        for g in judged
        if groups.count(g) != 1
    ]
    return found


class Points(unittest.TestCase):
    def test_each_stage_has_100_and_each_group_has_tests(self):
        for stage in range(1, 7):
            worths = read_points(stage)
            self.assertEqual(points_faults(stage, worths, expected_tests(stage)), [])

    def test_the_check_sees_what_is_wrong(self):
        worths = read_points(6)
        tests = expected_tests(6)
        self.assertTrue(points_faults(6, worths[1:], tests))
        worths[0].group = "nonsense"
        self.assertEqual(len(points_faults(6, worths, tests)), 2)

    def test_unit_tests_in_its_process_are_not_judged(self):
        self.assertTrue(in_its_process("handle_connection_client_test"))
        self.assertFalse(in_its_process("delegate_test") or in_its_process("page"))


class Tags(HTMLParser):
    """Collects the tags of a page, and its text."""

    def __init__(self, page: str):
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.text += data


class Forms(unittest.TestCase):
    def test_pages_escape_and_need_nothing_else(self):
        grade = new_grade()
        for page in (as_page(grade), as_class_page([("a", grade), ("b", grade)])):
            parsed = Tags(page)
            self.assertFalse({"script", "link", "img", "iframe"} & set(parsed.tags))
            self.assertNotIn("http", parsed.text)
        parsed = Tags(as_page(grade))
        for text in (EVIL, "Look.", "nc x", "60"):
            self.assertIn(text[:20], parsed.text)

    def test_the_check_of_pages_sees_a_script(self):
        self.assertIn("script", Tags("<p><script>x</script>").tags)

    def test_gradescope_has_the_points(self):
        data = json.loads(forms.as_gradescope(new_grade()))
        self.assertEqual(data["score"], 60.0)
        self.assertEqual(sum(test["score"] for test in data["tests"]), 60.0)
        self.assertEqual(sum(test["max_score"] for test in data["tests"]), 100.0)
        self.assertIn("Hint: Look.", data["tests"][0]["output"])

    def test_junit_is_xml_with_the_red_tests(self):
        root = ElementTree.fromstring(forms.as_junit(new_grade()).encode())
        failures = [case.findtext("failure") for case in root.iter("testcase")]
        self.assertEqual(sum(text is not None for text in failures), 2)
        self.assertEqual(len(list(root.iter("skipped"))), 1)

    def test_classroom_gets_the_points(self):
        data = json.loads(base64.b64decode(forms.as_classroom(new_grade())))
        self.assertEqual(sum(test["score"] for test in data["tests"]), 60.0)
        self.assertEqual((data["status"], data["max_score"]), ("fail", 100.0))

    def test_csv_has_a_line_each_and_no_formula(self):
        other = copy.deepcopy(new_grade())
        other.name = "plain"
        table = list(csv.reader(io.StringIO(forms.as_csv([new_grade(), other]))))
        self.assertEqual([row[0] for row in table], ["name", "'=cmd()", "plain"])
        self.assertEqual({len(row) for row in table}, {len(table[0])})

    def test_the_text_has_the_cause_and_what_is_red(self):
        grade = new_grade()
        for text in (forms.as_text(grade, "rest"), forms.as_report(grade)):
            for part in ("red: it is red", "serve.c does not compile.", "60 of 100"):
                self.assertIn(part, text)
            self.assertNotIn("    one", text)
        self.assertNotIn("Look.", forms.as_text(grade))
        self.assertIn("Hint: Look.", forms.as_report(grade))

    def test_the_text_of_a_red_unit_test_has_the_line_that_says_what_failed(self):
        grade = new_grade()
        grade.faults = []
        red = grade.tests[2]
        red.job, red.text = "delegate_test", "it returns 200, not 0\ntests/unit/a.c:1"
        self.assertIn("  it returns 200, not 0\n", forms.as_text(grade))
        red.job = "answers"
        self.assertNotIn("it returns", forms.as_text(grade))

    def test_the_text_has_at_most_three_red_tests(self):
        grade = new_grade()
        for number in range(9):
            red = Test(f"n{number}", "assignment", "requests", result="failed")
            grade.tests.append(red)
        score(grade, WORTHS)
        self.assertIn("n1", forms.as_text(grade))
        self.assertNotIn("n2", forms.as_text(grade))
        self.assertIn("n8", forms.as_report(grade))


if __name__ == "__main__":
    unittest.main()
