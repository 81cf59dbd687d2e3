#!/usr/bin/env python3
"""tests/course/handout.py BUILD STAGE [OUT] - makes what a teacher hands out for a step.

`make handout STAGE=n [OUT=path]` calls it. OUT, which is BUILD/handout if it is not
named, gets

    stepN/             the folder for students, and stepN.zip, the same
    stepN-quiz.html    the questions of the walkthrough, to print
    stepN-key.html     the same with the answers, for the teacher

The folder has what `make start` gives; walkthrough.md and mistakes.md, without the
solutions; and in project/, common/ and what the tests of the step need, so that `make
test` works there and nothing else of the project is needed. What the tests have only
for other stages is cut out; before step 6, so is everything about POST data. No line of
the stages from the step on is in it, except the contract of the step (webserve.h) and
lines that the stage before, stage 1 or common/ has too. If there is one all the same,
this program names it, removes the folder, and exits with 1.
"""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

sys.dont_write_bytecode = True
from handout_pages import hidden_in, mistakes_page, quiz, walkthrough
from start import STEPS, TOP, check_arguments, fill, sources_before
from submission.points import TABLE
from suite.tests import expected_tests, stages

PAGES = """- `walkthrough.md` explains the step. `mistakes.md` says what can go wrong.
- `project/` has the part of the project that the step needs: `common/`, whose headers
  say how to use each function, and the tests."""
FLAGS = "COMPILE LINK UNIT_CFLAGS STAND_IN_LINK SHORT_LINK".split()
# What the tests run, except the Python modules: those are found by their imports.
FILES = (
    "tests/http/*.bash tests/http/*.c tests/unit/link_flags.sh "
    "tests/tools/install.sh tests/tools/raw_client/*.[ch] "
    "tests/tools/strict_answer.[ch] tests/wire/corpus.py tests/wire/corpus/*.txt "
    "tests/course/submission/*.tsv common/*/*.[ch] docs/examples/*.gdb LICENSE"
).split()
REQUEST = re.compile(r"^[a-z0-9-]+: .*\n(?:  .*\n)*", re.M)  # one of the corpus
ANSWER_LINE = re.compile(r"^  (\d)(?:-(\d))?: .*\n", re.M)
STAGES_LINE = re.compile(r"^((?:#|/\*) stages: )[\d ]+?( \*/)?$", re.M)
SINCE_1980 = (1980, 1, 1, 0, 0, 0)  # the time of each file in the zip: always the same


def copy(path: Path, project: Path) -> Path:
    """Copies a file of the project to the same place in the hand-out."""
    target = project / path.relative_to(TOP)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, target)
    return target


def is_about_post(path: Path) -> bool:
    """Whether a file is about POST data alone, which step 6 brings."""
    return path.name.startswith("post") or path.match("diagnosis/content.py")


def test_files(stage: int) -> Iterator[Path]:
    """Yields the files that have a test for the server of a student at this stage."""
    jobs = {test.job for test in expected_tests(stage) if test.tag != "ours"}
    for job in sorted(jobs):
        bats = TOP / f"tests/http/{job}.bats"
        yield bats if bats.exists() else TOP / f"tests/unit/{job}.c"


def support_files(units: list[Path]) -> set[Path]:
    """Returns the headers that programs of unit tests include, however indirectly, and
    the sources that go with them: a source belongs to the first header that it
    includes."""
    folder = TOP / "tests/unit"
    include = re.compile(r'^#include "((?:support|request_rows)\w*\.h)"', re.M)
    names = {
        path: include.findall(path.read_text("utf-8")) for path in folder.glob("*.[ch]")
    }
    found: set[Path] = set()
    to_read = list(units)
    while to_read:
        headers = {folder / name for name in names[to_read.pop()]}
        sources = {
            path
            for path in folder.glob("support*.c")
            if names[path] and folder / names[path][0] in headers
        }
        to_read += (headers | sources) - found
        found |= headers | sources
    return found


