"""judge.py - plants a mistake, and judges whether its tests catch it.

Each function gives a Verdict: what is wrong, or else what is fine.
"""

from dataclasses import dataclass

from mistake import Mistake, NotFound, Sources
from suite import Bench, goals, run_tests
from test_ids import NoSuchTest, TestIds
from tree import NotBuilt, Tree

red = ("failed", "hung")


@dataclass(frozen=True)
class Verdict:
    """What came of a task."""

    wrong: str = ""
    fine: str = ""
    said: str = ""  # all that the tests printed


@dataclass(frozen=True)
class Planted:
    """A mistake to plant at one stage: the tests it names must all be red."""

    mistake: Mistake
    stage: int
    is_latest: bool  # of the stages that the mistake is in

    @property
    def name(self) -> str:
        """For the line that is printed."""
        return f"{self.mistake.name}, stage {self.stage}"

    @property
    def sanitizer(self) -> str:
        """SANITIZE= of the build."""
        return self.mistake.sanitizer


@dataclass(frozen=True)
class Clean:
    """The tests that mistakes name must be green where none is planted."""

    stage: int
    sanitizer: str
    tests: tuple[str, ...]

    @property
    def name(self) -> str:
        """For the line that is printed."""
        how = ", SANITIZE=" + self.sanitizer if self.sanitizer else ""
        return f"no mistake, stage {self.stage}{how}"


def indented(lines: list[str]) -> str:
    """A list, on lines of their own."""
    return "".join(f"\n    {line}" for line in lines)


def judge_planted(
    task: Planted, tree: Tree, sources: Sources, ids: TestIds
) -> Verdict:
    """Plants the mistake, runs its tests, and takes it out again."""
    bench = Bench(tree, task.stage, task.sanitizer)
    try:
        tests = ids.of_stage(task.mistake.caught_by, task.stage)
        folder = task.mistake.folder(task.stage)
        tree.change(task.mistake.planted(sources, folder))
        tree.build(task.stage, task.sanitizer, goals(bench, tests))
        results, said = run_tests(bench, tests)
    except NotFound as error:
        return Verdict(f"Its code is not there once: {error}")
    except NoSuchTest as error:
        return Verdict(f"It names the wrong tests: {error}")
    except NotBuilt as error:
        return Verdict(f"It does not build, or with a warning:\n{error}")
    finally:
        tree.restore()
    not_red = [f"{t} ({r})" for t, r in results.items() if r not in red]
    if not_red:
        survives = len(not_red) == len(results)
        what = "It survives; not red:" if survives else "Not red:"
        return Verdict(f"{what}{indented(not_red)}\n\n{said}")
    return Verdict(fine=f"{len(results)} red", said=said)


def judge_clean(task: Clean, tree: Tree) -> Verdict:
    """Runs the tests on the code as it is."""
    bench = Bench(tree, task.stage, task.sanitizer, 30, 120)
    try:
        tree.build(task.stage, task.sanitizer, goals(bench, task.tests))
    except NotBuilt as error:
        return Verdict(f"It does not build, or with a warning:\n{error}")
    results, said = run_tests(bench, task.tests, at_once=2)
    wrong = [f"{t} ({r})" for t, r in results.items() if r != "passed"]
    if wrong:
        return Verdict(f"Not green:{indented(wrong)}\n\n{said}")
    return Verdict(fine=f"{len(results)} green", said=said)
