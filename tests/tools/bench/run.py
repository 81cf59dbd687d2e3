#!/usr/bin/env python3
"""tests/tools/bench/run.py BUILD - measures the stages beside other servers.

It needs what `make bench` builds and installs. The samples go to
BUILD/bench/bench.json; docs/performance.md tells the method, and the modules of
tests/tools/bench/bench, one for each part, what is in a sample. It asserts no times;
it ends with 1, and one sentence, if a server does not start, does not answer
with 200, or answers something else than the others; what was measured is
written all the same, and if it is interrupted, too. The environment may set

    QUICK=1          a smoke run: a little of each part but the last two
    BENCH_ROUNDS     rounds (7; 1 if quick)
    BENCH_SECONDS    for each measurement with wrk (1)
    BENCH_PARTS      some of: exchanges headline stages held posts growth
                     instructions making
    BENCH_PEERS      some of the peers
    BENCH_KEEP=1     the other parts' samples of the file that is there stay

BENCH_ROUNDS and so on shorten a run; without them it takes about 25 minutes.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

from bench import machine
from bench.bench import Bench
from bench.exchanges import exchanges, headline, stages
from bench.growth import growth
from bench.held import held
from bench.making import instructions, making
from bench.peers import PEERS, version
from bench.posts import posts
from bench.server import BenchError

FORMAT = {"format": "webserve-bench", "version": 1}
PARTS = {
    "exchanges": exchanges,
    "headline": headline,
    "stages": stages,
    "held": held,
    "posts": posts,
    "growth": growth,
    "instructions": instructions,
    "making": making,
}


def stop(number: int, _frame: object) -> None:
    """SIGTERM ends it as Ctrl-C does: the servers are stopped on the way out."""
    sys.exit(128 + number)


def run(build: Path) -> int:
    """All parts; gives how many failed."""
    machine.allow_many_descriptors()
    os.environ["PATH"] += ":/usr/sbin:/sbin"  # where servers are, for others than root
    bench = Bench.from_environment(build)
    began = time.time()
    described = machine.describe()
    for name in bench.missing:
        bench.progress.say(f"not installed, so not measured: {PEERS[name].title}")
    bench.fetch_page()
    failures = 0
    try:
        for part in bench.parts:
            try:
                PARTS[part](bench)
            except (BenchError, OSError, ValueError) as error:
                bench.progress.say(f"tests/tools/bench/run.py: {part}: {error}")
                failures += 1
    finally:  # what was measured before an interruption is not lost
        write(bench, described, began)
    return failures


def write(bench: Bench, described: dict[str, object], began: float) -> None:
    """The file with all samples."""
    bench.progress.end()
    path = bench.build / "bench" / "bench.json"
    kept = json.loads(path.read_text()) if os.environ.get("BENCH_KEEP") and path.exists() else {}
    for part in (*PARTS, "peaks"):
        if part in kept and part not in bench.samples:
            bench.samples[part] = kept[part]
    head = FORMAT | {
        "made": time.strftime("%Y-%m-%d", time.gmtime(began)),
        "took_seconds": round(time.time() - began) + kept.get("took_seconds", 0),
        "quick": bench.quick,
        "rounds": bench.rounds,
        "page_octets": len(bench.page),
        "machine": described,
        "built": machine.built(bench.build),
        "peers": {n: {"title": PEERS[n].title, "version": version(PEERS[n])} for n in PEERS},
    }
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
    for part, samples in bench.samples.items():
        rows = ",\n".join("  " + json.dumps(sample) for sample in samples)
        lines.append(f"{json.dumps(part)}: [\n{rows}\n]")
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(path)


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: tests/tools/bench/run.py BUILD", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, stop)
    try:
        return 1 if run(Path(sys.argv[1]).resolve()) else 0
    except BenchError as error:
        print(f"tests/tools/bench/run.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
