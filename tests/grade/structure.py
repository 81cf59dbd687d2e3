"""Tests of the structure, by the symbols of the objects.

That the functions stand where the assignment wants them, and call each other,
is seen from outside, without running anything: a submission cannot forge it by
what it does when it runs.
"""

from build import DEFINED, REFERS, Built
from model import Test

# Stage from which it holds, title, the function, its file, who is to call it:
# a file, `others` (any file but its own), or nobody.
DEMANDS = (
    (1, "delegate.c defines delegate", "delegate", "delegate.c", ""),
    (2, "the server calls delegate", "delegate", "", "others"),
    (
        3,
        "handle_connection.c defines handle_connection",
        "handle_connection",
        "handle_connection.c",
        "",
    ),
    (3, "the server calls handle_connection", "handle_connection", "", "others"),
    (4, "serve.c defines serve", "serve", "serve.c", ""),
    (4, "webserve.c calls serve", "serve", "", "webserve.c"),
)
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
            id=f"structure: {title}",
            tag="contract",
            group="structure",
            hint=HINT,
            command=f"make && nm *.o | grep -w {function}",
        )
        for since, title, function, _, _ in DEMANDS
        if since <= stage
    ]


def structure_results(stage: int, built: Built) -> list[tuple[str, str]]:
    """Their results."""
    return [
        (
            f"structure: {title}",
            "passed" if holds(built, function, file, caller) else "failed",
        )
        for since, title, function, file, caller in DEMANDS
        if since <= stage
    ]
