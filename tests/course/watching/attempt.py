"""One run of `make watch`, in a process of its own: judges what was saved by the judge
of `make test`, and stops at the first red test.

What the process says through its pipe is a Progress, a Found, which may be followed by
another that is surer, and, if it was asked for the mistake, an Asked.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path

from grading.score import grade_of
from submission import TOP
from submission.diagnosis import Diagnosis
from submission.faults import COMPILE_ERROR, LISTENING, Fault, warnings
from submission.judge import Judge, new_judge
from submission.sources import take
from suite.jobs import Job
from suite.tap import give
from suite.tests import Test, stages_of
from watching.wire import compare

# Few, so that the tests that are quickest end first.
AT_ONCE = 2 * (os.cpu_count() or 2)
PROBE_SECONDS = (0.5, 1.5)  # for the server to start, and to answer
HELD_UP_SECONDS = 0.8  # the same, while another client has sent half a request
HELD_UP = "100-half-sent"  # the test of that, which takes longer to be sure
HELD_UP_BY_HAND = (
    r"(printf 'GET / HTTP/1.1\r\n'; sleep 9) | nc 127.0.0.1 8080 & sleep 1; "
    "curl -i --max-time 3 http://127.0.0.1:8080/"
)
HELD_UP_SEEN = (
    "One client sent half of a request, and then nothing.\n"
    f"Another one asked for /, and got no answer within {HELD_UP_SECONDS:g} s."
)
PATIENCE_SECONDS = 0.5  # for the tests that come before a red one
ANSWER_SECONDS = 1  # that a test waits for an answer; if it is red, it is run again
ASKED = "mistake"  # what is sent to the process to ask for the mistake
BEGINS_BLOCK = re.compile(r"^\S+:(\d+:)* |^In file included|^cc1")
PLACE = re.compile(r"tests/unit/\S+: error: Failure!")
COMPARING = "Comparing its answers with those of the server that you began with ..."
COMPARED = "On the wire, compared with the server that you began with:"
IN_TODO = "TODO.md says what the step asks for, and webserve.h has the contract."
COMPILER_KINDS = ("compile", "wrong-signature")
HINTS = {  # for each kind of fault
    "compile": "Fix this one first. Those that follow may come from it.",
    "wrong-signature": "Compare your line with the declaration in webserve.h.",
    "missing-file": IN_TODO,
    "missing-function": IN_TODO,
    "link": "Which file should define it? Is the name spelled the same in both?",
    "hang": "What does your server wait for, and who would have to send it?",
    "crash": "Run it with make run SANITIZE=address, and send it the same request.",
    "not-listening": "Start it with make run. What does it say, and when does it stop?",
}


@dataclass
class Progress:
    """How far a run is."""

    doing: str
    green: int = 0
    tests: int = 0


@dataclass
class Found:
    """What came of a run: a fault, a red test, or that the step is done."""

    heading: str
    is_done: bool = False
    body: list[str] = field(default_factory=list)
    by_hand: str = ""
    hint: str = ""
    warnings: list[str] = field(default_factory=list)
    test: str = ""  # the id of the red one
    can_ask: bool = False  # whether the server can be asked for the mistake
    green: int = 0  # tests that are green, up to the red one
    tests: int = 0
    is_sure: bool = True  # no other will follow


@dataclass
class Asked:
    """The answer to ASKED: the mistake, if one is recognized."""

    mistake: Diagnosis | None


class RedSeen(Exception):
    """A test is red, so that the others need not be run."""


def first_error(fault: Fault) -> list[str]:
    """The lines of the compiler's first error, without its sentence."""
    match = COMPILE_ERROR.search(fault.detail)
    if not match:
        return fault.detail.splitlines()
    lines = []
    for line in fault.detail[match.end() :].splitlines()[1:]:
        if BEGINS_BLOCK.match(line):
            break
        lines.append(line)
    return lines


def told(test: Test) -> list[str]:
    """What a red test says, without the line to try, which is shown by itself, and
    without the place in a file of the tests."""
    lines = (test.text or f"({test.result})").splitlines()
    lines = [line for line in lines if not PLACE.fullmatch(line)]
    by_hand = next((i for i, s in enumerate(lines) if s.startswith("By hand")), None)
    if by_hand is not None:
        del lines[by_hand : by_hand + 2]
    return lines


