"""suite.py - runs chosen tests of a tree, each with a bound on its time.

A test's id is `JOB: TITLE`; JOB is the name of a Bats file, or of a program of
unit tests. A Bats file runs with only the tests that are asked for, a program
of unit tests as a whole. The results are

    passed  failed  hung
    not-run (the server did not start, or the program ended before it)
    missing (there is no such test)

The end of a program, and that of a Bats file's server, count as tests too.
"""

import os
import re
import signal
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tree import Tree

end_of_server = "(the end of the server)"
end_of_program = "(the end of the program)"


def by_job(ids: Iterable[str]) -> dict[str, list[str]]:
    """The titles that are asked for, of each job."""
    jobs: dict[str, list[str]] = {}
    for test in ids:
        job, _, title = test.partition(": ")
        jobs.setdefault(job, []).append(title)
    return jobs


@dataclass(frozen=True)
class Bench:
    """What the tests run on: a tree's servers of one stage, in one build."""

    tree: Tree
    stage: int
    sanitize: str = ""
    test_seconds: int = 8  # a test that takes longer hangs
    job_seconds: int = 30  # what a job may take besides, and a unit in all

    @property
    def build(self) -> str:
        """The folder of the build, as the Makefile has it."""
        return f"build/{self.sanitize}" if self.sanitize else "build"

    def bats_file(self, job: str) -> Path:
        """Where a Bats file of that name would be."""
        return self.tree.root / "tests/http" / f"{job}.bats"

    def unit_source(self, job: str) -> Path:
        """Where the source of such a program would be."""
        return self.tree.root / "tests/unit" / f"{job}.c"

    def unit_program(self, job: str) -> str:
        """The program, which may belong to the stage, or to common/."""
        text = self.unit_source(job).read_text("utf-8")
        if re.search(r"^/\* stages: ", text, re.MULTILINE):
            return f"{self.build}/unit/stage{self.stage}/{job}"
        return f"{self.build}/unit/{job}"


def run_bounded(
    command: list[str], bench: Bench, environment: dict[str, str], seconds: int
) -> tuple[str, int, bool]:
    """Runs a job; gives its output, its status, and whether it was stopped.

    It runs in a session of its own, so that nothing of it is left.
    """
    with subprocess.Popen(
        command,
        cwd=bench.tree.root,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        stopped = False
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            stopped = True
            os.killpg(process.pid, signal.SIGTERM)
            try:
                output, _ = process.communicate(timeout=2)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                output, _ = process.communicate()
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    return output.decode("utf-8", "replace"), process.returncode, stopped


def read_tap(output: str) -> dict[str, str]:
    """The results in a TAP stream, by title."""
    results = {}
    form = r"(not )?ok \d+ (?:- )?(.*?)( # (?:it hung|timeout .*|skip.*))?"
    for line in output.splitlines():
        match = re.fullmatch(form, line.rstrip())
        if not match:
            continue
        result = "failed" if match[1] else "passed"
        if match[3] and "skip" not in match[3]:
            result = "hung"
        results[match[2]] = result
    return results


def quote(title: str) -> str:
    """A title as an extended regular expression."""
    return re.sub(r"([][.\\()*+?{}|^$])", r"\\\1", title)


def goals(bench: Bench, ids: Iterable[str]) -> list[str]:
    """What make has to build for these tests."""
    wanted: list[str] = []
    for job in by_job(ids):
        if bench.bats_file(job).exists():
            wanted.append(f"{bench.build}/stage{bench.stage}/webserve")
            wanted.append(f"{bench.build}/tools/raw_client")
            if "SERVER_SMALL" in bench.bats_file(job).read_text("utf-8"):
                wanted.append("small-servers")
        elif bench.unit_source(job).exists():
            wanted.append(bench.unit_program(job))
    return list(dict.fromkeys(wanted))


def run_bats(
    bench: Bench, job: str, titles: list[str]
) -> tuple[dict[str, str], str]:
    """Runs some tests of a Bats file; gives their results, and the output."""
    folder = bench.tree.root / bench.build
    file = bench.bats_file(job)
    named = [title for title in titles if title != end_of_server]
    command = ["bats", "--formatter", "tap", str(file)]
    if named:
        command[1:1] = ["--filter", f"^({'|'.join(map(quote, named))})$"]
    environment = {
        "STAGE": str(bench.stage),
        "SERVER": f"{folder}/stage{bench.stage}/webserve",
        "SERVER_SMALL": f"{folder}/small/stage{bench.stage}/webserve",
        "TOOLS": f"{folder}/tools",
        "BATS_TEST_TIMEOUT": str(bench.test_seconds),
        "TSAN_OPTIONS": "atexit_sleep_ms=0",
    }
    seconds = bench.job_seconds + bench.test_seconds * min(len(titles), 4)
    output, status, stopped = run_bounded(command, bench, environment, seconds)
    found = read_tap(output)
    text = file.read_text("utf-8")
    results = {}
    for title in titles:
        if title in found:
            results[title] = found[title]
        elif title == end_of_server:
            results[title] = "hung" if stopped else "passed"
            if "teardown_file failed" in found:
                results[title] = "failed"
        elif f'@test "{title}"' in text or f"@test '{title}'" in text:
            results[title] = "not-run"
        else:
            results[title] = "missing"
    return results, f"{output}(status {status})\n"


def run_unit(
    bench: Bench, job: str, titles: list[str]
) -> tuple[dict[str, str], str]:
    """Runs a program of unit tests; gives results, and the output."""
    text = bench.unit_source(job).read_text("utf-8")
    output, status, _ = run_bounded(
        [bench.unit_program(job)],
        bench,
        {"CMOCKA_MESSAGE_OUTPUT": "TAP"},
        bench.job_seconds,
    )
    found = read_tap(output)
    found.pop("tests", None)  # cmocka's line for the whole program
    failed = "failed" in found.values() or "hung" in found.values()
    results = {}
    for title in titles:
        if title in found:
            results[title] = found[title]
        elif title == end_of_program:
            bad = status != 0 and not failed
            results[title] = "failed" if bad else "passed"
        elif re.search(rf"\b{re.escape(title)}\b", text):
            results[title] = "not-run"
        else:
            results[title] = "missing"
    return results, f"{output}(status {status})\n"


def run_job(
    bench: Bench, job: str, titles: list[str]
) -> tuple[dict[str, str], str]:
    """Runs tests of a job; gives their results by title, and the output."""
    if bench.bats_file(job).exists():
        return run_bats(bench, job, titles)
    if bench.unit_source(job).exists():
        return run_unit(bench, job, titles)
    return dict.fromkeys(titles, "missing"), ""


def run_tests(
    bench: Bench, ids: Iterable[str], at_once: int = 1
) -> tuple[dict[str, str], str]:
    """Runs tests; gives their results by id, and all that they printed."""
    jobs = by_job(ids)
    results = {}
    said = ""
    with ThreadPoolExecutor(at_once) as pool:
        found = pool.map(lambda job: run_job(bench, job, jobs[job]), jobs)
        for job, (titles, output) in zip(jobs, found):
            results |= {f"{job}: {t}": result for t, result in titles.items()}
            said += output
    return results, said


def expected(root: Path, stage: int) -> dict[str, str]:
    """All tests of the stage, and of each its tag; in their order."""
    listed = subprocess.run(
        ["tests/tools/list.sh", str(stage)],
        cwd=root,
        text=True,
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
    rows = [line.split("\t") for line in listed.splitlines()]
    return {f"{row[4]}: {row[5]}": row[1] for row in rows}
