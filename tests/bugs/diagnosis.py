"""diagnosis.py - which planted bug a pattern of red and green tests looks like.

The signature of a bug is what became of the contract tests of its stage while
it was planted. tests/bugs/signatures.tsv has them all, a line each:

    BUG <tab> RESULT <tab> ID

RESULT is `red`, or `not-run` for a test that gave no result (the server did not
start, or the program ended before it). The tests that are not named were green;
a bug that only other tests catch has one line, `green`. `make bugs FULL=1
RECORD=1` writes the file.

A pattern is compared with a signature by the tests that were not green: the
number of those for both, divided by that of those for one of them. 1 is the
same pattern. A program of which nothing ran in the pattern, since what it needs
is missing there, is left out, unless it is so in the signature, too. (A test that
the stage does not have at all tells the mistake from that of its own stage.) That a
program or a server ended well is left out always: it fails with many a mistake.

Where most tests are red, each signature of that kind is near, and says little:
then only the same pattern counts. And a folder may have two mistakes: where no
signature is near enough, the patterns of two of the stage are put together.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

nearest_least = 0.65  # less is not near
near = 0.9  # and here no second mistake is looked for
nearest_least_of_two = 0.8  # of two mistakes together
gained_least = 0.1  # by the second one
seen_least = 0.75  # of the red tests of each of the two
same_least = 0.97  # where most tests are red: but for a test that wavers
most = 0.5  # of the tests that ran
shown_most = 3  # patterns that fit equally well


def is_end(test: str) -> bool:
    """True of a test that something ended well."""
    return job_and_title(test)[1].startswith("(the end of ")


def job_and_title(test: str) -> tuple[str, str]:
    """The Bats file or program that a test is in, and its title."""
    job, _, title = test.partition(": ")
    return job, title


@dataclass(frozen=True)
class Signature:
    """What became of the contract tests with a bug planted."""

    bug: str
    red: frozenset[str]
    not_run: frozenset[str] = frozenset()

    @staticmethod
    def of_results(bug: str, results: Mapping[str, str]) -> "Signature":
        """From results by test: passed, failed, hung, not-run."""
        named = {t: r for t, r in results.items() if not is_end(t)}
        red = [test for test, r in named.items() if r in ("failed", "hung")]
        not_run = [test for test, r in named.items() if r == "not-run"]
        return Signature(bug, frozenset(red), frozenset(not_run))

    @property
    def bad(self) -> frozenset[str]:
        """The tests that were not green."""
        return self.red | self.not_run

    def with_other(self, other: "Signature") -> "Signature":
        """That of both mistakes at once."""
        red = self.red | other.red
        return Signature("", red, (self.not_run | other.not_run) - red)

    def with_anew(
        self, other: "Signature", jobs: Collection[str]
    ) -> "Signature":
        """The same, but for the tests of these jobs, which are the other's."""
        old = [{t for t in tests if job_of(t) not in jobs}
               for tests in (self.red, self.not_run)]  # fmt: skip
        new = [{t for t in tests if job_of(t) in jobs}
               for tests in (other.red, other.not_run)]  # fmt: skip
        return Signature(self.bug, frozenset(old[0] | new[0]),
                         frozenset(old[1] | new[1]))  # fmt: skip

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
                if not signature.bad:
                    file.write(f"{bug}\tgreen\t(all contract tests)\n")

    def same_tests(self, one: str, other: str) -> bool:
        """True if the tests cannot tell the two bugs from each other."""
        first, second = self.of.get(one), self.of.get(other)
        if first is None or second is None:
            return False
        return first.bad == second.bad


@dataclass(frozen=True)
class Match:
    """A bug that a pattern looks like, or two of them."""

    bug: str
    nearness: float  # 1: the same pattern
    same_stage: bool
    other: str = ""  # the second one


def job_of(test: str) -> str:
    """The Bats file or program that a test is in."""
    return job_and_title(test)[0]


def jobs_that_ran(results: Mapping[str, str]) -> set[str]:
    """The Bats files and programs of which a test gave a result."""
    return {job_of(t) for t, r in results.items() if r != "not-run" and not is_end(t)}


def nearness(signature: Signature, results: Mapping[str, str]) -> float:
    """Of a pattern of results to a signature; 0 to 1."""
    pattern = Signature.of_results("", results)
    ran = jobs_that_ran(results)
    known = {job_of(test) for test in signature.not_run}
    ours = {t for t in pattern.bad if job_of(t) in ran or job_of(t) in known}
    theirs = {t for t in signature.bad
              if job_of(t) in ran or t in ours or t not in results}  # fmt: skip
    both = ours & theirs
    if not both & pattern.red & signature.red:
        return 0.0
    return len(both) / len(ours | theirs)


def red_and_run(results: Mapping[str, str]) -> tuple[int, int]:
    """How many tests are red, of how many that ran."""
    red = len(Signature.of_results("", results).red)
    green = sum(r == "passed" and not is_end(t) for t, r in results.items())
    return red, red + green


def most_are_red(results: Mapping[str, str]) -> bool:
    """True if it says little which of the tests are red."""
    red, run = red_and_run(results)
    return red > most * run


def diagnose(
    known: Signatures, results: Mapping[str, str], stage: int
) -> list[Match]:
    """The bugs that a pattern of contract tests looks like most; none if no
    test is red, or nothing is near enough."""
    matches = []
    for signature in known.of.values():
        if signature.stage > stage and not signature.bad <= set(results):
            continue  # some of its tests are not of this stage
        matches.append(Match(signature.bug, nearness(signature, results),
                             signature.stage == stage))  # fmt: skip
    matches.sort(key=lambda match: (-match.nearness, not match.same_stage))
    best = matches[0] if matches else Match("", 0.0, False)
    if most_are_red(results):
        if best.nearness < same_least:
            return []
    elif best.nearness < near:
        two = diagnose_two(known, results, stage)
        if two and two[0].nearness >= best.nearness + gained_least:
            return two
    if best.nearness < nearest_least:
        return []
    return [
        match
        for match in matches
        if (match.nearness, match.same_stage) == (best.nearness, best.same_stage)
    ]


def diagnose_two(
    known: Signatures, results: Mapping[str, str], stage: int
) -> list[Match]:
    """The two bugs of the stage that a pattern looks like, if they explain it
    well, each some of it that the other does not."""
    pattern = Signature.of_results("", results)
    ran = jobs_that_ran(results)
    visible = {bug: {test for test in signature.bad if job_of(test) in ran}
               for bug, signature in known.of.items()}  # fmt: skip
    seen = [
        signature
        for bug, signature in known.of.items()
        if signature.stage == stage
        and signature.red & visible[bug]
        and len(visible[bug] & pattern.bad) >= seen_least * len(visible[bug])
    ]
    best: list[Match] = []
    for place, one in enumerate(seen):
        for other in seen[place + 1 :]:
            if not (visible[one.bug] - other.bad) & pattern.bad:
                continue
            if not (visible[other.bug] - one.bad) & pattern.bad:
                continue
            found = nearness(one.with_other(other), results)
            if found >= nearest_least_of_two:
                best.append(Match(one.bug, found, True, other.bug))
    return sorted(best, key=lambda match: -match.nearness)[:1]