def modules() -> Iterator[Path]:
    """Yields check.py and watch_folder.py, and all modules that they import here."""
    script = (
        "import check, watch_folder, sys; files = [getattr(m, '__file__', None) for m in"
        " sys.modules.values()]; print(*filter(None, files), sep='\\n')"
    )
    listed = subprocess.run(
        [sys.executable, "-B", "-c", script],
        cwd=TOP / "tests/course",
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    files = map(Path, listed.splitlines())
    yield from sorted(path for path in files if path.is_relative_to(TOP))


def cut_down(path: Path, stage: int) -> None:
    """Cuts out of a file of tests what it has for other stages."""
    if path.suffix in (".c", ".h"):
        # The tests' own delegate shows no page with the query in a hand-out: the loop
        # that does is the solution of a step.
        seen = 1 if path.name == "stand_in_delegate.c" else stage
        command = ["unifdef", f"-DSTAGE={seen}", "-m", str(path)]
        if subprocess.run(command, check=False).returncode == 2:
            raise OSError(f"unifdef cannot read {path}")
    text = path.read_text("utf-8")
    if path.suffix in (".bats", ".c", ".h"):
        text = STAGES_LINE.sub(rf"\g<1>{stage}\2", text)
    elif path.parent.name == "corpus":
        text = ANSWER_LINE.sub(lambda m: m[0] if answers(m, stage) else "", text)
        if stage < 6:
            text = REQUEST.sub(lambda m: "" if "POST" in m[0] else m[0], text)
    elif stage < 6 and path.parent.name == "diagnosis":
        text = re.sub(r"^    content[.,].*\n", "", text, flags=re.M)
    path.write_text(text, "utf-8")


def answers(line: re.Match[str], stage: int) -> bool:
    """Whether a line of the corpus says what the stage answers."""
    return int(line[1]) <= stage <= int(line[2] or line[1])


def only(table: str, stage: int) -> str:
    """Returns the points of one stage."""
    lines = table.splitlines(keepends=True)
    return "".join(line for line in lines if line.startswith(("#", f"{stage}\t")))


def fill_project(project: Path, stage: int) -> None:
    """Writes everything that the tests need into project/."""
    found = [path for pattern in FILES for path in sorted(TOP.glob(pattern))]
    tests = [
        path for path in test_files(stage) if stage == 6 or not is_about_post(path)
    ]
    units = [path for path in tests if path.suffix == ".c"]
    found += [*tests, *support_files(units), *modules()]
    for path in found:
        if stage == 1 and path.name == "stand_in_delegate.c":
            continue  # the server of stage 1 calls no delegate
        if stage < 6 and is_about_post(path):
            continue  # answers.bats names a group of the corpus that is
        copied = copy(path, project)
        if path.is_relative_to(TOP / "tests") and "raw_client" not in path.parts:
            cut_down(copied, stage)
    contract = TOP / f"stages/stage{stage}/webserve.h"
    copy(contract, project)
    (project / "before").mkdir()
    header = TOP / f"stages/stage{max(stage - 1, 1)}/webserve.h"
    for path in (*sources_before(stage), header):
        shutil.copy(path, project / "before")
    points = only(TABLE.read_text("utf-8"), stage)
    (project / TABLE.relative_to(TOP)).write_text(points, "utf-8")
    rules = (STEPS / "handout.mk").read_text("utf-8").replace("@STEP@", str(stage))
    for name in FLAGS:
        rules = rules.replace(f"@{name}@", os.environ[name])
    (project / "Makefile").write_text(rules, "utf-8")


def fill_folder(folder: Path, stage: int) -> None:
    """Writes the folder for students."""
    fill(folder, stage, "project", PAGES)
    fill_project(folder / "project", stage)
    (folder / "walkthrough.md").write_text(walkthrough(stage), "utf-8")
    (folder / "mistakes.md").write_text(mistakes_page(stage), "utf-8")


def zipped(folder: Path) -> None:
    """Zips the folder in the same place, byte for byte the same each time."""
    with zipfile.ZipFile(f"{folder}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = str(path.relative_to(folder.parent))
            entry = zipfile.ZipInfo(name, SINCE_1980)
            entry.external_attr = path.stat().st_mode << 16
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)


def main() -> int:
    """Makes the hand-out that is asked for."""
    build, step, named = sys.argv[1:]
    out = Path(named or TOP / build / "handout")
    folder = out / f"step{step}"
    if not named and step in map(str, stages()):
        shutil.rmtree(folder, ignore_errors=True)
    check_arguments(step, str(folder), "make handout")
    stage = int(step)
    fill_folder(folder, stage)
    if found := list(hidden_in(folder, stage)):
        shutil.rmtree(folder)
        print("make handout: these lines would give a solution away:", file=sys.stderr)
        print(*found, sep="\n", file=sys.stderr)
        return 1
    zipped(folder)
    for name in ("quiz", "key"):
        page = quiz(stage, with_answers=name == "key")
        (out / f"step{step}-{name}.html").write_text(page, "utf-8")
    shown = os.path.relpath(folder)
    print(f"For students: {shown}.zip, or the folder {shown}")
    print(f"To print: {shown}-quiz.html. The answers, for you: {shown}-key.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
