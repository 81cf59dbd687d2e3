"""The forms of a Grade that machines and terminals read."""

import base64
import csv
import io
import json
from xml.etree import ElementTree

from grading.score import Grade, to_json
from suite.tests import Test

FEW = 3  # red tests that are shown at once


def number(value: float) -> str:
    """Writes a number of points: 12.5, but 12 and not 12.0."""
    return f"{value:.1f}".removesuffix(".0")


def story(test: Test) -> str:
    """Returns everything that there is to say about a red test."""
    parts = [test.text or f"({test.result})"]
    if test.hint:
        parts.append(f"Hint: {test.hint}")
    if test.command:
        parts.append(f"To try it: {test.command}")
    return "\n".join(parts)


def in_short(grade: Grade) -> list[str]:
    """Returns what comes before everything else, a line each."""
    cause = grade.cause()
    lines = [] if cause is None else [cause.sentence]
    lines += [
        f"{fault.sentence} ({number(fault.cost)} points)"
        for fault in grade.faults
        if cause is None or fault.sentence != cause.sentence
    ]
    return lines + [n for n in grade.notes if cause is None or n != cause.sentence]


def as_text(grade: Grade, *rest: str) -> str:
    """Returns the text for the terminal: what is wrong first, and the points. `rest`
    is what to say last: where everything else is."""
    what = f"{grade.name}, stage {grade.stage}"
    lines = [f"{what}: {number(grade.points)} of {number(grade.most)} points", ""]
    lines += [f"  {line}" if line else "" for line in wrong(grade)]
    lines += [f"  {line}" for line in table(grade)]
    if rest:
        lines += ["", *(f"  {line}" for line in rest)]
    if grade.isolation:
        lines += ["", f"  {isolation_sentence(grade)}"]
    return "\n".join(lines) + "\n"


def wrong(grade: Grade) -> list[str]:
    """Returns the root cause, other faults, notes, and a few of the red tests."""
    lines: list[str] = []
    if cause := grade.cause():
        lines += [cause.sentence]
        lines += [cause.failure] * bool(cause.failure)
        lines += ["By hand, with make run in another terminal:", f"  {cause.by_hand}"] * bool(
            cause.by_hand
        )
        lines += [f"Hint: {cause.hint}"] * bool(cause.hint)
        lines += [""]
    others = in_short(grade)[1 if cause else 0 :]
    lines += [*others, *[""] * bool(others)]
    if red := grade.red():
        few = f"; the first {FEW} of" if len(red) > FEW else ""
        lines += [f"Red tests{few} {len(red)}:" if few else "Red tests:"]
        lines += [f"  {test.heading}" for test in red[:FEW]]
        lines += [""]
    return lines


def table(grade: Grade) -> list[str]:
    """Returns the points of each group."""
    wide = max(len(group.title) for group in grade.groups)
    lines = []
    for group in grade.groups:
        bar = "#" * round(10 * group.points / group.most) if group.most else ""
        points = f"{number(group.points):>5} of {number(group.most):>3}"
        lines.append(
            f"{group.title:{wide}}  {points if group.most else 'no points':>12}  {bar:10}  "
            f"{group.passed}/{group.tests} tests"
        )
    return lines


def as_report(grade: Grade) -> str:
    """Returns everything that there is to say, as text."""
    parts = [as_text(grade).rstrip("\n")]
    if (cause := grade.cause()) and cause.detail:
        parts += [f"What was seen:\n{indented(cause.detail)}"]
    for title, tests in (
        ("Red tests", grade.red()),
        ("Red, and without points", [t for t in grade.tests if t.is_red and not t.graded]),
    ):
        if tests:
            parts += [f"---- {title}"]
            parts += [f"{t.heading}\n{indented(story(t))}" for t in tests]
    kept = [test for test in grade.tests if test.result == "not-run"]
    if kept:
        parts += ["---- Not run", "\n".join(test.heading for test in kept)]
    return "\n\n".join(parts) + "\n"


def indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


