"""Probes of how much a server accepts: each sends more and more, until it fails.

The assignment says: no assumptions are made about the size of the input data.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from submission.diagnosis.asking import Client, Server, get, post, seen
from submission.diagnosis.case import Case, Diagnosis

# A little more than the sizes that arrays have.
SIZES = tuple((1 << power) + 40 for power in range(7, 16))
TARGET_SIZES = SIZES[:7]
COUNTS = (9, 12, 18, 22, 34, 52, 66, 102, 130, 210)
END = b"qe9zx"  # what comes last must have been read
LINE = 60
CLIMB_SECONDS = 4.0  # for all that one probe asks
HINT = (
    "The assignment makes no assumptions about the size of the input. What does your "
    "code do when the array is full?"
)


@dataclass
class Found:
    """Where it stopped working."""

    good: int
    bad: int
    how: str
    client: Client


def climb(
    case: Case,
    server: Server,
    sizes: Iterable[int],
    request: Callable[[int], bytes],
    is_right: Callable[[int, bytes], bool],
    deadline: float,
) -> Found | None:
    """Asks with each size until one does not work, or until the clock says so."""
    good = 0
    for size in sizes:
        if time.monotonic() > deadline:
            return None
        with server.connect() as client:
            answer = client.send(request(size)).answer(case.patience)
        if is_right(answer.code, answer.content):
            good = size
            continue
        if good == 0:
            return None
        return Found(good, size, how_it_failed(case, server, client, answer), client)
    return None


def how_it_failed(case: Case, server: Server, client: Client, answer) -> str:
    """Returns what came in place of the right answer."""
    if server.soon_ended():
        return "ends the whole server"
    if answer.code and answer.code != 200:
        return f"gets {answer.code}"
    if answer.code:
        return "loses its end"
    if client.end == "reset":
        return "ends in a reset, without an answer"
    if client.end:
        return "gets no answer: the connection is closed"
    return f"gets no answer within {case.patience:.0f} s"


def head(case: Case) -> Diagnosis | None:
    """Finds limits to the head, its lines, its target, and the number of its fields."""

    def with_fields(fields: bytes) -> bytes:
        return post(END, more=fields) if case.stage == 6 else get("/", fields)

    def lines(size: int) -> bytes:
        count = max((size - len(with_fields(b""))) // LINE, 1)
        return with_fields(
            b"".join(b"X-%04d: %s\r\n" % (n, b"x" * (LINE - 10)) for n in range(count))
        )

    def line(size: int) -> bytes:
        return with_fields(b"X-Long: " + b"x" * (size - 10) + b"\r\n")

    def target(size: int) -> bytes:
        return get("/" + "p" * (size - 6) + END.decode())

    def fields(count: int) -> bytes:
        return with_fields(b"".join(b"X-%d: x\r\n" % n for n in range(count - 1)))

    def is_right(code: int, page: bytes) -> bool:
        return code == 200 and (case.stage != 6 or END in page)

    def shows_target(code: int, page: bytes) -> bool:
        return code == 200 and (not case.shows_path or END in page)

    until = time.monotonic() + CLIMB_SECONDS
    with case.start() as server:
        by_head = climb(case, server, SIZES[1:], lines, is_right, until)
    with case.start() as server:
        by_line = climb(case, server, SIZES, line, is_right, until)
    with case.start() as server:
        by_target = climb(case, server, TARGET_SIZES, target, shows_target, until)
    with case.start() as server:
        by_count = climb(case, server, COUNTS, fields, is_right, until)
    if by_count and not (by_head and lines(by_head.bad).count(b"\n") < by_count.bad):
        return fields_found(by_count)
    if by_target and not (by_line and by_line.bad <= by_target.bad):
        return found(
            "limit-of-target",
            "A request target",
            by_target,
            "curl -i --max-time 5 \"http://127.0.0.1:8080/$(printf '%0{}d' 7)\"",
        )
    field = "curl -i --max-time 5 -H \"X-Long: $(printf '%0{}d' 7)\"" + (
        " -d a=1 http://127.0.0.1:8080/"
        if case.stage == 6
        else " http://127.0.0.1:8080/"
    )
    if by_line and not (by_head and by_head.bad <= by_line.bad):
        return found("limit-of-line", "A header field", by_line, field)
    if by_head:
        return found("limit-of-head", "A head", by_head, field)
    return None


def found(key: str, what: str, limit: Found, by_hand: str) -> Diagnosis:
    """Says that there is a limit in bytes."""
    return Diagnosis(
        key,
        f"{what} of {limit.good:,} bytes works; one of {limit.bad:,} bytes "
        f"{limit.how}. Is there an array of {limit.bad - 40:,} bytes, or so?".replace(
            "one of", "content of" if what == "Content" else "one of"
        ),
        by_hand.format(limit.bad),
        HINT,
        seen(limit.client),
    )


def fields_found(limit: Found) -> Diagnosis:
    """Says that there is a limit to the number of fields."""
    return Diagnosis(
        "limit-of-fields",
        f"A head of {limit.good} header fields works; one of {limit.bad} {limit.how}.",
        f"curl -i --max-time 5 $(printf -- '-H X-%d:1 ' {{1..{limit.bad}}}) "
        "http://127.0.0.1:8080/",
        HINT,
        seen(limit.client),
    )
