"""Exchanges a second, processor time for each, and latency, with wrk.

A sample of the parts `exchanges` (all peers), `headline` (those of the targets, more
rounds) and `stages` (our six):

    round, peer, clients
    content                bytes of the page
    exchanges, seconds     what wrk counted, and in how many seconds
    server_seconds         user and system time of the server's processes
    p50_us ... p999_us, most_us     latency
    errors                 what wrk calls socket errors; usually 0
"""

import json
import subprocess
import sys

from bench_run import Bench
from peers import FLOORS, HERE
from server import BenchError, Server

CLIENTS = (1, 16, 64, 256, 1024)
HEADLINE = 64


def _measure(
    bench: Bench, server: Server, clients: int, seconds: int
) -> dict[str, object]:
    command = [
        "wrk",
        "-t",
        "1" if clients == 1 else "2",
        "-c",
        str(clients),
        "-d",
        f"{seconds}s",
    ]
    command += [
        "--timeout",
        "20s",
        "-s",
        str(HERE / "wrk.lua"),
        f"http://127.0.0.1:{server.port}/",
    ]
    before = server.processor_time()
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    spent = server.processor_time() - before
    server.settle()
    line = next(
        (line[5:] for line in ran.stdout.splitlines() if line.startswith("wrk: ")), ""
    )
    if not line:
        raise BenchError(f"wrk fails: {ran.stderr or ran.stdout}")
    sample = json.loads(line)
    title = server.peer.title
    if sample["exchanges"] == 0:
        raise BenchError(f"{title} answers nothing to {clients} clients")
    if sample.pop("other_codes"):
        raise BenchError(f"{title}: not all answers to {clients} clients are 200")
    errors = sum(sample.pop(name) for name in ("connect", "read", "write", "timeout"))
    if errors:
        print(
            f"{title}: {errors} socket errors with {clients} clients", file=sys.stderr
        )
    return sample | {"errors": errors, "server_seconds": round(spent, 6)}


def _rounds(
    bench: Bench, part: str, names: tuple[str, ...], plan: dict[int, int], rounds: int
) -> None:
    """Measures in rounds. `plan` says, for each number of clients, how many seconds.
    Each round starts new servers: where a process happens to lie in memory makes it up
    to a tenth slower."""
    for round_number in bench.rounds_of(part, rounds):
        with bench.started(names) as servers:
            content = {name: len(server.ask()[2]) for name, server in servers.items()}
            for server in () if bench.quick else servers.values():
                _measure(bench, server, HEADLINE, 1)  # to warm up
            for clients, seconds in plan.items():
                for name in bench.turns(names, round_number):
                    sample = _measure(bench, servers[name], clients, seconds)
                    bench.add(
                        part,
                        round=round_number,
                        peer=name,
                        clients=clients,
                        content=content[name],
                        **sample,
                    )


def exchanges(bench: Bench) -> None:
    """Measures all peers, with each number of clients; with HEADLINE, twice as long."""
    counts = (1, HEADLINE) if bench.quick else CLIENTS
    longer = 1 if bench.quick else 2
    plan = {n: bench.seconds * (longer if n == HEADLINE else 1) for n in counts}
    _rounds(bench, "exchanges", bench.peers, plan, bench.rounds)


def headline(bench: Bench) -> None:
    """Measures what the targets compare, in twice as many rounds."""
    names = tuple(
        n for n in bench.peers if n in ("stage6", "nginx-tuned", "nginx", *FLOORS)
    )
    seconds = bench.seconds * (1 if bench.quick else 2)
    _rounds(bench, "headline", names, {HEADLINE: seconds}, bench.rounds * 2)


def stages(bench: Bench) -> None:
    """Measures our six stages."""
    _rounds(
        bench,
        "stages",
        bench.stages,
        {HEADLINE: bench.seconds * (1 if bench.quick else 2)},
        bench.rounds,
    )
