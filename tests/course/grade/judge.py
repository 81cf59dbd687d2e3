"""Judges one submission, inside its cell: judge.py PLACE UID LEVEL STAGE TRUSTED WORK

Builds it in the jail, starts its server there once, and has tests/tools/run.sh run the
tests of the stage against it, out here. The server's programs in WORK are
wrappers that start it in the jail; delegate_test asks a driver there. Writes
WORK/judged.json, from which the marks are made outside of the cell; WORK is
the folder that stands for BUILD in tests/tools/run.sh, below the project's.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

from again import again, run_tests
from build import TOP, Builder, Built
from jail import Jail
from model import Test
from probe import Trouble, probe
from structure import structure_results, structure_tests
from tables import expected_tests, in_its_process, read_points
from watch import Watch

WALL_SECONDS = float(os.environ.get("GRADE_SECONDS", "300"))
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
        self.again: list[tuple[str, str]] = []
        self.until = time.monotonic() + WALL_SECONDS

    def judge(self) -> None:
        watch = Watch(self.jail)
        if self.jail.level != "none":
            watch.start()
        self.builder = Builder(self.jail, self.stage, self.trusted)
        self.built = self.builder.build()
        self.make_wrappers()
        # What is known should the time run out, which a start can bring about.
        self.write(self.expected() + structure_tests(self.stage), [])
        if not self.built.no_server:
            self.try_to_start()
        tests = self.expected() + structure_tests(self.stage)
        self.write(tests, [])
        self.run(tests)
        notes = watch.notes() if self.jail.level != "none" else []
        self.jail.clear()
        self.write(tests, notes)

    # ---- What the tests are given

    def make_wrappers(self) -> None:
        """Lays out WORK as tests/tools/run.sh wants it."""
        stage = f"stage{self.stage}"
        for flavour, folder in (("plain", "."), ("small", "small")):
            program = self.work / folder / stage / "webserve"
            self.jail.wrapper(program, [f"./{flavour}/webserve"])
        (self.work / "tools").symlink_to((self.trusted / "tools").resolve())
        self.limit_as_its_user()
        units = self.work / "unit" / stage
        self.jail.wrapper(units / "delegate_driver", ["./unit/delegate_driver"], 0)
        if self.can_delegate():
            shutil.copy(self.trusted / f"grade/{stage}/delegate_test", units)
        if os.environ.get("GRADE_UNITS") and self.built.delegates:
            self.add_units(units)

    def can_delegate(self) -> bool:
        """Whether its own delegate can be called alone."""
        return self.built.delegates and not (
            "delegate.c" in self.built.lacks or "delegate" in self.built.alone
        )

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
            flags = subprocess.run(
                ["tests/unit/link_flags.sh", f"tests/unit/{name}.c"],
                cwd=TOP, capture_output=True, text=True, check=True,
            ).stdout.split()
            shutil.copy(path, self.jail.view / "ours/unit")
            extra = [f"ours/unit/{path.name}", *flags]
            if self.builder.link("unit", f"unit/{name}", extra)[0] == 0:
                self.jail.wrapper(units / name, [f"./unit/{name}"], 0)

    # ---- Starting its server once

    def try_to_start(self) -> None:
        """Finds out whether it answers: else each test would find out. What is
        at fault is at fault twice: a machine may be busy."""
        trouble = self.probe() and self.probe()
        if trouble:
            key = self.built.fault(
                trouble.kind, "webserve.c", trouble.sentence, trouble.said
            )
            if trouble.kind not in ("crash", "hang") or not self.blame(key):
                self.built.no_server = key

    def probe(self) -> Trouble | None:
        trouble = probe(self.work / f"stage{self.stage}/webserve")
        self.jail.clear()
        return trouble

    def blame(self, key: str) -> bool:
        """Finds the file without which the server answers, and charges it with
        the fault: the others can be judged then."""
        for name in ("delegate.c", "handle_connection.c", "serve.c"):
            if name in self.built.own and self.builder.serves_with_ours(
                name, lambda: self.probe() is None
            ):
                self.built.lacks[name] = key
                return True
        return False

    # ---- Running

    def expected(self) -> list[Test]:
        """The tests of the stage, those not to be run marked as such."""
        tests = expected_tests(self.stage)
        if not os.environ.get("GRADE_UNITS"):
            tests = [test for test in tests if test.tag != "unjudged"]
        worths = read_points(TOP / "tests/course/grade/points.tsv", self.stage)
        needs = {worth.group: worth.files for worth in worths}
        lacks = self.built.lacks
        for test in tests:
            keeps = [lacks[name] for name in needs.get(test.group, ()) if name in lacks]
            is_http = (TOP / f"tests/http/{test.job}.bats").exists()
            if keeps:
                test.because = keeps[0]
            elif is_http:
                test.because = self.built.no_server
            else:
                test.because = self.why_no_unit(test.job)
        for test in tests:
            others = [t for t in tests if t.job == test.job and t is not test]
            # How a program ended says nothing if nothing that it did counts.
            if test.is_end and all(other.because for other in others):
                test.because = others[0].because if others else test.because
            if test.because:
                test.result = "not-run"
        return tests

    def why_no_unit(self, job: str) -> str:
        """The key of the fault for which a program of units is not run."""
        function = job.removesuffix("_test")
        if not function.startswith("delegate"):
            function = "serve" if function.startswith("serve") else "handle_connection"
        if job == "webserve_test":
            function = "main"
        why = self.built.alone.get(function) or self.built.lacks.get(f"{function}.c")
        return why or ("" if self.built.delegates else self.built.no_server)

    def run(self, tests: list[Test]) -> None:
        """Runs them, but for the jobs of which no test is to be run."""
        reasons = {fault.key: fault.sentence for fault in self.built.faults}
        jobs: dict[str, set[str]] = {}
        for test in tests:
            jobs.setdefault(test.job, set()).add(test.because)
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
        run_tests(self.work, self.stage, environment)
        graded = [t for t in tests if t.tag == "contract" and not t.because]
        self.again = again(self.work, self.stage, graded, environment, self.until)

    def write(self, tests: list[Test], notes: list[str]) -> None:
        """Writes what is known, for the marks to be made of."""
        judged = {
            "tests": [asdict(test) for test in tests],
            "structure": structure_results(self.stage, self.built),
            "faults": [asdict(fault) for fault in self.built.faults],
            "notes": self.built.notes + notes,
            "again": self.again,
        }
        path = self.work / "judged.json"
        path.with_suffix(".new").write_text(json.dumps(judged), encoding="utf-8")
        path.with_suffix(".new").rename(path)


if __name__ == "__main__":
    main()
