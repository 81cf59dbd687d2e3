"""Judges one submission, inside its cell. grading/grader.py starts it.

The submission is built in the jail, its server is started there once, and the tests of
the stage run against it, out here. What they start are programs in WORK that start the
submission's in the jail; delegate_test asks a driver there. Writes WORK/judged.json as
it goes on; the grades are made from it outside of the cell.
"""

import argparse
import json
import resource
import shutil
import threading
import time
from dataclasses import asdict, replace
from pathlib import Path

from grading.jail import Jail
from grading.watch import Watch
from submission.judge import Judge, at_once
from submission.points import JUDGED_UNIT

FILE_MOST = 64 * 1024 * 1024  # bytes


class CellJudge(Judge):
    """Judges a submission that is not trusted."""

    writing = threading.Lock()

    def link_units(self) -> None:
        """The unit tests of delegate run out here, and ask a driver in the jail."""
        stage = f"stage{self.stage}"
        for part in ("driver", "wire"):
            path = self.trusted / f"unit/delegate_driver/{part}.o"
            shutil.copy(path, self.workshop.view / "ours/unit")
        status, said = self.builder.link_units(
            "unit/delegate_driver",
            ["ours/unit/driver.o", "ours/unit/wire.o"],
            ["-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc"],
        )
        if status != 0:
            self.cannot_link(JUDGED_UNIT, said)
        self.workshop.hand_out(
            self.program("delegate_driver"), "unit/delegate_driver", False
        )
        shutil.copy(
            self.trusted / f"grade/{stage}/{JUDGED_UNIT}", self.program(JUDGED_UNIT)
        )

    def write(self, notes: list[str]) -> None:
        """Writes what is known, for the grades to be made from it. The watch calls this,
        too."""
        judged = {
            "tests": [asdict(test) for test in self.tests],
            "faults": [asdict(fault) for fault in self.built.faults],
            "notes": self.built.notes + notes,
            "diagnosis": asdict(self.diagnosis) if self.diagnosis else None,
            "processor": processor_seconds(),
        }
        path = self.work / "judged.json"
        with self.writing:
            path.with_suffix(".new").write_text(json.dumps(judged), encoding="utf-8")
            path.with_suffix(".new").rename(path)


def processor_seconds() -> float:
    """Returns what the judge and all that it started have used of the processor."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return round(sum(one.ru_utime + one.ru_stime for one in used), 1)


def main() -> None:
    """Judges what the command line names."""
    parser = argparse.ArgumentParser()
    for name in ("place", "folder", "trusted", "work"):
        parser.add_argument(name, type=Path)
    parser.add_argument("uid", type=int)
    parser.add_argument("level")
    parser.add_argument("stage", type=int)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--job-seconds", type=int)
    asked = parser.parse_args()
    until = time.monotonic() + asked.seconds
    # Of all that the judge writes itself, or catches of what a server says.
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_MOST, FILE_MOST))
    jail = Jail(asked.place, asked.trusted / "tools/confine", asked.uid, asked.level)
    judge = CellJudge(jail, asked.stage, asked.trusted, asked.work)
    judge.bench = replace(judge.bench, job_seconds=asked.job_seconds)
    watch = Watch(jail)
    if jail.level != "none":
        watch.start()
    judge.build(asked.folder)
    # Written again and again, since the time may run out at any moment.
    watch.report = lambda: judge.write(watch.notes())
    watch.report()
    judge.try_to_start()
    watch.report()
    judge.run(at_once(), lambda job: watch.report())
    judge.finish(until)
    notes = watch.stop()
    jail.clear()
    judge.write(notes)


if __name__ == "__main__":
    main()