class Attempt:
    """What is saved in a folder, judged until something is red."""

    def __init__(self, judge: Judge, said: Connection) -> None:
        self.judge = judge
        self.said = said
        self.tests: list[Test] = []  # of the step, in the order of the assignment
        self.progress = Progress("building")
        self.is_held_up = False  # a slow client seems to keep others waiting
        self.run_now: dict[str, Test] = {}  # the tests that are run, by their ids
        self.red_since = 0.0
        self.half_said: dict[str, str] = {}  # red tests that may have more to say

    # ---- What is known so far

    def found(self, heading: str, **more) -> Found:
        """What came of it, with how far the step is."""
        tests = self.tests
        green = next((i for i, t in enumerate(tests) if not is_green(t)), len(tests))
        return Found(
            heading,
            warnings=warnings(self.judge.built.warned),
            **{"green": green, "tests": len(tests)} | more,
        )

    def of_red(self, test: Test, **more) -> Found:
        """That a test is red."""
        program = f"build/stage{self.judge.stage}/webserve"  # of the project
        return self.found(
            test.heading,
            body=told(test),
            by_hand=test.command.replace(program, "./webserve"),
            hint=test.hint,
            test=test.id,
            can_ask=test.job != "structure",
            **more,
        )

    # ---- Building

    def build(self, folder: Path) -> Found | None:
        """Builds it; what keeps its tests from being run, if anything does."""
        judge = self.judge
        self.said.send(Progress("building"))
        taken = take(folder, judge.work / "taken")
        if taken.problem:
            return Found(taken.problem, body=taken.notes)
        judge.build(judge.work / "taken")
        grade = grade_of(judge, taken.name)
        self.tests = grade.in_order(test for test in grade.tests if test.graded)
        faults = sorted(grade.faults, key=lambda fault: -fault.cost)
        if faults and faults[0].cost:
            # An error in what was written comes before what is not written yet.
            errors = [fault for fault in faults if fault.kind in COMPILER_KINDS]
            worst = (errors or faults)[0]
            detail = first_error(worst) if errors else worst.detail.splitlines()
            return self.found(
                worst.sentence, body=detail, hint=HINTS.get(worst.kind, "")
            )
        # An answer although another client is slow: neither fault is there. If not, the
        # server is asked which of the two it is.
        if not judge.probe(PROBE_SECONDS[0], with_half_sent=True):
            return None
        # As often as make test asks, but not for as long.
        if trouble := judge.probe(PROBE_SECONDS[0]) and judge.probe(PROBE_SECONDS[1]):
            sentence, _, by_hand = trouble.sentence.partition(" By hand: ")
            said = [s for s in trouble.said.splitlines() if not LISTENING.search(s)]
            return self.found(
                sentence,
                body=[] if trouble.kind == "hang" else said,
                by_hand=by_hand,
                hint=HINTS.get(trouble.kind, ""),
                can_ask=trouble.kind == "hang",
            )
        self.is_held_up = bool(judge.probe(HELD_UP_SECONDS, with_half_sent=True))
        return None

    # ---- Running

    def run(self, last: Found) -> Found:
        """Runs the test that was red the last time, and then all others."""
        if test := self.red():  # of the structure, which is known already
            return self.of_red(test)
        first = HELD_UP if self.is_held_up else last.test
        again = [t for t in self.judge.to_run() if t.graded and t.id == first]
        for test in again:
            green = min(last.green, self.tests.index(test))
            if self.is_held_up:
                seen = replace(test, text=HELD_UP_SEEN, command=HELD_UP_BY_HAND)
                self.said.send(self.of_red(seen, green=green, is_sure=False))
            self.judge.run(1, lambda job: None, self.together_with(test))
            if not is_green(test):
                return self.of_red(test, green=green)
        while test := self.first_red():
            if not self.was_accident(test):
                return self.of_red(test)
            self.progress = Progress("")  # it goes on
        is_done = all(map(is_green, self.tests))
        return self.found("", is_done=is_done, body=[COMPARING])

    def together_with(self, test: Test) -> list[Test]:
        """The test, or all of its file if it says that the program ends well."""
        return [
            other
            for other in self.judge.to_run()
            if other is test or (test.is_end and other.job == test.job)
        ]

    def first_red(self) -> Test | None:
        """Runs the tests that are not green yet; the first that is red, or nothing."""
        self.red_since = 0.0
        shutil.rmtree(self.judge.work / "results", ignore_errors=True)
        tests = [t for t in self.tests if not is_green(t) and not t.because]
        for test in tests:
            test.result = "missing"
        self.run_now = {test.id: test for test in tests}
        # What is stopped has results that mean nothing: copies get them.
        soonest = soonest_red_first(tests, self.judge.stage)
        copies = [replace(test, text="") for test in soonest]
        os.environ["HURRIED_PATIENCE"] = str(ANSWER_SECONDS)  # for tests/http/helper.bash
        try:
            self.judge.run(AT_ONCE, self.ended, copies, self.look)
        except RedSeen:
            self.judge.bench = self.judge.bench.again()
        finally:
            del os.environ["HURRIED_PATIENCE"]
        return self.red()

    def red(self) -> Test | None:
        """The first red test that has said all."""
        ran = (test for test in self.tests if test.result != "missing")
        return next((test for test in ran if test.is_red), None)

    def ended(self, job: Job) -> None:
        """Takes the results of a job. A test that did not run is red, too."""
        for copy in job.tests:
            test = self.run_now[copy.id]
            test.result, test.text, test.command = copy.result, copy.text, copy.command
            test.result = "failed" if test.result == "missing" else test.result

    def look(self, running: list[Job]) -> None:
        """Says how far it is. Stops when a test is red, and those that come before it
        have ended or have had their time."""
        for job in running:
            self.read(job)
        green = sum(map(is_green, self.tests))
        # One that hangs is named long before it is red.
        open_ones = [test.id for test in self.tests if test.result == "missing"]
        doing = f"running {open_ones[0]}" if open_ones else "running the last tests"
        progress = Progress(doing, green, len(self.tests))
        if progress != self.progress:
            self.said.send(progress)
            self.progress = progress
        red = self.red()
        if not red:
            return
        self.red_since = self.red_since or time.monotonic()
        before = self.tests[: self.tests.index(red)]
        late = time.monotonic() - self.red_since > PATIENCE_SECONDS
        if late or all(map(is_green, before)):
            self.said.send(self.of_red(red, is_sure=False))
            raise RedSeen

    def read(self, job: Job) -> None:
        """Gives the tests of a job that still runs the results that it has printed; a
        red one's when it has no more to say."""
        outcomes = self.judge.bench.read(job).outcomes
        for test in (self.run_now[copy.id] for copy in job.tests):
            for outcome in (one for one in outcomes if one.title == test.title):
                is_last = outcome is outcomes[-1] and outcome.result != "passed"
                if not is_last or self.half_said.get(test.id) == outcome.text:
                    give(test, outcome)
                self.half_said[test.id] = outcome.text

    def was_accident(self, test: Test) -> bool:
        """Whether a red test is green when it is run alone."""
        text = test.text
        better = self.judge.run_twice(self.together_with(test), [test])
        test.text = text
        return bool(better)


