"""POST by size of the content, in one piece and in small ones, beside a floor.

A sample of the part `posts`:

    round, peer     stage6, or copy-floor, which answers as many octets
    octets, piece   of the content; of each piece sent, 0 for all at once
    times, seconds, server_seconds, answer_octets

and of the part `peaks`, each from a server that has done nothing else:

    octets, answer_octets
    before_KiB, peak_KiB   VmHWM before and after one POST
"""

from . import machine
from .asking import ask, form_data, post, timed
from .bench import Bench

KIB = 1024
SIZES = (KIB, 16 * KIB, 256 * KIB, KIB**2, 4 * KIB**2, 16 * KIB**2)
SMALL_PIECE = 1024


def _times(octets: int) -> int:
    """More often where it is quick: about 0.3 s."""
    return max(3, min(1000, 100_000_000 // (octets + 100_000)))


def _peaks(bench: Bench, sizes: tuple[int, ...]) -> dict[int, int]:
    """Gives the octets of each page that stage 6 answers, too, without head."""
    head = (bench.work / "answer").stat().st_size - len(bench.page)
    pages = {}
    for octets in sizes:
        with bench.start("stage6") as server:
            before = machine.peak_memory(server.process.pid)
            _, answer = ask(bench, server, post("/", form_data(octets)))
            peak = machine.peak_memory(server.process.pid)
        pages[octets] = answer - head
        bench.add("peaks", octets=octets, answer_octets=answer, before_KiB=before, peak_KiB=peak)
    return pages


def posts(bench: Bench) -> None:
    sizes = (KIB, 16 * KIB**2) if bench.quick else SIZES
    names = ("stage6", "copy-floor")
    bench.progress.begin("posts", bench.rounds * len(sizes) * len(names) * 2)
    pages = _peaks(bench, sizes)
    with bench.started(names) as servers:
        for round_number in range(bench.rounds):
            for octets in sizes:
                content = form_data(octets)
                for piece in (0, SMALL_PIECE):
                    for name in bench.turns(names, round_number):
                        bench.progress.step(f"{servers[name].peer.title}, {octets} octets")
                        target = "/" if name == "stage6" else f"/{pages[octets]}"
                        sample = timed(bench, servers[name], post(target, content), _times(octets), piece=piece)
                        bench.add(
                            "posts", round=round_number, peer=name, octets=octets, piece=piece, **sample
                        )
