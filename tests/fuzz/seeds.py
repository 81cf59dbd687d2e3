#!/usr/bin/env python3
"""tests/fuzz/seeds.py FUZZER FOLDER - writes the seeds that requests give a fuzzer.

They are made from tests/wire/corpus and tests/fuzz/corpus/small-limits.txt, for the
fuzzers request, content and handle_connection; each other fuzzer gets none. Prints
nothing. Requests over 3000 octets are left out: the fuzzers' limits are small.
"""
from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parent / "wire"))

from corpus import Request, read, read_file  # noqa: E402

MOST = 3000
POST = b"POST / HTTP/1.1\r\nHost: a\r\n"  # what the fuzzer of the content begins with

# How the client of handle_connection behaves: tests/fuzz/client_plan.c reads it.
WAITS, INTERRUPTED, SMALL_SENDS = 8, 16, 32
HALF_CLOSES, GOES_SILENT, CLOSES = 0 << 6, 1 << 6, 2 << 6
REPEATED = 7  # one cut, for all pieces
MOST_CUTS = 6
# Each request gets one of these, in turn; one in several pieces gets their cuts, too.
PLANS = (
    (HALF_CLOSES,),
    (HALF_CLOSES | WAITS | REPEATED, 0),
    (HALF_CLOSES | 2, 20, 30),
    (CLOSES | WAITS | 2, 8, 32),
    (GOES_SILENT | WAITS | REPEATED, 3),
    (CLOSES,),
    (HALF_CLOSES | WAITS | INTERRUPTED | 3, 16, 2, 64),
    (HALF_CLOSES | WAITS | INTERRUPTED | SMALL_SENDS | REPEATED, 6),
    (HALF_CLOSES | WAITS | SMALL_SENDS,),
    (GOES_SILENT,),
)


def cut_plans(pieces: list[bytes], closes: bool) -> Iterator[tuple[int, ...]]:
    """The plans of a client that sends these pieces, one after the other."""
    end = CLOSES if closes else HALF_CLOSES
    cuts = [min(len(piece), 256) - 1 for piece in pieces[:MOST_CUTS]]
    for flags in (0, INTERRUPTED, SMALL_SENDS, INTERRUPTED | SMALL_SENDS):
        yield end | WAITS | flags | len(cuts), *cuts


def seeds(fuzzer: str, requests: list[Request]) -> Iterator[bytes]:
    """The inputs of that fuzzer."""
    plans = itertools.cycle(PLANS)
    for request in requests:
        pieces = [piece for piece in request.pieces(MOST) if piece]
        text = b"".join(pieces)
        if len(text) > MOST:
            continue
        if fuzzer == "request":
            yield text
        elif fuzzer == "content" and text.startswith(POST):
            yield text.removeprefix(POST)
        elif fuzzer == "handle_connection" and text:
            yield bytes(next(plans)) + text
            if len(pieces) > 1:
                for plan in cut_plans(pieces, request.steps[-1] == "reset"):
                    yield bytes(plan) + text
        elif fuzzer == "handle_connection":
            yield from (bytes([end]) for end in (HALF_CLOSES, GOES_SILENT, CLOSES))


def main() -> int:
    """Writes each seed into a file of its own."""
    if len(sys.argv) != 3:
        print("Usage: tests/fuzz/seeds.py FUZZER FOLDER", file=sys.stderr)
        return 2
    fuzzer, folder = sys.argv[1], Path(sys.argv[2])
    requests = read() + read_file(HERE / "corpus/small-limits.txt")
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds(fuzzer, requests)):
        (folder / f"request-{number}").write_bytes(seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
