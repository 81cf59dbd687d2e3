"""The machines that grade a batch: this one, and those that are reached by ssh.

Each gets a folder below /tmp, with the submissions, and a script `grade-one` that grades
one of them by its number. Another machine also gets the project, and builds it there.
GNU parallel hands out the numbers (docs/grading.md says why only numbers).
"""

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from submission import TOP
from submission.archives import Refused

PROJECT = ("Makefile", "common", "stages", "tests")
BOUNDS = ("GRADE_SECONDS", "JOB_SECONDS", "JOBS")  # of a grade: the same everywhere
OURS = re.compile(r"/tmp/webserve-grade\.\w+")
SSH = "-o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=10".split()
RETRIES = 3


class Unusable(Exception):
    """Why a machine cannot grade."""


@dataclass
class Machine:
    """A machine that grades."""

    title: str  # as the list of hosts has it
    ssh: list[str] = field(default_factory=list)  # the command; empty for this one
    jobs: int = 0  # as many as it has processors
    folder: str = ""

    def run(self, command: str, **options) -> str:
        """Runs a line of the shell there; what it printed."""
        done = subprocess.run(
            [*self.ssh, command] if self.ssh else ["sh", "-c", command],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            check=False,
            **({"stdin": subprocess.DEVNULL} | options),
        )
        if done.returncode:
            said = (done.stderr.strip() or done.stdout.strip()).splitlines()
            raise Unusable(said[-1] if said else f"status {done.returncode}")
        return done.stdout

    def make_folder(self) -> None:
        """Makes its folder; /tmp may have files of anyone."""
        command = "mktemp -d /tmp/webserve-grade.XXXXXXXX && nproc"
        *_, folder, processors = self.run(command).split()
        if not OURS.fullmatch(folder):
            raise Unusable(f"mktemp made {folder}")
        self.folder = folder
        self.jobs = self.jobs or int(processors)

    def send(self, top: Path, names: list[str], below: str) -> None:
        """Copies files there."""
        place = shlex.quote(f"{self.folder}/{below}")
        command = ["tar", "-c", "--exclude=__pycache__", "-C", str(top), *names]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as tar:
            self.run(f"mkdir -p {place} && tar -x -C {place}", stdin=tar.stdout)

    def build(self, stage: int) -> None:
        """Copies the project there, builds it, and has it write the script."""
        self.send(TOP, list(PROJECT), "webserve")
        bounds = [
            f"{n}={shlex.quote(os.environ[n])}" for n in BOUNDS if n in os.environ
        ]
        self.run(
            f"cd {self.folder}/webserve && env CI=true {' '.join(bounds)} "
            f"make --silent STAGE={stage} WORKER={self.folder}/grade-one grade 2>&1"
        )

    def remove(self) -> None:
        """Removes its folder."""
        if OURS.fullmatch(self.folder):
            self.run(f"rm -rf {self.folder}")


def write_worker(path: Path, stage: int, build: Path, level: str) -> None:
    """Writes the script that grades a submission by its number, with what make says
    here about compiling. parallel would have its own folder be that for all temporary
    files, which the user of a submission cannot enter."""
    settings = shlex.join(
        f"{name}={value}"
        for name, value in (os.environ | {"TMPDIR": tempfile.gettempdir()}).items()
        if not name.startswith(("MAKE", "MFLAGS", "SSH_"))
    )
    program = [sys.executable, TOP / "tests/course/grading/grade_one.py"]
    program += [stage, build.resolve(), level]
    path.write_text(
        "#!/bin/sh\n# Grades the submission with this number.\n"
        f"exec env {settings} {shlex.join(map(str, program))} "
        f'{shlex.quote(str(path.parent / "work"))}/"$1"\n',
        encoding="utf-8",
    )
    path.chmod(0o755)


def read_hosts(path: Path | None) -> list[Machine]:
    """Returns the machines of a list: lines as parallel's --sshloginfile has them, for
    example `4/anna@host`, `ssh -p 2222 host`, and `:` for this one."""
    if not path:
        return [Machine(":", jobs=int(os.environ.get("GRADE_JOBS") or 0))]
    machines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.partition("#")[0].strip()
        found = re.fullmatch(r"(?:(\d+)/)?(.+)", line)
        if found:
            try:
                *command, host = shlex.split(found[2])
            except ValueError as error:
                raise Refused(f"{path} has a line with {error}: {line}") from error
            command = command or ["ssh"]
            ssh = [] if host == ":" else [*command, *SSH, host]
            machines.append(Machine(line, ssh, int(found[1] or 0)))
    return machines


