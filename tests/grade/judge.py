"""Judges one submission, inside its cell: judge.py PLACE UID LEVEL STAGE TRUSTED WORK

Builds it in the jail, starts its server there once, and has tests/run run the
tests of the stage against it, out here. The server's programs in WORK are
wrappers that start it in the jail; delegate_test asks a driver there. Writes
WORK/judged.json, from which the marks are made outside of the cell; WORK is
the folder that stands for BUILD in tests/run, below the project's.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from build import TOP, Builder, Built
from jail import Jail
from model import AT_END, Fault, Test
from structure import structure_results, structure_tests
from tables import expected_tests, in_its_process, read_points
from watch import Watch

LISTEN_SECONDS = 10
JOB_SECONDS = os.environ.get("JOB_SECONDS", "60")


def main() -> None:
    place, uid, level, stage, trusted, work = sys.argv[1:]
    jail = Jail(Path(place), int(uid), level)
    judge = Judge(jail, int(stage), Path(trusted), Path(work))
    judge.judge()


class Judge:
    """Judges a submission that lies in the jail's view."""

    def __init__(self, jail: Jail, stage: int, trusted: Path, work: Path):
        self.jail = jail
        self.stage = stage
        self.trusted = trusted
        self.work = work
        self.built = Built()

    def judge(self) -> None:
        watch = Watch(self.jail)
        if self.jail.level != "none":
            watch.start()
        self.built = Builder(self.jail, self.stage, self.trusted).build()
        self.make_wrappers()
        if self.built.serves:
            self.try_to_start()
        tests = self.expected() + structure_tests(self.stage)
        self.write(tests, [])  # what is known should the time run out
        self.run(tests)
        notes = watch.notes() if self.jail.level != "none" else []
        self.jail.clear()
        self.write(tests, notes)

    # ---- What the tests are given

    def make_wrappers(self) -> None:
        """Lays out WORK as tests/run wants it."""
        stage = f"stage{self.stage}"
        for flavour, folder in (("plain", "."), ("small", "small")):
            program = self.work / folder / stage / "webserve"
            self.jail.wrapper(program, [f"./{flavour}/webserve"])
        (self.work / "tools").symlink_to((self.trusted / "tools").resolve())
        self.limit_as_its_user()
        units = self.work / "unit" / stage
        self.jail.wrapper(units / "delegate_driver", ["./unit/delegate_driver"], 0)
        if self.built.delegates and "delegate.c" in self.built.own:
            shutil.copy(self.trusted / f"grade/{stage}/delegate_test", units)
        if os.environ.get("GRADE_UNITS") and self.built.delegates:
            self.add_units(units)

    def limit_as_its_user(self) -> None:
        """Puts a prlimit before the system's: root has not always the right to
        limit the process of another user, and a user has it to limit its own."""
        program = self.work / "bin/prlimit"
        program.parent.mkdir()
        become = f"setpriv --reuid={self.jail.uid} --regid={self.jail.uid}"
        if self.jail.level == "none":
            become = ""
        else:
            become += " --clear-groups "
        program.write_text(f'#!/bin/sh\nexec {become}/usr/bin/prlimit "$@"\n')
        program.chmod(0o755)
        os.environ["PATH"] = f"{program.parent}:{os.environ['PATH']}"

    def add_units(self, units: Path) -> None:
        """The units that run in the submission's process: all in the jail."""
        for path in sorted((self.trusted / "unit" / f"stage{self.stage}").glob("*_test.o")):
            name = path.stem
            if not in_its_process(name):
                continue
            source = (TOP / f"tests/unit/{name}.c").read_text()
            flags = " ".join(re.findall(r"/\* link: (.*) \*/", source)).split()
            shutil.copy(path, self.jail.view / "ours/unit")
            builder = Builder(self.jail, self.stage, self.trusted, self.built)
            extra = [f"ours/unit/{path.name}", *flags]
            if builder.link("unit", f"unit/{name}", extra, False, told=False):
                self.jail.wrapper(units / name, [f"./unit/{name}"], 0)

    # ---- Starting its server once

    def try_to_start(self) -> None:
        """Finds out whether it listens: else each file of tests would wait."""
        server = self.work / f"stage{self.stage}/webserve"
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as log:
            process = subprocess.Popen(
                [server, "127.0.0.1", "0"], stdin=subprocess.DEVNULL, stdout=out, stderr=log
            )
            wait_until(
                LISTEN_SECONDS,
                lambda: says_listening(out) or process.poll() is not None,
            )
            listens = says_listening(out)
            status = process.poll()
            process.kill()
            process.wait()
            self.jail.clear()
            if not listens:
                said = (head(out) + head(log)).strip()
                self.built.serves = False
                sentence = not_listening(status)
                self.built.faults.append(Fault("listen", sentence, said))

    # ---- Running

    def expected(self) -> list[Test]:
        """The tests of the stage, those not to be run marked as such."""
        tests = expected_tests(self.stage)
        if not os.environ.get("GRADE_UNITS"):
            tests = [test for test in tests if test.tag != "unjudged"]
        worths = read_points(TOP / "tests/grade/points.tsv", self.stage)
        needs = {worth.group: worth.files for worth in worths}
        missing = {f.key for f in self.built.faults if f.key.endswith(".c")}
        for test in tests:
            keeps = [name for name in needs.get(test.group, ()) if name in missing]
            is_http = (TOP / f"tests/http/{test.id.partition(':')[0]}.bats").exists()
            if keeps:
                test.because = keeps[0]
            elif is_http and not self.built.serves:
                test.because = self.no_server()
            elif not is_http and not self.built.delegates:
                test.because = "link"
        for test in tests:
            job, _, title = test.id.partition(": ")
            others = [t for t in tests if t.id.startswith(f"{job}: ") and t is not test]
            # How a program ended says nothing if nothing that it did counts.
            if title.startswith(AT_END) and all(other.because for other in others):
                test.because = others[0].because if others else test.because
            if test.because:
                test.result = "not-run"
        return tests

    def no_server(self) -> str:
        """The key of the fault for which there is no server."""
        keys = [fault.key for fault in self.built.faults]
        return "listen" if "listen" in keys else "link"

    def run(self, tests: list[Test]) -> None:
        """Runs them, but for the jobs of which no test is to be run."""
        reasons = {fault.key: fault.sentence for fault in self.built.faults}
        jobs: dict[str, set[str]] = {}
        for test in tests:
            jobs.setdefault(test.id.partition(":")[0], set()).add(test.because)
        left_out = self.work / "not_run.tsv"
        left_out.write_text(
            "".join(
                f"{job}\t{reasons[min(becauses)]}\n"
                for job, becauses in jobs.items()
                if "" not in becauses
            ),
            encoding="utf-8",
        )
        environment = {"JOB_SECONDS": JOB_SECONDS, "NOT_RUN": str(left_out), "FOLDER": "it"}
        subprocess.run(
            ["tests/run", str(self.work.relative_to(TOP)), str(self.stage)],
            cwd=TOP,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=False,
        )

    def write(self, tests: list[Test], notes: list[str]) -> None:
        """Writes what is known, for the marks to be made of."""
        judged = {
            "tests": [asdict(test) for test in tests],
            "structure": structure_results(self.stage, self.built),
            "faults": [asdict(fault) for fault in self.built.faults],
            "notes": notes,
        }
        path = self.work / "judged.json"
        path.with_suffix(".new").write_text(json.dumps(judged), encoding="utf-8")
        path.with_suffix(".new").rename(path)


def head(file) -> str:
    """The beginning of a file."""
    file.seek(0)
    return file.read(2000).decode(errors="replace")


def says_listening(out) -> bool:
    """Whether the server's first line says where it listens."""
    line, newline, _ = head(out).partition("\n")
    return newline != "" and "listening on http" in line


def wait_until(seconds: float, is_so) -> None:
    """Waits until it is so, or for so long."""
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.02)


def not_listening(status: int | None) -> str:
    if status is None:
        return (
            "The server does not say where it listens "
            f"(one line on standard output, flushed, within {LISTEN_SECONDS} s)."
        )
    if status < 0:
        return f"The server was ended by signal {-status} ({signal.strsignal(-status)}) as it started."
    return f"The server ended with exit status {status} as it started."


if __name__ == "__main__":
    main()
