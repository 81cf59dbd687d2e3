"""A shell and a server in which the commands of the documents run.

A `Session` has one bash, so that folders, variables and jobs stay as they are from
one command to the next, and one server at a time. Both have what a reader has, in
places of their own: the ports that the page names are free ones with as many digits,
and /tmp, docs/examples and the folders of the steps (../stepN) are copies in a
folder of the session. What a command prints is put back into the page's words.

`$ make run STAGE=n` starts that stage's server from the folder BUILD, and
`$ make -C ../stepn run` what a reader has typed of the step so far: it is built by
the folder's own Makefile, without a warning.
"""

from __future__ import annotations

import os
import random
import re
import select
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PORT = "8080"  # of the server, on the pages
PORTS = [PORT, "8090", "8000", "8081", "8082", "8083"]
START_SECONDS = 15
COMMAND_SECONDS = 60
STOP_SECONDS = 8


class Failed(Exception):
    """A server that does not build, start or end well."""


def free_ports(first: int) -> dict[str, str]:
    """A free port for each of the pages; that of the server is `first`, if it is free."""
    found: dict[str, str] = {}
    for shown in PORTS:
        port = first
        while str(port) in found.values() or not is_free(port):
            port = random.randint(2000, 9999)
        found[shown] = str(port)
    return found


def is_free(port: int) -> bool:
    """Whether a server may listen there."""
    with socket.socket() as candidate:
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Session:
    """A server, and a shell. `close` ends all that was started."""

    def __init__(self, build: str, place: str = ".", first_port: int = 2000) -> None:
        self.build = build
        self.place = place
        self.folder = Path(tempfile.mkdtemp(prefix="webserve."))
        self.ports = free_ports(first_port)
        self.server: subprocess.Popen[bytes] | None = None
        self.started = ""
        self.shells: list[subprocess.Popen[str]] = []
        self.count = 0
        shutil.copytree("docs/examples", self.folder / "examples")
        for path in (self.folder / "examples").iterdir():
            path.write_text(
                self.adapt(path.read_text(encoding="utf-8")), encoding="utf-8"
            )

    def with_ports(self, text: str) -> str:
        """A text of a page, with the ports of this session."""
        ports = "|".join(self.ports)
        return re.sub(rf"\b({ports})\b", lambda match: self.ports[match[1]], text)

    def adapt(self, command: str) -> str:
        """A command of a page, as it is typed here."""
        command = self.with_ports(command)
        command = command.replace("/tmp/", f"{self.folder}/")
        command = re.sub(r"(\$PWD/)?docs/examples", f"{self.folder}/examples", command)
        command = command.replace("build/stage", f"{self.build}/stage")
        return command.replace("../step", f"{self.folder}/step")

    def restore(self, output: str) -> str:
        """What a command printed, in the words of the page."""
        for shown, port in self.ports.items():
            output = re.sub(rf"\b{port}\b", shown, output)
        output = output.replace(f"{self.folder}/step", "../step")
        output = output.replace(f"{self.folder}/", "/tmp/")
        return output.replace(f"{self.build}/stage", "build/stage")

    def perform(
        self, command: str, typed: dict[str, dict[str, str]], stage: str
    ) -> str:
        """Runs a command of a page; gives what it prints. `typed` has the folder of
        each step as it is by now; `make run` without STAGE starts `stage`."""
        if match := re.match(r"make run(?:.* STAGE=(\d))?", command):
            self.start(f"{self.build}/stage{match[1] or stage}/webserve")
        elif match := re.match(r"make -C \.\./step(\d) run", command):
            self.type(f"step{match[1]}", typed[match[1]])
        else:
            return self.run(command)
        return ""

    def type(self, name: str, files: dict[str, str]) -> None:
        """Puts what a reader has typed into a step's folder; builds and starts it."""
        folder = self.folder / name
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
        said = self.run(f"make -C ../{name} && echo built")
        if "warning:" in said or not said.endswith("built\n"):
            raise Failed(f"make in {name} says: {said}")
        program = folder / f"webserve.{self.count}"  # it runs while the next is built
        shutil.copy(folder / "webserve", program)
        self.start(str(program))

    def start(self, program: str) -> None:
        """Starts a server in place of the one that runs; waits until it listens."""
        if program == self.started:
            return
        self.stop()
        out, log = self.folder / "out", self.folder / "log"
        with out.open("wb") as output, log.open("wb") as errors:
            self.server = subprocess.Popen(
                [program, "127.0.0.1", self.ports[PORT]],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            )
        self.started = program
        until = time.monotonic() + START_SECONDS
        while "listening on" not in out.read_text():
            if time.monotonic() > until or self.server.poll() is not None:
                raise Failed(f"{program} does not listen: {log.read_text()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Ends the server, if one runs."""
        if self.server is None:
            return
        self.server.terminate()
        try:
            status = self.server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.server.kill()
            status = self.server.wait()
        self.server = None
        if status != 0:
            raise Failed(f"{self.started} ended with status {status}")

    def shell(self) -> subprocess.Popen[str]:
        """The shell that runs, or a new one."""
        if not self.shells or self.shells[-1].poll() is not None:
            outside = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL"}
            if self.place != ".":
                outside.add("BUILD")  # a copy has its own
            environment = {k: v for k, v in os.environ.items() if k not in outside}
            self.shells.append(
                subprocess.Popen(
                    ["bash", "--norc", "--noprofile"],
                    cwd=self.place,
                    env=environment | {"LC_ALL": "C", "no_proxy": "127.0.0.1"},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                    start_new_session=True,
                )
            )
        return self.shells[-1]

    def run(self, command: str) -> str:
        """Runs a command in the shell; gives what it prints, however it ends."""
        shell = self.shell()
        self.count += 1
        out = self.folder / f"output.{self.count}"
        adapted = shlex.quote(self.adapt(command))
        assert shell.stdin and shell.stdout
        shell.stdin.write(f"eval {adapted} </dev/null >{out} 2>&1\necho\n")
        shell.stdin.flush()
        late = ""
        if not select.select([shell.stdout], [], [], COMMAND_SECONDS)[0]:
            os.killpg(shell.pid, signal.SIGKILL)
            late = f"(ended after {COMMAND_SECONDS} s)\n"
        shell.stdout.readline()
        return self.restore(out.read_text(encoding="utf-8", errors="replace")) + late

    def close(self) -> None:
        """Ends all that was started, and removes the session's folder."""
        for shell in self.shells:
            try:
                os.killpg(shell.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            shell.wait()
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