class Machines:
    """The machines that can be used, from the start of a batch to its end."""

    def __init__(self, stage: int, build: Path, level: str, notes: Path):
        self.stage = stage
        self.build = build
        self.level = level
        self.notes = notes  # a file that says what is to be removed
        self.mine: list[Machine] = []
        self.parallel: subprocess.Popen | None = None
        self.clean_up()
        self.local = Path(tempfile.mkdtemp(prefix="webserve-grade.", dir="/tmp"))
        self.mine = [Machine(":", folder=str(self.local))]
        self.remember()

    @property
    def work(self) -> Path:
        """Where the submissions are put, by their numbers."""
        return self.local / "work"

    def prepare(self, asked: list[Machine], say: Callable[[str], None]) -> None:
        """Makes them ready; says which cannot be used, and why."""
        write_worker(self.local / "grade-one", self.stage, self.build, self.level)
        others = [machine for machine in asked if machine.ssh]
        with ThreadPoolExecutor(max(1, len(others))) as threads:
            ready = [threads.submit(self.prepare_other, other) for other in others]
            for other, job in zip(others, ready):
                try:
                    job.result()
                    say(f"{other.title}: ready, {other.jobs} at a time.")
                except (Unusable, OSError) as reason:
                    say(f"{other.title} is left out: {reason}")
                    other.jobs = 0
        here = [machine for machine in asked if not machine.ssh]
        self.mine[0].jobs = sum(m.jobs or os.cpu_count() or 1 for m in here)
        if not any(machine.jobs for machine in self.mine):
            say("No other machine can be used, so this one grades.")
            self.mine[0].jobs = os.cpu_count() or 1

    def prepare_other(self, machine: Machine) -> None:
        """Makes another machine ready."""
        machine.make_folder()
        self.mine.append(machine)
        self.remember()
        machine.send(self.local, ["work"], "")
        machine.build(self.stage)

    def remember(self) -> None:
        """Writes what is to be removed, in case this is cut off."""
        text = json.dumps([[m.title, m.ssh, m.folder] for m in self.mine])
        self.notes.write_text(text, encoding="utf-8")

    def clean_up(self) -> None:
        """Removes the folders on all of them; also those of a batch that was cut
        off."""
        if not self.mine and self.notes.exists():
            known = json.loads(self.notes.read_text(encoding="utf-8"))
            self.mine = [Machine(t, ssh, folder=folder) for t, ssh, folder in known]
        for machine in self.mine:
            try:
                machine.remove()
            except (Unusable, OSError):
                pass  # it could not be reached when it was to grade, either
        self.mine = []
        self.notes.unlink(missing_ok=True)

    def run(self, numbers: list[str]) -> Iterator[dict]:
        """Has them grade the submissions with these numbers; returns what comes back, as
        it comes."""
        logins = [self.login(number, m) for number, m in enumerate(self.mine) if m.jobs]
        (self.local / "logins").write_text("".join(logins), encoding="utf-8")
        (self.local / "numbers").write_text("\n".join(numbers) + "\n")
        home = self.local / "parallel"
        home.mkdir()
        seconds = float(os.environ.get("GRADE_SECONDS", "300"))
        self.parallel = subprocess.Popen(
            "setpriv --pdeathsig TERM parallel --plain --will-cite --jobs 100%".split()
            + [f"--retries={RETRIES}", f"--timeout={seconds + 120:.0f}"]
            + ["--joblog=joblog", "--sshloginfile=logins", f"--tmpdir={home}"]
            + ["exec setpriv --pdeathsig TERM ./grade-one {}", "::::", "numbers"],
            cwd=self.local,
            env=os.environ
            | {"PARALLEL_HOME": str(home), "XDG_CACHE_HOME": str(home)}
            | {"SHELL": "/bin/sh", "PARALLEL": ""},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=open(self.local / "errors", "wb"),
            start_new_session=True,
        )
        for line in self.parallel.stdout or ():
            if line.startswith(b'{"number": '):  # and not what a login prints
                yield json.loads(line)
        self.parallel.wait()

    def login(self, number: int, machine: Machine) -> str:
        """Its line for parallel: a script that runs a command in its folder."""
        if not machine.ssh:
            return f"{machine.jobs}/:\n"
        script = self.local / f"on{number}"
        script.write_text(
            "#!/bin/sh\n# parallel gives a name, and then the command.\nshift\n"
            f"printf . >>{script}.begun\n"
            f'[ "$1" != -- ] || shift\nexec {shlex.join(machine.ssh)} '
            f'"cd {machine.folder} && $*"\n',
            encoding="utf-8",
        )
        script.chmod(0o755)
        return f"{machine.jobs}/{script} on{number}\n"

    def tell_failures(self, say: Callable[[str], None]) -> None:
        """Says which machines began grades that did not end well there."""
        log = (self.local / "joblog").read_text(encoding="utf-8", errors="replace")
        rows = [line.split("\t") for line in log.splitlines()[1:]]
        for number, machine in enumerate(self.mine):
            begun = self.local / f"on{number}.begun"
            if begun.exists():
                host = f"{self.local}/on{number} on{number}"
                well = sum(row[1] == host and row[6] == "0" for row in rows)
                failed = len(begun.read_bytes()) - well
                if failed:
                    say(f"{machine.title} failed {failed} times; others took over.")

    def stop(self) -> None:
        """Stops what is running. Only a second signal makes parallel end its jobs."""
        parallel = self.parallel
        for _ in range(2):
            if parallel and parallel.poll() is None:
                parallel.terminate()
                try:
                    parallel.wait(1)
                except subprocess.TimeoutExpired:
                    continue
        if parallel and parallel.poll() is None:
            try:
                parallel.wait(5)
            except subprocess.TimeoutExpired:
                parallel.kill()
