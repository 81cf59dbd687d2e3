#!/usr/bin/env python3
"""tests/tools/races.py BUILD STAGE... - valgrind's helgrind and DRD on the threads.

Builds each stage's server without sanitizers, and the unit tests of what threads share,
and runs them under both tools. The server meets clients that ask, post, break off and
leave half a request, more at a time than it may have threads, and is ended while some
of them are there. Prints a line for each run, with what the tool reports; exits with 1
if it reports anything, a client gets no answer, or a server does not end with 0.
(ThreadSanitizer, with all HTTP tests, is `make test SANITIZE=thread`.)
"""

import re
import subprocess
import sys
from pathlib import Path

SHARED = ("budget", "deadlines", "log", "main_thread", "pool")
START_SECONDS = 60
REPORTED = 99  # valgrind's status then
# A few clients are a rush, since valgrind is slow.
SETTINGS = ("UNIT_SANITIZE=", "SANITIZE=", "CPPFLAGS=-DRUSH_LEAST=5")
# Why, what, and in which functions: what is not to be reported.
SUPPRESSIONS = [
    (f"an atomic of deadlines.h, which the tools do not know\n{kind}", function)
    for function in ("deadline_wait", "stop_waiting", "is_waiting")
    for kind in ("Helgrind:Race", "drd:ConflictingAccess")
] + [
    (
        "a program has one pool, a test several\ndrd:MutexErr",
        "pthread_mutex_init*\nfun:pool_init",
    ),
    (
        "a program has one pool, a test several\ndrd:CondErr",
        "pthread_cond_init*\nfun:pool_init",
    ),
]
GET = r"send GET /a?b=c HTTP/1.1\r\nHost: a\r\n\r\n"
POST = r"send POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n"


class Races:
    """The runs of one build."""

    def __init__(self, build: Path) -> None:
        self.build = build
        self.work = build / "races"
        self.failed = False
        self.work.mkdir(parents=True, exist_ok=True)
        self.suppressions = self.work / "suppressions"
        entries = (
            f"{{\n{what}\nfun:{functions}\n}}\n" for what, functions in SUPPRESSIONS
        )
        self.suppressions.write_text("".join(entries))

    def command(self, tool: str, log: Path, *program: str) -> list[str]:
        """Returns the program under a tool whose report goes to a file."""
        options = f"--error-exitcode={REPORTED} --quiet --num-callers=12"
        files = [f"--log-file={log}", f"--suppressions={self.suppressions}"]
        return ["valgrind", f"--tool={tool}", *options.split(), *files, *program]

    def judge(self, what: str, fault: str, log: Path) -> None:
        """Prints the line of a run, and the report if there is one."""
        report = log.read_text(errors="replace") if log.exists() else ""
        if fault or report:
            self.failed = True
            fault = f"FAILED: {fault or 'it reports'}"
        print(f"{what:44} {fault or 'no report'}", flush=True)
        print("".join(f"    {line}\n" for line in report.splitlines()[:60]), end="")

    def run_unit(self, tool: str, program: Path) -> None:
        """A red test is no fault here: below valgrind, limits on descriptors and time
        mean something else."""
        log = self.work / f"{program.name}.{tool}"
        fault = ""
        try:
            ran = subprocess.run(
                self.command(tool, log, str(program)),
                capture_output=True,
                timeout=120,
                check=False,
            )
            if ran.returncode < 0 or ran.returncode >= REPORTED:
                fault = f"status {ran.returncode}"
            elif b"test(s) run" not in ran.stdout + ran.stderr:
                fault = "no test ran"
        except subprocess.TimeoutExpired:
            fault = "it hangs"
        self.judge(f"{program.name}, {tool}", fault, log)

    def run_server(self, tool: str, stage: str) -> None:
        """The whole life of a server."""
        log = self.work / f"stage{stage}.{tool}"
        program = str(self.build / f"small/stage{stage}/webserve")
        with subprocess.Popen(
            self.command(tool, log, program, "127.0.0.1", "0"),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as server:
            try:
                assert server.stdout
                port = re.search(r":(\d+)/$", server.stdout.readline())
                fault = self.meet(server, port[1]) if port else "it does not listen"
            finally:
                server.kill()
        self.judge(f"stage {stage}, {tool}", fault, log)

    def start(self, port: str, count: int, *actions: str) -> subprocess.Popen[bytes]:
        """So many clients at once."""
        tool = str(self.build / "tools/raw_client")
        command = [tool, "-t", "60", "-c", str(count), "127.0.0.1", port, *actions]
        quiet = subprocess.DEVNULL
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=quiet
        )

    def ask(self, port: str, count: int, *actions: str) -> bytes:
        """Returns the same to the end: what they got; nothing if one of them failed."""
        with self.start(port, count, *actions) as clients:
            said, _ = clients.communicate()
        return said if clients.returncode == 0 else b""

    def meet(self, server: subprocess.Popen[str], port: str) -> str:
        """Returns all the clients, and the end; returns what went wrong."""
        whole = self.start(port, 20, GET, "read")
        posted = self.ask(port, 10, POST, "send a=1", "read")
        self.ask(port, 5, "send GET / HT", "reset")
        self.ask(port, 5, POST, "end", "read")
        answers, _ = whole.communicate()
        # Nearly as many as there are threads: their time becomes short.
        stalled = self.start(port, 7, r"send GET / HTTP/1.1\r\n", "read")
        among = self.ask(port, 3, r"send GET / HTTP/1.1\r\nHost: a\r\n\r\n", "read")
        stalled.communicate()
        half = self.start(port, 5, r"send GET / HTTP/1.1\r\n", "hold", "read")
        assert half.stdout
        half.stdout.readline()  # they are held
        server.terminate()
        try:
            status = server.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            return "it does not end"
        finally:
            half.kill()
            half.communicate()
        if (
            answers.count(b"</html>") != 20
            or not posted
            or not among
            or stalled.returncode
        ):
            return "a client gets no answer"
        return f"status {status}" if status else ""


def main(build: str, *stages: str) -> int:
    """Returns the exit status."""
    units = [
        path.stem
        for name in SHARED
        for path in sorted(Path("tests/unit").glob(f"{name}_*test.c"))
    ]
    programs = [
        f"{build}/tools/raw_client",
        *(f"{build}/unit/{name}" for name in units),
    ]
    subprocess.run(
        ["make", f"BUILD={build}", *SETTINGS, "small-servers", *programs], check=True
    )
    races = Races(Path(build))
    for tool in ("helgrind", "drd"):
        for name in units:
            races.run_unit(tool, Path(build, "unit", name))
        for stage in stages:
            races.run_server(tool, stage)
    return 1 if races.failed or not units else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: tests/tools/races.py BUILD STAGE...")
    sys.exit(main(*sys.argv[1:]))
