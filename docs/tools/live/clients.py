"""The clients of a recorded server: slow, stalled, fast and rude ones.

A `Crowd` has at most CROWD_MOST of them at a time, each in a thread of its own. All of
them end after a while.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Sequence

CROWD_MOST = 64
PATIENCE_SECONDS = 30.0  # longer than a server waits for a silent client
RESET = struct.pack("ii", 1, 0)  # linger for no time: close resets

HEAD = "Host: x\r\n"
# Pieces of a request, each with the seconds to wait before it.
Plan = Sequence[tuple[float, str]]
SLOW: Plan = (
    (0.0, "GET /sl"),
    (1.5, "ow HTTP/1.1\r"),
    (1.5, "\nHost: x\r\n"),
    (1.5, "\r"),
    (1.5, "\n"),
)
HALF: Plan = ((0.0, "GET /half HTTP/1.1\r\nHo"),)
RUDE: Plan = ((0.0, "GET /rese"), (1.5, ""))


def whole(path: str) -> Plan:
    """A request in one piece."""
    return ((0.0, f"GET {path} HTTP/1.1\r\n{HEAD}\r\n"),)


def host_and_port(url: str) -> tuple[str, int]:
    """Where a client on this machine reaches a server that listens there."""
    host, _, port = url.removeprefix("http://").strip("/").rpartition(":")
    host = host.strip("[]")
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), int(port)


def send_pieces(
    connection: socket.socket, plan: Plan, wait: Callable[[float], object] = time.sleep
) -> None:
    """Sends a request, a piece at a time."""
    for pause, text in plan:
        wait(pause)
        connection.sendall(text.encode())


class Crowd:
    """The clients that a person starts. `close` ends them all."""

    # For each kind: the requests, and whether their clients reset the connection.
    KINDS: dict[str, tuple[list[Plan], bool]] = {
        "one": ([whole("/one?a=1&b=2")], False),
        "slow": ([SLOW], False),
        "half": ([HALF], False),
        "fast": ([whole(f"/fast-{number}") for number in range(1, 21)], False),
        "reset": ([RUDE], True),
    }

    def __init__(self, url: str) -> None:
        self.place = host_and_port(url)
        self.room = threading.Semaphore(CROWD_MOST)
        self.over = threading.Event()

    def start(self, kind: str) -> bool:
        """Starts a client, or twenty; False if there are as many as there may be."""
        started = False
        plans, resets = self.KINDS[kind]
        for plan in plans:
            if not self.room.acquire(blocking=False):
                break
            started = True
            threading.Thread(target=self.run, args=(plan, resets), daemon=True).start()
        return started

    def run(self, plan: Plan, resets: bool) -> None:
        """One client."""
        with contextlib.suppress(OSError):
            with socket.create_connection(self.place, PATIENCE_SECONDS) as connection:
                send_pieces(connection, plan, self.over.wait)
                if resets:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                else:
                    self.read(connection)
        self.room.release()

    def read(self, connection: socket.socket) -> None:
        """Takes the answer, until the server ends it."""
        connection.settimeout(0.2)
        until = time.monotonic() + PATIENCE_SECONDS
        while not self.over.is_set() and time.monotonic() < until:
            with contextlib.suppress(TimeoutError):
                if not connection.recv(65536):
                    return

    def close(self) -> None:
        """Ends all of them."""
        self.over.set()
