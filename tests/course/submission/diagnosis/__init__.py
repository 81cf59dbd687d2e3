"""Diagnosis by asking: each probe recognizes one mistake by a request of its own, after
a control that must work. Nothing is guessed from red tests.

`diagnose` runs all probes side by side, since they mostly wait. Of those that found
something, the most fundamental one runs again, alone and with more patience: nobody
should be accused because the machine is busy.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from submission.diagnosis import (
    answering,
    calling,
    content,
    crashes,
    limits,
    reading,
    showing,
    threads,
)
from submission.diagnosis.asking import Unclear
from submission.diagnosis.case import Case, Diagnosis, Probe

__all__ = ["Diagnosis", "diagnose", "probes_of"]

AT_ONCE = 16
PATIENCE = (1.0, 2.5)  # seconds, at first and again
# From the most fundamental to the least: a mistake of an earlier probe explains what a
# later one sees.
PROBES: tuple[Probe, ...] = (
    reading.before_reading,
    reading.whole_request,
    reading.two_pieces,
    reading.line_by_line,
    answering.head,
    answering.without_end,
    content.in_one_piece,
    content.after_the_head,
    content.three_pieces,
    content.partly_with_head,
    content.without_length,
    crashes.requests,
    crashes.lost_clients,
    answering.rest,
    answering.large,
    answering.short_sends,
    threads.goes_on,
    threads.one_at_a_time,
    threads.page_shared,
    threads.head_shared,
    content.of_two_clients,
    threads.crowd,
    threads.large_shared,
    content.elsewhere,
    content.spelling,
    calling.arguments,
    content.given_to_delegate,
    calling.response,
    showing.decoded,
    showing.escaped,
    content.how_much,
    limits.head,
    threads.spins,
    threads.left_open,
    threads.never_detached,
    content.excess,
    crashes.odd_requests,
)


# If one of these finds something, the probes after it cannot find anything out.
GATES = (
    reading.whole_request,
    answering.without_end,
    content.in_one_piece,
)


def probes_of(stage: int) -> list[Probe]:
    """Returns the probes that make sense at a stage: only stage 6 reads the content of
    a POST. (A hand-out for an earlier step does without content.py.)"""
    return [p for p in PROBES if stage == 6 or not p.__module__.endswith(".content")]


def ask(probe: Probe, case: Case) -> Diagnosis | None:
    """Returns what a probe finds, or None if what it is based on does not work."""
    try:
        return probe(case)
    except (OSError, Unclear):
        return None


def diagnose(
    server: Path, stage: int, short: Path | None = None, stand_in: Path | None = None
) -> Diagnosis | None:
    """The one mistake that explains most; None if no mistake is recognized.

    `server` is a program that is started as `server 127.0.0.1 0`; `short` is the same
    with calls of send that take only a part, `stand_in` with the tests' own delegate.
    """
    case = Case(server, stage, PATIENCE[0], short, stand_in)
    probes = probes_of(stage)
    for gate in GATES:
        if gate in probes and ask(gate, case):
            found = most_fundamental(probes[: probes.index(gate) + 1], case)
            if found:
                return found
    return most_fundamental(probes, case)


def most_fundamental(probes: list[Probe], case: Case) -> Diagnosis | None:
    """Returns what the first probe finds that finds the same thing twice."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(lambda probe: ask(probe, case), probes))
    patient = replace(case, patience=PATIENCE[1])
    for probe, before in zip(probes, found):
        again = ask(probe, patient) if before else None
        if before and again and again.key == before.key:
            return again
    return None
