"""Tests of the marks: the model, the points, and the forms they are written in.

Each check is also given something that it must refuse.
"""

import base64
import copy
import csv
import io
import json
import unittest
from html.parser import HTMLParser
from xml.etree import ElementTree

import forms
from class_page import as_class_page
from model import AT_END, Fault, Grade, Test, Worth, from_json, score, settle
from model import to_json
from page import as_page
from tables import HERE, expected_tests, in_its_process, read_points
from tap import line_to_try, stories

EVIL = '<script>alert("&")</script>\x00]]>'
WORTHS = [
    Worth("requests", 60.0, (), "Requests"),
    Worth("threads", 40.0, (), "Threads"),
]


def new_grade() -> Grade:
    """Five tests, of which three pass, one fails, and one was kept back."""
    grade = Grade("=cmd()", 6, "namespaces")
    grade.tests = [
        Test("one", "contract", "requests"),
        Test("two", "contract", "requests"),
        Test("red", "contract", "requests", "Look.", text=EVIL, command="nc x"),
        Test("kept", "contract", "threads", result="not-run", because="serve.c"),
        Test("fine", "contract", "threads"),
        Test("own", "ours", "ours"),
    ]
    grade.tests[2].title = "it is red"
    grade.faults = [Fault("serve.c", "serve.c does not compile.", EVIL)]
    settle(
        grade.tests,
        [
            ("one", "passed"),
            ("two", "passed"),
            ("red", "failed"),
            ("fine", "passed"),
            ("own", "failed"),
        ],
    )
    score(grade, WORTHS)
    return grade


class Model(unittest.TestCase):
    def test_points_are_the_share_that_passed(self):
        grade = new_grade()
        self.assertEqual([g.points for g in grade.groups], [40.0, 20.0])
        self.assertEqual((grade.points, grade.most), (60.0, 100.0))

    def test_a_fault_costs_what_it_kept_back_and_no_more(self):
        self.assertEqual(new_grade().faults[0].cost, 20.0)

    def test_what_is_ours_or_unjudged_gives_no_points(self):
        grade = new_grade()
        grade.tests[5].result = "passed"
        grade.tests.append(Test("x", "unjudged", "requests", result="failed"))
        score(grade, WORTHS)
        self.assertEqual(grade.points, 60.0)

    def test_a_result_that_came_twice_is_no_result(self):
        tests = [Test("one", "contract", "requests")]
        settle(tests, [("one", "passed"), ("one", "passed")])
        self.assertEqual(tests[0].result, "twice")

    def test_a_result_that_did_not_come_is_missing(self):
        tests = [Test("one", "contract", "requests")]
        settle(tests, [("other", "passed")])
        self.assertEqual(tests[0].result, "missing")

    def test_a_result_of_no_known_kind_is_missing(self):
        tests = [Test("one", "contract", "requests")]
        settle(tests, [("one", "excellent")])
        self.assertEqual(tests[0].result, "missing")

    def test_what_was_kept_back_cannot_pass(self):
        tests = [Test("one", "contract", "x", result="not-run", because="link")]
        settle(tests, [("one", "passed")])
        self.assertEqual(tests[0].result, "not-run")

    def test_to_end_well_is_no_merit_alone(self):
        title = f"{AT_END}server)"
        for first, expected in (("passed", "passed"), ("failed", "failed")):
            tests = [
                Test("one", "contract", "x", job="a"),
                Test("a-end", "contract", "x", job="a", title=title),
                Test("other", "contract", "x", job="b"),
            ]
            settle(tests, [("one", first), ("a-end", "passed"), ("other", "passed")])
            self.assertEqual(tests[1].result, expected)

    def test_json_gives_the_same_grade(self):
        grade = new_grade()
        self.assertEqual(from_json(json.loads(forms.as_json(grade))), grade)

    def test_json_of_another_version_is_refused(self):
        for key, value in (("version", 1), ("format", "other")):
            with self.assertRaises(ValueError):
                from_json(to_json(new_grade()) | {key: value})


def points_faults(stage: int, worths: list[Worth], tests: list[Test]) -> list[str]:
    """What is wrong with a stage's points."""
    judged = {t.group for t in tests if t.tag == "contract"} | {"structure"}
    unjudged = {t.group for t in tests if t.tag == "unjudged"}
    groups = [worth.group for worth in worths]
    found = []
    if sum(worth.points for worth in worths) != 100:
        found.append(f"stage {stage} has not 100 points")
    found += [f"stage {stage}: no test is in {g}" for g in groups if g not in judged]
    found += [
        f"stage {stage}: {g} gives no points"
        for g in judged - unjudged
        if groups.count(g) != 1
    ]
    return found


class Points(unittest.TestCase):
    def test_each_stage_has_100_and_each_group_has_tests(self):
        for stage in range(1, 7):
            worths = read_points(HERE / "points.tsv", stage)
            self.assertEqual(points_faults(stage, worths, expected_tests(stage)), [])

    def test_the_check_sees_what_is_wrong(self):
        worths = read_points(HERE / "points.tsv", 6)
        tests = expected_tests(6)
        self.assertTrue(points_faults(6, worths[1:], tests))
        worths[0].group = "nonsense"
        self.assertEqual(len(points_faults(6, worths, tests)), 2)

    def test_units_in_its_process_are_not_judged(self):
        tags = {t.job: t.tag for t in expected_tests(6)}
        self.assertEqual(tags["serve_test"], "unjudged")
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
        for page in (as_page(grade), as_class_page([grade, grade], 1.0)):
            parsed = Tags(page)
            self.assertFalse({"script", "link", "img", "iframe"} & set(parsed.tags))
            self.assertNotIn("http", parsed.text)
        parsed = Tags(as_page(grade))
        for text in (EVIL.replace("\x00", ""), "Look.", "nc x", "60"):
            self.assertIn(text[:20], parsed.text.replace("\x00", ""))

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

    def test_the_table_names_what_is_red(self):
        table = forms.as_table(new_grade())
        for text in ("    red: it is red (failed)", "serve.c does not compile. (20 points)", "60 of 100"):
            self.assertIn(text, table)
        self.assertNotIn("    one", table)


class Tap(unittest.TestCase):
    def test_stories_stand_behind_their_red_test(self):
        text = "1..2\nok 1 - fine\n# no\nnot ok 2 a b # it hung\n# said\nok 3 x\n"
        self.assertEqual(stories(text), {"a b": "said"})

    def test_the_line_to_try_is_found(self):
        self.assertEqual(line_to_try("x\nBy hand, so:\n  curl -s y\nz"), "curl -s y")
        self.assertEqual(line_to_try("nothing here"), "")


if __name__ == "__main__":
    unittest.main()
