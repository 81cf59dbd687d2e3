#!/usr/bin/env python3
"""tests/load/soak.py BUILD SECONDS STAGE... - the servers under load for long.

For each stage, wrk sends pages, forms and faults (mix.lua) for so many seconds, while
other clients break off at every phase. Prints a line for each stage. Exits with 1 if a
server ends; if its memory (Pss) is 1 MiB larger in the last minute than in the first
(in the last third, of shorter runs), or it has 8 descriptors more open; if something is
left open after the last client; or if it does not log each answer.
"""

import re
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

HEAD = r"send POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na="
PHASES = (
    ("reset",),
    ("send GET / HT", "reset"),
    (r"send GET / HTTP/1.1\r\nHost: a\r\n", "reset"),
    (r"send GET / HTTP/1.1\r\nHost: a\r\n\r\n", "reset"),
    (r"send GET / HTTP/1.1\r\nHost: a\r\n\r\n", "take 10", "reset"),
    (HEAD, "reset"),
    (HEAD, "end", "read"),
    ("end", "read"),
)


def field(path: str, name: str) -> int:
    """Returns the number after `name:` in a file of /proc."""
    found = re.search(rf"^{name}:\s+(\d+)", Path(path).read_text(), re.M)
    return int(found[1]) if found else 0


def look(pid: int) -> tuple[int, int, int]:
    """KiB of memory, open descriptors, threads."""
    descriptors = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    memory = field(f"/proc/{pid}/smaps_rollup", "Pss")
    return memory, descriptors, field(f"/proc/{pid}/status", "Threads")


def break_off(build: str, port: str, over: threading.Event) -> None:
    """Clients that break off, until it is over."""
    while not over.is_set():
        for phase in PHASES:
            command = [
                f"{build}/tools/raw_client",
                "-c",
                "20",
                "127.0.0.1",
                port,
                *phase,
            ]
            quiet = subprocess.DEVNULL
            subprocess.run(
                command, stdin=quiet, stdout=quiet, stderr=quiet, check=False
            )


def load(
    server: subprocess.Popen[str], build: str, seconds: int
) -> tuple[list[tuple[int, int, int]], int]:
    """Puts the server under load; returns a look for each second, and wrk's answers."""
    assert server.stdout
    port = server.stdout.readline().rpartition(":")[2].strip("/\n")
    over = threading.Event()
    breaking = threading.Thread(target=break_off, args=(build, port, over))
    breaking.start()
    options = ["-t", "1", "-c", "32", "-d", f"{seconds}s", "-H", "Connection: close"]
    script = str(Path(__file__).with_name("mix.lua"))
    command = ["wrk", *options, "-s", script, f"http://127.0.0.1:{port}/"]
    looks = []
    try:
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as wrk:
            while wrk.poll() is None:
                looks.append(look(server.pid))
                time.sleep(1)
            said = wrk.communicate()[0]
    finally:
        over.set()
        breaking.join()
    found = re.search(r"(\d+) requests in", said)
    return looks, int(found[1]) if found else 0


def soak(build: str, seconds: int, stage: str) -> bool:
    """One stage; whether all is well."""
    program = [f"{build}/stage{stage}/webserve", "127.0.0.1", "0"]
    pipe = subprocess.PIPE
    with (
        subprocess.Popen(["wc", "-l"], stdin=pipe, stdout=pipe, text=True) as counter,
        subprocess.Popen(
            program, stdout=pipe, stderr=counter.stdin, text=True
        ) as server,
    ):
        try:
            looks, answered = load(server, build, seconds)
            time.sleep(4)
            memory, left, threads = look(server.pid)
        except OSError:
            print(f"stage {stage}: the server has ended")
            return False
        finally:
            server.terminate()
            server.wait()
        logged = int(counter.communicate()[0])
    window = max(1, min(60, len(looks) // 3))
    first, last = (
        (round(statistics.mean(one[0] for one in part)), max(one[1] for one in part))
        for part in (looks[:window], looks[-window:])
    )
    print(
        f"stage {stage}: {logged} exchanges logged, {answered} of them answers to wrk; memory "
        f"{first[0]} KiB in the first {window} s, {last[0]} in the last, {memory} after; "
        f"descriptors {first[1]}, {last[1]}, {left}; threads {threads} after; it exited with "
        f"{server.returncode}",
        flush=True,
    )
    flat = last[0] <= first[0] + 1024 and last[1] <= first[1] + 8
    return (
        flat
        and left <= 8
        and threads <= 18
        and 0 < answered <= logged
        and not server.returncode
    )


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit("usage: tests/load/soak.py BUILD SECONDS STAGE...")
    well = [soak(sys.argv[1], int(sys.argv[2]), stage) for stage in sys.argv[3:]]
    sys.exit(0 if all(well) else 1)
