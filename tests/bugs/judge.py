"""judge.py - what is to be said of a planted bug, and of what it is planted in.

Each function gives a Verdict: what is wrong, or else what is to be told.
"""

from dataclasses import dataclass

from planted import Bug
from suite import Bench, goals, run_tests
from tree import NotApplied, NotBuilt, Tree

red = ("failed", "hung")


@dataclass
class Verdict:
    """Of one bug."""

    wrong: str = ""
    fine: str = ""
    said: str = ""  # all that the tests printed


@dataclass(frozen=True)
class Clean:
    """Tests that must be green where no bug is planted."""

    name: str
    threads: bool
    sanitize: str
    stage: int
    tests: tuple[str, ...]


def planted_results(
    bug: Bug, tree: Tree, tests: list[str], at_once: int = 1
) -> tuple[dict[str, str], str]:
    """Plants a bug, and runs tests; takes it out again."""
    bench = Bench(tree, bug.stage, bug.sanitize)
    try:
        tree.plant(bug)
        tree.build(bug.stage, bug.sanitize, goals(bench, tests))
        return run_tests(bench, tests, at_once)
    finally:
        tree.restore()


def indented(lines: list[str]) -> str:
    """A list, on lines of their own."""
    return "".join(f"\n    {line}" for line in lines)


def judge_bug(bug: Bug, tree: Tree) -> Verdict:
    """Only by the tests that it names: all of them must be red."""
    try:
        results, said = planted_results(bug, tree, list(bug.caught_by))
    except NotApplied as error:
        return Verdict(f"It does not apply any more:\n{error}")
    except NotBuilt as error:
        return Verdict(f"It does not build, or with a warning:\n{error}")
    not_red = [f"{t} ({r})" for t, r in results.items() if r not in red]
    if not_red:
        survives = len(not_red) == len(results)
        what = "It survives; not red:" if survives else "Not red:"
        return Verdict(f"{what}{indented(not_red)}\n\n{said}")
    return Verdict(fine=f"{len(results)} red", said=said)


def judge_clean(clean: Clean, tree: Tree) -> Verdict:
    """The tests must be green where no bug is planted."""
    bench = Bench(tree, clean.stage, clean.sanitize, 30, 120)
    try:
        tree.build(clean.stage, clean.sanitize, goals(bench, clean.tests))
    except NotBuilt as error:
        return Verdict(f"It does not build, or with a warning:\n{error}")
    results, said = run_tests(bench, clean.tests, at_once=2)
    wrong = [f"{t} ({r})" for t, r in results.items() if r != "passed"]
    if wrong:
        return Verdict(f"Not green:{indented(wrong)}\n\n{said}")
    return Verdict(fine=f"{len(results)} green", said=said)
