"""Tests of the structure, by the symbols of the object files.

Where the functions are and who calls them is seen from outside, without running
anything: nothing that a submission does when it runs can forge it. The wire does
not show it: a function that is copied out of the loop, and that nothing calls,
changes no answer.
"""

from submission.build import DEFINED, REFERS, STRUCTURE, Built
from suite.tests import Test

HINT = (
    "Each function is in a file of its own name, is not static, and is called by its "
    "name from another file. The code that it was taken from is deleted there: a call "
    "replaces it."
)


def structure_tests(stage: int, built: Built) -> list[Test]:
    """Returns the tests of a stage, with their results."""
    tests = []
    for line in STRUCTURE.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        since, name, title, function, file, caller = line.split("\t")
        if int(since) > stage:
            continue
        if caller == "-":
            wrong = why_not_defined(built, function, file)
        else:
            wrong = why_not_called(built, function, caller)
        test = Test(name, "assignment", "structure", HINT, job="structure", title=title)
        test.result = "failed" if wrong else "passed"
        test.text = wrong
        test.command = f"grep -nw {function} *.c"
        tests.append(test)
    return tests


def why_not_defined(built: Built, function: str, file: str) -> str:
    """Returns why a file of its own does not define the function, or nothing."""
    if file not in built.symbols:
        return f"There is no {file}, or it does not compile."
    if built.symbols[file].get(function, "?") in DEFINED:
        return ""
    return f"{file} does not define {function}, or it is static there."


def why_not_called(built: Built, function: str, caller: str) -> str:
    """Returns why none of its own files that should call the function does, or
    nothing."""
    callers = [
        n for n, symbols in built.symbols.items() if symbols.get(function) == REFERS
    ]
    if caller in callers or (callers and caller == "others"):
        return ""
    where = "any other file" if caller == "others" else caller
    return f"{function} is not called in {where}. Which function should call it?"
