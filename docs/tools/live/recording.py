"""A server that says what its threads do, and what that amounts to.

`Recording` starts a server that is linked with record.c, and reads its events from a
pipe. `Timeline` turns these events into what the drawing (drawing.py) and the live page
(frames.py) show: what each thread did and since when, and the pieces in which each
client's request came and its answer went.

All times are milliseconds since the recording began.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

EVENT = struct.Struct("=qqIIII12s84s")  # struct event in record.c
PIPE_BYTES = 1 << 20  # room for 8,192 events until they are read
START_SECONDS = 15
STOP_SECONDS = 8  # a server takes at most 5
PIECES_MOST = 40  # that are kept of a client; the rest is counted


class Failed(Exception):
    """A server that does not start, or does not end well."""


class Event(NamedTuple):
    """One event, as record.c says it."""

    at: float
    result: int
    thread: int
    client: int
    lost: int
    call: str
    text: bytes


class Change(NamedTuple):
    """What a thread does from a moment on, and the bytes that it has just moved. If it
    has just found out that its client is gone, `received` is -1."""

    at: float
    state: str
    client: int = 0
    received: int = 0
    sent: int = 0


class Piece(NamedTuple):
    """Something that happened to a client: `in`, `out`, `delegate` or `interrupted`."""

    at: float
    kind: str
    count: int
    text: str


@dataclass
class Client:
    """One client, as its thread saw it."""

    number: int
    address: str
    accepted_by: int
    thread: int  # that has it now
    accepted: float
    pieces: list[Piece] = field(default_factory=list)
    left_out: int = 0
    received: int = 0
    sent: int = 0
    draining: bool = False
    trouble: str = ""
    closed: float = 0.0  # not yet

    def add(self, piece: Piece) -> None:
        """Keeps a piece, or counts it."""
        if len(self.pieces) < PIECES_MOST:
            self.pieces.append(piece)
        else:
            self.left_out += 1


@dataclass
class Thread:
    """One thread that has accepted, or has had a client."""

    number: int
    by: int
    began: float
    now: Change
    changes: list[Change] = field(default_factory=list)
    client: Client | None = None
    ended: float = 0.0  # not yet


def visible(data: bytes, count: int) -> str:
    """Bytes as C would write them, and a mark if there were more."""
    text = "".join(
        chr(byte)
        if 32 <= byte < 127
        else {13: "\\r", 10: "\\n"}.get(byte, f"\\x{byte:02x}")
        for byte in data
    )
    return text + ("…" if count > len(data) else "")


class Timeline:
    """What the threads and the clients have done. A reader may empty `changes` and
    `pieces`, and remove clients that are closed and threads that have ended."""

    def __init__(self) -> None:
        self.threads: dict[int, Thread] = {}
        self.clients: dict[int, Client] = {}
        self.accepted = 0
        self.lost = 0
        self.parents: dict[int, int] = {}

    def take(self, event: Event) -> None:
        """Adds an event."""
        self.lost += event.lost
        if event.call == "create":
            self.parents[event.result] = event.thread
            return
        if event.call == "not created":
            self.parents.pop(event.result, None)
            return
        thread = self.threads.get(event.thread)
        if thread is None:
            if event.call in ("begin", "end"):
                return  # perhaps the thread that writes the log
            by = self.parents.pop(event.thread, 0)
            start = Change(event.at, "idle")
            thread = Thread(event.thread, by, event.at, start, [start])
            self.threads[event.thread] = thread
        client = self.client_of(event, thread)
        change = self.judge(event, client)
        if client and client.closed:
            thread.client = None
        if change.state == "end":
            thread.ended = event.at
        thread.now = change
        thread.changes.append(change)

    def close_orphans(self, at: float) -> None:
        """Once events were lost: closes the clients that no thread has."""
        held = {id(thread.client) for thread in self.threads.values()}
        for client in self.clients.values():
            if id(client) not in held and not client.closed:
                client.closed = at

    def client_of(self, event: Event, thread: Thread) -> Client | None:
        """Whose event it is. A client belongs to the last thread that had its socket."""
        if event.call == "accepted" and event.client:
            self.accepted += 1
            address = visible(event.text, 0)
            client = Client(
                event.client, address, thread.number, thread.number, event.at
            )
            self.clients[client.number] = client
            thread.client = client
        elif event.client in self.clients:
            thread.client = self.clients[event.client]
            thread.client.thread = event.thread
        elif event.call in ("accept", "end"):
            thread.client = None
        return thread.client

    def judge(self, event: Event, client: Client | None) -> Change:
        """What a thread does after an event."""
        at, call, count = event.at, event.call, event.result
        number = client.number if client else 0
        if call in ("accept", "end"):
            return Change(at, call)
        if client is None:
            return Change(at, "idle")
        if call == "recv":
            return Change(at, "drain" if client.draining else "recv", number)
        if call in ("send", "delegate"):
            if call == "delegate":
                client.add(Piece(at, "delegate", 0, visible(event.text, 0)))
            return Change(at, call, number)
        if call == "shutdown":
            client.draining = True
        elif call == "closed":
            client.closed = at
            return Change(at, "idle")
        elif count in (-errno.EINTR, -errno.EAGAIN):
            client.add(Piece(at, "interrupted", 0, os.strerror(-count)))
        elif call in ("received", "sent") and count < 0:
            client.trouble = os.strerror(-count)
            return Change(at, "work", number, -1)
        elif call in ("received", "sent") and count > 0:
            received, sent = (count, 0) if call == "received" else (0, count)
            client.received += received
            client.sent += sent
            kind = "in" if received else "out"
            client.add(Piece(at, kind, count, visible(event.text, count)))
            return Change(at, "work", number, received, sent)
        return Change(at, "work", number)


class Recording:
    """A server that runs, and its events."""

    def __init__(
        self, program: str, interface: str, port: str, **options: object
    ) -> None:
        """Starts the server. It gets no Ctrl-C of its own, and ends with this process,
        even if that is killed."""
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        with contextlib.suppress(OSError):  # a smaller pipe only loses events earlier
            fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self.reading = reading
        self.began = time.monotonic() * 1000
        self.server = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", program, interface, port],
            env=os.environ | {"RECORD": str(writing)},
            pass_fds=[writing],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            start_new_session=True,
            **options,
        )
        os.close(writing)

    def now(self) -> float:
        """The time."""
        return time.monotonic() * 1000 - self.began

    def url(self) -> str:
        """Where the server listens, once it says so."""
        assert self.server.stdout
        ready, _, _ = select.select([self.server.stdout], [], [], START_SECONDS)
        line = self.server.stdout.readline().decode() if ready else ""
        match = re.search(r"http://\S+:\d+/", line)
        if match is None:
            raise Failed("the server does not listen")
        return match[0]

    def events(self, seconds: float) -> Iterator[Event] | None:
        """What has happened, or happens soon; None once the server has ended."""
        if not select.select([self.reading], [], [], seconds)[0]:
            return iter(())
        data = os.read(self.reading, PIPE_BYTES)
        if not data:
            return None
        return (
            Event(
                at / 1000 - self.began,
                result,
                thread,
                client,
                lost,
                call.rstrip(b"\0").decode(),
                text[:length],
            )
            for at, result, thread, client, lost, length, call, text in (
                EVENT.iter_unpack(data)
            )
        )

    def stop(self) -> int:
        """Ends the server, and gives its status."""
        try:
            self.server.terminate()
            self.server.wait(STOP_SECONDS)
        finally:
            if self.server.poll() is None:
                self.server.send_signal(signal.SIGKILL)
                self.server.wait()
            if self.server.stdout:
                self.server.stdout.close()
        return self.server.returncode

    def close(self) -> None:
        """Lets go of the pipe, once its events are read."""
        os.close(self.reading)
