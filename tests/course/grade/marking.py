"""Marks one submission: a cell, the judge in it, and the Grade made of it."""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator

from model import Fault, Grade, Test, score, settle, settle_again
from sources import shown, take_sources
from tables import HERE, expected_tests, read_points, read_results
from tap import line_to_try, stories_of_run

LEVELS = ("namespaces", "user", "none")
FIRST_UID = 60600  # a range that no system uses for users or services
UIDS = 300
LOCKS = Path("/tmp")  # the same for all that mark on this machine
WALL_SECONDS = float(os.environ.get("GRADE_SECONDS", "300"))


@dataclass(frozen=True)
class Marker:
    """What all submissions of a run have in common."""

    stage: int
    level: str
    trusted: Path
    work: Path  # below the project's folder
    running: list[subprocess.Popen] = field(default_factory=list)

    def mark(self, folder: Path) -> Grade:
        """Marks a folder."""
        with leased_uid() as uid:
            return self.mark_as(folder, uid if self.level != "none" else os.getuid())

    def mark_as(self, folder: Path, uid: int) -> Grade:
        """Marks it as that user, whom nobody else is meanwhile."""
        started = time.monotonic()
        place = Path(tempfile.mkdtemp(prefix="grade."))
        work = self.work / f"{uid}"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True, mode=0o700)
        grade = Grade(shown(folder.name), self.stage, self.level)
        try:
            place.chmod(0o711)
            names = take_sources(folder, place / "view/submission", grade.notes)
            (place / "names.json").write_text(json.dumps(names))
            status = self.run_cell(place, uid, work)
            self.fill(grade, work, status)
        finally:
            shutil.rmtree(place, ignore_errors=True)
        grade.seconds = round(time.monotonic() - started, 1)
        return grade

    def run_cell(self, place: Path, uid: int, work: Path) -> int | None:
        """Runs the judge in a cell; its exit status, None if it was out of time."""
        judge = [sys.executable, HERE / "judge.py", place, uid, self.level]
        judge += [self.stage, self.trusted, work]
        # The cell ends with this program, however that ends.
        command = ["setpriv", "--pdeathsig", "KILL", HERE / "cell.sh", place, self.level, *judge]
        temporary = work / "tmp"
        temporary.mkdir(mode=0o700)
        with open(work / "judge.log", "wb") as log:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=os.environ
                | {"TMPDIR": str(temporary), "PYTHONDONTWRITEBYTECODE": "1"}
                | {"GRADE_WORK": str(work)},
            )
            self.running.append(process)
            try:
                return process.wait(WALL_SECONDS)
            except subprocess.TimeoutExpired:
                return None
            finally:
                end(process)
                self.running.remove(process)

    def stop(self) -> None:
        """Ends the cells that run: their marking comes to its end, too."""
        for process in list(self.running):
            end(process)

    def fill(self, grade: Grade, work: Path, status: int | None) -> None:
        """Makes the marks of what the judge wrote."""
        path = work / "judged.json"
        log = (work / "judge.log").read_text(errors="replace")[-2000:]
        if not path.exists():
            sentence = "It could not be judged."
            if status is None:
                sentence = f"It was not built within {WALL_SECONDS:.0f} s."
            grade.faults = [Fault("judge", sentence, log, kind="judge")]
            grade.tests = expected_tests(self.stage)
            for test in grade.tests:
                test.result, test.because = "not-run", "judge"
        else:
            judged = json.loads(path.read_text())
            grade.tests = [Test(**test) for test in judged["tests"]]
            grade.faults = [Fault(**fault) for fault in judged["faults"]]
            grade.notes += judged["notes"]
            results = read_results(work / "results", self.stage)
            settle(grade.tests, results + [tuple(r) for r in judged["structure"]])
            again = settle_again(grade.tests, judged["again"])
            if again:
                names = "; ".join(test.id for test in again)
                grade.notes.append(f"Red, and green when run again alone: {names}.")
            tell_stories(grade.tests, stories_of_run(work / "results", self.stage))
            if status is None:
                stopped(grade, "time", f"It was stopped after {WALL_SECONDS:.0f} s in all.")
            elif status != 0:
                stopped(grade, "judge", "It could not be judged to the end.", log)
        score(grade, read_points(HERE / "points.tsv", self.stage))


def end(process: subprocess.Popen) -> None:
    """Ends a cell, with all that is in it."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def tell_stories(tests: list[Test], stories: dict[tuple[str, str], str]) -> None:
    """Gives each red test what it printed."""
    for test in tests:
        test.text = stories.get((test.job, test.title), "")
        test.command = line_to_try(test.text) or test.command


def stopped(grade: Grade, kind: str, sentence: str, log: str = "") -> None:
    """What had not been judged by then was not run."""
    grade.faults.append(Fault(kind, sentence, log, kind=kind))
    for test in grade.tests:
        if test.result == "missing":
            test.result, test.because = "not-run", kind


def unjudged(marker: Marker, name: str, reason: str) -> Grade:
    """The marks of a submission that something kept from being judged."""
    grade = Grade(name, marker.stage, marker.level)
    grade.faults = [Fault(
            "judge", f"It could not be judged: {reason}.", kind="judge"
        )]
    grade.tests = expected_tests(marker.stage)
    for test in grade.tests:
        test.result, test.because = "not-run", "judge"
    score(grade, read_points(HERE / "points.tsv", marker.stage))
    return grade


@contextlib.contextmanager
def leased_uid() -> Iterator[int]:
    """A user that nobody else on this machine marks as until it is given back:
    what is bounded and ended by user must be one submission's."""
    for uid in range(FIRST_UID, FIRST_UID + UIDS):
        path = LOCKS / f"grade-user-{uid}.lock"
        try:
            lock = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
        except OSError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            continue
        try:
            yield uid
        finally:
            os.close(lock)
        return
    raise RuntimeError("no user is free to mark as")


def best_level() -> str:
    """The best isolation that works here."""
    for level in LEVELS:
        with tempfile.TemporaryDirectory(prefix="grade.") as place:
            Path(place).chmod(0o711)
            tried = subprocess.run(
                [HERE / "cell.sh", place, level, "--try"],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
            if tried.returncode == 0:
                return level
    return "none"
