#!/usr/bin/env python3
"""docs/tools/live/trace.py BUILD STAGE - draws what a stage's threads did in a run.

Starts BUILD/live/stageN/webserve, which records what its threads do, sends it the two
slow clients and eight fast ones of PLANS, stops it, and draws the record as SVG
(docs/tools/live/drawing.py): BUILD/live/stageN.svg. Prints the name of the drawing;
exits with 1 if a client was not answered, or the server did not end well.
"""

from __future__ import annotations

import socket
import sys
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True
from clients import HEAD, Plan, host_and_port, send_pieces, whole
from drawing import draw
from recording import Failed, Recording, Timeline

# When a client connects (s), and its request.
PLANS: list[tuple[float, Plan]] = [
    (0.0, [(0, "GET /slow-1 HT"), (0.12, "TP/1.1\r\n"), (0.12, HEAD), (0.12, "\r\n")]),
    (0.08, [(0, "GET /slow-2 HTTP/1.1\r\n"), (0.09, HEAD), (0.09, "\r\n")]),
    *(
        (start, whole(f"/fast-{number}"))
        for number, start in enumerate([0.04, 0.11, 0.15, 0.2, 0.2, 0.2, 0.3, 0.4], 1)
    ),
]


def client(
    place: tuple[str, int], began: float, number: int, answered: set[int]
) -> None:
    """One client, from its moment on."""
    start, plan = PLANS[number]
    time.sleep(max(0.0, began + start - time.monotonic()))
    with socket.create_connection(place, timeout=20) as connection:
        send_pieces(connection, plan)
        with connection.makefile("rb") as answer:
            if answer.read().startswith(b"HTTP/1.1 200 "):
                answered.add(number)


def run_clients(place: tuple[str, int]) -> None:
    """All clients, each in a thread."""
    answered: set[int] = set()
    began = time.monotonic() + 0.05
    threads = [
        threading.Thread(target=client, args=(place, began, number, answered))
        for number in range(len(PLANS))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(answered) != len(PLANS):
        raise Failed("a client was not answered")


def record(program: str, log: Path) -> Timeline:
    """What the server did with these clients. Their events fit into the pipe."""
    timeline = Timeline()
    with log.open("wb") as errors:
        recording = Recording(program, "127.0.0.1", "0", stderr=errors)
    try:
        run_clients(host_and_port(recording.url()))
        time.sleep(0.05)  # so that the drawing shows who waits at the end
    finally:
        status = recording.stop()
    if status != 0:
        raise Failed(f"the server ended with status {status}")
    while (events := recording.events(0)) is not None:
        for event in events:
            timeline.take(event)
    recording.close()
    return timeline


def main() -> int:
    """Records a run and draws it."""
    if len(sys.argv) != 3:
        print("Usage: docs/tools/live/trace.py BUILD STAGE", file=sys.stderr)
        return 2
    build, stage = sys.argv[1:]
    name = Path(build, "live", f"stage{stage}.svg")
    try:
        timeline = record(
            f"{build}/live/stage{stage}/webserve", name.with_suffix(".log")
        )
        drawing = draw(timeline, stage)
    except (Failed, OSError, ValueError) as error:
        print(f"docs/tools/live/trace.py: {error}", file=sys.stderr)
        return 1
    name.write_text(drawing, encoding="utf-8")
    print(name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