def isolation_sentence(grade: Grade) -> str:
    """Says in a sentence what the submission was kept away from."""
    return {
        "namespaces": "It ran in a cell of its own.",
        "user": "It ran as a user of its own, but could see this machine's network, "
        "processes and files.",
        "none": "NOT ISOLATED: it ran as you, and could have forged its grades.",
    }[grade.isolation]


def as_json(grade: Grade) -> str:
    return json.dumps(to_json(grade), indent=2, ensure_ascii=False) + "\n"


def as_gradescope(grade: Grade) -> str:
    """Writes the results.json that Gradescope reads: a test there is one of our
    groups."""
    tests = []
    for group in grade.groups:
        red = [test for test in grade.red() if test.group == group.name]
        kept = [t for t in grade.tests if t.group == group.name and t.because]
        output = [f"{group.passed} of {group.tests} tests passed."]
        output += [
            fault.sentence
            for fault in grade.faults
            if any(test.because == fault.key for test in kept)
        ]
        output += [f"\n{test.heading}\n{story(test)}" for test in red]
        tests.append(
            {
                "name": group.title,
                "score": group.points,
                "max_score": group.most,
                "status": "passed" if group.passed == group.tests else "failed",
                "output": "\n".join(output),
                "output_format": "text",
                "tags": [group.name],
            }
        )
    return json.dumps(
        {
            "score": grade.points,
            "execution_time": round(grade.seconds),
            "output": "\n".join(in_short(grade)),
            "output_format": "text",
            "stdout_visibility": "hidden",
            "extra_data": {"isolation": grade.isolation},
            "tests": tests,
        },
        indent=2,
    )


def as_junit(grade: Grade) -> str:
    """Writes JUnit's XML: a suite is one of our groups, and what is not graded is a
    suite of its own."""
    root = ElementTree.Element("testsuites", name=f"stage {grade.stage}")
    suites: dict[str, list[Test]] = {}
    for test in grade.tests:
        suites.setdefault(test.group if test.graded else "not graded", []).append(test)
    for name, tests in suites.items():
        bad = [test for test in tests if test.is_red]
        skipped = [t for t in tests if t.result == "not-run"]
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=name,
            tests=str(len(tests)),
            failures=str(len(bad)),
            skipped=str(len(skipped)),
        )
        for test in tests:
            names = {"classname": test.job, "name": test.id}
            case = ElementTree.SubElement(suite, "testcase", names)
            if test in skipped:
                ElementTree.SubElement(case, "skipped", message=test.because)
            elif test in bad:
                failure = ElementTree.SubElement(case, "failure", type=test.result)
                failure.text = f"{test.heading}\n{story(test)}"
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def as_classroom(grade: Grade) -> str:
    """Writes what GitHub Classroom's reporter takes from a step: JSON in base64."""
    tests = [
        {
            "name": f"{group.title}: {number(group.points)} of {number(group.most)}",
            "status": "pass" if group.points == group.most else "fail",
            "score": group.points,
            "message": f"{group.passed} of {group.tests} tests passed",
        }
        for group in grade.groups
        if group.most
    ]
    whole = grade.points == grade.most
    result = {
        "version": 1,
        "status": "pass" if whole else "fail",
        "max_score": grade.most,
        "tests": tests,
    }
    return base64.b64encode(json.dumps(result).encode()).decode() + "\n"


def as_csv(grades: list[Grade]) -> str:
    """Writes a line for each submission."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    groups = [group.name for group in grades[0].groups] if grades else []
    table.writerow(["name", "points", "of", *groups, "faults", "notes", "isolation"])
    for grade in grades:
        table.writerow(
            [
                cell(grade.name),
                number(grade.points),
                number(grade.most),
                *(number(group.points) for group in grade.groups),
                cell(" ".join(fault.sentence for fault in grade.faults)),
                cell(" ".join(grade.notes)),
                grade.isolation,
            ]
        )
    return out.getvalue()


def cell(text: str) -> str:
    """Returns a text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text
