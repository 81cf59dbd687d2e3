"""Starting a peer, looking at it, and stopping it.

Each server leads a session of its own, so that all its processes are known. It ends by
itself if the process that started it dies.
"""

import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType

import machine
from peers import Peer, Place

START_SECONDS = 20


class BenchError(Exception):
    """Something does not work; the message is for the user."""


def free_port() -> int:
    """Returns a port that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fetch(
    port: int, request: bytes, seconds: float = 10
) -> tuple[int, dict[str, str], bytes]:
    """One exchange: the status code, the fields by lower-case name, the content."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as client:
        client.sendall(request)
        pieces = []
        while piece := client.recv(1 << 18):
            pieces.append(piece)
    answer = b"".join(pieces)
    head, _, content = answer.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    fields = dict((line.split(":", 1) + [""])[:2] for line in lines[1:])
    code = lines[0].split(" ")[1] if " " in lines[0] else "0"
    return int(code), {k.lower(): v.strip() for k, v in fields.items()}, content


class Server:
    """A running peer; `with Server(...) as server` stops it at the end."""

    def __init__(self, peer: Peer, build: Path, work: Path) -> None:
        self.peer = peer
        folder = work / peer.name
        folder.mkdir(parents=True, exist_ok=True)
        self.port = 0 if peer.says_port else free_port()
        place = Place(build, folder, work / "page.html", work / "answer", self.port)
        self.log = folder / "out"
        with self.log.open("wb") as out, Path("/dev/null").open("wb") as null:
            self.process = subprocess.Popen(
                [*self._ends_with_us(), *peer.command(place)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=null,
                start_new_session=True,
            )
        try:
            self._wait_until_it_listens()
        except BaseException:
            self.stop()
            raise

    @staticmethod
    def _ends_with_us() -> list[str]:
        return ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []

    def _wait_until_it_listens(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            if self.peer.says_port:
                said = re.search(
                    r"listening on http://[^ ]*:(\d+)/", self.log.read_text()
                )
                if said:
                    self.port = int(said[1])
                    return
            else:
                try:
                    socket.create_connection(("127.0.0.1", self.port), 1).close()
                    return
                except OSError:
                    pass
            time.sleep(0.02)
        raise BenchError(
            f"{self.peer.title} does not start: {' '.join(map(str, self.process.args))}"
        )

    def __enter__(self) -> "Server":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends it and all its processes, by force if that takes too long."""
        members = machine.session(self.process.pid)
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(6)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for pid in set(members) & set(machine.session(self.process.pid)):
            subprocess.run(
                ["kill", "-KILL", str(pid)], stderr=subprocess.DEVNULL, check=False
            )

    def pids(self) -> list[int]:
        if self.process.poll() is not None:
            raise BenchError(f"{self.peer.title} has ended by itself")
        return machine.session(self.process.pid)

    def processor_time(self) -> float:
        return machine.processor_time(self.pids())

    def settle(self) -> None:
        """Waits until it has nothing left to do. Otherwise, what clients have left in
        its queue would take time from the server that is measured next."""
        machine.at_rest(self.processor_time, lambda _: 0.002, 10, 0.1)

    def time_of(self, request: bytes) -> tuple[float, int]:
        """Returns the seconds from connect to the end of a 200, and the bytes of it."""
        began = time.monotonic()
        code, _, content = fetch(self.port, request, 60)
        if code != 200:
            raise BenchError(f"{self.peer.title} answers with {code}")
        return time.monotonic() - began, len(content)

    def ask(self, target: str = "/") -> tuple[int, dict[str, str], bytes]:
        request = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n"
        return fetch(self.port, request.encode())


def check_answer(server: Server, page: bytes) -> None:
    """Checks that it answers as the others do: 200, the page, and the same fields."""
    code, fields, content = server.ask()
    title = server.peer.title
    if code != 200:
        raise BenchError(f"{title} answers with {code}")
    if content != page or fields.get("content-length") != str(len(page)):
        raise BenchError(
            f"{title}: its {len(content)} bytes of content are not the page"
        )
    if fields.get("connection", "").lower() != "close":
        raise BenchError(f"{title} does not say that it closes the connection")
    for name in (
        "date",
        "content-type",
        "content-security-policy",
        "x-content-type-options",
    ):
        if name not in fields:
            raise BenchError(f"{title}: no {name} in its answer")
