"""The catalogue of mistakes: a page for each mistake of tests/mistakes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from difference_pages import blocks
from differences import parse
from site_markdown import escape_prose, frontmatter
from site_pages import Site, slug
from suite.mistake_file import GROUPS, Mistake, Sources, load
from suite.tests import Test, all_tests


@dataclass
class Page:
    """A mistake, and the stages that it is planted in."""

    mistake: Mistake
    stages: list[int]

    @property
    def link(self) -> str:
        """Where it is on the site."""
        return f"/mistakes/{self.mistake.name}"

    def row(self, other: str) -> str:
        """Its line in an index."""
        title = escape_prose(self.mistake.title).replace("\n", " ")
        return f"| [{title}]({self.link}) | {other} |\n"


def caught_by(site: Site, test: Test) -> str:
    """A test, with a link to its file."""
    sources = (f"tests/http/{test.job}.bats", f"tests/unit/{test.job}.c")
    source = next((name for name in sources if name in site.files), None)
    job = f"[`{test.job}`]({site.page_of(source)}): " if source else ""
    title = f" ({escape_prose(test.title)})" if test.title not in ("", test.id) else ""
    return f"- {job}`{test.id}`{title}\n"


def write_page(
    site: Site, page: Page, sources: Sources, tests: dict[str, Test]
) -> None:
    """The page of one mistake, with the difference that plants it."""
    mistake = page.mistake
    stage = page.stages[-1]
    title = mistake.title.replace("`", "")
    body = frontmatter(title=title, aside=False, pageClass="wide")
    body += f"\n# {escape_prose(mistake.title)}\n\n"
    body += f"Group: {GROUPS[mistake.group].lower()}. "
    body += f"Planted in: {', '.join(f'stage {number}' for number in page.stages)}.\n\n"
    body += f"## What you see\n\n{escape_prose(mistake.symptom)}\n\n"
    body += "## A hint\n\n<details>\n<summary>Show the hint</summary>\n\n"
    body += f"{escape_prose(mistake.hint)}\n\n</details>\n\n"
    body += f"## The cause\n\nIn stage {stage}, the mistake takes the place of the right code.\n\n"
    body += blocks(parse(mistake.difference(sources, stage)))
    body += "\n## How the tests catch it\n\n"
    body += "".join(caught_by(site, tests[name]) for name in mistake.caught_by)
    if mistake.sanitizer:
        body += f"\nIt shows in a build with `SANITIZE={mistake.sanitizer}`.\n"
    site.write(page.link[1:] + ".md", body + "\n[All mistakes](/mistakes/)\n")


def write(site: Site) -> None:
    """All mistakes, their index, and the menu."""
    sources = Sources(Path.cwd())
    found = [Page(m, m.stages(sources)) for m in load(Path("tests/mistakes"))]
    body = frontmatter(title="Mistakes") + (
        f"\n# Mistakes\n\n{len(found)} mistakes that people make in servers like this one, "
        "each planted in the code on purpose. `make mistakes` plants them one by one, and "
        "fails if the tests miss one. Each page says what you see, gives a hint, and shows "
        "the cause.\n\n## By group\n\n"
    )
    menu = [{"text": "All mistakes", "link": "/mistakes/"}]
    for group, title in GROUPS.items():
        inside = [page for page in found if page.mistake.group == group]
        if inside:
            body += f"### {title} {{#{slug(title)}}}\n\n| mistake | stages |\n| --- | --- |\n"
            body += "".join(
                page.row(", ".join(map(str, page.stages))) for page in inside
            )
            body += "\n"
            menu.append({"text": title, "link": f"/mistakes/#{slug(title)}"})
    body += "## By stage\n\nEach is listed under the first stage that it is in.\n\n"
    for stage in sources.stages():
        body += f"### Stage {stage}\n\n| mistake | group |\n| --- | --- |\n"
        inside = [page for page in found if page.stages[0] == stage]
        body += "".join(page.row(page.mistake.group) for page in inside) + "\n"
    tests = all_tests()
    for page in found:
        write_page(site, page, sources, tests)
    site.write("mistakes/index.md", body)
    site.menus["/mistakes/"] = menu
