"""Reads from the Bats files and the unit tests which tests there are.

A test has an id, which names it everywhere else and never changes; a title, which is
for people and may change; a tag; a group; and a hint, which is a question or a next
step. Stage 0 has the unit tests of common/. The tags are

    assignment    what a sentence of the assignment asks: docs/assignment-map.md
    http          what RFC 9110 and 9112 ask beyond that
    ours          what this project's own servers do as well

    # bats file_tags=http,errors            for all tests of a Bats file
    # bats test_tags=ours,id:two-pieces     for the test that follows
    # hint: Which call comes first?         in a file's head, or above a test, which
    #   It may go on, indented.             uses its own

    /* tags: assignment, delegate */        in the head of unit tests, or above a test
    /* hint: Which call comes first? */     may go on, indented

The id of a unit test is the name of its function. A unit test of common/ needs no tags
and no hint: it is ours. Each job has one more test: its program ends well, no server
ended early, and no memory leaked. Its id is the name of the job and `end`.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
HTTP = "tests/http"
COMMON = 0  # in place of a stage
TAGS = ("assignment", "http", "ours")
GROUPS = (
    "structure delegate handle_connection serve program requests answers errors "
    "get-data post-data threads robustness ours"
).split()
AT_END = "(the end of "  # how the title of a test begins that a program ends well

SERVER_HINT = (
    "The server ended during these tests, or did not end after SIGTERM. Run it by hand, "
    "and send it the requests above. What does it print? The unit tests find memory that "
    "is used wrongly."
)
PROGRAM_HINT = (
    "The test program did not end well. What does the sanitizer say? Most often, some way "
    "out of the function does not free memory that it allocated."
)
LOAD_HINT = "Is the machine busy? Run this test alone, with --ids."
COMMON_HINT = "Look in common/: this unit is not part of a stage."


@dataclass
class Test:
    """A test that is expected, and what came of it."""

    id: str
    tag: str  # assignment, http, ours
    group: str
    hint: str = ""
    result: str = "missing"  # passed, failed, hung, skipped, not-run, missing, twice
    because: str = ""  # of one that was not run: the reason
    text: str = ""  # what a red test printed
    command: str = ""  # one line to try by hand
    graded: bool = False
    first: str = ""  # of one that was run again: the result of the first time
    job: str = ""  # the Bats file or the program of unit tests that has it
    title: str = ""

    @property
    def is_end(self) -> bool:
        """Whether it is the test that a program ends well."""
        return self.title.startswith(AT_END)

    @property
    def is_red(self) -> bool:
        """Whether the test was run and did not pass."""
        return self.result not in ("passed", "not-run")

    @property
    def heading(self) -> str:
        """The id of the test, and what it is about."""
        return self.id if self.title in ("", self.id) else f"{self.id}: {self.title}"


def words(text: str) -> str:
    """Returns a text without its line breaks and indentation."""
    return " ".join(text.split())


def labeled(name: str, tags: str, hint: str, job: str, title: str) -> Test:
    """Returns a test with what its tags say: `ours`, or another tag and a group."""
    tag, _, group = ",".join(tags.replace(",", " ").split()).partition(",")
    if tag == "ours" and not group:
        group = "ours"
    return Test(name, tag, group, words(hint), job=job, title=title)


def read_bats(path: Path) -> Iterator[Test]:
    """Yields the tests of a Bats file, in their order."""
    file_tags = tags = file_hint = hint = ""
    found: list[Test] = []
    hinting = has_server = False
    for line in path.read_text("utf-8").splitlines():
        if hinting and line.startswith("#  "):
            hint += line[1:]
            continue
        hinting = line.startswith("# hint: ")
        if hinting:
            hint = line.removeprefix("# hint: ")
        elif line.startswith("# bats file_tags="):
            file_tags = line.partition("=")[2]
        elif line.startswith("# bats test_tags="):
            tags = line.partition("=")[2]
        elif re.fullmatch(r"load (\S*/)?helper", line):
            file_hint, hint = hint, ""
            has_server = True
        elif re.fullmatch(r"load (\S*/)?own_server", line):
            has_server = False  # none that all tests of the file share
        elif line.startswith("@test"):
            title = re.fullmatch(r"@test (?:\"(.*)\"|'(.*)') \{", line)
            both = f"{file_tags},{tags}".replace(",", " ").split()
            others = [tag for tag in both if not tag.startswith("id:")]
            names = [tag[3:] for tag in both if tag.startswith("id:")]
            shown = (title[1] or title[2]) if title else line
            named = labeled(" ".join(names), ",".join(others), hint or file_hint,
                            path.stem, shown)  # fmt: skip
            found.append(named)
            tags = hint = ""
    yield from found
    if has_server:
        is_asked = any(test.tag == "assignment" for test in found)
        yield labeled(f"{path.stem}-end".replace("_", "-"),
                      "assignment,robustness" if is_asked else "ours",
                      SERVER_HINT, path.stem, f"{AT_END}the server)")  # fmt: skip


def is_true(condition: str, stage: int, portable: bool) -> bool | None:
    """Whether an #if holds in a build; None if that is not known here."""
    if match := re.fullmatch(r"#if(n?)def PORTABLE", condition):
        return portable != bool(match[1])
    match = re.fullmatch(r"#(?:el)?if STAGE (<|>|==|<=|>=) (\d+)", condition)
    if not match:
        return None
    other = int(match[2])
    return {"<": stage < other, ">": stage > other, "==": stage == other,
            "<=": stage <= other, ">=": stage >= other}[match[1]]  # fmt: skip


def compiled(text: str, stage: int, portable: bool) -> Iterator[str]:
    """Yields the lines of C that the compiler sees in a build."""
    truths: list[bool | None] = []  # of the conditions around the line
    pasts: list[bool] = []  # whether one of their branches was taken before
    for line in text.splitlines():
        if line.startswith("#if"):
            truths.append(is_true(line, stage, portable))
            pasts.append(truths[-1] is True)
        elif line.startswith("#elif "):
            truths[-1] = False if pasts[-1] else is_true(line, stage, portable)
            pasts[-1] = pasts[-1] or truths[-1] is True
        elif line.startswith("#else"):
            truths[-1] = None if truths[-1] is None else not pasts[-1]
        elif line.startswith("#endif"):
            del truths[-1], pasts[-1]
        elif False not in truths:
            yield line


def read_unit(path: Path, stage: int, portable: bool = False) -> Iterator[Test]:
    """Yields the tests of a file of unit tests, in the order in which they are run."""
    file_tags, file_hint = ("ours", COMMON_HINT) if stage == COMMON else ("", "")
    text = "\n".join(compiled(path.read_text("utf-8"), stage, portable))
    head, _, body = text.partition("\n#include")
    label = re.compile(r"^/\* (tags|hint): ((?:[^*]|\*(?!/))*)\*/$", re.MULTILINE)
    labels = {match[1]: match[2].replace("\n *", " ") for match in label.finditer(head)}
    file_tags = labels.get("tags", file_tags)
    file_hint = labels.get("hint", file_hint)
    own: dict[str, dict[str, str]] = {}
    function = re.compile(
        r"((?:^/\*(?:[^*]|\*(?!/))*\*/\n)*)^static void\s(\w+)\(void \*\*state\)$",
        re.MULTILINE,
    )
    for match in function.finditer(body):
        found = label.finditer(match[1])
        own[match[2]] = {m[1]: m[2].replace("\n *", " ") for m in found}
    _, _, listed = body.partition(" tests[] = {")
    for name in re.findall(r"\w+\(\s*(\w+)", listed.partition("\n    };")[0]):
        labels = own.get(name, {"tags": "", "hint": f"There is no test {name}."})
        yield labeled(name, labels.get("tags", file_tags), labels.get("hint", file_hint),
                      path.stem, name)  # fmt: skip
    yield labeled(f"{path.stem}_end", file_tags, PROGRAM_HINT, path.stem,
                  f"{AT_END}the program)")  # fmt: skip


def stages_of(path: Path) -> list[int]:
    """Returns the stages that a file of tests is for; COMMON if it names none."""
    text = path.read_text("utf-8")
    match = re.search(r"^(?:#|/\*) stages: ([\d ]+)", text, re.MULTILINE)
    return [int(stage) for stage in match[1].split()] if match else [COMMON]


def expected_tests(stage: int, root: Path = TOP, suite: str = HTTP) -> list[Test]:
    """Returns the tests that are expected of a stage; of another suite, its Bats files
    alone."""
    portable = bool(os.environ.get("PORTABLE"))
    found: list[Test] = []
    for path in sorted(root.glob("tests/unit/*_test.c")) if suite == HTTP else ():
        if stage in stages_of(path):
            found += read_unit(path, stage, portable)
    for path in sorted(root.glob(f"{suite}/*.bats")):
        if stage in stages_of(path):
            found += read_bats(path)
    if suite != HTTP:  # those of tests/load need an id alone
        labels = {"tag": "ours", "group": "ours", "hint": LOAD_HINT}
        found = [replace(test, **labels) for test in found]
    return found


def stages(root: Path = TOP) -> list[int]:
    """Returns the stages that there are."""
    return sorted(int(path.name[5:]) for path in root.glob("stages/stage[0-9]"))


def all_tests(root: Path = TOP) -> dict[str, Test]:
    """Returns each test of any stage, by its id."""
    found = {}
    for stage in (COMMON, *stages(root)):
        found |= {test.id: test for test in expected_tests(stage, root)}
    return found


def faults_of(tests: list[Test]) -> list[str]:
    """Returns what is wrong with the labels of the tests of a stage."""
    faults = []
    ids: dict[str, str] = {}
    titles: set[tuple[str, str]] = set()
    for test in tests:
        wrong = []
        if not re.fullmatch(r"\w+|[a-z0-9]+(-[a-z0-9]+)*", test.id):
            wrong.append(f"it needs one id, such as id:two-pieces, not: {test.id!r}")
        if test.title.startswith("@test"):
            wrong.append("its title is not understood")
        if test.id in ids:
            wrong.append(f"the id {test.id} is in {ids[test.id]}, too")
        if (test.job, test.title) in titles:
            wrong.append("there are two tests with this title")
        if test.tag not in TAGS or test.group not in GROUPS or (
            (test.tag == "ours") != (test.group == "ours")
        ):
            wrong.append("its tags should be `ours`, or `assignment` or `http` and a "
                         f"group, not: {test.tag} {test.group}")  # fmt: skip
        if not test.hint:
            wrong.append("it has no hint")
        faults += [f"{test.job}: {test.title}: {one}" for one in wrong]
        ids[test.id] = test.job
        titles.add((test.job, test.title))
    return faults
