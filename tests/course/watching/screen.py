"""What `make watch` shows: one screen, whatever the size of the terminal, in which the
line to try is never cut off."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field

from submission.diagnosis import Diagnosis
from suite.terminal import BOLD, DIM, GREEN, RED, YELLOW, Terminal
from watching.attempt import Found, Progress

BAR_MOST = 30
KEYS = "h: hint   r: run again   q: quit"
ASKING = "Asking your server which mistake it makes ..."
BY_HAND_MOST = 5  # rows
LEAST = 3  # rows that what was sent and what came have in any case

Rows = list[tuple[str, str]]  # each with its color


@dataclass
class State:
    """What there is to show."""

    stage: int
    progress: Progress = field(default_factory=lambda: Progress("building"))
    found: Found | None = None  # of the run before, and dim, as long as another runs
    is_running: bool = True
    saved: str = ""  # the files that led to this run
    seconds: float = 0.0
    shows_hint: bool = False
    is_asking: bool = False
    mistake: Diagnosis | None = None
    next_command: list[str] = field(default_factory=list)


def folded(line: str, width: int, most: int = 0) -> list[str]:
    """A line of what was printed, in rows of the width, cut after `most` of them."""
    line = line.expandtabs(4)
    indent = " " * min(len(line) - len(line.lstrip()), width // 2)
    rows = textwrap.wrap(
        line,
        width,
        subsequent_indent=indent,
        break_on_hyphens=False,
    ) or [""]
    if most and len(rows) > most:
        rows = rows[:most]
        rows[-1] = rows[-1][: width - 3].rstrip() + "..."
    return rows


def fit(lines: list[str], width: int, room: int) -> list[str]:
    """Lines in so many rows: first the long ones are cut, and then the last."""
    for most in (0, 6, 4, 3, 2, 1):
        rows = [row for line in lines for row in folded(line, width, most)]
        if len(rows) <= room:
            return rows
    return [*rows[: max(room - 1, 0)], "..."][:room]


def wrapped(text: str, width: int) -> list[str]:
    """A sentence in rows."""
    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]


def high(rows: Rows, width: int) -> int:
    """How many rows of the terminal they take: a line to try is one of them, however
    long it is, so that it can be copied."""
    return sum(max(1, -(-len(text) // width)) for _, text in rows)


def by_hand(line: str) -> str:
    """What comes above a line to try."""
    runs = ", with make run in another terminal" if "8080" in line else ""
    return f"By hand{runs}:"


def bar(green: int, tests: int, width: int) -> str:
    """How far the step is."""
    long = max(min(BAR_MOST, width - 36), 4)
    done = long * green // tests if tests else 0
    return f"[{'#' * done}{'.' * (long - done)}] {green} of {tests} tests pass"


def head(state: State, width: int) -> Rows:
    """The step, and how far it is."""
    at = state.progress if state.is_running else state.found or state.progress
    name = f"Step {state.stage}  "
    return [(BOLD, (name + bar(at.green, at.tests, width))[:width]), ("", "")]


def foot(state: State, width: int) -> Rows:
    """What the keys do, or what it does at the moment."""
    if state.is_running:
        what = f"Saved {state.saved}: " if state.saved else ""
        doing, quits = f"{state.progress.doing} ...", "   q: quit"
        if len(what + doing + quits) <= width:
            doing = what + doing
        return [("", ""), (YELLOW, doing[: width - len(quits)] + quits)]
    keys = (
        KEYS.removeprefix("h: hint   ") if state.found and not has_hint(state) else KEYS
    )
    return [("", ""), (YELLOW, f"{keys}   (after {state.seconds:.1f} s)"[:width])]


def title(state: State, found: Found) -> str:
    """What came of it, in a sentence."""
    if found.is_done:
        return f"Done: all {found.tests} tests of step {state.stage} pass."
    return f"Red: {found.heading}" if found.test else found.heading


def has_hint(state: State) -> bool:
    """Whether `h` has anything to show."""
    return bool(state.found and (state.found.hint or state.found.test))


def hint(state: State, width: int) -> Rows:
    """The hint, and the mistake that the server makes, if it is known."""
    found = state.found
    if not (state.shows_hint and found and has_hint(state)):
        return []
    rows: Rows = [("", "")]
    if state.mistake:
        rows += [(YELLOW, row) for row in wrapped(state.mistake.sentence, width)]
    text = state.mistake.hint if state.mistake else found.hint
    rows += [(YELLOW, row) for row in wrapped(f"Hint: {text}", width)]
    return rows + ([("", ASKING)] if state.is_asking else [])


def below(state: State, width: int) -> Rows:
    """What is never cut off: the line to try, warnings, and what comes next."""
    found = state.found
    assert found
    rows: Rows = []
    known = state.mistake if state.shows_hint else None
    if line := (known and known.by_hand) or found.by_hand:
        rows += [("", ""), ("", by_hand(line))]
        rows += [(BOLD, f"  {line}"[: width * BY_HAND_MOST])]
    if found.warnings:
        more = f" (and {len(found.warnings) - 1} more)" if found.warnings[1:] else ""
        text = f"The compiler warns: {found.warnings[0]}{more}"
        rows += [("", ""), *((YELLOW, row) for row in wrapped(text, width))]
    if found.is_done:
        rows += [("", ""), *((BOLD, line) for line in state.next_command)]
    return rows


def screen(state: State, width: int, height: int) -> Rows:
    """All rows of the screen."""
    top, end = head(state, width), foot(state, width)
    found = state.found
    if not found:
        return top + end
    color = GREEN if found.is_done else RED
    top += [(color, row) for row in wrapped(title(state, found), width)[:3]]
    middle, last = below(state, width), hint(state, width)
    room = height - sum(high(rows, width) for rows in (top, middle, last, end))
    if found.body:
        rows = fit(["", *found.body], width, max(room, LEAST))
        top += [("", row) for row in rows]
    rows = top + middle + last
    while high(rows + end, width) > height:
        rows.pop()
    if state.is_running:
        rows[1:] = [(DIM, text) for _, text in rows[1:]]
    return rows + end


def show(terminal: Terminal, state: State) -> None:
    """Shows it."""
    rows = screen(state, *terminal.size())
    terminal.clear()
    text = "\n".join(terminal.color(color, row) for color, row in rows)
    print(text, end="" if terminal.is_there else "\n", flush=True)


def as_text(state: State) -> str:
    """All of it, where there is no screen."""
    found = state.found
    assert found
    parts = [bar(found.green, found.tests, 80), title(state, found)]
    parts += found.body
    parts += [by_hand(found.by_hand), f"  {found.by_hand}"] * bool(found.by_hand)
    parts += [f"Hint: {found.hint}"] * bool(found.hint)
    parts += [f"The compiler warns: {warning}" for warning in found.warnings]
    parts += state.next_command if found.is_done else []
    return "\n".join(parts)
