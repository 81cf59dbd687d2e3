"""The server of a walk, and the commands that are run against it.

Both run in sessions of their own, so that Ctrl-C is the walk's alone; `close`
ends them all, and what they have left in the background. The
servers of a walk have one port, 8080 or the next that is free; files in /tmp go to
a folder of the walk's own, as in make docs.
"""
from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PORTS = range(8080, 9000)
START_SECONDS = 15
COMMAND_SECONDS = 60
STOP_SECONDS = 8


def free_port() -> str:
    """A port with four figures, as the pages' own, so that no line gets longer."""
    for port in PORTS:
        with socket.socket() as candidate:
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                candidate.bind(("127.0.0.1", port))
            except OSError:
                continue
            return str(port)
    raise OSError(f"no port from {PORTS[0]} to {PORTS[-1]} is free")


class Session:
    """A server, and commands."""

    def __init__(self, build: str) -> None:
        self.build = build
        self.started = ""
        self.folder = Path(tempfile.mkdtemp(prefix="walk."))
        self.groups: list[int] = []
        self.server: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    def start(self, place: str) -> None:
        """Starts the server that was built in a folder of BUILD, in place of the
        one that runs, and waits until it listens."""
        if place == self.started:
            return
        self.stop()
        program = f"{self.build}/{place}/webserve"
        out = self.folder / "out"
        log = self.folder / "log"
        with out.open("wb") as output, log.open("wb") as errors:
            self.server = subprocess.Popen(
                [program, "127.0.0.1", self.port], stdin=subprocess.DEVNULL,
                stdout=output, stderr=errors, start_new_session=True)
        until = time.monotonic() + START_SECONDS
        while not re.search(r":\d+/\s*$", out.read_text()):
            if time.monotonic() > until or self.server.poll() is not None:
                raise RuntimeError(f"{program} does not listen: {log.read_text()}")
            time.sleep(0.02)
        self.started = place

    def type(self, stage: str, place: str) -> None:
        """Puts what is typed so far into the step's folder, and starts that."""
        self.start(place)
        for path in Path(self.build, place).iterdir():
            shutil.copy(path, self.folder / f"step{stage}")

    def adapt(self, command: str) -> str:
        """A command of the page, for this server."""
        command = re.sub(r"(?<!\d)8080(?!\d)", self.port, command)
        command = command.replace("build/stage", f"{self.build}/stage")
        command = command.replace("/tmp/", f"{self.folder}/")
        return command.replace("../step", f"{self.folder}/step")

    def run(self, command: str) -> str:
        """Runs a command; what it printed, however it ended."""
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(
                ["bash", "-c", command], stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True)
            self.groups.append(process.pid)
            late = ""
            try:
                process.wait(COMMAND_SECONDS)
            except subprocess.TimeoutExpired:
                self.end_group(process.pid)
                process.wait()
                late = f"(ended after {COMMAND_SECONDS} s)\n"
            output.seek(0)
            said = output.read().decode("utf-8", "replace")
            return said.replace(f"{self.folder}/step", "../step") + late

    @staticmethod
    def end_group(group: int) -> None:
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def stop(self) -> None:
        """Ends the server, if one runs."""
        self.started = ""
        if self.server is not None and self.server.poll() is None:
            self.server.terminate()
            try:
                self.server.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.server.kill()
                self.server.wait()

    def close(self) -> None:
        """Ends all that was started."""
        for group in self.groups:
            self.end_group(group)
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
