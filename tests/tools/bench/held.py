"""What half-sent requests cost, with thousands held at a time.

A sample of the part `held`:

    round, peer, held
    pss_KiB         Pss of the server's processes while they are held
    live_ms         a whole request among them, from connect to the end: the median of 5
    live_most_ms    the longest of the 5
    pss_before_KiB  Pss before they came
    pss_after_KiB   Pss after they have gone
"""

import statistics
import subprocess
import time

import machine
from bench_run import Bench
from peers import FLOORS
from server import BenchError, Server

HELD = (1000, 4000, 10000)
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
HALF = r"send GET /half HTTP/1.1\r\nHost: a\r\nX: y"
PATIENCE = 60
SLACK = 2  # descriptors: a server may be slow to close those of the last clients


class Holder:
    """Clients that have sent half of a request, and wait until `let_go`."""

    def __init__(self, bench: Bench, server: Server, count: int) -> None:
        command = [
            str(bench.build / "tools" / "raw_client"),
            "-t",
            "300",
            "-c",
            str(count),
        ]
        command += ["127.0.0.1", str(server.port), HALF, "hold"]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        if not self.process.stdout or not self.process.stdout.readline():
            self.let_go()
            raise BenchError(f"{count} clients cannot be held at {server.peer.title}")

    def let_go(self) -> None:
        self.process.kill()
        self.process.communicate()


def _until(reached: object, seconds: float = PATIENCE) -> bool:
    """Polls with a deadline."""
    deadline = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _settled(pids: list[int]) -> int:
    """Returns the Pss once it has stopped changing."""
    return int(
        machine.at_rest(
            lambda: machine.proportional_memory(pids), lambda now: now // 200, 10
        )
    )


def _hold(bench: Bench, server: Server, count: int) -> dict[str, object]:
    """`count` clients come, are held, and go."""
    pids = server.pids()
    patience = 10 if count >= HELD[-1] else 1
    before = _settled(pids)
    open_before = machine.descriptors(pids)
    holder = Holder(bench, server, count)
    try:
        if not _until(lambda: machine.descriptors(pids) >= open_before + count - SLACK):
            raise BenchError(f"{server.peer.title} does not take {count} clients")
        pss = _settled(pids)
        live = [server.time_of(GET)[0] for _ in range(5)]
    finally:
        holder.let_go()
    _until(lambda: machine.descriptors(pids) <= open_before + SLACK, patience)
    _until(
        lambda: machine.proportional_memory(pids) <= before + (pss - before) // 20,
        patience / 3,
    )
    return {
        "pss_KiB": pss,
        "live_ms": round(statistics.median(live) * 1000, 3),
        "live_most_ms": round(max(live) * 1000, 3),
        "pss_before_KiB": before,
        "pss_after_KiB": machine.proportional_memory(pids),
    }


def held(bench: Bench) -> None:
    """For each peer except the floor, and each number, starts a new server."""
    names = tuple(name for name in bench.peers if name not in FLOORS)
    most = machine.allow_many_descriptors() - 200
    counts = [min(n, most) for n in (HELD[:1] if bench.quick else HELD)]
    rounds = max(1, bench.rounds // 2)
    for round_number in bench.rounds_of("held", rounds):
        for count in counts:
            for name in bench.turns(names, round_number):
                with bench.start(name) as server:
                    sample = _hold(bench, server, count)
                bench.add("held", round=round_number, peer=name, held=count, **sample)
