#!/usr/bin/env python3
"""docs/tools/trace/trace.py BUILD STAGE - draws what a stage's threads did in a real run.

Starts BUILD/stageN/webserve with docs/tools/trace/record.c loaded before libc, sends it
the two slow clients and eight fast ones of PLANS, stops it, and draws the record as SVG
(docs/tools/trace/drawing.py): BUILD/trace/stageN.svg, next to the record stageN.tsv.
Prints the name of the drawing; exits with 1 if a client was not answered, or the server
did not end well.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True
from drawing import draw

START_SECONDS = 15
# accept's first parameter is a union in glibc's header: no -Wpedantic.
FLAGS = "-std=c17 -Wall -Wextra -Wconversion -Wshadow -D_GNU_SOURCE -O2 -shared -fPIC"

HEAD = "Host: x\r\n"
# When a client connects (ms), and its pieces, each with a pause before it.
PLANS: list[tuple[int, list[tuple[int, str]]]] = [
    (0, [(0, "GET /slow-1 HT"), (120, "TP/1.1\r\n"), (120, HEAD), (120, "\r\n")]),
    (80, [(0, "GET /slow-2 HTTP/1.1\r\n"), (90, HEAD), (90, "\r\n")]),
    *(
        (start, [(0, f"GET /fast-{number} HTTP/1.1\r\n{HEAD}\r\n")])
        for number, start in enumerate([40, 110, 150, 200, 200, 200, 300, 400], 1)
    ),
]


class Failed(Exception):
    """No drawing came of it."""


def client(port: int, began: float, number: int, answered: set[int]) -> None:
    """One client, from its moment on."""
    start, pieces = PLANS[number]
    time.sleep(max(0.0, began + start / 1000 - time.monotonic()))
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        for pause, text in pieces:
            time.sleep(pause / 1000)
            connection.sendall(text.encode())
        with connection.makefile("rb") as answer:
            if answer.read().startswith(b"HTTP/1.1 200 "):
                answered.add(number)


def run_clients(port: int) -> None:
    """All clients, each in a thread."""
    answered: set[int] = set()
    began = time.monotonic() + 0.05
    threads = [
        threading.Thread(target=client, args=(port, began, number, answered))
        for number in range(len(PLANS))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(answered) != len(PLANS):
        raise Failed("a client was not answered")


def port_of(server: subprocess.Popen[bytes], out: Path) -> int:
    """Where the server listens, once it says so."""
    until = time.monotonic() + START_SECONDS
    while not (match := re.search(r":(\d+)/\n", out.read_text())):
        if time.monotonic() > until or server.poll() is not None:
            raise Failed("the server does not listen")
        time.sleep(0.02)
    return int(match[1])


def record(program: str, library: Path, name: Path) -> None:
    """Runs the server and its clients; the record is in `name`.tsv."""
    out, log, tsv = (name.with_suffix(end) for end in (".out", ".log", ".tsv"))
    tsv.unlink(missing_ok=True)
    with out.open("wb") as output, log.open("wb") as errors:
        server = subprocess.Popen(
            [program, "127.0.0.1", "0"],
            env=os.environ | {"TRACE": str(tsv), "LD_PRELOAD": str(library.resolve())},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
        )
    try:
        run_clients(port_of(server, out))
        server.terminate()
        if server.wait(START_SECONDS) != 0:
            raise Failed(f"the server ended with status {server.returncode}")
    finally:
        server.kill()


def main() -> int:
    """Records a run and draws it."""
    if len(sys.argv) != 3:
        print("Usage: docs/tools/trace/trace.py BUILD STAGE", file=sys.stderr)
        return 2
    build, stage = sys.argv[1:]
    folder = Path(build, "trace")
    folder.mkdir(parents=True, exist_ok=True)
    name, library = folder / f"stage{stage}", folder / "record.so"
    compiler = [os.environ.get("CC", "cc"), *FLAGS.split()]
    source = Path(__file__).with_name("record.c")
    try:
        subprocess.run([*compiler, source, "-o", library, "-ldl"], check=True)
        record(f"{build}/stage{stage}/webserve", library, name)
        drawing = draw(name.with_suffix(".tsv"), stage)
    except (Failed, subprocess.SubprocessError, OSError, ValueError) as error:
        print(f"docs/tools/trace/trace.py: {error}", file=sys.stderr)
        return 1
    name.with_suffix(".svg").write_text(drawing, encoding="utf-8")
    print(name.with_suffix(".svg"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
