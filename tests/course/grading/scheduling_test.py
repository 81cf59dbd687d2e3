#!/usr/bin/env python3
"""Tests of how a batch is scheduled: cut off and started again, with what has come or
changed meanwhile, and on several machines.

Only the grading itself is made up: it takes a moment, and gives no points. The
second machine is this one, by way of an sshd of the test's own on loopback.
`make grade-tests` runs them.
"""

import csv
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import unittest.mock
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from grading import batch, forms, machines
from grading.grader import Grader
from grading.score import Grade, score, to_json
from submission.points import read_points

SSHD = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
FORMS = {"grade.json": forms.as_json, "index.html": lambda grade: grade.name}
STAGE = 2
FAKE = """#!/bin/sh
echo "$1 $$" >>"{log}"
{before}
sleep 0.3
[ "$1" -lt 3 ] || [ ! -e "{slow}" ] || sleep 20
name=$(sed 's/.*"name": "\\([^"]*\\)".*/\\1/' {folder}/work/"$1"/taken.json)
sed "s/@NUMBER@/$1/; s/@NAME@/$name/" {folder}/grade
"""


def write_fake(path: Path, log: Path, before: str = "") -> None:
    """A script that grades as machines.write_worker's does."""
    grade = Grade("@NAME@", STAGE, "none")
    score(grade, read_points(STAGE))
    line = json.dumps({"number": "@NUMBER@", "grade": to_json(grade)})
    (path.parent / "grade").write_text(line + "\n")
    values = {"log": log, "folder": path.parent, "before": before}
    path.write_text(FAKE.format(slow=log.parent / "slow", **values))
    path.chmod(0o755)


def grade(folder: Path) -> int:
    """Grades FOLDER/in into FOLDER/out; on the machines of FOLDER/hosts, if it is
    there. FOLDER/before has a command for the second machine."""
    hosts = folder / "hosts"
    first, second = folder / "first.log", folder / "second.log"
    before = folder / "before"

    def build(machine, _):
        command = before.read_text() if before.exists() else ""
        write_fake(Path(machine.folder) / "grade-one", second, command)

    with (
        unittest.mock.patch.object(
            machines, "write_worker", lambda path, *_: write_fake(path, first)
        ),
        unittest.mock.patch.object(machines.Machine, "build", build),
    ):
        return batch.grade_all(
            Grader(STAGE, "none", folder, folder),
            folder / "in",
            folder / "out",
            hosts if hosts.exists() else None,
            FORMS,
        )


