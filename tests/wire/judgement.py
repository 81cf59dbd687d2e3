"""judgement.py - compares the answers of the six stages, and writes the report.

What each step promises is in STEPS; replay.py has it in a sentence each.
"""
from __future__ import annotations

import difflib
import html
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from answer import EARLY, ENDS, FAILED, MISUSED, REFUSED, RESET, Answer
from corpus import STAGES, Request

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


def cut(text: str) -> str:
    """A line of the report, not too long."""
    return text if len(text) <= 74 else text[:71] + "..."


def without_end(line: str) -> str:
    """A visible line without its CR and LF."""
    return re.sub(r"(\\r)?\\n\n$", "", line)


def around(octets: list[str], differs: int) -> str:
    """A line from some octets before the one that differs; `...` where it is cut."""
    start = differs - 24 if differs > 30 else 0
    text = "..." if start else ""
    for number, octet in enumerate(octets[start:], start):
        if len(text) >= 68:
            return text + "..."
        text += octet
        if number == len(octets) - 1:
            break
    return text.rstrip("\n")


def first_difference(a: list[str], b: list[str]) -> int:
    """The number of the first element that is not the same in both."""
    for number, (x, y) in enumerate(zip(a, b)):
        if x != y:
            return number
    return min(len(a), len(b))


@dataclass
class Judgement:
    """The answers of all stages, and what is wrong with them."""

    requests: list[Request]
    answers: dict[int, dict[str, Answer]]  # by stage, by the request's name
    dead: dict[int, str]  # stages whose server died, or did not stop as it should
    folder: Path  # for the parts of the report
    faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def same(self, a: int, b: int, name: str) -> bool:
        """Both stages give the same answer."""
        return self.answers[a][name].key == self.answers[b][name].key

    def count_same(self, *stages: int) -> int:
        """How many requests all these stages answer alike."""
        return sum(
            all(self.same(stages[0], other, request.name) for other in stages[1:])
            for request in self.requests
        )

    # ---- What is wrong ------------------------------------------------------

    def fault_of_answer(self, stage: int, request: Request) -> str:
        """What is wrong with one answer, whatever the others are, or ""."""
        answer = self.answers[stage][request.name]
        if answer.ended is None:
            return "not asked, since the server had died or hung"
        if answer.ended in (FAILED, MISUSED, REFUSED):
            return ENDS[answer.ended]
        if answer.whole and not answer.dates:
            return "its answer has no Date"
        if answer.whole and not answer.dates[0].lower().startswith("date: \\date"):
            return f"its answer has no well-formed Date: {without_end(answer.dates[0])}"
        if answer.whole and len(answer.dates) > 1:
            return "its answer has two Dates"
        expected = request.expected.get(stage)
        if expected is None:
            return ""
        if not answer.status.startswith(expected.status):
            return f"the corpus says {expected.status}, not {answer.outcome()}"
        page = html.unescape(answer.content.decode("utf-8", "replace"))
        if page and expected.part not in page:
            return f"the corpus says that its page has: {expected.part}"
        return ""

    def fault_of_page(self, a: int, b: int, request: Request) -> str:
        """What is wrong with the change of the page from stage a to b, or ""."""
        before, after = (self.answers[stage][request.name] for stage in (a, b))
        if self.same(a, b, request.name):
            return "a 200 that must change, and does not" if after.is_200() else ""
        if before.is_another_page_than(after):
            return ""
        if before.status.startswith("200 "):
            return "more than the content and its length changes"
        return "an answer that must not change"

    def fault_of_constant_page(self, request: Request) -> str:
        """Whether stage 2 has another page for this request than for the others."""
        answer = self.answers[2][request.name]
        pages = [one for one in self.answers[2].values() if one.is_200()]
        constant = next((one for one in pages if one.content), None)
        if not answer.is_200() or constant is None:
            return ""
        if answer.head == constant.head and answer.content in (b"", constant.content):
            return ""
        return "a page that is not the constant one"

    def fault_of_post(self, request: Request) -> str:
        """What is wrong with the change from stage 5 to 6, or ""."""
        before = self.answers[5][request.name]
        same = self.same(5, 6, request.name)
        if not request.is_post():
            return "" if same else "only POST may change"
        if before.whole and before.status.startswith("501 "):
            return "a POST whose 501 must change, and does not" if same else ""
        return "" if same else "a fault that must not change"

    def fault_of_step(self, step: int, request: Request) -> str:
        """What is wrong with what a step changes, or ""."""
        if step == 2:
            return self.fault_of_page(1, 2, request) or self.fault_of_constant_page(
                request
            )
        if step == 5:
            return self.fault_of_page(4, 5, request)
        if step == 6:
            return self.fault_of_post(request)
        if self.same(step - 1, step, request.name):
            return ""
        return "an answer that must not change"

    def difference(self, a: int, b: int, name: str) -> str:
        """Where two answers differ."""
        before, after = self.answers[a][name], self.answers[b][name]
        if before.key == after.key:
            return f"    both: {before.outcome()}"
        ends = [ENDS.get(one.ended, "nothing") for one in (before, after)]
        lines = [before.lines(), after.lines()]
        line = first_difference(*lines)
        if lines[0] == lines[1]:
            return f"    stage {a} ended with: {ends[0]}\n    stage {b} ended with: {ends[1]}"
        octets = [
            re.findall(r"\\x..|\\date|\\.|.", one[line]) if line < len(one) else []
            for one in lines
        ]
        differs = first_difference(*octets)
        text = f"    line {line + 1} of the answer differs from octet {differs + 1} on:\n"
        text += f"    stage {a}: {around(octets[0], differs)}\n"
        text += f"    stage {b}: {around(octets[1], differs)}"
        return text if ends[0] == ends[1] else f"{text}\n    ends: {'; '.join(ends)}"

    def judge(self) -> None:
        """Looks at everything, and collects the faults."""
        for stage in STAGES:
            kind = f"stage {stage}"
            if stage in self.dead:
                lost = [
                    f"\n    {one.name}: {one.sentence}"
                    for one in self.requests
                    if self.answers[stage][one.name].ended == RESET
                ]
                text = f"{kind}: {self.dead[stage]}"
                if lost:
                    text += "\n  its connections that were reset:" + "".join(lost[:5])
                self.faults[kind].append(text)
            for request in self.requests:
                if why := self.fault_of_answer(stage, request):
                    self.add(kind, request, why)
        for step in STEPS:
            for request in self.requests:
                if why := self.fault_of_step(step, request):
                    self.add(f"step {step}", request, why, (step - 1, step))
        for request in self.requests:
            if not self.same(1, 5, request.name):
                why = "an answer that must be the same"
                self.add("stage 5 is not stage 1", request, why, (1, 5))

    def add(
        self, kind: str, request: Request, why: str, stages: tuple[int, int] | None = None
    ) -> None:
        """Notes a fault, with the difference between two stages if it is one."""
        text = f"{kind}: {why}\n    {request.name}: {request.sentence}"
        if stages:
            text += "\n" + self.difference(*stages, request.name)
        self.faults[kind].append(text)

    # ---- The report ---------------------------------------------------------

    def kind_of_change(self, a: int, b: int, name: str) -> str:
        """What became of an answer, in a few words."""
        before, after = self.answers[a][name], self.answers[b][name]
        if before.outcome() != after.outcome():
            return f"{before.outcome()} -> {after.outcome()}"
        if not before.is_another_page_than(after):
            return f"{before.outcome()} -> another {after.outcome()}"
        what = ": another page" if before.content else " to HEAD: another Content-Length"
        return before.outcome() + what

    def example(self, step: int, request: Request) -> list[str]:
        """One request, and what the step changed about its answer."""
        lines = ["", f"  {request.name}: {request.sentence}"]
        lines += [f"    > {cut(one)}" for one in request.steps if one != "read"]
        before, after = (
            [without_end(line) for line in self.answers[stage][request.name].lines()]
            for stage in (step - 1, step)
        )
        matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
        for _, i, i_end, j, j_end in matcher.get_opcodes():
            if before[i:i_end] != after[j:j_end]:
                lines += [f"    - {cut(line)}".rstrip() for line in before[i:i_end]]
                lines += [f"    + {cut(line)}".rstrip() for line in after[j:j_end]]
        return lines

    def step(self, step: int) -> str:
        """A step's part of the report."""
        kinds = Counter(
            self.kind_of_change(step - 1, step, request.name)
            for request in self.requests
            if not self.same(step - 1, step, request.name)
        )
        lesson, promise = STEPS[step]
        count = len(self.requests)
        changed = kinds.total()
        lines = [
            f"Step {step}: {lesson}",
            f"  promised: {promise}",
            f"  {count} requests: {count - changed} equal, {changed} changed",
        ]
        lines += [f"  {number:6}  {kind}" for kind, number in kinds.most_common()]
        named = {request.name: request for request in self.requests}
        for name in EXAMPLES.get(step, ()):
            lines += self.example(step, named[name])
        return "\n".join(lines) + "\n"

    def overview(self) -> str:
        """What there is, and how much each step changed."""
        count = len(self.requests)
        groups = Counter(request.group for request in self.requests)
        lines = [f"The corpus, {count} requests:"]
        for group, number in groups.items():
            text = f" {group} {number}" + ("," if group != list(groups)[-1] else ".")
            if len(lines[-1] + text) > 78:
                lines.append(" ")
            lines[-1] += text
        lines += ["", "What changed on the wire", ""]
        lines += ["  step   requests   equal   changed   promised"]
        rows = [(str(step), step - 1, step, STEPS[step][1]) for step in STEPS]
        for title, a, b, promise in [*rows, ("1 -> 5", 1, 5, "nothing changes")]:
            equal = self.count_same(a, b)
            lines.append(
                f"  {title:>4} {count:{15 - max(len(title), 4)}}   {equal:5}   "
                f"{count - equal:7}   {promise}"
            )
        return "\n".join(lines) + "\n"

    def totals(self) -> str:
        """The last line."""
        count = len(self.requests)
        asked = sum(
            answer.ended is not None
            for answers in self.answers.values()
            for answer in answers.values()
        )
        gets = [request for request in self.requests if not request.is_post()]
        gets_same = sum(self.same(5, 6, request.name) for request in gets)
        faults = sum(map(len, self.faults.values()))
        return (
            f"{count} requests, {asked} answers: 2 = 3 = 4 on {self.count_same(2, 3, 4)}, "
            f"1 = 5 on {self.count_same(1, 5)}, 5 = 6 on {gets_same} of {len(gets)} "
            f"that are not POST; {f'{faults} faults' if faults else 'no fault'}"
        )

    def report(self) -> None:
        """Prints all of it, and writes each part into a file of its own."""
        self.judge()
        print(self.overview())
        for step in STEPS:
            text = self.step(step)
            print(text)
            (self.folder / f"step{step}.txt").write_text(text, encoding="utf-8")
        faults_file = self.folder / "faults.txt"
        with faults_file.open("w", encoding="utf-8") as file:
            for faults in self.faults.values():
                file.writelines(f"{fault}\n" for fault in faults)
        if self.faults:
            print("Faults\n")
        for kind, faults in self.faults.items():
            print("\n".join(faults[:MOST_IN_FULL]))
            if len(faults) > MOST_IN_FULL:
                more = len(faults) - MOST_IN_FULL
                print(f"{kind}: {more} more; {faults_file} has them all")
            print()
        print(self.totals())
