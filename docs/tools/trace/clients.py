#!/usr/bin/env python3
"""docs/tools/trace/clients.py PORT - two slow clients and eight fast ones.

Each sends a request to 127.0.0.1, in the pieces and at the moments below, and
reads the answer to its end. Exits with 1 if one was not answered with 200.
"""
from __future__ import annotations

import socket
import sys
import threading
import time

LINE_END = "\r\n"
HEAD = f"Host: x{LINE_END}"
# When a client connects (ms), and its pieces, each with a pause before it.
Plan = tuple[int, list[tuple[int, str]]]


def fast(start: int, name: str) -> Plan:
    """A client that sends all at once."""
    return start, [(0, f"GET /{name} HTTP/1.1{LINE_END}{HEAD}{LINE_END}")]


PLANS: list[Plan] = [
    (0, [(0, "GET /slow-1 HT"), (120, f"TP/1.1{LINE_END}"), (120, HEAD), (120, LINE_END)]),
    fast(40, "fast-1"),
    (80, [(0, f"GET /slow-2 HTTP/1.1{LINE_END}"), (90, HEAD), (90, LINE_END)]),
    fast(110, "fast-2"),
    fast(150, "fast-3"),
    fast(200, "fast-4"),
    fast(200, "fast-5"),
    fast(200, "fast-6"),
    fast(300, "fast-7"),
    fast(400, "fast-8"),
]
answered: list[bool] = []


def client(port: int, began: float, plan: Plan) -> None:
    """One client, from its moment on."""
    start, pieces = plan
    time.sleep(max(0.0, began + start / 1000 - time.monotonic()))
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        for pause, text in pieces:
            time.sleep(pause / 1000)
            connection.sendall(text.encode())
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    answered.append(answer.startswith(b"HTTP/1.1 200 "))


def main() -> int:
    if len(sys.argv) != 2:
        print("Usage: docs/tools/trace/clients.py PORT", file=sys.stderr)
        return 2
    began = time.monotonic() + 0.05
    threads = [threading.Thread(target=client, args=(int(sys.argv[1]), began, plan))
               for plan in PLANS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return 0 if answered.count(True) == len(PLANS) else 1


if __name__ == "__main__":
    sys.exit(main())
