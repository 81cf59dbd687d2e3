"""The catalogue of mistakes: a page for each planted bug in tests/bugs.

A patch has a head of `Key: value` lines, continued by lines that begin with a
space; then an empty line; then the difference that plants the bug.
"""
from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from . import differences
from .markdown import escape_prose, fenced, frontmatter
from .pages import Pages
from .repository import Repository
from .steps import difference

PATCH = re.compile(r"tests/bugs/stage(\d)/([^/]+)\.patch$")
GROUPS = {"reading": "Reading", "answering": "Answering", "parsing": "Parsing",
          "forms": "Forms", "threads": "Threads", "resources": "Resources",
          "errors": "Errors"}
NEEDED = ("Mistake", "Symptom", "Hint", "Caught-by", "Group")


@dataclass
class Bug:
    """One planted bug."""
    stage: int
    name: str
    keys: dict[str, list[str]]
    files: list[differences.File]

    @property
    def link(self) -> str:
        return f"/mistakes/stage{self.stage}-{self.name}"

    def value(self, key: str) -> str:
        return self.keys[key][0]


def read(path: str, text: str) -> Bug:
    """Takes a patch apart; a head that is not in order ends the build."""
    match = PATCH.match(path)
    assert match
    head, _, patch = text.partition("\n\n")
    keys: dict[str, list[str]] = {}
    last = None
    for line in head.splitlines():
        if line.startswith(" ") and last:
            last[-1] += "\n" + line.strip()
        elif pair := re.match(r"([A-Z][A-Za-z-]*): ?(.*)$", line):
            last = keys.setdefault(pair[1], [])
            last.append(pair[2])
        else:
            raise SystemExit(f"{path}: the head has a line that is no `Key: value`: {line}")
    for key in NEEDED:
        if key not in keys:
            raise SystemExit(f"{path}: the head has no `{key}:`")
    return Bug(int(match[1]), match[2], keys, differences.of_patch(patch))


def text_of(value: str) -> str:
    """A value as Markdown."""
    return escape_prose(value.strip())


def cell(value: str) -> str:
    """A value in a table."""
    return text_of(value).replace("\n", " ")


def title_of(bug: Bug) -> str:
    """A name in words, for menus and headings."""
    return bug.name.replace("-", " ").replace("_", " ").capitalize()


def red(build: Path, bug: Bug) -> str:
    """What the first red test said, if make bugs has left it."""
    path = build / "red" / f"{bug.name}.txt"
    if not path.exists():
        return ""
    return "\nWhat it says, with the mistake planted:\n\n" + fenced("text", path.read_text(encoding="utf-8"))


def write_bug(repository: Repository, pages: Pages, bug: Bug, build: Path) -> None:
    """The page of one mistake."""
    base = bug.keys.get("Base", [""])[0]
    where = f"stage {bug.stage}" + (
        f", in the variant of it that the tests call `{base}`" if base else "")
    body = frontmatter(title=title_of(bug), aside=False, pageClass="wide")
    body += f"\n# {title_of(bug)}\n\n{text_of(bug.value('Mistake'))}\n\n"
    body += f"Group: {GROUPS.get(bug.value('Group'), bug.value('Group')).lower()}. "
    body += f"Planted in {where}.\n\n"
    body += f"## What one sees\n\n{text_of(bug.value('Symptom'))}\n\n"
    body += "## A hint\n\n<details>\n<summary>Show the hint</summary>\n\n"
    body += f"{text_of(bug.value('Hint'))}\n\n</details>\n\n"
    body += "## The cause\n\nOn the left, or removed, the right code; on the right, or "
    body += "added, the mistake:\n\n"
    body += difference(pages, f"stage{bug.stage}-{bug.name}", bug.files)
    body += "\n## How the tests catch it\n\n"
    for test in bug.keys["Caught-by"]:
        job, _, title = test.partition(": ")
        source = next((name for name in (f"tests/http/{job}.bats", f"tests/load/{job}.bats",
                                         f"tests/unit/{job}.c")
                       if name in repository.files), None)
        shown = f"[`{job}`]({repository.page_of(source)})" if source else f"`{job}`"
        body += f"- {shown}: {text_of(title)}\n"
    body += red(build, bug)
    if "Build" in bug.keys:
        body += f"\nIt is seen in a build with `SANITIZE={bug.value('Build')}`.\n"
    body += "\n[All mistakes](/mistakes/)\n"
    pages.write(bug.link[1:] + ".md", body)


def table(bugs: list[Bug], by_stage: bool) -> str:
    """An index of mistakes."""
    rows = "| mistake | " + ("group" if by_stage else "stage") + " |\n| --- | --- |\n"
    for bug in bugs:
        other = bug.value("Group") if by_stage else str(bug.stage)
        rows += f"| [{title_of(bug)}]({bug.link}): {cell(bug.value('Mistake'))} | {other} |\n"
    return rows


def write(repository: Repository, pages: Pages, build: Path) -> None:
    """All mistakes, their index, and the menu."""
    bugs = sorted((read(path, repository.read(path)) for path in repository.files
                   if PATCH.match(path)), key=lambda bug: (bug.stage, bug.name))
    body = frontmatter(title="Mistakes")
    body += "\n# Mistakes\n\n"
    menu: list[dict[str, object]] = [{"text": "All mistakes", "link": "/mistakes/"}]
    if not bugs:
        body += "No mistake is planted yet: there is none in `tests/bugs`.\n"
    else:
        body += (f"{len(bugs)} mistakes that are made in servers like this one, each "
                 "planted in the code on purpose. `make bugs` plants them one by one and "
                 "fails if the tests miss one. Each page says what one sees, gives a "
                 "hint, and shows the cause.\n\n")
    body += "" if not bugs else "## By group\n\n"
    for group, title in GROUPS.items():
        inside = [bug for bug in bugs if bug.value("Group") == group]
        if inside:
            body += f"### {title}\n\n{table(inside, False)}\n"
            # Groups that fold would be buttons within buttons; the index has all.
            anchor = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
            menu.append({"text": title, "link": f"/mistakes/#{anchor}"})
    body += "" if not bugs else "## By stage\n\n"
    for stage in sorted({bug.stage for bug in bugs}):
        inside = [bug for bug in bugs if bug.stage == stage]
        body += f"### Stage {stage}\n\n{table(inside, True)}\n"
    for bug in bugs:
        if bug.value("Group") not in GROUPS:
            raise SystemExit(f"{bug.name}: there is no group '{bug.value('Group')}'")
        write_bug(repository, pages, bug, build)
    pages.write("mistakes/index.md", body)
    pages.menus["/mistakes/"] = menu
