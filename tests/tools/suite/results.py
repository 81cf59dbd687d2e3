"""What came of the tests: a result for each that was expected, and the file of them.

BUILD/results/results.json has, by stage, a list of all tests that were expected, one a
line, each with its labels, its result and what it printed.
"""

import json
from collections import Counter
from pathlib import Path

from suite.tap import FILE_FAILED, Tap, line_to_try
from suite.tests import Test

NAME = "results.json"


def settle(tests: list[Test], tap: Tap, status: int) -> None:
    """Gives the tests of a job their results. What was printed of other tests counts
    for nothing.

    A test that came twice has no result that could be believed; one that did not come
    is missing. Its program ended well if it exited with 0, or else because a test had
    failed; to end well is no merit if no test passed.
    """
    times = Counter(outcome.title for outcome in tap.outcomes)
    outcomes = {outcome.title: outcome for outcome in tap.outcomes}
    end = tests[-1] if tests and tests[-1].is_end else None
    if end and FILE_FAILED[1] in outcomes:
        outcomes[end.title] = outcomes[FILE_FAILED[1]]
        times[end.title] += 1
    for test in tests:
        if outcome := outcomes.get(test.title):
            test.result = "twice" if times[test.title] > 1 else outcome.result
            if test.result != "passed":
                test.text = outcome.text
                test.command = line_to_try(test.text)
    seen = [one.result for one in tap.outcomes if one.title not in FILE_FAILED]
    is_complete = len(seen) >= tap.planned and not any(
        test.result in ("missing", "hung", "twice") for test in tests if test is not end
    )
    if end and not times[end.title] and is_complete and "hung" not in seen:
        ends_well = status == 0 or ("failed" in seen and not tap.crashed)
        end.result = "passed" if ends_well else "failed"
        end.text = "" if ends_well else f"{tap.rest}\n(status {status})".strip()
    if end and end.result == "passed" and "passed" not in seen:
        end.result = "failed"
    missing = next((test for test in tests if test.result == "missing"), None)
    if missing and FILE_FAILED[0] in outcomes:
        missing.text = outcomes[FILE_FAILED[0]].text


def write(folder: Path, results: dict[int, list[Test]]) -> None:
    """Writes the file, in one piece: a reader never sees half of it."""
    stages = []
    for stage, tests in results.items():
        lines = ",\n".join(json.dumps(vars(test)) for test in tests)
        stages.append(f'"{stage}": [\n{lines}\n]')
    (folder / f"{NAME}.new").write_text("{" + ",\n".join(stages) + "}\n", "utf-8")
    (folder / f"{NAME}.new").rename(folder / NAME)


def read(folder: Path) -> dict[int, list[Test]]:
    """The tests of each stage, as the last run left them; none if there was no run."""
    path = folder / NAME
    stages = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return {int(n): [Test(**test) for test in tests] for n, tests in stages.items()}
