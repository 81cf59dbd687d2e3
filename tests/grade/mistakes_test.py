"""Marks 40 submissions, each with one planted mistake: mistakes_test.py BUILD [COUNT].

Those of tests/mistakes are taken in turn from each stage and group, if what is
graded can see them; tests/grade/sample makes the submissions, and they are marked
as any class is. Each must lose points, and for the mistake that it has: one of the
tests that catch it is red, or a fault is reported. Prints what each got, and how
long all of it took. Called by `make grade-mistakes`.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from itertools import chain, zip_longest
from pathlib import Path

from tables import HERE, TOP, expected_tests, in_its_process

sys.path.insert(0, str(TOP / "tests/mistakes"))
# pylint: disable=wrong-import-position
from mistake import Sources, load  # noqa: E402
from test_ids import NoSuchTest, TestIds  # noqa: E402


def graded_tests(stage: int) -> set[str]:
    """What gives points in a stage."""
    return {
        test.id
        for test in expected_tests(stage)
        if test.tag == "contract" and not in_its_process(test.id.partition(":")[0])
    }


def choose(count: int) -> dict[tuple[int, str], set[str]]:
    """So many mistakes, by stage and name, with the graded tests that catch each:
    one of each stage and group, then a second one of each, and so on."""
    sources, ids = Sources(TOP), TestIds(TOP)
    graded = {stage: graded_tests(stage) for stage in sources.stages()}
    groups = defaultdict(list)
    for mistake in load(TOP / "tests/mistakes"):
        if mistake.in_common or mistake.sanitizer:  # not a submission's; not seen
            continue
        stage = mistake.stages(sources)[0]
        try:
            seen = set(ids.of_stage(mistake.caught_by, stage)) & graded[stage]
        except NoSuchTest:
            seen = set()
        if seen:
            groups[stage, mistake.group].append(((stage, mistake.name), seen))
    in_turn = [one for one in chain(*zip_longest(*groups.values())) if one]
    return dict(sorted(in_turn[:count]))


def mark(stage: int, names: list[str], build: str, folder: Path) -> None:
    """Marks them as a class."""
    wanted = [f"mistake_{name}" for name in names]
    subprocess.run([HERE / "sample", str(stage), folder / "in", *wanted], check=True)
    print(f"stage {stage}:", flush=True)
    subprocess.run(
        [HERE / "grade", "--stage", str(stage), "--build", build]
        + ["--batch", folder / "in", "--out", folder / "out"],
        env=os.environ | {"TMPDIR": str(folder)},
        check=True,
    )


def verdict(name: str, seen: set[str], folder: Path) -> str:
    """What the marks say of it; begins with MISSED if they do not see it."""
    path = folder / f"out/mistake_{name}/grade.json"
    grade = json.loads(path.read_text(encoding="utf-8"))
    red = {t["id"] for t in grade["tests"] if t["result"] not in ("passed", "not-run")}
    if grade["points"] >= grade["most"]:
        return "MISSED: it has all points"
    if grade["faults"]:
        return f"{grade['points']}: {grade['faults'][0]['sentence']}"
    if red & seen:
        return f"{grade['points']}: {len(red & seen)} of its tests are red"
    return f"MISSED: {grade['points']}, but for something else"


def main() -> int:
    build, count = sys.argv[1], int((sys.argv + ["40"])[2])
    started = time.monotonic()
    chosen = choose(count)
    verdicts = {}
    with tempfile.TemporaryDirectory(prefix="mistakes.") as top:
        Path(top).chmod(0o711)
        for stage in sorted({stage for stage, _ in chosen}):
            folder = Path(top) / str(stage)
            folder.mkdir()
            folder.chmod(0o711)
            names = [name for where, name in chosen if where == stage]
            mark(stage, names, build, folder)
            verdicts |= {n: verdict(n, chosen[stage, n], folder) for n in names}
    for name, said in verdicts.items():
        print(f"{name:45} {said}")
    missed = sum(said.startswith("MISSED") for said in verdicts.values())
    print(
        f"{len(verdicts)} submissions in {time.monotonic() - started:.0f} s: {missed} missed"
    )
    return 1 if missed or len(verdicts) < count else 0


if __name__ == "__main__":
    sys.exit(main())
