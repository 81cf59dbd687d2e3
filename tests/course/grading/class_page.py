"""The page for a teacher: the marks of a class, and what went wrong in it."""

import statistics
from collections import Counter
from html import escape
from urllib.parse import quote

from grading.forms import isolation_sentence, number
from grading.marks import Grade
from grading.page import document, section

STEP = 10  # points in a bar of the histogram


def as_class_page(grades: list[Grade], seconds: float) -> str:
    """The whole page."""
    points = [grade.points for grade in grades]
    stage = grades[0].stage
    parts = [
        f"<h1>Stage {stage}: {len(grades)} submissions</h1>",
        f"<p>Mean {number(statistics.mean(points))}, median "
        f"{number(statistics.median(points))}, from {number(min(points))} to "
        f"{number(max(points))} points. Marked in {seconds:.0f} s. "
        f"{escape(isolation_sentence(grades[0]))}</p>",
        section("Marks", bars(histogram(points, grades[0].most))),
        section("Faults", bars(faults(grades))),
        section("Where points were lost", bars(lost(grades))),
        section("Submissions", table(grades)),
    ]
    return document(f"Stage {stage}: marks", "\n".join(filter(None, parts)))


def histogram(points: list[float], most: float) -> list[tuple[str, float]]:
    """How many have how many points: 0 to under 10, and so on; all, alone."""
    rows = []
    for low in range(0, int(most), STEP):
        count = sum(low <= p < low + STEP for p in points)
        rows.append((f"{low} to under {low + STEP}", float(count)))
    rows.append((number(most), float(sum(p >= most for p in points))))
    return rows


def faults(grades: list[Grade]) -> list[tuple[str, float]]:
    counts = Counter(fault.sentence for grade in grades for fault in grade.faults)
    return [(name, float(count)) for name, count in counts.most_common(20)]


def lost(grades: list[Grade]) -> list[tuple[str, float]]:
    """The share of each group's points that the class did not get."""
    rows = []
    for number_, group in enumerate(grades[0].groups):
        if not group.most:
            continue
        missed = sum(g.groups[number_].most - g.groups[number_].points for g in grades)
        rows.append(
            (f"{group.title} (%)", round(100 * missed / (group.most * len(grades)), 1))
        )
    return rows


def bars(rows: list[tuple[str, float]]) -> str:
    """A bar for each row, with its number."""
    most = max((value for _, value in rows), default=0.0)
    lines = [
        f'<tr><td>{escape(name)}</td><td><meter min="0" max="{most or 1}" '
        f'value="{value}" aria-label="{number(value)}"></meter></td>'
        f'<td class="n">{number(value)}</td></tr>'
        for name, value in rows
    ]
    return f"<table><tbody>{''.join(lines)}</tbody></table>" if rows else ""


def table(grades: list[Grade]) -> str:
    """The submissions, a line each, with a link to the student's page."""
    head = "".join(f'<th class="n">{escape(g.name)}</th>' for g in grades[0].groups)
    lines = []
    for grade in grades:
        link = escape(f"{quote(grade.name)}/index.html")
        cells = "".join(f'<td class="n">{number(g.points)}</td>' for g in grade.groups)
        remark = " ".join(fault.sentence for fault in grade.faults)
        remark = " ".join([remark, *grade.notes]).strip()
        lines.append(
            f'<tr><td><a href="{link}">{escape(grade.name)}</a></td>'
            f'<td class="n"><strong>{number(grade.points)}</strong></td>{cells}'
            f"<td>{escape(remark)}</td></tr>"
        )
    return (
        '<div style="overflow-x: auto"><table><thead><tr><th>name</th>'
        f'<th class="n">points</th>{head}<th></th></tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )
