"""Judges a submission: builds it, starts its server once, and runs the tests of the
stage that it can be judged by. What came of it is in `built` and `tests`.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path

from submission import TOP
from submission.build import SIDE_BY_SIDE, Builder, Built, Server, flavors, servers
from submission.diagnosis import Diagnosis, diagnose
from submission.diagnosis.asking import START_SECONDS
from submission.points import gives_points, group_of, in_its_process, read_points
from submission.probe import Trouble, probe
from submission.sources import load, take
from submission.strain import Strain
from submission.structure import structure_tests
from submission.workshop import Workshop
from suite.jobs import Bench, Job, jobs_of, run_all
from suite.tests import Test, expected_tests, stages_of

FEW = 10  # red tests that are run again on a machine that is not overloaded
AGAIN_SECONDS = 200  # for that, where nobody says how long it may take
TIMES = 2  # to be green in, after red
SPARE_SECONDS = 20  # to be left after a test was run again
FUNCTIONS = ("delegate", "handle_connection", "serve")


class Judge:
    """Judges one submission of a stage."""

    def __init__(self, workshop: Workshop, stage: int, trusted: Path, work: Path):
        self.workshop = workshop
        self.stage = stage
        self.trusted = trusted  # where make has built what is ours
        self.work = work  # what is BUILD for the tests
        self.worths = read_points(stage)
        self.built = Built()
        self.builder = Builder(workshop, stage, trusted)
        self.tests: list[Test] = []
        self.unlinked: dict[str, str] = {}  # programs of unit tests: the fault
        self.with_units = False  # whether those in its own process are run as well
        self.strain = Strain()
        self.diagnosis: Diagnosis | None = None
        self.bench = Bench(work)

    # ---- Building

    def build(self, folder: Path) -> None:
        """Makes the programs that the tests start from what was taken there."""
        taken = load(folder)
        self.built.notes += taken.notes
        shutil.copytree(folder / "sources", self.workshop.view / "submission")
        self.builder = Builder(
            self.workshop, self.stage, self.trusted, taken.names, self.built
        )
        self.builder.build()
        self.hand_out_servers()
        (self.work / "tools").symlink_to((self.trusted / "tools").resolve())
        self.link_units()
        self.tests = self.expected()

    def hand_out_servers(self) -> None:
        """Puts the servers where the tests look for them."""
        for server in servers(self.stage):
            self.workshop.hand_out(self.server(server), f"{server.name}/webserve")

    def server(self, server: Server) -> Path:
        """Returns where the tests look for one."""
        return self.work / server.folder / f"stage{self.stage}/webserve"

    def link_units(self) -> None:
        """Links the programs of unit tests with the submission's functions."""
        sources = [
            source
            for source in sorted((TOP / "tests/unit").glob("*_test.c"))
            if (self.with_units or not in_its_process(source.stem))
            and self.stage in stages_of(source)
        ]
        with ThreadPoolExecutor(SIDE_BY_SIDE) as workers:
            linked = list(workers.map(self.link_unit, sources))
        for source, (status, text) in zip(sources, linked):
            job = source.stem
            if status != 0:
                self.cannot_link(job, text)
            self.workshop.hand_out(self.program(job), f"unit/{job}", False)

    def link_unit(self, source: Path) -> tuple[int, str]:
        """Links one of them; the status, and what was said."""
        job, view = source.stem, self.workshop.view
        if job == "webserve_test":  # it includes webserve.c: here, the submission's
            target = view / f"ours/unit/{job}.o"
            (view / "tests").mkdir(exist_ok=True)
            for path in [source, *source.parent.glob("*.h")]:
                shutil.copy(path, view / "tests")
            more = [f"-DSTAGE={self.stage}", "-U_GNU_SOURCE", "-D_GNU_SOURCE"]
            more += ["-iquote", "submission"]
            self.builder.compile_as(flavors()[1], f"tests/{source.name}", target, *more)
        else:
            shutil.copy(
                self.trusted / f"unit/stage{self.stage}/{job}.o", view / "ours/unit"
            )
        said = subprocess.run(
            ["tests/unit/link_flags.sh", source.relative_to(TOP)],
            cwd=TOP,
            capture_output=True,
            text=True,
            check=True,
        )
        return self.builder.link_units(
            f"unit/{job}", [f"ours/unit/{job}.o"], said.stdout.split()
        )

    def program(self, job: str) -> Path:
        """Returns where the tests look for a program of unit tests."""
        return self.work / f"unit/stage{self.stage}/{job}"

    def cannot_link(self, job: str, said: str) -> None:
        """Notes that a program of unit tests cannot be linked, and why."""
        sentence = f"The submission does not link with {job}."
        built = self.built
        self.unlinked[job] = (
            self.why_no_function(job)
            or built.no_server
            or built.fault("link", "webserve.c", sentence, said)
        )

    # ---- Starting its server once

    def try_to_start(self) -> None:
        """Finds out whether the server answers; if not, each test would have to find
        out. A fault must appear twice: the machine may be busy."""
        if not self.built.no_server:
            trouble = self.probe() and self.probe()
            if trouble:
                key = self.built.fault(
                    trouble.kind, "webserve.c", trouble.sentence, trouble.said
                )
                if trouble.kind == "hang":  # asked before a file of ours replaces one
                    self.diagnosis = self.ask()
                if trouble.kind in ("crash", "hang") and self.blame(key):
                    self.link_units()  # without that file, as the server
                else:
                    self.built.no_server = key
        self.tests = self.expected()

    def probe(
        self, seconds: float = START_SECONDS, with_half_sent: bool = False
    ) -> Trouble | None:
        """Starts the server once; the trouble, or nothing."""
        server = self.work / f"stage{self.stage}/webserve"
        trouble = probe(server, seconds, with_half_sent)
        self.workshop.clear()
        return trouble

    def serves(self) -> bool:
        """Whether the server, as it was linked last, answers."""
        self.hand_out_servers()
        return self.probe() is None

    def blame(self, key: str) -> bool:
        """Finds the file without which the server answers, and charges it with
        the fault: the others can be judged then."""
        for function in FUNCTIONS:
            name = f"{function}.c"
            if name in self.built.own and self.builder.serves_with_ours(
                name, self.serves
            ):
                self.built.lacks[name] = key
                return True
        return False

    # ---- Running

    def expected(self) -> list[Test]:
        """Returns the tests of the stage; those that are not to be run say because of
        which fault."""
        needs = {worth.group: worth.files for worth in self.worths}
        # What it lacks gives no points, even if the server can do without.
        lacks = self.built.lacks
        tests = [test for test in self.listed() if self.is_wanted(test)]
        for test in tests:
            files = needs.get(group_of(test), ())
            keeps = [lacks[name] for name in files if name in lacks]
            if keeps:
                test.because = keeps[0]
            elif test.job.endswith("_test"):
                test.because = self.why_no_function(test.job) or self.unlinked.get(
                    test.job, ""
                )
            elif starts("stand_in", test.job):
                test.because = self.built.no_server or self.built.no_stand_in
            else:
                test.because = self.built.no_server
        for test in tests:
            others = [t for t in tests if t.job == test.job and t is not test]
            # How a program ended says nothing if nothing that it did counts.
            if test.is_end and all(other.because for other in others):
                test.because = others[0].because if others else test.because
            if test.because:
                test.result = "not-run"
        return tests + structure_tests(self.stage, self.built)

    def listed(self) -> list[Test]:
        """Returns the tests of the stage."""
        return expected_tests(self.stage)

    def is_wanted(self, test: Test) -> bool:
        """Whether the test is to be run at all: what only our servers do is not asked
        of others."""
        if in_its_process(test.job) and not self.with_units:
            return False
        return test.tag != "ours"

    def why_no_function(self, job: str) -> str:
        """Returns the fault for which there is no function that the unit tests can
        call."""
        function = next((name for name in FUNCTIONS if job.startswith(name)), "main")
        file = "webserve.c" if function == "main" else f"{function}.c"
        return self.built.alone.get(function) or self.built.lacks.get(file, "")

    def jobs(self, tests: list[Test]) -> list[Job]:
        """Returns the jobs that run tests."""
        return jobs_of(tests, self.listed(), self.stage, Path("tests/http"))

    def to_run(self) -> list[Test]:
        """Returns the tests that are run, rather than read from the symbols."""
        return [t for t in self.tests if not t.because and t.job != "structure"]

    def run(
        self,
        at_once: int,
        ended: Callable[[Job], None],
        tests: list[Test] | None = None,
        meanwhile: Callable[[list[Job]], None] | None = None,
    ) -> None:
        """Runs all tests, or some; `ended` is called for each job as it ends, and
        `meanwhile` again and again."""
        if not self.strain.is_alive():
            self.strain.start()
        os.environ["JUDGED"] = "1"  # for tests/http/helper.bash
        jobs = self.jobs(self.to_run() if tests is None else tests)
        run_all(self.bench, jobs, at_once, ended, meanwhile)

    def finish(self, until: float) -> None:
        """Tries again what may be red by accident, until the clock says so, and asks the
        server for the mistake where something is red all the same."""
        better = self.run_again(until)
        self.strain.stopping.set()
        if self.strain.overloaded:
            self.built.notes.append(self.strain.note())
        if better:
            names = "; ".join(test.id for test in better)
            self.built.notes.append(f"Red at first, but green when run again alone: {names}.")
        has_red = any(t.is_red and gives_points(t, self.worths) for t in self.tests)
        if has_red and not (self.built.no_server or self.diagnosis):
            self.diagnosis = self.ask()

    def ask(self) -> Diagnosis | None:
        """Asks the server which mistake it makes."""
        programs = {s.name: self.server(s) for s in servers(self.stage)}
        no_stand_in = self.built.no_stand_in
        found = diagnose(
            programs["plain"],
            self.stage,
            short=programs["short"],
            stand_in=None if no_stand_in else programs.get("stand_in"),
        )
        self.workshop.clear()
        return found

    def run_again(self, until: float) -> list[Test]:
        """Runs red tests again, one file of them at a time, until the clock
        says so; returns those that are green now.

        Many tests wait for two seconds, or for less than one, for what takes
        milliseconds: on a busy machine, one of them may be red that is green a moment
        later. It has to be green twice: threads that get into each other's way may be
        lucky once. Where much is red, the machine is not the reason, unless it was seen
        to be overloaded.
        """
        judged = [test for test in self.to_run() if gives_points(test, self.worths)]
        red = [test for test in judged if test.result in ("failed", "hung")]
        better: list[Test] = []
        if len(red) > FEW and not self.strain.overloaded:
            return better
        for job in dict.fromkeys(test.job for test in red):
            most = TIMES * self.bench.job_seconds + SPARE_SECONDS
            if time.monotonic() + most > until:
                break
            mine = [test for test in judged if test.job == job]
            # A test that hung kept those after it from being run.
            bad = [test for test in mine if test.result != "passed"]
            whole = any(test.is_end for test in bad)
            better += self.run_twice(mine if whole else bad, bad)
        return better

    def run_twice(self, tests: list[Test], bad: list[Test]) -> list[Test]:
        """Runs tests of a job again; returns the bad ones that are green now."""
        green = {test.id for test in tests}
        for _ in range(TIMES):
            copies = [replace(test, result="missing", text="") for test in tests]
            for job in self.jobs(copies):
                self.bench.run(job)
            green &= {test.id for test in copies if test.result == "passed"}
        for test in bad:
            test.first = test.result
            test.result = "passed" if test.id in green else test.result
        return [test for test in bad if test.result == "passed"]