def is_green(test: Test) -> bool:
    """Whether the test has passed."""
    return test.result == "passed"


def soonest_red_first(tests: list[Test], stage: int) -> list[Test]:
    """The tests in the order in which they most likely find a mistake soonest. Unit
    tests take milliseconds. Files that the step is the first to have come next. Each
    Bats file takes a while to start, so those with many tests come before others."""
    sizes = Counter(test.job for test in tests)
    paths = {job: TOP / f"tests/http/{job}.bats" for job in sizes}
    new = {job for job, path in paths.items() if path.exists() and stages_of(path)[0] == stage}

    def key(test: Test) -> tuple[bool, bool, int]:
        is_unit = test.job.endswith("_test")
        return not is_unit, test.job not in new, -sizes[test.job]

    return sorted(tests, key=key)


def wire(found: Found, judge: Judge, before: Path) -> Found:
    """What the step changed on the wire."""
    work = judge.work / "before"
    server = work / f"stage{judge.stage}/webserve"
    server.parent.mkdir(parents=True)
    server.symlink_to(before.resolve())
    (work / "tools").symlink_to((judge.trusted / "tools").resolve())
    try:
        body = [COMPARED, *compare(judge.stage, work, judge.work)]
    except OSError as error:
        body = [f"The two servers cannot be compared: {error}"]
    return replace(found, body=body, is_sure=True)


def attempt(
    said: Connection,
    places: tuple[Path, int, Path, Path],  # BUILD, the stage, the folder, before
    work: Path,
    last: Found,
) -> None:
    """All of it; then waits to be asked for the mistake."""
    build, stage, folder, before = places
    judge = new_judge(build, stage, work)
    trial = Attempt(judge, said)
    found = trial.build(folder) or trial.run(last)
    said.send(replace(found, is_sure=not found.is_done))
    if found.is_done:
        said.send(wire(found, judge, before))
    while said.recv() == ASKED:
        said.send(Asked(judge.ask() if found.can_ask else None))
