#!/usr/bin/env python3
"""docs/tools/live/live.py PROGRAM INTERFACE PORT LIVE_PORT - shows a server's threads.

Starts PROGRAM, a server that is linked with record.c, and serves a page on LIVE_PORT
that shows what the server's threads are doing. Only this machine can open the page. Its
buttons start clients (clients.py). Ctrl-C ends everything, and no process and no file is
left. The status is 0 then, and 1 if the server does not start, or ends by itself.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import re
import signal
import socket
import sys
import threading
import time
from http import HTTPStatus
from pathlib import Path
from types import FrameType

sys.dont_write_bytecode = True
from clients import Crowd, host_and_port
from frames import Frames
from recording import Failed, Recording

FRAME_SECONDS = 0.05
VIEWERS_MOST = 8
HERE = Path(__file__).parent
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
FILES = {"/": "live.html"} | {f"/{n}": n for n in ("live.css", "colors.css", "live.js")}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Stopped(Exception):
    """Ctrl-C, or another signal that ends the program."""


class Page(http.server.ThreadingHTTPServer):
    """The page's own server."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, about: dict[str, str], frames: Frames, crowd: Crowd):
        self.about, self.frames, self.crowd = about, frames, crowd
        self.viewers = threading.Semaphore(VIEWERS_MOST)
        super().__init__(("127.0.0.1", port), Answer)

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that leaves is not an error."""


class Answer(http.server.BaseHTTPRequestHandler):
    """One request of the page."""

    server: Page

    def log_message(self, format: str, *args: object) -> None:
        """The terminal is for the log of the stage."""

    def is_ours(self) -> bool:
        """Whether the browser asks for this page by its own name. Another site can
        neither read it nor press its buttons."""
        names = {
            f"{host}:{self.server.server_port}" for host in ("127.0.0.1", "localhost")
        }
        host, origin = self.headers.get("Host", ""), self.headers.get("Origin")
        return host in names and origin in (None, f"http://{host}")

    def send(
        self, status: HTTPStatus, kind: str = "text/plain", body: bytes = b""
    ) -> None:
        """A whole answer."""
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        """The page, and the stream of its frames."""
        if not self.is_ours():
            self.send(
                HTTPStatus.FORBIDDEN, body=b"This page is for this machine only.\n"
            )
        elif self.path == "/about":
            self.send(
                HTTPStatus.OK,
                "application/json",
                json.dumps(self.server.about).encode(),
            )
        elif self.path == "/frames":
            self.send_frames()
        elif self.path in FILES:
            file = HERE / FILES[self.path]
            self.send(HTTPStatus.OK, TYPES[file.suffix], file.read_bytes())
        else:
            self.send(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """A button: says whether there was room for one more client."""
        kind = self.path.removeprefix("/clients/")
        if not self.is_ours() or self.headers.get("Origin") is None:
            self.send(HTTPStatus.FORBIDDEN)
        elif kind not in Crowd.KINDS:
            self.send(HTTPStatus.NOT_FOUND)
        else:
            started = self.server.crowd.start(kind)
            self.send(HTTPStatus.ACCEPTED, body=b"started" if started else b"enough")

    def send_frames(self) -> None:
        """Server-sent events, until one side leaves."""
        if not self.server.viewers.acquire(blocking=False):
            self.send(HTTPStatus.SERVICE_UNAVAILABLE)
            return
        try:
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            number = 0
            while new := self.server.frames.after(number):
                number = new[-1]["number"]
                data = json.dumps(new, separators=(",", ":"))
                self.wfile.write(f"data: {data}\n\n".encode())
        finally:
            self.server.viewers.release()


def pump(recording: Recording, frames: Frames) -> None:
    """Makes a frame of what has happened, again and again, until the server ends."""
    while True:
        time.sleep(FRAME_SECONDS)
        events = recording.events(0)
        if events is None:
            return
        frames.add(list(events), recording.now())


def address_on_the_network() -> str:
    """This machine's address for others; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        with contextlib.suppress(OSError):
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
    return ""


def introduce(program: str, url: str) -> dict[str, str]:
    """What the page says about the server."""
    stage = Path(program).parent.name.removeprefix("stage")
    about = {"stage": stage if stage.isdigit() else "", "url": url, "network": ""}
    host, port = url.removeprefix("http://").strip("/").rsplit(":", 1)
    if host in ("0.0.0.0", "[::]"):
        place, number = host_and_port(url)
        about["url"] = f"http://{f'[{place}]' if ':' in place else place}:{number}/"
        if address := address_on_the_network():
            about["network"] = f"http://{address}:{port}/"
    return about


def open_page(port: int, about: dict[str, str], frames: Frames, crowd: Crowd) -> Page:
    """The page's server; Failed if the port is taken."""
    try:
        return Page(port, about, frames, crowd)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", "ports end at 65535")
        raise Failed(
            f"the page cannot listen on port {port}: {reason}. "
            "Choose another one with LIVE_PORT=number."
        ) from error


def run(program: str, interface: str, port: str, live_port: int) -> int:
    """Runs both servers until a signal comes, or the stage ends."""
    recording = Recording(program, interface, port)
    page: Page | None = None
    crowd: Crowd | None = None
    frames = Frames()
    status = 0
    try:
        url = recording.url()
        about = introduce(program, url)
        crowd = Crowd(url)
        page = open_page(live_port, about, frames, crowd)
        threading.Thread(target=page.serve_forever, daemon=True).start()
        print(f"The server:   {about['url']}")
        print(
            f"Its threads:  http://127.0.0.1:{page.server_port}/  (Ctrl-C stops both)"
        )
        if not url.startswith(("http://127.", "http://[::1]")):
            server = about["network"] or "the server"
            print(f"Everyone on your network can open {server} and will be shown here.")
            print("Only this machine can open the page with the threads.")
        sys.stdout.flush()
        pump(recording, frames)
        print("The server has ended by itself.", file=sys.stderr)
        status = 1
    except Stopped:
        pass
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if crowd:
            crowd.close()
        frames.end()
        recording.stop()
        if page:
            page.server_close()
    return status


def stop(number: int, frame: FrameType | None) -> None:
    """A signal ends the program."""
    raise Stopped


def main() -> int:
    """Reads the command line."""
    if len(sys.argv) != 5 or not re.fullmatch(r"\d{1,5}", sys.argv[4]):
        print(
            "Usage: docs/tools/live/live.py PROGRAM INTERFACE PORT LIVE_PORT",
            file=sys.stderr,
        )
        return 2
    program, interface, port, live_port = sys.argv[1:]
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        return run(program, interface, port, int(live_port))
    except Failed as failure:
        print(f"make live: {failure}", file=sys.stderr)
        return 1
    except Stopped:
        return 0


if __name__ == "__main__":
    sys.exit(main())
