"""compare_stages.py - compares the answers of the six stages, and writes the report.

What each step promises is in STEPS; the head of replay.py says it in full.
"""
from __future__ import annotations

import difflib
import html
import os.path
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from parse_answer import ENDS, FAILED, MISUSED, REFUSED, Answer, without_end
from corpus import STAGES, Expected, Request

PAGES_CHANGE = "every 200 has another page; nothing else changes"
STEPS = {
    2: ("the server calls delegate, which returns constant data", PAGES_CHANGE),
    3: ("handle_connection is extracted from the loop", "nothing changes"),
    4: ("serve is extracted from main", "nothing changes"),
    5: ("delegate shows the URL and the query", PAGES_CHANGE),
    6: ("POST data is read and shown", "POST is answered; nothing else changes"),
}
# The requests that show what a step changed.
EXAMPLES = {
    2: ("query/one-pair", "valid/path-html", "head/root"),
    5: ("query/one-pair", "valid/path-html", "head/root"),
    6: ("post/query", "post-type/json", "post-continue/length"),
}
MOST_IN_FULL = 3  # faults of one kind
WIDTH = 74


def cut(text: str) -> str:
    """Returns a line of the report, not too long."""
    return text if len(text) <= WIDTH else text[: WIDTH - 3] + "..."


# ---- What is wrong ----------------------------------------------------------


def fault_of_answer(answer: Answer, expected: Expected | None) -> str:
    """Returns what is wrong with one answer, whatever the others are, or ""."""
    if answer.ended is None:
        return "not asked, since the server had died or hung"
    if answer.ended in (FAILED, MISUSED, REFUSED):
        return ENDS[answer.ended]
    if answer.whole and [line.lower() for line in answer.dates] != [r"date: \date\r\n"]:
        return f"its answer has no well-formed Date: {' '.join(answer.dates)}"
    if expected and not answer.status.startswith(expected.status):
        return f"the corpus says {expected.status}, not {answer.outcome()}"
    page = html.unescape(answer.content.decode("utf-8", "replace"))
    if expected and page and expected.part not in page:
        return f"the corpus says that its page has: {expected.part}"
    return ""


def fault_of_page(before: Answer, after: Answer) -> str:
    """Returns what is wrong with the change of a page, or ""."""
    if before == after:
        return "a 200 that must change, and does not" if after.is_200() else ""
    if before.is_another_page_than(after):
        return ""
    if before.is_200():
        return "more than the content and its length changes"
    return "an answer that must not change"


def fault_of_post(request: Request, before: Answer, after: Answer) -> str:
    """Returns what is wrong with the change from stage 5 to 6, or ""."""
    if not request.is_post():
        return "" if before == after else "only POST may change"
    if before.whole and before.status.startswith("501 "):
        return "a POST whose 501 must change, and does not" if before == after else ""
    return "" if before == after else "a fault that must not change"


def difference(a: int, before: Answer, b: int, after: Answer) -> list[str]:
    """Returns where the answers of the stages a and b differ."""
    lines = []
    for old, new in zip([*before.lines(), ""], [*after.lines(), ""]):
        if old != new:
            start = max(len(os.path.commonprefix([old, new])) - 24, 0)
            lines = [
                f"    stage {a}: {cut(old[start:])}",
                f"    stage {b}: {cut(new[start:])}",
            ]
            break
    if before.ended != after.ended:
        lines.append(f"    ends: {before.end()}; {after.end()}")
    return lines or [f"    both: {before.outcome()}"]


def kind_of_change(before: Answer, after: Answer) -> str:
    """Returns what happened to an answer, in a few words."""
    old, new = before.outcome(), after.outcome()
    if before.is_another_page_than(after):
        page = ": another page", " to HEAD: another Content-Length"
        return old + page[not before.content]
    return f"{old} -> another {new}" if old == new else f"{old} -> {new}"


def changes(one: Request, before: Answer, after: Answer) -> list[str]:
    """A request, and what has changed about its answer."""
    lines = [f"  {one.name}: {one.sentence}"]
    lines += [f"    > {cut(text)}" for text in one.steps]
    old, new = ([without_end(line) for line in a.lines()] for a in (before, after))
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, i, i_end, j, j_end in matcher.get_opcodes():
        if kind != "equal":
            lines += [f"    - {cut(line)}".rstrip() for line in old[i:i_end]]
            lines += [f"    + {cut(line)}".rstrip() for line in new[j:j_end]]
    return lines


