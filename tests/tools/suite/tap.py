"""Reads what a job prints: TAP, and what is said of each red test; and gives its tests
their results.

Bats says where in its files a test failed. A student wants to know about the server,
so that is left out, and so is what Bash says of a server that was killed.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from suite.tests import Test

RESULT = re.compile(r"(not )?ok \d+ (?:- )?(.*)")
MARK = re.compile(r" # (it hung|timeout after .*|skip.*)$")
CRASHED = "the program crashed in it"
FILE_FAILED = ("setup_file failed", "teardown_file failed")
NOISE = re.compile(
    r"bats warning: .*|tags: .*id:.*|(?:--)?|(?:not )?ok - tests|Terminated"
    r"| ?\(?(?:from function|in test file) .* line \d+[,)]"
    r"|.*: line \d+: +\d+ (?:Killed|Terminated|Aborted|Segmentation) .*"
)
SAYS_MORE = re.compile(r"-- .* --")  # failure_report.bash has it above a message
FAILED_LINE = re.compile(r"  (`.*' failed(?: with status \d+| due to timeout)?)")
SHADOW = re.compile(r"^Shadow bytes around.*?ABORTING$\n?", re.MULTILINE | re.DOTALL)
TEXT_MOST = 6000
FINE = ("passed", "skipped")  # of a test that is not graded


@dataclass
class Outcome:
    """A line of TAP, and what is said of it."""

    title: str
    result: str  # passed, failed, hung or skipped
    before: list[str] = field(default_factory=list)  # a sanitizer's report, for example
    said: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All that is said."""
        before = SHADOW.sub("", "\n".join(self.before))
        return f"{before}\n{self.story}".strip("\n")[:TEXT_MOST].rstrip()

    @property
    def story(self) -> str:
        """What the test says, without what is about the tests alone."""
        lines: list[str] = []
        held = ""  # the line that failed: only of use where nothing else is said
        for line in self.said:
            if match := FAILED_LINE.fullmatch(line):
                held = match[1]
            elif SAYS_MORE.fullmatch(line):
                held = ""
            elif not NOISE.fullmatch(line):
                if line.startswith("expected: ") and held:
                    lines.append(held)
                    held = ""
                lines.append(line)
        lines += [held] if held else []
        return "\n".join(lines).rstrip()


@dataclass
class Tap:
    """All that a job printed."""

    outcomes: list[Outcome]
    planned: int
    rest: str = ""  # what was printed after the last outcome, and is about none

    @property
    def crashed(self) -> bool:
        """Whether a program ended within a test, or a file failed as a whole."""
        return any(
            outcome.title in FILE_FAILED or CRASHED in outcome.said
            for outcome in self.outcomes
        )


def read_tap(printed: str) -> Tap:
    """Returns the outcomes in their order. A line without # belongs to the next one: a
    sanitizer reports before the test is named in which the program crashed."""
    outcomes: list[Outcome] = []
    stray: list[str] = []
    planned = 0
    for line in printed.splitlines():
        if match := re.fullmatch(r"1\.\.(\d+).*", line):
            planned = planned or int(match[1])
        elif match := RESULT.fullmatch(line.rstrip()):
            mark = MARK.search(match[2])
            result = "failed" if match[1] else "passed"
            if mark:
                result = "skipped" if mark[1].startswith("skip") else "hung"
            outcomes.append(Outcome(MARK.sub("", match[2]), result, stray))
            stray = []
        elif line.startswith("#") and outcomes:
            outcomes[-1].said.append(line[1:].removeprefix(" "))
        else:
            stray.append(line)
    outcomes = [outcome for outcome in outcomes if outcome.title != "tests"]  # cmocka's
    return Tap(outcomes, planned, "\n".join(stray).strip())


def line_to_try(text: str) -> str:
    """Returns what can be typed by hand: the line after `By hand`."""
    lines = text.splitlines()
    for place, line in enumerate(lines[:-1]):
        if line.startswith("By hand"):
            return lines[place + 1].strip()
    return ""


def give(test: Test, outcome: Outcome) -> None:
    """Gives a test the result that was printed of it."""
    test.result = outcome.result
    if test.result not in FINE:
        test.text = outcome.text
        test.command = line_to_try(test.text)


def settle(tests: list[Test], tap: Tap, status: int) -> None:
    """Gives the tests of a job their results. What was printed of other tests counts
    for nothing.

    A test that came twice has no result that could be believed; one that did not come
    is missing. Its program ended well if it exited with 0, or else because a test had
    failed. Where no test passed, that says nothing, and is missing.
    """
    times = Counter(outcome.title for outcome in tap.outcomes)
    outcomes = {outcome.title: outcome for outcome in tap.outcomes}
    end = tests[-1] if tests and tests[-1].is_end else None
    if end and FILE_FAILED[1] in outcomes:
        outcomes[end.title] = outcomes[FILE_FAILED[1]]
        times[end.title] += 1
    for test in tests:
        if outcome := outcomes.get(test.title):
            give(test, outcome)
            test.result = "twice" if times[test.title] > 1 else outcome.result
    seen = [one.result for one in tap.outcomes if one.title not in FILE_FAILED]
    is_complete = len(seen) >= tap.planned and not any(
        test.result in ("missing", "hung", "twice") for test in tests if test is not end
    )
    is_complete = is_complete and not {"passed", "skipped"}.isdisjoint(seen)
    is_complete = is_complete and "hung" not in seen
    if end and not times[end.title] and is_complete:
        ends_well = status == 0 or ("failed" in seen and not tap.crashed)
        end.result = "passed" if ends_well else "failed"
        end.text = "" if ends_well else f"{tap.rest}\n(status {status})".strip()
    missing = next((test for test in tests if test.result == "missing"), None)
    if missing and FILE_FAILED[0] in outcomes:
        missing.text = outcomes[FILE_FAILED[0]].text
