"""One run: its settings, its servers, and its samples."""

import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from peers import PEERS, SERVERS, STAGES, is_there
from server import BenchError, Server, check_answer

PARTS = ("exchanges", "headline", "stages", "held", "posts")


def _number(name: str, otherwise: int) -> int:
    value = os.environ.get(name) or str(otherwise)
    if not value.isdigit() or int(value) == 0:
        raise BenchError(f"{name}={value} is not a number from 1 up")
    return int(value)


def _chosen(name: str, all_of_them: tuple[str, ...]) -> tuple[str, ...]:
    """Returns what the variable names; nothing if it is not set."""
    chosen = tuple(os.environ.get(name, "").replace(",", " ").split())
    for one in chosen:
        if one not in all_of_them:
            raise BenchError(
                f"{name}: there is no '{one}'; there are {', '.join(all_of_them)}"
            )
    return chosen


@dataclass
class Bench:
    """The settings come from the environment; measure.py documents them."""

    build: Path
    quick: bool = False
    rounds: int = 7
    seconds: int = 1
    parts: tuple[str, ...] = PARTS
    peers: tuple[str, ...] = SERVERS
    stages: tuple[str, ...] = STAGES
    missing: list[str] = field(default_factory=list)
    samples: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    page: bytes = b""
    began: float = field(default_factory=time.monotonic)

    @classmethod
    def from_environment(cls, build: Path) -> "Bench":
        quick = bool(os.environ.get("QUICK"))
        bench = cls(build, quick)
        bench.rounds = _number("BENCH_ROUNDS", 1 if quick else 7)
        bench.seconds = _number("BENCH_SECONDS", 1)
        bench.parts = _chosen("BENCH_PARTS", PARTS) or PARTS
        wanted = _chosen("BENCH_PEERS", SERVERS) or SERVERS
        bench.peers = tuple(n for n in wanted if is_there(PEERS[n], build))
        bench.missing = [n for n in wanted if n not in bench.peers]
        return bench

    @property
    def work(self) -> Path:
        return self.build / "bench" / "work"

    def start(self, name: str) -> Server:
        """Starts a server, and returns it once it has answered as it should."""
        server = Server(PEERS[name], self.build, self.work)
        try:
            if name in self.peers:
                check_answer(server, self.page)
        except BaseException:
            server.stop()
            raise
        return server

    @contextmanager
    def started(self, names: tuple[str, ...]) -> Iterator[dict[str, Server]]:
        """Yields all of them, running; all are stopped at the end."""
        with ExitStack() as stack:
            yield {name: stack.enter_context(self.start(name)) for name in names}

    def rounds_of(self, part: str, count: int) -> Iterator[int]:
        """Yields the numbers of the rounds, and prints each as it begins."""
        for number in range(count):
            print(
                f"{time.monotonic() - self.began:5.0f} s  {part}, round {number + 1} of {count}",
                file=sys.stderr,
            )
            yield number

    def turns(self, names: tuple[str, ...], round_number: int) -> tuple[str, ...]:
        """Returns the order of a round, by chance, so that none always follows the
        same; the same in each run."""
        order = list(names)
        random.Random(round_number).shuffle(order)
        return tuple(order)

    def add(self, part: str, **sample: object) -> None:
        self.samples.setdefault(part, []).append(sample)

    def fetch_page(self) -> None:
        """Takes the answer of stage 6, which all peers must give."""
        self.work.mkdir(parents=True, exist_ok=True)
        with Server(PEERS["stage6"], self.build, self.work) as server:
            code, fields, self.page = server.ask()
        if code != 200:
            raise BenchError(f"stage 6 answers with {code}")
        head = "".join(f"{name.title()}: {value}\r\n" for name, value in fields.items())
        (self.work / "page.html").write_bytes(self.page)
        (self.work / "answer").write_bytes(
            f"HTTP/1.1 200 OK\r\n{head}\r\n".encode() + self.page
        )
