"""Asks a server: starts it, sends it bytes as a client does, and notes what comes back,
and when. What a server says is read up to a limit, and shown in ASCII.
"""

import os
import re
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from submission.faults import LISTENING

START_SECONDS = 5.0
MOST = 1 << 20  # bytes of an answer that are read
SHOWN = 60  # characters of what was sent or came, in a line of `seen`
TICK = os.sysconf("SC_CLK_TCK")
LOOKS = 10  # at what the threads do, in half a second


class Unclear(Exception):
    """The server did not do what must work before a question makes sense."""


def wait_until(is_so: Callable[[], bool], seconds: float = START_SECONDS) -> bool:
    """Waits until it is so, or for so long; whether it is."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def printable(data: bytes) -> str:
    """Bytes as C would write them."""
    text = repr(data)[2:-1]
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


class Server:
    """A program that was started as `server 127.0.0.1 0`, and that ends when the block
    is left."""

    def __init__(self, program: Path, seconds: float = START_SECONDS):
        # pylint: disable=consider-using-with # __exit__ closes them
        self.out = tempfile.TemporaryFile()
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [program, "127.0.0.1", "0"],
            stdin=subprocess.DEVNULL,
            stdout=self.out,
            stderr=self.log,
        )
        wait_until(lambda: b"\n" in self.head(self.out) or self.ended, seconds)
        line, newline, _ = self.head(self.out).decode(errors="replace").partition("\n")
        self.has_said = bool(newline)  # a line, whatever it says
        where = LISTENING.search(line.rstrip(" \t")) if newline else None
        self.url = where[1] if where else ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_) -> None:
        self.process.kill()
        self.process.wait()
        self.out.close()
        self.log.close()

    @staticmethod
    def head(file) -> bytes:
        """Returns the beginning of a file, whose offset the program shares."""
        return os.pread(file.fileno(), 10000, 0)

    def said(self) -> str:
        """Returns the beginning of what it printed."""
        return (self.head(self.log) + self.head(self.out)).decode(errors="replace")

    @property
    def ended(self) -> bool:
        """Whether the program is over."""
        return self.process.poll() is not None

    def soon_ended(self, seconds: float = 0.4) -> bool:
        """Whether it is over, or is a moment later."""
        return wait_until(lambda: self.ended, seconds)

    def connect(self, buffer: int = 0, wait: bool = True) -> "Client":
        """Connects a new client; with wait=False, does not wait for the connection."""
        host, _, port = self.url.removeprefix("http://").rpartition(":")
        return Client((host.strip("[]"), int(port)), buffer, wait)

    @contextmanager
    def halted(self) -> Iterator[None]:
        """Halts the server meanwhile, so that all that clients do comes at once."""
        self.process.send_signal(signal.SIGSTOP)
        time.sleep(0.02)
        try:
            yield
            time.sleep(0.02)
        finally:
            self.process.send_signal(signal.SIGCONT)

    # ---- What the kernel says of it

    def status(self, key: str) -> int:
        """Returns a number of /proc/PID/status: Threads, or VmSize in KiB."""
        text = Path(f"/proc/{self.process.pid}/status").read_text("latin-1")
        match = re.search(rf"^{key}:\s+(\d+)", text, re.M)
        return int(match[1]) if match else 0

    def seconds_used(self) -> float:
        """Returns the processor time that it has used."""
        text = Path(f"/proc/{self.process.pid}/stat").read_text("latin-1")
        fields = text.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def ready(self) -> set[str]:
        """Its threads that run, or could: they do not wait for anything."""
        found = set()
        for thread in os.listdir(f"/proc/{self.process.pid}/task"):
            path = Path(f"/proc/{self.process.pid}/task/{thread}/stat")
            try:
                text = path.read_text("latin-1")
            except OSError:
                continue  # it has just ended
            if text.rpartition(")")[2].split()[0] == "R":
                found.add(thread)
        return found

    def turning(self) -> float:
        """Returns the processor time that the server uses in half a second if one of
        its threads never waits, or 0. A thread that has to wait for a processor is
        ready, so a busy machine hides nothing; there it is looked at for longer, until
        it has run."""
        used, threads = self.seconds_used(), self.ready()
        for look in range(1, 4 * LOOKS):
            time.sleep(0.5 / LOOKS)
            threads &= self.ready()
            if not threads:
                return 0.0
            since = self.seconds_used() - used
            if look >= LOOKS and since > 1 / TICK:
                return since
        return 0.0

    def descriptors(self) -> int:
        """Returns how many descriptors it has open."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


