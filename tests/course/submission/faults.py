"""The sentences about a submission that cannot be built or started, one for each fault.
`make test DIR=path` and `make grade` say the same, since both use these.
"""

import re
import signal
from dataclasses import dataclass
from typing import Callable


@dataclass
class Fault:
    """What kept tests from running, in one sentence, and what it cost."""

    key: str
    sentence: str
    detail: str = ""  # what the compiler or the server printed
    cost: float = 0.0  # points
    # missing-file, missing-function, wrong-signature, compile, link, crash, hang,
    # not-listening; of the grades alone: judge, time, sources
    kind: str = ""
    file: str = ""


COMPILE_ERROR = re.compile(
    r"^([^ :\n]*):([0-9]+):(?:[0-9]+:)? (?:fatal )?error: (.*)$", re.M
)
WARNING = re.compile(r"^([^ :\n]*):([0-9]+):(?:[0-9]+:)? warning: (.*?)(?: \[-W\S*)?$", re.M)
LINK_ERROR = re.compile(
    r"^.*[/ ]([^/ :\n]+\.c):[^ \n]* (undefined reference to|multiple definition of)"
    r" [`']([^'\n]*)'",
    re.M,
)
# As in tests/http/helper.bash.
LISTENING = re.compile(
    r"listening on (http://(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\])"
    r":[1-9][0-9]{0,4})/?$",
    re.A,
)

NO_HEADER = "webserve.h is missing; the stage's own is used instead."


def compile_errors(said: str) -> list[tuple[str, str, str]]:
    """Returns the first error of each file: file, line, text. If there are errors in
    headers, returns only those, since the others may follow from them."""
    first: dict[str, tuple[str, str, str]] = {}
    for path, line, text in COMPILE_ERROR.findall(said):
        file = path.rpartition("/")[2]
        first.setdefault(file, (file, line, text))
    headers = [error for error in first.values() if error[0].endswith(".h")]
    return headers or list(first.values())


def warnings(said: str) -> list[str]:
    """What the compiler warns of, a sentence each."""
    found = [
        f"{path.rpartition('/')[2]}, line {line}: {text}"
        for path, line, text in WARNING.findall(said)
    ]
    return list(dict.fromkeys(found))


def of_compile_error(name: str, line: str, text: str) -> tuple[str, str]:
    """Returns the kind of fault, and its sentence."""
    conflict = re.match(r"conflicting types for '(\w+)'(?:.*; have ('.*')$)?", text)
    if conflict:
        here = f"; here it is {conflict[2]}" if conflict[2] else ""
        return "wrong-signature", (
            f"{name}, line {line}: {conflict[1]} does not have the signature of its "
            f"contract{here}. The stage's webserve.h declares it."
        )
    static = re.match(r"static declaration of '(\w+)'", text)
    if static:
        return "wrong-signature", (
            f"{name}, line {line}: {static[1]} is static, so no other file can call it."
        )
    return "compile", f"{name}, line {line}: {text}"


def left_out(name: str) -> str:
    """Says that a file is a program of its own."""
    return f"{name} has a main of its own, and is left out."


def unchecked(found: str) -> str:
    """Says that a file uses these names."""
    return (
        f"The code keeps AddressSanitizer from checking a part of it ({found}); faults "
        "there were not seen."
    )


def together_with_main(function: str, name: str) -> str:
    """Says that no test can call a function alone."""
    return (
        f"{function} is in {name}, together with main. It belongs in {function}.c, "
        "without main, where the tests can call it alone."
    )


def hidden(function: str, name: str) -> str:
    """Says that a function is not visible."""
    return f"{function} is static in {name}, so no other file can call it."


def not_called_elsewhere(function: str, name: str) -> str:
    """Says that the tests cannot replace a function by one of theirs."""
    return (
        f"{function} is in {name}, and no other file calls it. It belongs in "
        f"{function}.c, so that the tests can put theirs in its place."
    )


def missing(function: str, file: str, is_there: bool) -> tuple[str, str]:
    """Returns the kind of fault, and its sentence."""
    if is_there:
        return "missing-function", f"{file} does not define the function {function}."
    return (
        "missing-file",
        f"{file} is missing. It should have the function {function} in this stage.",
    )


def link_errors(said: str, name_of: Callable[[str], str]) -> list[tuple[str, str]]:
    """Returns the file and the sentence of the first error about each symbol."""
    first: dict[str, tuple[str, str]] = {}
    for file, what, symbol in LINK_ERROR.findall(said):
        name = name_of(file)
        sentence = f"{name} calls {symbol}, which is not defined anywhere."
        if what.startswith("multiple"):
            sentence = f"{symbol} is defined twice, and one definition is in {name}."
        first.setdefault(symbol, (file, sentence))
    return [first[symbol] for symbol in sorted(first)]


def does_not_link(said: str) -> str:
    """Says that a server cannot be linked, for a reason that is not known here."""
    lines = [line for line in said.splitlines() if "ld:" in line or "error" in line]
    return f"The server does not link: {lines[0] if lines else ''}"


def ended(status: int) -> str:
    """Returns how a process ended, in a few words."""
    if status < 0:
        return f"by signal {-status} ({signal_name(-status)})"
    return f"with status {status}"


def signal_name(number: int) -> str:
    """Returns a signal's name; a real-time signal has none of its own."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return "a real-time signal"


def its_words(said: str) -> str:
    """Returns the first line that it printed, except where it listens: its
    explanation."""
    lines = [line for line in said.replace("\0", "").splitlines() if line]
    lines = [line for line in lines if not LISTENING.search(line)]
    return f" It said: {lines[0][:200]}" if lines else ""
