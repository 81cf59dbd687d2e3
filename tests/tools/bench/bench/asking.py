"""What the parts share that ask one thing at a time: the tool `ask`."""

import statistics
import subprocess

from .bench import Bench
from .server import BenchError, Server


def ask(bench: Bench, server: Server, request: bytes, times: int = 1, *, piece: int = 0, pause_us: int = 0) -> tuple[list[float], int]:
    """The seconds of each exchange, and the octets of the last answer."""
    command = [str(bench.build / "bench" / "ask"), *map(str, (server.port, times, piece, pause_us))]
    ran = subprocess.run(command, input=request, capture_output=True, check=False)
    if ran.returncode != 0:
        raise BenchError(f"{server.peer.title}: {ran.stderr.decode().strip()}")
    lines = [line.split() for line in ran.stdout.decode().splitlines()]
    return [int(line[0]) / 1e9 for line in lines], int(lines[-1][1])


def timed(bench: Bench, server: Server, request: bytes, times: int, *, piece: int = 0, pause_us: int = 0) -> dict[str, object]:
    """The same as a sample: the median, and the server's processor time for each."""
    before = server.processor_time()
    seconds, octets = ask(bench, server, request, times, piece=piece, pause_us=pause_us)
    spent = server.processor_time() - before
    return {
        "times": times,
        "seconds": round(statistics.median(seconds), 7),
        "server_seconds": round(spent / times, 7),
        "answer_octets": octets,
    }


def form_data(octets: int) -> bytes:
    """Ordinary form data of exactly that length: pairs of words, some escaped."""
    pair = b"message%d=plain+words%%2C+as+people+type+them&"
    parts = b"".join(pair % (n % 10) for n in range(octets // len(pair % 0) + 1))
    # a last escape that was cut through is taken away
    return parts[: octets - 1].rstrip(b"%2C&").ljust(octets, b"x")


def post(target: str, content: bytes) -> bytes:
    head = (
        f"POST {target} HTTP/1.1\r\nHost: a\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def get(fields: str) -> bytes:
    return f"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n".encode()