class Judgment:
    """The answers of all stages, and what is wrong with them."""

    def __init__(
        self, requests: list[Request], answers: dict[int, dict[str, Answer]]
    ) -> None:
        self.requests = requests
        self.answers = answers  # by stage, by the request's name
        self.faults: dict[str, list[str]] = defaultdict(list)
        pages = [one for one in answers[2].values() if one.is_200() and one.content]
        self.constant = pages[0] if pages else Answer()

    def pairs(self, a: int, b: int) -> Iterator[tuple[Request, Answer, Answer]]:
        """Yields each request, and what the stages a and b answer."""
        for one in self.requests:
            yield one, self.answers[a][one.name], self.answers[b][one.name]

    def add(self, kind: str, why: str, request: Request, lines: list[str]) -> None:
        """Notes a fault."""
        title = f"    {request.name}: {request.sentence}"
        self.faults[kind].append("\n".join([f"{kind}: {why}", title, *lines]))

    def fault_of_step(self, step: int, request: Request, a: Answer, b: Answer) -> str:
        """Returns what is wrong with what a step changes, or ""."""
        if step == 2 and b.is_200() and not b.is_page(self.constant):
            return "a page that is not the constant one"
        if step in (2, 5):
            return fault_of_page(a, b)
        if step == 6:
            return fault_of_post(request, a, b)
        return "" if a == b else "an answer that must not change"

    def judge(self) -> None:
        """Looks at everything, and collects the faults."""
        for stage in STAGES:
            for one, answer, _ in self.pairs(stage, stage):
                if why := fault_of_answer(answer, one.expected.get(stage)):
                    self.add(f"stage {stage}", why, one, [])
        for step in STEPS:
            for one, a, b in self.pairs(step - 1, step):
                if why := self.fault_of_step(step, one, a, b):
                    self.add(f"step {step}", why, one, difference(step - 1, a, step, b))
        for one, a, b in self.pairs(1, 5):
            if a != b:
                why = "an answer that must be the same"
                self.add("stage 5 is not stage 1", why, one, difference(1, a, 5, b))

    # ---- The report ---------------------------------------------------------

    def example(self, step: int, name: str) -> list[str]:
        """One request, and what the step changed about its answer."""
        [one] = [request for request in self.requests if request.name == name]
        return ["", *changes(one, self.answers[step - 1][name], self.answers[step][name])]

    def step(self, step: int) -> str:
        """Returns a step's part of the report."""
        kinds = Counter(
            kind_of_change(a, b) for _, a, b in self.pairs(step - 1, step) if a != b
        )
        lesson, promise = STEPS[step]
        changed = kinds.total()
        equal = len(self.requests) - changed
        lines = [f"Step {step}: {lesson}", f"  promised: {promise}"]
        lines += [f"  {equal + changed} requests: {equal} equal, {changed} changed"]
        lines += [f"  {number:6}  {kind}" for kind, number in kinds.most_common()]
        for name in EXAMPLES.get(step, ()):
            lines += self.example(step, name)
        return "\n".join(lines) + "\n"

    def totals(self) -> str:
        """Returns the last line."""
        asked = sum(
            answer.ended is not None
            for answers in self.answers.values()
            for answer in answers.values()
        )
        triple = sum(
            a == b == self.answers[4][one.name] for one, a, b in self.pairs(2, 3)
        )
        first_and_fifth = sum(a == b for _, a, b in self.pairs(1, 5))
        gets = [a == b for one, a, b in self.pairs(5, 6) if not one.is_post()]
        faults = sum(map(len, self.faults.values()))
        return (
            f"{len(self.requests)} requests, {asked} answers: 2 = 3 = 4 on {triple}, "
            f"1 = 5 on {first_and_fifth}, 5 = 6 on {sum(gets)} of {len(gets)} that are "
            f"not POST; {faults or 'no'} fault{'s' * (faults > 1)}"
        )

    def report(self, folder: Path) -> None:
        """Prints all of it. If there is no fault, its parts are files of that folder,
        too: the documents show them."""
        for step in STEPS:
            text = self.step(step)
            print(text)
            if not self.faults:
                (folder / f"step{step}.txt").write_text(text, encoding="utf-8")
        faults_file = folder / "faults.txt"
        every = [fault for faults in self.faults.values() for fault in faults]
        faults_file.write_text("\n".join([*every, ""]), encoding="utf-8")
        for kind, faults in self.faults.items():
            print("\n".join(faults[:MOST_IN_FULL]))
            if len(faults) > MOST_IN_FULL:
                more = len(faults) - MOST_IN_FULL
                print(f"{kind}: {more} more; {faults_file} has them all")
            print()
        print(self.totals())
