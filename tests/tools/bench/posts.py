"""POST of form data to stage 6, by size of the content.

A sample of the part `posts`:

    round, octets          of the content
    seconds                the median of `times` exchanges

A sample of the part `peaks`, each from a server that has done nothing else:

    octets, answer_octets  of the content, and of the page
    before_KiB, peak_KiB   VmHWM before and after one POST
"""

import statistics

import machine
from bench_run import Bench

KIB = 1024
SIZES = (KIB, 16 * KIB, 256 * KIB, KIB**2, 4 * KIB**2, 16 * KIB**2)


def post(octets: int) -> bytes:
    """Returns a request with form data of that length: words, some of them escaped."""
    pair = b"message%d=plain+words%%2C+as+people+type+them&"
    content = b"".join(pair % (n % 10) for n in range(octets // 44 + 1))
    # removes an escape that is cut off at the end
    content = content[: octets - 1].rstrip(b"%2C&").ljust(octets, b"x")
    head = (
        "POST / HTTP/1.1\r\nHost: a\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {octets}\r\n\r\n"
    )
    return head.encode() + content


def posts(bench: Bench) -> None:
    """Measures each size for about 0.3 s, so short ones more often."""
    sizes = (SIZES[0], SIZES[-1]) if bench.quick else SIZES
    for octets in sizes:
        with bench.start("stage6") as server:
            before = machine.peak_memory(server.process.pid)
            _, page = server.time_of(post(octets))
            peak = machine.peak_memory(server.process.pid)
        bench.add(
            "peaks", octets=octets, answer_octets=page, before_KiB=before, peak_KiB=peak
        )
    with bench.start("stage6") as server:
        for round_number in bench.rounds_of("posts", bench.rounds):
            for octets in sizes:
                request, times = post(octets), max(
                    3, min(1000, 10**8 // (octets + 10**5))
                )
                took = statistics.median(
                    server.time_of(request)[0] for _ in range(times)
                )
                bench.add(
                    "posts",
                    round=round_number,
                    octets=octets,
                    times=times,
                    seconds=round(took, 7),
                )
