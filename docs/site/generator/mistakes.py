"""The catalogue of mistakes: a page for each mistake of tests/mistakes."""
from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from . import differences
from .markdown import escape_prose, fenced, frontmatter
from .pages import Pages
from .repository import Repository
from .steps import difference

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tests/tools"))
# pylint: disable=wrong-import-position
from suite.mistake import GROUPS, Malformed, Mistake, NotFound, Sources, load  # noqa: E402
from suite.tests import all_tests  # noqa: E402


@dataclass
class Page:
    """A mistake, and the stages that it is planted in."""
    mistake: Mistake
    stages: list[int]

    @property
    def link(self) -> str:
        return f"/mistakes/{self.mistake.name}"

    @property
    def title(self) -> str:
        """The title without its code, for menus and tabs."""
        return self.mistake.title.replace("`", "")


def cell(value: str) -> str:
    """A value in a table."""
    return escape_prose(value).replace("\n", " ")


def stages_named(stages: list[int]) -> str:
    """`stage 6`, or `stages 1, 5 and 6`."""
    *most, last = map(str, stages)
    return f"stages {', '.join(most)} and {last}" if most else f"stage {last}"


def red(build: Path, name: str) -> str:
    """What the first red test said, if make mistakes has left it."""
    path = build / "red" / f"{name}.txt"
    if not path.exists():
        return ""
    return "\nWhat it says, with the mistake planted:\n\n" + fenced("text", path.read_text(encoding="utf-8"))


def write_page(
    repository: Repository, pages: Pages, page: Page, changes: str, build: Path
) -> None:
    """The page of one mistake; `changes` is the difference that plants it."""
    mistake = page.mistake
    body = frontmatter(title=page.title, aside=False, pageClass="wide")
    body += f"\n# {escape_prose(mistake.title)}\n\n"
    body += f"Group: {GROUPS[mistake.group].lower()}. Planted in {stages_named(page.stages)}.\n\n"
    body += f"## What you see\n\n{escape_prose(mistake.symptom)}\n\n"
    body += "## A hint\n\n<details>\n<summary>Show the hint</summary>\n\n"
    body += f"{escape_prose(mistake.hint)}\n\n</details>\n\n"
    body += f"## The cause\n\nIn stage {page.stages[-1]}. On the left, or removed, the right code; "
    body += "on the right, or added, the mistake:\n\n"
    body += difference(pages, mistake.name, differences.of_patch(changes))
    body += "\n## How the tests catch it\n\n"
    tests = all_tests(repository.top)
    for name in mistake.caught_by:
        job, title = tests[name].job, tests[name].title
        source = next((file for file in (f"tests/http/{job}.bats", f"tests/unit/{job}.c")
                       if file in repository.files), None)
        shown = f"[`{job}`]({repository.page_of(source)}): " if source else ""
        said = "" if title == name else f" ({escape_prose(title)})"
        body += f"- {shown}`{name}`{said}\n"
    body += red(build, mistake.name)
    if mistake.sanitizer:
        body += f"\nIt shows in a build with `SANITIZE={mistake.sanitizer}`.\n"
    body += "\n[All mistakes](/mistakes/)\n"
    pages.write(page.link[1:] + ".md", body)


def table(found: list[Page], by_stage: bool) -> str:
    """An index of mistakes."""
    rows = "| mistake | " + ("group" if by_stage else "stages") + " |\n| --- | --- |\n"
    for page in found:
        other = page.mistake.group if by_stage else ", ".join(map(str, page.stages))
        rows += f"| [{cell(page.mistake.title)}]({page.link}) | {other} |\n"
    return rows


def write(repository: Repository, pages: Pages, build: Path) -> None:
    """All mistakes, their index, and the menu."""
    sources = Sources(repository.top)
    try:
        found = [Page(mistake, mistake.stages(sources))
                 for mistake in load(repository.top / "tests/mistakes")]
    except (Malformed, NotFound) as error:
        raise SystemExit(f"tests/mistakes: {error}") from error
    body = frontmatter(title="Mistakes")
    body += (f"\n# Mistakes\n\n{len(found)} mistakes that people make in servers like this one, each "
             "planted in the code on purpose. `make mistakes` plants them one by one, and fails if "
             "the tests miss one. Each page says what you see, gives a hint, and shows the cause.\n\n"
             "## By group\n\n")
    menu: list[dict[str, object]] = [{"text": "All mistakes", "link": "/mistakes/"}]
    for group, title in GROUPS.items():
        inside = [page for page in found if page.mistake.group == group]
        if inside:
            body += f"### {title}\n\n{table(inside, False)}\n"
            # Groups that fold would be buttons within buttons; the index has all.
            anchor = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
            menu.append({"text": title, "link": f"/mistakes/#{anchor}"})
    body += "## By stage\n\nEach is listed under the first stage that it is in.\n\n"
    for stage in sources.stages():
        inside = [page for page in found if page.stages[0] == stage]
        body += f"### Stage {stage}\n\n{table(inside, True)}\n" if inside else ""
    for page in found:
        changes = page.mistake.difference(sources, page.stages[-1])
        write_page(repository, pages, page, changes, build)
    pages.write("mistakes/index.md", body)
    pages.menus["/mistakes/"] = menu
