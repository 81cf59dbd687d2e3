"""Time by size of what is sent to stage 6: each should grow in proportion.

A sample of the part `growth`:

    round, kind, size
    times, seconds, server_seconds, answer_octets

How time grows is told by the server's processor time: how long an exchange takes
depends on the client as well, and on who else wants the processors.

The kinds: octets of a header section with one long field; fields of a header
section; pieces in which one head of 64 KiB comes, with a pause behind each, or the
server would receive several at once; pairs of form data. All end before a block of
32 MiB is needed, which the C library would take fresh from the kernel each time.
"""

from .asking import get, post, timed
from .bench import Bench

HEAD = 65536
PAUSE_US = 20


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
    "pieces": (1_024, 2_048, 4_096, 8_192, 16_384),
    "form pairs": (25_000, 50_000, 100_000, 200_000, 400_000),
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
                times = 2 if bench.quick or piece else 10
                pause = PAUSE_US if piece else 0
                sample = timed(bench, servers["stage6"], request, times, piece=piece, pause_us=pause)
                bench.add("growth", round=round_number, kind=kind, size=size, **sample)
