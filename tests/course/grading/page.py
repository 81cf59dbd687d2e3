"""The page for a student: one HTML file that needs nothing else."""

from html import escape

from grading.forms import FEW, isolation_sentence, number
from grading.score import Grade, Group
from submission.faults import Fault
from suite.tests import Test

STYLE = """
:root { color-scheme: light dark; --line: #8886; --red: #b3261e; --green: #1a7f37;
  --soft: #8882; }
@media (prefers-color-scheme: dark) { :root { --red: #ff8a80; --green: #6fd58b; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto;
  padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
h3 { font-size: 1rem; margin: 0 0 .3rem; }
.points { font-size: 2.2rem; font-weight: 600; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums;
  white-space: nowrap; }
meter { width: 8rem; max-width: 100%; }
article, .fault { border: 1px solid var(--line); border-left: .3rem solid var(--red);
  padding: .7rem 1rem; margin: 1rem 0; border-radius: .3rem; }
pre, code { font: 14px/1.45 ui-monospace, monospace; background: var(--soft);
  border-radius: .2rem; }
pre { padding: .6rem; overflow-x: auto; white-space: pre-wrap;
  overflow-wrap: anywhere; }
code { padding: 0 .2rem; overflow-wrap: anywhere; }
.passed { color: var(--green); } .red { color: var(--red); }
footer { margin-top: 3rem; font-size: .9rem; opacity: .8; }
"""


def document(title: str, body: str) -> str:
    """Makes a whole page around a body, with a policy that lets nothing else in."""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{STYLE}</style>
</head>
<body>
{body}
</body>
</html>
"""


def as_page(grade: Grade) -> str:
    """Returns the whole page."""
    red = grade.red()
    shown = [test for test in grade.tests if test.is_red and not test.graded]
    parts = [
        f"<h1>{escape(grade.name)}, stage {grade.stage}</h1>",
        f'<p><span class="points">{number(grade.points)}</span> of '
        f"{number(grade.most)} points</p>",
        cause_part(grade),
        "".join(fault_part(fault) for fault in other_faults(grade)),
        "".join(f"<p>{escape(note)}</p>" for note in grade.notes),
        groups_part(grade.groups),
        section("Red tests", "".join(test_part(test) for test in red[:FEW])),
        folded(f"The other {len(red) - FEW} red tests", red[FEW:]),
        folded(f"{len(shown)} red tests without points", shown),
        tests_part(grade),
        f"<footer>{escape(isolation_sentence(grade))} Grading took "
        f"{number(grade.seconds)} s.</footer>",
    ]
    return document(
        f"{grade.name}, stage {grade.stage}", "\n".join(filter(None, parts))
    )


def section(title: str, content: str) -> str:
    return f"<section><h2>{escape(title)}</h2>\n{content}</section>" if content else ""


def folded(title: str, tests: list[Test]) -> str:
    """Folds red tests that are not the first to look at."""
    if not tests:
        return ""
    parts = "".join(test_part(test) for test in tests)
    return f"<details><summary>{escape(title)}</summary>{parts}</details>"


def cause_part(grade: Grade) -> str:
    """Says what is wrong first of all."""
    cause = grade.cause()
    if cause is None:
        return ""
    parts = [f'<div class="fault"><strong>{escape(cause.sentence)}</strong>']
    if cause.by_hand:
        parts.append(f"<p>To see it: <code>{escape(cause.by_hand)}</code></p>")
    if cause.hint:
        parts.append(f"<p><strong>Hint:</strong> {escape(cause.hint)}</p>")
    if cause.detail:
        parts.append(f"<pre>{escape(cause.detail[:3000])}</pre>")
    return "".join(parts) + "</div>"


def other_faults(grade: Grade) -> list[Fault]:
    """Returns the faults that are not the cause."""
    cause = grade.cause()
    return [f for f in grade.faults if cause is None or f.sentence != cause.sentence]


def fault_part(fault: Fault) -> str:
    cost = f" It cost {number(fault.cost)} points." if fault.cost else ""
    detail = f"<pre>{escape(fault.detail[:3000])}</pre>" if fault.detail else ""
    return (
        f'<div class="fault"><strong>{escape(fault.sentence)}</strong>'
        f"{cost} The tests that need it were not run.{detail}</div>"
    )


def groups_part(groups: list[Group]) -> str:
    lines = []
    for group in groups:
        points = f"{number(group.points)} of {number(group.most)}"
        meter = (
            f'<meter min="0" max="{group.most}" value="{group.points}" '
            f'aria-label="{points}"></meter>'
        )
        lines.append(
            f"<tr><td>{escape(group.title)}</td><td>{meter if group.most else ''}</td>"
            f'<td class="n">{points if group.most else "no points"}</td>'
            f'<td class="n">{group.passed} of {group.tests}</td></tr>'
        )
    return (
        "<table><thead><tr><th>What</th><th></th>"
        '<th class="n">points</th><th class="n">tests passed</th></tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table>"
    )


def test_part(test: Test) -> str:
    """Shows a red test with its text, its hint, and the line to try."""
    kind = {
        "hung": "It hung. ",
        "missing": "It did not finish. ",
        "twice": "It has two results; the tests here never write two. ",
    }.get(test.result, "")
    hint = f"<p><strong>Hint:</strong> {escape(test.hint)}</p>" if test.hint else ""
    line = (
        f"<p>To try it: <code>{escape(test.command)}</code></p>" if test.command else ""
    )
    text = f"<pre>{escape(test.text)}</pre>" if test.text else ""
    return (
        f'<article><h3><span class="red">✗</span> {escape(test.heading)}</h3>'
        f"{escape(kind)}{text}{hint}{line}</article>"
    )


def tests_part(grade: Grade) -> str:
    """Lists every test, folded."""
    lines = "".join(
        f"<tr><td>{escape(test.heading)}</td><td>{escape(test.group)}</td>"
        f'<td class="{"passed" if test.result == "passed" else "red"}">'
        f"{escape(test.result)}</td></tr>"
        for test in grade.tests
    )
    return (
        f"<details><summary>All {len(grade.tests)} tests</summary>"
        "<table><thead><tr><th>test</th><th>group</th><th>result</th></tr></thead>"
        f"<tbody>{lines}</tbody></table></details>"
    )
