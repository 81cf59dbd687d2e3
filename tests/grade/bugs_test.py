"""Marks 40 submissions, each with one planted bug: bugs_test.py BUILD [COUNT].

Those of tests/bugs are taken in turn from each stage and group of mistakes, as
far as what is graded can see them; tests/grade/sample makes the submissions,
and they are marked as any class is. Each must lose points, and for the mistake
that it has: a test that is red of it is red, or it is diagnosed, or told as a
fault; and three in four must be diagnosed, or told. Prints what each got, and what all of it took. Called by `make grade-bugs`.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from itertools import chain, zip_longest
from pathlib import Path

from tables import HERE, TOP, expected_tests, in_its_process, rows

UNTOLD_MOST = 0.25


def graded_tests() -> dict[int, set[str]]:
    """What gives points, for each stage."""
    stages = sorted((TOP / "stages").glob("stage*"))
    return {
        int(path.name[5:]): {
            test.id
            for test in expected_tests(int(path.name[5:]))
            if test.tag == "contract" and not in_its_process(test.id.partition(":")[0])
        }
        for path in stages
    }


def signatures() -> dict[str, set[str]]:
    """The tests that each planted bug turns red."""
    red = defaultdict(set)
    for name, result, test in rows(TOP / "tests/bugs/signatures.tsv"):
        if result == "red":
            red[name].add(test)
    return red


def choose(count: int) -> dict[str, set[str]]:
    """So many bugs, with the graded tests that each turns red: one of each stage
    and group, then a second one of each, and so on."""
    graded, red = graded_tests(), signatures()
    groups = defaultdict(list)
    for path in sorted((TOP / "tests/bugs").glob("stage*/*.patch")):
        text = path.read_text(encoding="utf-8")
        name = f"{path.parent.name}/{path.stem}"
        seen = red[name] & graded[int(path.parent.name[5:])]
        # One in common/ is no submission's; a second base has other files.
        if seen and not re.search("^(Base: |--- a/common/)", text, re.M):
            group = re.search("^Group: (.*)", text, re.M)
            groups[path.parent.name, group[1] if group else ""].append((name, seen))
    in_turn = [bug for bug in chain(*zip_longest(*groups.values())) if bug]
    return dict(sorted(in_turn[:count]))


def mark(stage: str, names: list[str], build: str, folder: Path) -> None:
    """Marks them as a class."""
    wanted = [f"bug_{name.partition('/')[2]}" for name in names]
    subprocess.run([HERE / "sample", stage, folder / "in", *wanted], check=True)
    print(f"stage {stage}:", flush=True)
    subprocess.run(
        [HERE / "grade", "--stage", stage, "--build", build]
        + ["--batch", folder / "in", "--out", folder / "out"],
        env=os.environ | {"TMPDIR": str(folder)},
        check=True,
    )


def verdict(name: str, seen: set[str], folder: Path) -> str:
    """What the marks say of it; begins with MISSED if they do not see it."""
    path = folder / f"out/bug_{name.partition('/')[2]}/grade.json"
    grade = json.loads(path.read_text(encoding="utf-8"))
    red = {t["id"] for t in grade["tests"] if t["result"] not in ("passed", "not-run")}
    diagnosed = (grade["diagnosis"] or {"name": ""})["name"].split(" or ")
    known = name.partition("/")[2] in diagnosed
    if grade["points"] >= grade["most"]:
        return "MISSED: it has all points"
    if known:
        return f"{grade['points']}: diagnosed"
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
    with tempfile.TemporaryDirectory(prefix="bugs.") as top:
        for stage in sorted({name[5] for name in chosen}):
            folder = Path(top) / stage
            folder.mkdir()
            Path(top).chmod(0o711)
            folder.chmod(0o711)
            names = [name for name in chosen if name[5] == stage]
            mark(stage, names, build, folder)
            verdicts |= {n: verdict(n, chosen[n], folder) for n in names}
    for name, said in verdicts.items():
        print(f"{name:45} {said}")
    missed = sum(said.startswith("MISSED") for said in verdicts.values())
    diagnosed = sum(said.endswith("diagnosed") for said in verdicts.values())
    red = sum(said.endswith("are red") for said in verdicts.values())
    seconds = time.monotonic() - started
    print(
        f"{len(verdicts)} submissions in {seconds:.0f} s: {diagnosed} diagnosed as what "
        f"they are, {len(verdicts) - diagnosed - red - missed} told as a fault, {red} "
        f"with red tests alone, {missed} missed"
    )
    untold = missed + red > count * UNTOLD_MOST
    return 1 if missed or untold or len(verdicts) < count else 0


if __name__ == "__main__":
    sys.exit(main())
