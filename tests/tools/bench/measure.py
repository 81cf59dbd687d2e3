#!/usr/bin/env python3
"""tests/tools/bench/measure.py BUILD - measures the stages and other servers.

It needs what `make bench` builds and installs. The samples go to
BUILD/bench/bench.json; docs/performance.md has the method, and the module of each part
what is in a sample. If a server does not start, does not answer with 200, or answers
differently from the others, it prints a sentence and exits with 1; the samples up to
then are written even so. The environment may set

    QUICK=1          a smoke test: a little of each part
    BENCH_ROUNDS     rounds (7; 1 if quick)
    BENCH_SECONDS    for each measurement with wrk (1)
    BENCH_PARTS      some of: exchanges headline stages held posts
    BENCH_PEERS      some of the peers
"""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import machine
from bench_run import Bench
from throughput import exchanges, headline, stages
from held import held
from peers import PEERS, version
from posts import posts
from server import BenchError

FORMAT = {"format": "webserve-bench", "version": 1}
PARTS = {
    "exchanges": exchanges,
    "headline": headline,
    "stages": stages,
    "held": held,
    "posts": posts,
}


def stop(number: int, _frame: object) -> None:
    """Makes SIGTERM end it as Ctrl-C does, so that the servers are stopped."""
    sys.exit(128 + number)


def build_programs(build: Path) -> None:
    """Builds our own servers; microhttpd only if the library is there."""
    folder = Path(__file__).parent
    compiler = [
        *shlex.split(os.environ.get("CC", "cc")),
        *"-O2 -D_GNU_SOURCE -pthread".split(),
    ]
    (build / "bench").mkdir(parents=True, exist_ok=True)
    for name, libraries in (("floor", []), ("microhttpd", ["-lmicrohttpd"])):
        sources = [str(folder / f"{name}.c"), str(folder / "listening.c")]
        command = [*compiler, *sources, *libraries, "-o", str(build / "bench" / name)]
        subprocess.run(command, stderr=subprocess.DEVNULL, check=name == "floor")


def run(build: Path) -> int:
    """Runs all parts; returns how many failed."""
    machine.allow_many_descriptors()
    os.environ["PATH"] += ":/usr/sbin:/sbin"  # for users other than root
    build_programs(build)
    bench = Bench.from_environment(build)
    if not bench.quick:
        machine.wait_until_idle()
    began = time.time()
    described = machine.describe()
    for name in bench.missing:
        print(f"not installed, so not measured: {PEERS[name].title}", file=sys.stderr)
    bench.fetch_page()
    failures = 0
    try:
        for part in bench.parts:
            try:
                PARTS[part](bench)
            except (BenchError, OSError, ValueError) as error:
                print(f"tests/tools/bench/measure.py: {part}: {error}", file=sys.stderr)
                failures += 1
    finally:  # so what was measured before an interruption is not lost
        write(bench, described, began)
    return failures


def write(bench: Bench, described: dict[str, object], began: float) -> None:
    """Writes the file with all samples."""
    path = bench.build / "bench" / "bench.json"
    head = FORMAT | {
        "made": time.strftime("%Y-%m-%d", time.gmtime(began)),
        "took_seconds": round(time.time() - began),
        "quick": bench.quick,
        "rounds": bench.rounds,
        "page_octets": len(bench.page),
        "machine": described,
        "built": machine.built(bench.build),
        "peers": {
            n: {"title": PEERS[n].title, "version": version(PEERS[n])} for n in PEERS
        },
    }
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
    for part, samples in bench.samples.items():
        rows = ",\n".join("  " + json.dumps(sample) for sample in samples)
        lines.append(f"{json.dumps(part)}: [\n{rows}\n]")
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(path)


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: tests/tools/bench/measure.py BUILD", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, stop)
    try:
        return 1 if run(Path(sys.argv[1]).resolve()) else 0
    except BenchError as error:
        print(f"tests/tools/bench/measure.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
