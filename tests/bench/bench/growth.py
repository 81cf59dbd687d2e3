"""Time by size of what is sent to stage 6: each should grow in proportion.

A sample of the part `growth`:

    round, kind, size
    times, seconds, least_seconds, server_seconds, answer_octets

How time grows is told by the least of each round: what disturbs only adds to it.

The kinds: octets of a header section with one long field; fields of a header
section; pieces in which one head of 64 KiB comes; pairs of form data.
"""

from .asking import get, post, timed
from .bench import Bench

HEAD = 65536


def _request(kind: str, size: int) -> tuple[bytes, int]:
    """The request, and the octets of each piece (0: all at once)."""
    if kind == "header octets":
        return get("X: " + "a" * (size - 5) + "\r\n"), 0
    if kind == "header fields":
        return get("".join(f"Name{n}: value\r\n" for n in range(size))), 0
    if kind == "pieces":
        return get("X: " + "a" * (HEAD - 35) + "\r\n"), HEAD // size
    return post("/", b"a=1&" * size), 0


KINDS = {
    "header octets": (60_000, 120_000, 240_000, 480_000, 960_000),
    "header fields": (2_500, 5_000, 10_000, 20_000, 40_000),
    "pieces": (4_096, 8_192, 16_384, 32_768, 65_536),
    "form pairs": (20_000, 40_000, 80_000, 160_000, 320_000),
}


def growth(bench: Bench) -> None:
    plan = [
        (kind, size)
        for kind, sizes in KINDS.items()
        for size in (sizes[::4] if bench.quick else sizes)
    ]
    bench.progress.begin("growth", bench.rounds * len(plan))
    with bench.started(("stage6",)) as servers:
        for round_number in range(bench.rounds):
            for kind, size in plan:
                bench.progress.step(f"{size} {kind}")
                request, piece = _request(kind, size)
                sample = timed(bench, servers["stage6"], request, 2 if bench.quick else 5, piece)
                bench.add("growth", round=round_number, kind=kind, size=size, **sample)