class Base(unittest.TestCase):
    """A class of eight."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="class of ")
        self.addCleanup(folder.cleanup)
        self.top = Path(folder.name)
        (self.top / "home").mkdir()
        for name in "abcdefgh":
            self.submit(name)

    def submit(self, name: str, content: str = "") -> None:
        (self.top / "in" / name).mkdir(parents=True, exist_ok=True)
        (self.top / "in" / name / "serve.c").write_text(content)

    def start(self) -> subprocess.Popen:
        """Starts to grade the class, in a process of its own."""
        return subprocess.Popen(
            [sys.executable, __file__, "--grade", self.top],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | {"HOME": str(self.top / "home"), "LOCK_SECONDS": "1"},
        )

    def grade(self, status: int = 0) -> str:
        """Grades the class; what was said."""
        process = self.start()
        said, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, status, said)
        return said

    def runs(self, log: str = "first") -> list[str]:
        """Returns the process ids of the grades that were begun."""
        path = self.top / f"{log}.log"
        lines = path.read_text().splitlines() if path.exists() else []
        return [line.split()[1] for line in lines]

    def names(self) -> list[str]:
        """Returns the names in grades.csv."""
        with open(self.top / "out/grades.csv", encoding="utf-8") as file:
            return [row["name"] for row in csv.DictReader(file)]

    def cut_off(self, number: int) -> int:
        """Starts to grade, and ends it by a signal when two are graded and the others
        take long; how many were."""
        slow = self.top / "slow"
        slow.touch()
        process = self.start()
        for _ in range(2):
            process.stdout.readline()
        while len([*self.runs(), *self.runs("second")]) < 3:
            time.sleep(0.05)
        process.send_signal(number)
        process.communicate(timeout=30)
        self.assert_nothing_runs()
        slow.unlink()
        return len(list((self.top / "out/.batch").glob("?.json")))

    def assert_nothing_runs(self) -> None:
        """Within a few seconds, nothing runs of what was begun."""
        until = time.monotonic() + 5
        mine = [*self.runs(), *self.runs("second")]
        while True:
            alive = [pid for pid in mine if Path(f"/proc/{pid}").exists()]
            if not alive or time.monotonic() > until:
                break
            time.sleep(0.05)
        self.assertEqual(alive, [])

    def assert_nothing_is_left(self) -> None:
        """Nothing is left in /tmp, or in the home of the person who grades."""
        self.assertFalse((self.top / "out/.batch/machines").exists())
        self.assertEqual(os.listdir(self.top / "home"), [])
        log = [*self.runs(), *self.runs("second")]
        self.assertTrue(log)


class Scheduling(Base):
    def test_all_are_marked_with_the_time_that_is_left(self):
        said = self.grade()
        self.assertEqual(self.names(), list("abcdefgh"))
        self.assertRegex(said, r"1/8 \d+ s left ")
        self.assertRegex(said, r"8/8 the last ")
        self.assertNotIn("Tange", said)
        self.assert_nothing_is_left()

    def test_what_is_cut_off_goes_on_where_it_stopped(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            with self.subTest(number):
                shutil.rmtree(self.top / "out", ignore_errors=True)
                (self.top / "first.log").unlink(missing_ok=True)
                done = self.cut_off(number)
                self.assertGreaterEqual(done, 2)
                self.assertLess(done, 8)
                begun = len(self.runs())
                said = self.grade()
                self.assertIn(f"{done} of 8 are already graded", said)
                self.assertEqual(len(self.runs()) - begun, 8 - done)
                self.assertEqual(self.names(), list("abcdefgh"))
                self.assert_nothing_is_left()

    def test_a_late_one_touches_no_other(self):
        self.grade()
        files = [p for p in (self.top / "out/submissions").rglob("*") if p.is_file()]
        before = {path: path.stat().st_mtime_ns for path in files}
        self.submit("0")
        self.grade()
        self.assertEqual({p: p.stat().st_mtime_ns for p in before}, before)
        self.assertEqual(self.names(), list("0abcdefgh"))
        self.assertEqual(len(self.runs()), 9)

    def test_what_has_changed_is_graded_again_and_what_has_gone_is_kept(self):
        self.grade()
        self.submit("c", "int x;")
        shutil.rmtree(self.top / "in/d")
        said = self.grade()
        self.assertIn("Changed since, and graded again: c.", said)
        self.assertIn("No longer in the batch, and kept: d.", said)
        self.assertEqual(self.names(), list("abcdefgh"))
        self.assertEqual(len(self.runs()), 9)
        self.assertIn("7 are graded", self.grade())
        self.assertEqual(len(self.runs()), 9)

    def test_two_cannot_write_to_one_folder(self):
        (self.top / "slow").touch()
        first = self.start()
        first.stdout.readline()
        self.assertIn("Another batch is being graded", self.grade(2))
        first.terminate()
        first.communicate(timeout=60)

    def test_marks_of_another_stage_are_not_mixed(self):
        self.grade()
        path = self.top / "out/submissions/a/grade.json"
        path.write_text(path.read_text().replace('"stage": 2', '"stage": 3'))
        self.assertIn("has grades of stage 3", self.grade(2))


@unittest.skipUnless(SSHD, "there is no sshd")
class SeveralMachines(Base):
    """This one is also reached by ssh."""

    def setUp(self):
        super().setUp()
        for key in ("host", "user"):
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f"]
            subprocess.run([*command, self.top / key], check=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = {"HostKey": self.top / "host", "PidFile": "none", "UsePAM": "no"}
        options |= {"AuthorizedKeysFile": self.top / "user.pub", "StrictModes": "no"}
        config = "".join(f'{name} "{value}"\n' for name, value in options.items())
        (self.top / "config").write_text(config)
        if os.getuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)
        self.sshd = subprocess.Popen(
            [SSHD, "-D", "-e", "-f", self.top / "config"]
            + ["-o", f"ListenAddress=127.0.0.1:{port}"],
            stderr=subprocess.DEVNULL,
        )
        self.addCleanup(self.sshd.wait)
        self.addCleanup(self.sshd.kill)
        known = "-o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no"
        quiet = f"{known} -o LogLevel=ERROR"
        self.other = f"1/ssh -p {port} -i '{self.top}/user' {quiet} 127.0.0.1"
        self.gone = f"ssh -p 1 {quiet} 127.0.0.1"
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.05)

    def hosts(self, *lines: str) -> None:
        (self.top / "hosts").write_text("\n".join(lines) + "\n")

    def test_both_mark(self):
        self.hosts("# two", "1/:", self.other)
        said = self.grade()
        self.assertEqual(self.names(), list("abcdefgh"))
        self.assertTrue(self.runs() and self.runs("second"))
        self.assertEqual(len(self.runs()) + len(self.runs("second")), 8)
        self.assertIn("ready, 1 at a time", said)
        self.assert_nothing_is_left()

    def test_a_machine_that_is_not_there_is_told(self):
        self.hosts(self.gone, self.other)
        said = self.grade()
        self.assertIn(f"{self.gone} is left out: ssh: connect to host", said)
        self.assertEqual(self.runs(), [])
        self.assertEqual(len(self.runs("second")), 8)

    def test_without_any_other_this_one_marks(self):
        self.hosts(self.gone)
        self.assertIn("No other machine can be used", self.grade())
        self.assertEqual(len(self.runs()), 8)

    def test_what_a_machine_fails_at_others_do(self):
        self.hosts("1/:", self.other)
        (self.top / "before").write_text("exit 1")
        said = self.grade()
        self.assertRegex(said, r"failed \d+ times; others took over")
        self.assertEqual(len(self.runs()), 8)
        self.assertNotIn("could not be graded", said)

    def test_what_fails_everywhere_is_told_and_tried_again(self):
        self.hosts(self.other)
        (self.top / "before").write_text("exit 1")
        self.assertIn("its grading failed on every machine", self.grade())
        (self.top / "before").unlink()
        self.grade()
        self.assertEqual(len(list((self.top / "out/.batch").glob("?.json"))), 8)

    def test_what_runs_elsewhere_ends_as_well(self):
        self.hosts("1/:", self.other)
        for number in (signal.SIGINT, signal.SIGKILL):
            with self.subTest(number):
                shutil.rmtree(self.top / "out", ignore_errors=True)
                self.cut_off(number)
                self.grade()
                self.assertEqual(self.names(), list("abcdefgh"))
                self.assert_nothing_is_left()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--grade"]:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        sys.exit(grade(Path(sys.argv[2])))
    unittest.main()