class Answer:
    """What a client has received, read as any client would."""

    def __init__(self, data: bytes, end: str):
        self.data = data
        while True:  # leave out 100 Continue
            head, gap, content = self.split(data)
            self.lines = head.splitlines()
            first = self.lines[0] if self.lines else b""
            number = re.match(rb"\S+[ \t]+(\d{3})\b", first)
            self.code = int(number[1]) if number else 0
            if not gap or self.code // 100 != 1:
                break
            data = content
        self.head = head + gap
        self.has_head = bool(gap)
        self.fields = {}
        for line in self.lines[1:]:
            name, _, value = line.partition(b":")
            self.fields[name.strip().lower()] = value.strip()
        self.content = content
        self.whole = self.has_head and end == "closed"
        if self.has_head:
            self.measure(end)

    @staticmethod
    def split(data: bytes) -> tuple[bytes, bytes, bytes]:
        """Returns the head, the empty line, and the rest."""
        end = re.search(rb"\r?\n\r?\n", data)
        if not end:
            return data, b"", b""
        return data[: end.start()], end[0], data[end.end() :]

    @property
    def length(self) -> int | None:
        """Content-Length, if it is a number."""
        value = self.fields.get(b"content-length", b"")
        return int(value) if re.fullmatch(rb"\d{1,12}", value) else None

    @property
    def chunked(self) -> bool:
        """Whether the content comes in chunks."""
        return b"chunked" in self.fields.get(b"transfer-encoding", b"").lower()

    def measure(self, end: str) -> None:
        """Finds out whether it is whole, and joins its chunks."""
        if self.chunked:
            rest, joined, self.whole = self.content, b"", False
            while match := re.match(rb"([0-9A-Fa-f]{1,8})[^\n]*\n", rest):
                size = int(match[1], 16)
                joined += rest[match.end() : match.end() + size]
                rest = rest[match.end() + size :]
                if size == 0:
                    self.whole = True
                    break
                rest = rest.removeprefix(b"\r\n")
            self.content = joined
        elif self.length is not None:
            self.whole = len(self.content) >= self.length
        elif self.code in (204, 304):
            self.whole = True
        else:
            self.whole = end == "closed"


class Client:
    """One connection, and what was sent and came on it."""

    def __init__(self, address: tuple[str, int], buffer: int = 0, wait: bool = True):
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.socket = socket.socket(family)
        if buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.began = time.monotonic()
        self.socket.settimeout(3 if wait else 0)
        try:
            self.socket.connect(address)
        except BlockingIOError:
            pass
        self.data = b""
        self.end = ""  # "closed", or "reset"
        self.first_at = self.last_at = self.end_at = 0.0  # seconds after it began
        self.events: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_) -> None:
        self.socket.close()

    def now(self) -> float:
        """Seconds since it connected."""
        return time.monotonic() - self.began

    def note(self, what: str) -> None:
        """Adds a line to what was seen."""
        self.events.append(f"{self.now():5.2f} s  {what}")

    def send(self, data: bytes) -> Self:
        """Sends bytes; if the server is gone, they are lost."""
        more = f" ({len(data):,} bytes)" if len(data) > SHOWN else ""
        self.note(f"sent  {printable(data)}{more}")
        try:
            self.socket.settimeout(3)
            self.socket.sendall(data)
        except OSError:
            self.note("      not taken")
        return self

    def finish(self) -> Self:
        """Ends its side of the connection."""
        self.note("ended its side")
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        return self

    def leave(self, reset: bool = False) -> None:
        """Closes the connection; with a reset, as if it had been torn."""
        if reset:
            self.socket.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0"
            )
        self.socket.close()

    def receive(self, seconds: float) -> bool:
        """Receives once; whether anything came, or the end."""
        if self.end:
            return False
        try:
            self.socket.settimeout(max(seconds, 0.001))
            came = self.socket.recv(1 << 18)
        except TimeoutError:
            return False
        except OSError:
            self.end, self.end_at = "reset", self.now()
            self.note("came  a reset: the connection is gone")
            return True
        if not came:
            self.end, self.end_at = "closed", self.now()
            self.note("came  the end of the stream")
            return True
        if not self.data:
            self.first_at = self.now()
            self.note(f"came  {printable(came)}")
        self.data += came
        self.last_at = self.now()
        return True

    def anything(self, seconds: float) -> bool:
        """Whether something came within that time, or was there: bytes, or the end."""
        return bool(self.data or self.end) or self.receive(seconds)

    def answer(self, seconds: float) -> Answer:
        """Waits for a whole answer."""
        deadline = time.monotonic() + seconds
        found = Answer(self.data, self.end)
        while not found.whole and not self.end and len(self.data) < MOST:
            left = deadline - time.monotonic()
            if left <= 0 or not self.receive(left):
                break
            found = Answer(self.data, self.end)
        if not self.data and not self.end:
            self.note("came  nothing")
        return found

    def wait_for_end(self, seconds: float) -> Answer:
        """Waits for the end of the stream."""
        deadline = time.monotonic() + seconds
        while not self.end and len(self.data) < MOST:
            left = deadline - time.monotonic()
            if left <= 0 or not self.receive(left):
                break
        if not self.end:
            self.note("      the connection is still open")
        return Answer(self.data, self.end)


def seen(*clients: Client, most: int = 9) -> str:
    """Returns what was sent and what came, in a few lines."""
    lines: list[str] = []
    for number, client in enumerate(clients, 1):
        name = f"client {number}: " if len(clients) > 1 else ""
        lines += [name + line for line in client.events]
    if len(lines) > most:
        lines = lines[: most - 2] + ["..."] + lines[-1:]
    return "\n".join(lines)


HOST = b"Host: localhost\r\n"


def get(path: str = "/", more: bytes = b"") -> bytes:
    """Returns a whole GET."""
    return b"GET " + path.encode() + b" HTTP/1.1\r\n" + HOST + more + b"\r\n"


def post_head(length: int, name: str = "Content-Length: ", more: bytes = b"") -> bytes:
    """Returns the head of a POST; `more` comes before its Content-Length."""
    return (
        b"POST / HTTP/1.1\r\n"
        + HOST
        + b"Content-Type: application/x-www-form-urlencoded\r\n"
        + more
        + name.encode()
        + str(length).encode()
        + b"\r\n\r\n"
    )


def post(content: bytes, name: str = "Content-Length: ", more: bytes = b"") -> bytes:
    """Returns a whole POST."""
    return post_head(len(content), name, more) + content
