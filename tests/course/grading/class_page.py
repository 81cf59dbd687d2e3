"""The page for a teacher: the grades of a class, and what went wrong in it. What most have
wrong comes first, since that may be a matter of the course rather than of a student."""

import re
import statistics
from html import escape
from urllib.parse import quote

from grading.forms import isolation_sentence, number
from grading.score import Grade
from grading.page import document, section

STEP = 10  # points in a bar of the histogram
FEW = 5  # names that are shown at once
FIRST = 10  # lines that are shown at once
LEVELS = ("none", "user", "namespaces")  # the least isolated first
Graded = tuple[str, Grade]  # the name of the folder, and the grades


def as_class_page(graded: list[Graded]) -> str:
    """Returns the whole page."""
    grades = [grade for _, grade in graded]
    points = [grade.points for grade in grades]
    stage = grades[0].stage
    least = min(grades, key=lambda grade: LEVELS.index(grade.isolation))
    parts = [
        f"<h1>Stage {stage}: {len(grades)} submissions</h1>",
        f"<p>Mean {number(statistics.mean(points))}, median "
        f"{number(statistics.median(points))}, from {number(min(points))} to "
        f"{number(max(points))} points.</p>",
        "" if least.isolation == LEVELS[-1] else isolated(least),
        section("What is wrong first", counted(causes(graded), len(graded))),
        section("Red tests", counted(red_tests(graded), len(graded))),
        section("Grades", bars(histogram(points, grades[0].most))),
        section("Where points were lost", bars(lost(grades), 100.0)),
        section("Submissions", table(graded)),
    ]
    return document(f"Stage {stage}: grades", "\n".join(filter(None, parts)))


def isolated(grade: Grade) -> str:
    """Says how well a submission was isolated, if that was not in the best way."""
    return f"<p>{escape(grade.name)}: {escape(isolation_sentence(grade))}</p>"


def causes(graded: list[Graded]) -> dict[str, list[Graded]]:
    """Returns who has which root cause; causes that differ only in numbers are the
    same."""
    found: dict[str, tuple[str, list[Graded]]] = {}
    for one in graded:
        cause = one[1].cause()
        if cause:
            key = re.sub(r"\d+", "0", cause.sentence)
            found.setdefault(key, (cause.sentence, []))[1].append(one)
    return dict(found.values())


def red_tests(graded: list[Graded]) -> dict[str, list[Graded]]:
    """Returns who has which red test."""
    found: dict[str, list[Graded]] = {}
    for one in graded:
        for test in one[1].red():
            found.setdefault(test.heading, []).append(one)
    return found


def counted(found: dict[str, list[Graded]], total: int) -> str:
    """Makes a line for each, the most frequent first, with links to those who have it;
    all after the first few are folded."""
    rows = sorted(found.items(), key=lambda item: -len(item[1]))
    lines = []
    for sentence, who in rows:
        links = ", ".join(map(link, who))
        if len(who) > FEW:
            links = f"<details><summary>Who</summary>{links}</details>"
        lines.append(
            f'<tr><td class="n">{len(who)} of {total}</td>'
            f"<td>{escape(sentence)}<br>{links}</td></tr>"
        )
    if not lines:
        return ""
    first, rest = lines[:FIRST], lines[FIRST:]
    shown = f"<table><tbody>{''.join(first)}</tbody></table>"
    if rest:
        shown += (
            f"<details><summary>{len(rest)} more</summary>"
            f"<table><tbody>{''.join(rest)}</tbody></table></details>"
        )
    return shown


def link(one: Graded) -> str:
    """Links to the student's page."""
    folder, grade = one
    path = escape(f"submissions/{quote(folder)}/index.html")
    return f'<a href="{path}">{escape(grade.name)}</a>'


def histogram(points: list[float], most: float) -> list[tuple[str, float]]:
    """Returns how many students have how many points: from 0 to under 10, and so on;
    full points are a bar of their own."""
    rows = []
    for low in range(0, int(most), STEP):
        count = sum(low <= p < low + STEP for p in points)
        rows.append((f"{low} to under {low + STEP}", float(count)))
    rows.append((number(most), float(sum(p >= most for p in points))))
    return rows


def lost(grades: list[Grade]) -> list[tuple[str, float]]:
    """Returns the share of each group's points that the class did not get."""
    rows = []
    for place, group in enumerate(grades[0].groups):
        if group.most:
            missed = sum(g.groups[place].most - g.groups[place].points for g in grades)
            share = round(100 * missed / (group.most * len(grades)), 1)
            rows.append((f"{group.title} (%)", share))
    return rows


def bars(rows: list[tuple[str, float]], most: float = 0.0) -> str:
    """Makes a bar for each row, with its number; the largest number has the longest
    bar."""
    most = most or max((value for _, value in rows), default=0.0)
    lines = [
        f'<tr><td>{escape(name)}</td><td><meter min="0" max="{most or 1}" '
        f'value="{value}" aria-label="{number(value)}"></meter></td>'
        f'<td class="n">{number(value)}</td></tr>'
        for name, value in rows
    ]
    return f"<table><tbody>{''.join(lines)}</tbody></table>" if rows else ""


def table(graded: list[Graded]) -> str:
    """Lists the submissions by name, a line each; grades.csv is for other orders."""
    groups = graded[0][1].groups
    head = "".join(f'<th class="n">{escape(group.name)}</th>' for group in groups)
    lines = []
    for one in graded:
        grade = one[1]
        cells = "".join(f'<td class="n">{number(g.points)}</td>' for g in grade.groups)
        cause = grade.cause()
        remark = " ".join(([cause.sentence] if cause else []) + grade.notes)
        lines.append(
            f"<tr><td>{link(one)}</td>"
            f'<td class="n"><strong>{number(grade.points)}</strong></td>'
            f"<td>{escape(remark)}</td>{cells}</tr>"
        )
    return (
        '<div style="overflow-x: auto"><table><thead><tr><th>name</th>'
        '<th class="n">points</th><th style="min-width: 20rem">what is wrong first</th>'
        f"{head}</tr></thead>"
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )
