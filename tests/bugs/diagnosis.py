"""diagnosis.py - which planted bug a pattern of red and green tests looks like.

The signature of a bug is what became of the contract tests of its stage while
it was planted. tests/bugs/signatures.tsv has them all, a line each:

    BUG <tab> RESULT <tab> ID

RESULT is `red`, or `not-run` for a test that says nothing about the bug. The
tests that are not named were green. `make bugs FULL=1 RECORD=1` writes it.

A pattern is compared with a signature by the tests that ran for both: red for
both, divided by red for one of them. 1 is the same pattern.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

nearest_least = 0.6  # less is not near
shown_most = 3  # patterns that fit equally well


@dataclass(frozen=True)
class Signature:
    """What became of the contract tests with a bug planted."""

    bug: str
    red: frozenset[str]
    not_run: frozenset[str] = frozenset()

    @staticmethod
    def of_results(bug: str, results: Mapping[str, str]) -> "Signature":
        """From results by test: passed, failed, hung, not-run."""
        red = [test for test, r in results.items() if r in ("failed", "hung")]
        not_run = [test for test, r in results.items() if r == "not-run"]
        return Signature(bug, frozenset(red), frozenset(not_run))

    @property
    def stage(self) -> int:
        """The stage that the bug is planted in."""
        return int(self.bug.partition("/")[0].removeprefix("stage"))


@dataclass
class Signatures:
    """All that are recorded, by the bugs' names."""

    of: dict[str, Signature] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.of)

    @staticmethod
    def load(path: Path) -> "Signatures":
        """From the file; empty if there is none."""
        rows: dict[str, dict[str, str]] = {}
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        for line in lines:
            bug, result, test = line.split("\t")
            value = "failed" if result == "red" else result
            rows.setdefault(bug, {})[test] = value
        found = {b: Signature.of_results(b, tests) for b, tests in rows.items()}
        return Signatures(found)

    def save(self, path: Path) -> None:
        """Writes the file anew, in the order of the bugs' names."""
        with path.open("w", encoding="utf-8") as file:
            for bug, signature in sorted(self.of.items()):
                for test in sorted(signature.red):
                    file.write(f"{bug}\tred\t{test}\n")
                for test in sorted(signature.not_run):
                    file.write(f"{bug}\tnot-run\t{test}\n")

    def same_tests(self, one: str, other: str) -> bool:
        """True if the tests cannot tell the two bugs from each other."""
        first, second = self.of.get(one), self.of.get(other)
        if first is None or second is None:
            return False
        unknown = first.not_run | second.not_run
        return first.red - unknown == second.red - unknown


@dataclass(frozen=True)
class Match:
    """A bug that a pattern looks like."""

    bug: str
    nearness: float  # 1: the same pattern
    same_stage: bool


def nearness(signature: Signature, results: Mapping[str, str]) -> float:
    """Of a pattern of results to a signature; 0 to 1."""
    pattern = Signature.of_results("", results)
    ran = frozenset(results) - pattern.not_run - signature.not_run
    ours, theirs = pattern.red & ran, signature.red & ran
    # What is red, and is no test of the bug's stage, speaks against it, too.
    both, either = ours & theirs, ours | theirs
    return len(both) / len(either) if both else 0.0


def diagnose(
    known: Signatures, results: Mapping[str, str], stage: int
) -> list[Match]:
    """The bugs that a pattern of contract tests looks like most; none if no
    test is red, or nothing is near enough."""
    matches = []
    for signature in known.of.values():
        if signature.stage > stage and not signature.red <= set(results):
            continue  # some of its tests are not of this stage
        matches.append(Match(signature.bug, nearness(signature, results),
                             signature.stage == stage))  # fmt: skip
    matches.sort(key=lambda match: (-match.nearness, not match.same_stage))
    if not matches or matches[0].nearness < nearest_least:
        return []
    best = matches[0]
    return [
        match
        for match in matches
        if (match.nearness, match.same_stage) == (best.nearness, best.same_stage)
    ]
