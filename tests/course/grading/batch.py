"""Grades a batch of submissions, on this machine and on others.

The files in OUT say what is graded. A batch that was stopped goes on when it is started
again, and includes what was added or changed meanwhile.

    OUT/grades.csv, OUT/index.html     the class, made from the grade.json of all
    OUT/submissions/NAME/             the forms of one
    OUT/.batch/NAME.json              what it was made from: written last
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grading.class_page import as_class_page
from grading.forms import as_csv, number
from grading.machines import Machines, read_hosts
from grading.grader import Grader
from grading.score import VERSION, Grade, from_json
from submission import TOP
from submission.archives import Refused
from submission.collect import Submission, collect
from submission.names import shown
from submission.sources import digest, load

Forms = dict[str, Callable[[Grade], str]]
# What grades are made from, except the submission.
JUDGE = ("common", "stages", "tests/course", "tests/http", "tests/unit")
JUDGE += ("tests/tools/suite", "tests/tools/raw_client")
PATIENCE = float(os.environ.get("LOCK_SECONDS", "10"))


@dataclass
class Graded:
    """A submission that has its grades in OUT."""

    folder: str
    grade: Grade
    digest: str = ""  # of what was taken, if it was judged
    judge: str = ""  # of the project's files


class Batch:
    """The grades in OUT, and what is still to be done."""

    def __init__(self, grader: Grader, out: Path, forms: Forms):
        self.grader = grader
        self.out = out
        self.forms = forms
        self.state = out / ".batch"
        self.state.mkdir(parents=True, exist_ok=True)
        self.judge = judge_digest()
        self.graded: dict[str, Graded] = {}
        self.waiting: dict[str, tuple[str, str]] = {}  # by number: folder, digest
        self.total = 0
        self.done = 0
        self.started = 0.0

    # ---- What there is

    def read(self) -> None:
        """Reads the grades that are there; Refused if they are of another stage."""
        for path in sorted(self.out.glob("submissions/*/grade.json")):
            known = self.state / f"{path.parent.name}.json"
            try:
                data = json.loads(path.read_text(encoding="utf-8"))
                about = json.loads(known.read_text()) if known.exists() else {}
            except ValueError:
                continue  # it is graded again
            if data["stage"] != self.grader.stage:
                raise Refused(
                    f"{self.out} has grades of stage {data['stage']}: choose another OUT."
                )
            name = path.parent.name
            if data["version"] == VERSION:
                self.graded[name] = Graded(name, from_json(data), **about)
            else:
                say(f"{name} has grades in an older format, which are left out.")

    def choose(self, found: list[Submission], work: Path) -> None:
        """Takes all submissions, and keeps those that are not graded as they are."""
        self.total = len(found)
        again = []
        for count, one in enumerate(found, 1):
            folder = work / str(count)
            taken = one.take(folder)
            source = digest(folder)
            known = self.graded.get(one.folder)
            if known and known.digest == source:
                shutil.rmtree(folder)
                self.done += 1
                continue
            if known and known.digest:
                again.append(taken.name)
            self.waiting[str(count)] = one.folder, source
        here = {one.folder for one in found}
        gone = [m.grade.name for f, m in self.graded.items() if f not in here]
        stay = here - {folder for folder, _ in self.waiting.values()}
        older = [f for f in stay if self.graded[f].judge != self.judge]
        if self.done and self.waiting:
            say(f"{self.done} of {self.total} are already graded; the others follow.")
        if again:
            say(f"Changed since, and graded again: {', '.join(again)}.")
        if gone:
            say(f"No longer in the batch, and kept: {', '.join(gone)}.")
        if older:
            say(
                f"The tests have changed since {len(older)} were graded; those keep "
                f"their grades. To grade all again, remove {self.out}."
            )

    # ---- What comes

    def add(self, key: str, grade: Grade, judged: bool) -> None:
        """Writes the grades of one."""
        folder, source = self.waiting.pop(key)
        known = self.state / f"{folder}.json"
        known.unlink(missing_ok=True)
        for name, form in self.forms.items():
            write(self.out / "submissions" / folder / name, form(grade))
        one = Graded(folder, grade, source, self.judge)
        self.graded[folder] = one
        self.write_table()
        if judged:
            write(known, json.dumps({"digest": source, "judge": self.judge}))
        self.done += 1
        self.print(grade)

    def grades(self) -> list[tuple[str, Grade]]:
        """Returns all of them, by name, with their folders."""
        found = [(one.folder, one.grade) for one in self.graded.values()]
        return sorted(found, key=lambda pair: (pair[1].name, pair[0]))

    def write_table(self) -> None:
        """Writes grades.csv."""
        text = as_csv([grade for _, grade in self.grades()])
        write(self.out / "grades.csv", text)

    def finish(self) -> None:
        """Writes what is about the class."""
        if self.graded:
            self.write_table()
            write(self.out / "index.html", as_class_page(self.grades()))

    def print(self, grade: Grade) -> None:
        """Prints the line of a submission."""
        cause = grade.cause()
        first = cause.sentence if cause else "".join(grade.notes[:1])
        wide = len(str(self.total))
        print(
            f"{self.done:>{wide}}/{self.total} {self.left():14} "
            f"{number(grade.points):>5} {grade.name:24} "
            f"{grade.seconds:4.0f} s  {first[:90]}",
            flush=True,
        )

    def left(self) -> str:
        """Says how much longer it will take, judging by what it took so far."""
        left = len(self.waiting)
        seconds = (time.monotonic() - self.started) / max(1, self.here) * left
        if not left:
            return "the last"
        return (
            f"{seconds / 60:.0f} min left" if seconds > 90 else f"{seconds:.0f} s left"
        )

    @property
    def here(self) -> int:
        """How many were graded since this program was started."""
        return self.done - self.before

    before = 0

    def run(self, machines: Machines) -> None:
        """Has everything graded that waits."""
        self.started = time.monotonic()
        self.before = self.done
        for result in machines.run(list(self.waiting)):
            if result["number"] in self.waiting:
                grade = from_json(result["grade"])
                kinds = {fault.kind for fault in grade.faults}
                self.add(result["number"], grade, "judge" not in kinds)
        machines.tell_failures(say)
        for key in list(self.waiting):
            name = load(machines.work / key).name
            reason = "its grading failed on every machine"
            self.add(key, self.grader.unjudged(name, reason), False)


def grade_all(
    grader: Grader, batch: Path, out: Path, hosts: Path | None, forms: Forms
) -> int:
    """Grades a batch; returns the exit status."""
    try:
        asked = read_hosts(hosts)
        if batch.resolve() in [out, *out.parents]:
            raise Refused(f"{out} is in the batch: choose an OUT that is not.")
        with locked(out), tempfile.TemporaryDirectory(prefix="batch.") as scratch:
            return grade_locked(Batch(grader, out, forms), batch, Path(scratch), asked)
    except (Refused, OSError) as reason:
        say(str(reason))
        return 2


def grade_locked(batch: Batch, path: Path, scratch: Path, asked) -> int:
    """Grades a batch; nobody else writes to OUT meanwhile."""
    batch.read()
    found, remarks = collect(path, scratch)
    for remark in remarks:
        say(remark)
    if not found:
        raise Refused(f"There is no submission in {path}. To grade one, say DIR=path.")
    os.environ.setdefault("JOBS", "2")  # of each submission's tests
    grader = batch.grader
    machines = Machines(
        grader.stage, grader.trusted, grader.level, batch.state / "machines"
    )
    try:
        batch.choose(found, machines.work)
        if batch.waiting:
            machines.prepare(asked, say)
            batch.run(machines)
    except KeyboardInterrupt:
        machines.stop()
        say(
            f"Stopped: {batch.done} of {batch.total} are graded. To go on, run the same command."
        )
        return 130
    finally:
        machines.stop()
        machines.clean_up()
        batch.finish()
    print(f"{batch.total} are graded: {batch.out / 'index.html'}")
    return 0


@contextlib.contextmanager
def locked(out: Path) -> Iterator[None]:
    """Keeps another batch from writing to the same folder meanwhile. One that was
    stopped a moment ago may still be ending what it began."""
    out.mkdir(parents=True, exist_ok=True)
    with open(out / ".lock", "w", encoding="utf-8") as lock:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    said = f"Another batch is being graded into {out}."
                    raise Refused(said) from None
            time.sleep(0.1)
        yield


def write(path: Path, text: str) -> None:
    """Writes a file at once: whatever happens, it is there as a whole, or as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    with open(new, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)


def say(sentence: str) -> None:
    """Prints something that is not about one submission alone."""
    print(shown(sentence), file=sys.stderr, flush=True)


def judge_digest() -> str:
    """Returns a digest of the project's files that grades are made from."""
    found = hashlib.sha256()
    for top in JUDGE:
        for path in sorted((TOP / top).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                found.update(f"{path.relative_to(TOP)}\0".encode() + path.read_bytes())
    return found.hexdigest()