@cache
def starts(kind: str, job: str) -> bool:
    """Whether tests start that kind of server."""
    path = TOP / f"tests/http/{job}.bats"
    return path.exists() and f"SERVER_{kind.upper()}" in path.read_text("utf-8")


def new_judge(build: Path, stage: int, work: Path) -> Judge:
    """Returns a judge of a submission that is trusted. Its tests each have a bound on
    their time: one that hangs ends alone, and those after it still run."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    judge = Judge(Workshop(work), stage, build, work)
    judge.bench = replace(
        judge.bench,
        job_seconds=int(os.environ.get("JOB_SECONDS", "150")),
        test_seconds=int(os.environ.get("TEST_SECONDS", "30")),
    )
    return judge


def judge_graded(build: Path, stage: int, folder: Path, work: Path) -> Judge:
    """Judges a folder as `make grade` does, and prints nothing."""
    judge = new_judge(build, stage, work)
    take(folder, work / "taken")
    judge.build(work / "taken")
    judge.try_to_start()
    judge.run(at_once(), lambda job: None)
    judge.finish(time.monotonic() + AGAIN_SECONDS)
    return judge


def at_once() -> int:
    """Returns how many jobs run side by side: most of a test's time is spent
    waiting."""
    return int(os.environ.get("JOBS") or 4 * (os.cpu_count() or 2))
