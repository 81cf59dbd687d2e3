"""Runs tests: a job is a Bats file, or a program of unit tests, at one stage.

Each job has a bound on its time, and so has each test if that is asked for. A unit test
that crashes ends its program; the tests after it are then run in another one. What a
job prints stays in BUILD/results/NAME.tap.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from suite.tap import FILE_FAILED, Tap, read_tap, settle
from suite.tests import COMMON, HTTP, TOP, Test
from suite.visible import visible

LOG_MOST = 4 * 1024 * 1024  # bytes that are read
LOOK_SECONDS = 0.1
STOPPED = (124, 137)  # what `timeout` exits with


@dataclass
class Job:
    """The tests of a file, or some of them; and what came of them."""

    file: Path  # tests/http/NAME.bats, or tests/unit/NAME.c
    stage: int
    tests: list[Test]
    titles: set[str]  # of all tests of the file
    status: int = 0
    seconds: float = 0.0
    tap: Tap = field(default_factory=lambda: Tap([], 0))

    @property
    def name(self) -> str:
        """For the line that is printed."""
        return f"stage {self.stage}: {self.file.stem}" if self.stage else self.file.stem

    @property
    def is_whole(self) -> bool:
        """Whether all tests of the file are asked for."""
        return len(self.tests) == len(self.titles)

    @property
    def unknown(self) -> list[str]:
        """What it printed of tests that the file does not have."""
        known = {*self.titles, *FILE_FAILED}
        return [one.title for one in self.tap.outcomes if one.title not in known]

    @property
    def is_bats(self) -> bool:
        """Whether it is a Bats file."""
        return self.file.suffix == ".bats"

    @property
    def was_stopped(self) -> bool:
        """Whether it took longer than it may."""
        return self.status in STOPPED


@dataclass(frozen=True)
class Bench:
    """What the tests run on: the programs of one build."""

    build: Path
    root: Path = TOP
    job_seconds: int = 120
    test_seconds: int = 0  # 0: no bound but that of the job
    running: set[subprocess.Popen[bytes]] = field(default_factory=set)
    stopping: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)  # of these two

    def program(self, job: Job) -> Path:
        """Returns the program of unit tests, which is of a stage or of common/."""
        stage = f"stage{job.stage}" if job.stage != COMMON else ""
        return self.root / self.build / "unit" / stage / job.file.stem

    def log(self, job: Job) -> Path:
        """Returns where what it prints is kept."""
        stage = f"stage{job.stage}-" if job.stage != COMMON else ""
        return self.root / self.build / "results" / f"{stage}{job.file.stem}.tap"

    def run(self, job: Job) -> Job:
        """Runs a job, and gives its tests their results."""
        began = time.monotonic()
        self.log(job).parent.mkdir(parents=True, exist_ok=True)
        self.log(job).write_bytes(b"")
        (self._run_bats if job.is_bats else self._run_unit)(job)
        settle(job.tests, job.tap, job.status)
        if job.was_stopped:
            name_hung(job)
        job.seconds = time.monotonic() - began
        return job

    def again(self) -> "Bench":
        """The same, after it was stopped."""
        return Bench(self.build, self.root, self.job_seconds, self.test_seconds)

    def stop(self) -> None:
        """Ends what is running, and lets nothing more begin."""
        with self.lock:
            self.stopping.set()
            for process in self.running:
                process.terminate()

    def _run_bats(self, job: Job) -> None:
        build = self.root / self.build
        command = ["bats", "--formatter", "tap"]
        for test in job.tests if not job.is_whole else ():
            command += [] if test.is_end else ["--filter-tags", f"id:{test.id}"]
        environment = {"STAGE": str(job.stage), "TOOLS": str(build / "tools")}
        environment["LC_ALL"] = "C"  # Bash starts and compares text faster
        for kind in ("", "stand_in", "short", "small", "four", "hasty"):
            name = "SERVER_" + kind.upper() if kind else "SERVER"
            environment[name] = str(build / kind / f"stage{job.stage}/webserve")
        if self.test_seconds:
            environment["BATS_TEST_TIMEOUT"] = str(self.test_seconds)
        job.status = self._run_bounded([*command, str(job.file)], job, environment)
        job.tap = self.read(job)

    def _run_unit(self, job: Job) -> None:
        environment = {"CMOCKA_MESSAGE_OUTPUT": "TAP"}
        if self.test_seconds:
            environment["UNIT_SECONDS"] = str(self.test_seconds)
        names = [test.title for test in job.tests if not test.is_end]
        if names and not job.is_whole:
            environment["UNITS"] = " ".join(names)
        while True:
            status = self._run_bounded([str(self.program(job))], job, environment)
            job.status = job.status or status
            job.tap = self.read(job)
            ended = {outcome.title for outcome in job.tap.outcomes}
            before, names = names, [name for name in names if name not in ended]
            if status in STOPPED or not names or names == before:
                return
            if self.stopping.is_set():
                return
            environment["UNITS"] = " ".join(names)  # those after a crash

    def read(self, job: Job) -> Tap:
        """What the job has printed, at its end or so far."""
        if not self.log(job).exists():
            return Tap([], 0)
        with self.log(job).open("rb") as log:
            return read_tap(visible(log.read(LOG_MOST).decode(errors="replace")))

    def _run_bounded(
        self, command: list[str], job: Job, environment: dict[str, str]
    ) -> int:
        """Runs a command, and gives its status. Nothing of it is left."""
        # ThreadSanitizer would make each server wait a second before it exits.
        environment = {"TSAN_OPTIONS": "atexit_sleep_ms=0"} | os.environ | environment
        with self.log(job).open("ab") as log, self.lock:
            if self.stopping.is_set():
                return -signal.SIGTERM
            process = subprocess.Popen(
                ["timeout", "-k", "5", str(self.job_seconds), *command],
                cwd=self.root, env=environment, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log,
            )  # fmt: skip
            self.running.add(process)
        status = process.wait()
        with self.lock:
            self.running.discard(process)
        try:
            os.killpg(process.pid, signal.SIGKILL)  # `timeout` has made it a group
        except ProcessLookupError:
            pass
        return status


def name_hung(job: Job) -> None:
    """Finds the test that hung in a job that was stopped: the first without a result,
    if the program has not named it."""
    if not any(test.result == "hung" for test in job.tests):
        missing = next((test for test in job.tests if test.result == "missing"), None)
        if missing:
            missing.result = "hung"


def jobs_of(
    tests: Iterable[Test], all_of_stage: list[Test], stage: int, suite: str = HTTP
) -> list[Job]:
    """Returns the jobs that have these tests of a stage; `suite` has the Bats files."""
    jobs: dict[str, Job] = {}
    for test in tests:
        if test.job not in jobs:
            titles = {other.title for other in all_of_stage if other.job == test.job}
            bats = Path(suite, f"{test.job}.bats")
            file = bats if (TOP / bats).exists() else Path(f"tests/unit/{test.job}.c")
            jobs[test.job] = Job(file, stage, [], titles)
        jobs[test.job].tests.append(test)
    return list(jobs.values())


def run_all(
    bench: Bench,
    jobs: list[Job],
    at_once: int,
    ended: Callable[[Job], None],
    meanwhile: Callable[[list[Job]], None] | None = None,
) -> None:
    """Runs jobs side by side, in their order; `ended` is called for each as it ends,
    and `meanwhile` every LOOK_SECONDS with those that have not ended. What one of the
    two raises ends the run."""
    with ThreadPoolExecutor(at_once) as pool:
        left = {pool.submit(bench.run, job): job for job in jobs}
        try:
            while left:
                seconds = LOOK_SECONDS if meanwhile else None
                for future in wait(left, seconds, FIRST_COMPLETED)[0]:
                    del left[future]
                    ended(future.result())
                if meanwhile:
                    meanwhile(list(left.values()))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            bench.stop()
            raise
