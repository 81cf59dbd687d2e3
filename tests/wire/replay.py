#!/usr/bin/env python3
"""tests/wire/replay.py BUILD - sends the corpus to all stages, and compares.

Each request of tests/wire/corpus is sent to the six servers BUILD/stageN/webserve.
What comes back is compared octet by octet, except the value of Date; how the
connection ended is part of the answer. What must come of it:

    2 = 3 = 4 and 1 = 5, for every request; 5 = 6 for every request except POST
    1 -> 2 and 4 -> 5: every 200 has another page, and nothing else changes
    5 -> 6: a POST's 501 changes; a POST with a fault in its head does not

Prints what each step changed on the wire, with examples, then each fault, and one
line of totals. Exits with 1 if there is a fault: a difference that must not be, none
where one must be, an answer that is not the one the corpus names, or that has no
well-formed Date, a server that died. All that came is in BUILD/wire:
stageN/GROUP/NAME, stageN.log, faults.txt and, without a fault, the report's parts
stepN.txt.
"""
from __future__ import annotations

import re
import select
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True

from parse_answer import RESET, TIMEOUT, Answer
from corpus import STAGES, Malformed, Request, read
from compare_stages import Judgment

EXCHANGE_SECONDS = 45  # longer than a server waits for what never comes
START_SECONDS = 15
STOP_SECONDS = 10
HANGS = 2  # after so many, a server is not asked any more


class Server:
    """One stage's server, and the answers that it gave."""

    def __init__(self, build: Path, stage: int) -> None:
        self.stage = stage
        self.client = build / "tools/raw_client"
        self.folder = build / "wire" / f"stage{stage}"
        self.folder.mkdir(parents=True)
        self.log = self.folder.with_suffix(".log")
        self.answers: dict[str, Answer] = {}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [build / f"stage{stage}/webserve", "127.0.0.1", "0"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self.port = ""
        self.wrong = ""

    def wait_until_it_listens(self) -> None:
        """Reads the line that says where."""
        assert self.process.stdout is not None
        line = ""
        if select.select([self.process.stdout], [], [], START_SECONDS)[0]:
            line = self.process.stdout.readline().decode()
        match = re.search(r":(\d+)/?$", line.strip())
        if match is None:
            log = self.log.read_text(errors="replace")
            raise OSError(f"stage {self.stage} does not listen: {line}{log}")
        self.port = match[1]

    def send(self, requests: list[Request]) -> None:
        """Sends these one after the other, each on a connection of its own."""
        hangs = 0
        while requests and hangs < HANGS:
            prefix = self.folder / f"{requests[0].name.replace('/', '-')}."
            script = "".join("\n".join(one.script()) + "\n\n" for one in requests)
            command = [self.client, "-b", prefix, "-t", str(EXCHANGE_SECONDS)]
            result = subprocess.run(
                [*command, "127.0.0.1", self.port],
                input=script.encode(),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                check=False,
            )
            ends = [int(line) for line in result.stdout.split()]
            if len(ends) < len(requests):
                ends.append(TIMEOUT)
                hangs += 1
            for number, (request, ended) in enumerate(zip(requests, ends)):
                came = self.folder / request.name
                came.parent.mkdir(exist_ok=True)
                Path(f"{prefix}{number}").rename(came)
                self.answers[request.name] = Answer(came.read_bytes(), ended)
            requests = requests[len(ends) :]

    def stop(self) -> None:
        """Ends the server; sets `wrong` if it had died, or does not end well."""
        died = self.process.poll() is not None
        self.process.terminate()
        try:
            status = str(self.process.wait(STOP_SECONDS))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            status = "none: it did not end"
        if died or status != "0":
            lost = [name for name, one in self.answers.items() if one.ended == RESET]
            self.wrong = (
                f"stage {self.stage}: the server "
                f"{'died' if died else 'did not stop as it should'} (exit status "
                f"{status}); its log is {self.log}\n"
                f"    connections that it reset: {', '.join(lost[:5]) or 'none'}"
            )


def parts(requests: list[Request]) -> list[list[Request]]:
    """The requests, in parts that are sent at the same time.

    Those that run into a timeout are on their own; those that pause are in three parts,
    and the others in two.
    """
    timeouts = [request for request in requests if request.group == "timeout"]
    slow = [
        request
        for request in requests
        if request.group != "timeout"
        and any(re.match("octets|pause|silence", step) for step in request.steps)
    ]
    quick = [one for one in requests if one not in timeouts and one not in slow]
    return [[one] for one in timeouts] + [
        *(slow[part::3] for part in range(3)),
        *(quick[part::2] for part in range(2)),
    ]


def replay(
    places: list[tuple[Path, int]], requests: list[Request]
) -> list[Server]:
    """Sends all requests to servers, each the BUILD and the stage of one; returns the
    servers, which have ended."""
    servers: list[Server] = []
    try:
        for build, stage in places:
            servers.append(Server(build, stage))
        for server in servers:
            server.wait_until_it_listens()
        jobs = [(server, part) for server in servers for part in parts(requests)]
        with ThreadPoolExecutor(len(jobs)) as pool:
            list(pool.map(lambda job: job[0].send(job[1]), jobs))
        for server in servers:
            server.stop()
        return servers
    finally:
        for server in servers:
            server.process.kill()


def main() -> int:
    """Replays everything."""
    if len(sys.argv) != 2:
        print("Usage: tests/wire/replay.py BUILD", file=sys.stderr)
        return 2
    build = Path(sys.argv[1])
    shutil.rmtree(build / "wire", ignore_errors=True)
    try:
        requests = read()
        servers = replay([(build, stage) for stage in STAGES], requests)
    except (Malformed, OSError) as error:
        print(f"tests/wire/replay.py: {error}", file=sys.stderr)
        return 2
    judgment = Judgment(
        requests,
        {
            server.stage: {
                one.name: server.answers.get(one.name, Answer()) for one in requests
            }
            for server in servers
        },
    )
    for server in servers:
        if server.wrong:
            judgment.faults[f"stage {server.stage}"].append(server.wrong)
    judgment.judge()
    judgment.report(build / "wire")
    return 1 if judgment.faults else 0


if __name__ == "__main__":
    sys.exit(main())
