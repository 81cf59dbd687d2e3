"""Starts a submission's server once, and asks it once.

Says in a sentence what would turn every HTTP test red.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from submission.diagnosis.asking import START_SECONDS, Server
from submission.faults import ended, its_words
from suite.visible import visible

HALF = b"GET / HTTP/1.1\r\n"
TOO_LATE, NOBODY_THERE = 28, 7  # exit statuses of curl
SILENT = (
    "The server listens, but the line that says where does not come. Is it printed, "
    "and flushed (fflush)?"
)


@dataclass
class Trouble:
    """What is wrong: the kind of fault, the sentence, and what was printed."""

    kind: str
    sentence: str
    said: str


def probe(
    server: Path, seconds: float = START_SECONDS, with_half_sent: bool = False
) -> Trouble | None:
    """Starts the program; what would keep it from answering, or nothing. It has so many
    seconds to start, and to answer. It can be asked while a client has sent half
    of a request, and waits."""
    with Server(server, seconds) as started:
        if not started.url:
            found = why_silent(started, seconds)
        else:
            with half_sent(started) if with_half_sent else nullcontext():
                found = ask(started, seconds)
        said = visible(started.said())
    if not found:
        return None
    kind, sentence = found
    explained = kind == "crash" or "status" in sentence or "first line" in sentence
    return Trouble(kind, sentence + (its_words(said) if explained else ""), said)


@contextmanager
def half_sent(server: Server) -> Iterator[None]:
    """Meanwhile, there is a client that has sent half of a request, if it can connect."""
    try:
        client = server.connect()
    except OSError:
        yield
        return
    with client.send(HALF):
        yield


def why_silent(server: Server, seconds: float) -> tuple[str, str]:
    """Returns why it does not say where it listens."""
    # A server that prints another line may be about to end, a little after that.
    server.soon_ended(0.5 if server.has_said else 0)
    status = server.process.poll()
    if status is not None and status < 0:
        return "crash", f"The server ends as it starts, {ended(status)}."
    if status is not None:
        return "not-listening", (
            f"The server ends as it starts, {ended(status)}, without saying where "
            "it listens."
        )
    if server.has_said:
        return "not-listening", (
            "The first line that the server prints does not say "
            '"listening on http://ADDRESS:PORT/".'
        )
    if listens(server.process.pid):
        return "not-listening", SILENT
    return "not-listening", (
        f"The server does not listen: {seconds:g} s after its start, it has no "
        "socket that listens."
    )


def ask(server: Server, seconds: float) -> tuple[str, str] | None:
    """Sends a first request; returns the kind of fault and its sentence, or None."""
    asked = subprocess.run(
        ["curl", "-q", "-s", "--noproxy", "*", "--max-time", f"{seconds:g}"]
        + ["-o", "/dev/null", "--url", f"{server.url}/"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if asked.returncode == 0:
        return None
    if asked.returncode == NOBODY_THERE:
        return "not-listening", (
            f"The server says that it listens on {server.url}/, but nobody can connect."
        )
    if asked.returncode == TOO_LATE:
        return "hang", (
            f"The server hangs: GET / gets no answer within {seconds:g} s. "
            "By hand: curl -i http://127.0.0.1:8080/"
        )
    server.soon_ended(0.5)
    status = server.process.poll()
    if status is None:
        return None
    return "crash", f"The server ends at its first request, GET /, {ended(status)}."


def listens(pid: int) -> bool:
    """Whether the process listens somewhere, whatever it says."""
    sockets = set()
    for entry in os.scandir(f"/proc/{pid}/fd"):
        target = os.readlink(entry.path)
        if target.startswith("socket:["):
            sockets.add(target[8:-1])
    for path in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        for line in path.read_text().splitlines() if path.exists() else []:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in sockets:
                return True
    return False
