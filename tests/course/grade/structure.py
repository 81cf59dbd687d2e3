"""Tests of the structure, by the symbols of the objects.

That the functions stand where the assignment wants them, and call each other,
is seen from outside, without running anything: a submission cannot forge it by
what it does when it runs.
"""

from pathlib import Path

from build import DEFINED, REFERS, Built
from model import Test

TABLE = Path(__file__).resolve().parent.parent / "structure.tsv"


def demands() -> list[tuple[int, str, str, str, str, str]]:
    """The first stage that has it, the test's id and title, the function, its file,
    who is to call it: make test DIR=... asks for the same."""
    found = []
    for line in TABLE.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            since, *rest = line.split("\t")
            name, title, function, file, caller = (word.removeprefix("-") for word in rest)
            found.append((int(since), name, title, function, file, caller))
    return found


DEMANDS = demands()
HINT = (
    "Each function stands in a file of its own name, is not static, and is "
    "called by its name from another file."
)


def holds(built: Built, function: str, defined_in: str, called_by: str) -> bool:
    """Whether a demand is met by the submission's own files."""
    if defined_in:
        return built.symbols.get(defined_in, {}).get(function, "?") in DEFINED
    callers = [
        name
        for name, symbols in built.symbols.items()
        if symbols.get(function) == REFERS
    ]
    return called_by in callers if called_by != "others" else bool(callers)


def structure_tests(stage: int) -> list[Test]:
    """The tests that the stage demands."""
    return [
        Test(
            id=name,
            tag="contract",
            group="structure",
            hint=HINT,
            command=f"make && nm *.o | grep -w {function}",
            job="structure",
            title=title,
        )
        for since, name, title, function, _, _ in DEMANDS
        if since <= stage
    ]


def structure_results(stage: int, built: Built) -> list[tuple[str, str]]:
    """Their results."""
    return [
        (name, "passed" if holds(built, function, file, caller) else "failed")
        for since, name, _, function, file, caller in DEMANDS
        if since <= stage
    ]
