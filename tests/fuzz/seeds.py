#!/usr/bin/env python3
"""tests/fuzz/seeds.py FUZZER FOLDER - writes the inputs that a fuzzer begins with.

They are made from the requests of tests/wire/corpus and from what is in
tests/fuzz/corpus, in the same form. Prints nothing. What has over 3000 bytes is left
out: the fuzzers' limits are small.
"""
from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

HERE = Path(__file__).parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parent / "wire"))

from corpus import Request, read, read_file

MOST = 3000
POST = b"POST / HTTP/1.1\r\nHost: a\r\n"  # how the input of the fuzzer `content` begins
EVERY_OCTET = bytes(range(256))
TIMES = (0, 9_659, 15_682_235, 19_035_655, 82_048_903)  # for the fuzzer response

# How the client of handle_connection behaves: tests/fuzz/made_up_client.c reads it.
WAITS, INTERRUPTED, SMALL_SENDS = 8, 16, 32
HALF_CLOSES, GOES_SILENT, CLOSES = 0 << 6, 1 << 6, 2 << 6
REPEATED = 7  # one cut, for all pieces
MOST_CUTS = 6
# Each input gets one of these in turn. If it has several pieces, it gets their cuts,
# too.
PLANS = [
    bytes(plan)
    for plan in (
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
]


def pieces_of(requests: list[Request]) -> Iterator[tuple[list[bytes], bytes]]:
    """Yields the pieces of each that is not too long, and the whole."""
    for request in requests:
        pieces = [piece for piece in request.pieces(MOST) if piece]
        if len(b"".join(pieces)) <= MOST:
            yield pieces, b"".join(pieces)


def texts(name: str) -> list[bytes]:
    """Returns what is in a file of tests/fuzz/corpus."""
    return [text for _, text in pieces_of(read_file(HERE / f"corpus/{name}.txt"))]


def clients(requests: list[Request]) -> Iterator[bytes]:
    """Yields the inputs of the fuzzer handle_connection."""
    yield from (bytes([end]) for end in (HALF_CLOSES, GOES_SILENT, CLOSES))
    plans = cycle(PLANS)
    for pieces, text in pieces_of(requests):
        yield next(plans) + text
        if len(pieces) > 1:
            cuts = bytes(min(len(piece), 256) - 1 for piece in pieces[:MOST_CUTS])
            for flags in (0, INTERRUPTED, SMALL_SENDS, INTERRUPTED | SMALL_SENDS):
                yield bytes([WAITS | flags | len(cuts)]) + cuts + text


def seeds(fuzzer: str) -> Iterator[bytes]:
    """Yields the inputs of that fuzzer."""
    requests = read() + read_file(HERE / "corpus/small-limits.txt")
    if fuzzer == "handle_connection":
        yield from clients(requests)
    elif fuzzer == "request":
        yield from (text for _, text in pieces_of(requests))
    elif fuzzer == "content":
        for _, text in pieces_of(requests):
            if text.startswith(POST):
                yield text.removeprefix(POST)
    elif fuzzer == "response":
        for number, text in enumerate(texts("responses")):
            time = TIMES[number % len(TIMES)] + number
            yield time.to_bytes(4, "little") + text
    else:
        yield from [
            b"",
            EVERY_OCTET,
            *texts({"form": "forms", "html": "texts"}[fuzzer]),
        ]


def main() -> int:
    """Writes each into a file of its own."""
    if len(sys.argv) != 3:
        print("Usage: tests/fuzz/seeds.py FUZZER FOLDER", file=sys.stderr)
        return 2
    folder = Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds(sys.argv[1])):
        (folder / str(number)).write_bytes(seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
