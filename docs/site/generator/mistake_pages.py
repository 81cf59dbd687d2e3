"""The catalogue of mistakes: a page for each mistake of tests/mistakes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from difference_pages import blocks
from differences import Difference, parse
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


@dataclass
class Catalogue:
    """All mistakes, the sources that they are planted in, and the tests."""

    sources: Sources = field(default_factory=lambda: Sources(Path.cwd()))
    tests: dict[str, Test] = field(default_factory=all_tests)
    pages: list[Page] = field(default_factory=list)

    def __post_init__(self) -> None:
        found = load(Path("tests/mistakes"))
        self.pages = [Page(mistake, mistake.stages(self.sources)) for mistake in found]

    def beginning_in(self, stage: int) -> list[Page]:
        """Those whose first stage this is."""
        return [page for page in self.pages if page.stages[0] == stage]

    def difference(self, page: Page, stage: int) -> list[Difference]:
        """What plants a mistake in a stage."""
        return parse(page.mistake.difference(self.sources, stage))


def caught_by(site: Site, test: Test) -> str:
    """A test, with a link to its file."""
    sources = (f"tests/http/{test.job}.bats", f"tests/unit/{test.job}.c")
    source = next((name for name in sources if name in site.files), None)
    job = f"[`{test.job}`]({site.page_of(source)}): " if source else ""
    title = f" ({escape_prose(test.title)})" if test.title not in ("", test.id) else ""
    return f"- {job}`{test.id}`{title}\n"


def folded(summary: str, body: str) -> str:
    """Markdown that a reader unfolds."""
    return f"<details>\n<summary>{summary}</summary>\n\n{body}\n</details>\n\n"


def write_page(site: Site, page: Page, catalogue: Catalogue) -> None:
    """The page of one mistake, with the difference that plants it."""
    mistake = page.mistake
    first, stage = page.stages[0], page.stages[-1]
    title = mistake.title.replace("`", "")
    body = frontmatter(
        title=title,
        description=f"A mistake to find: {title}.",
        aside=False,
        pageClass="wide",
    )
    body += f"\n# {escape_prose(mistake.title)}\n\n"
    body += f'<p class="not-searched">Group: {GROUPS[mistake.group].lower()}. '
    body += f"Planted in: {', '.join(f'stage {number}' for number in page.stages)}."
    body += "</p>\n\n"
    body += f"## What you see\n\n{escape_prose(mistake.symptom)}\n\n"
    body += '## Your guess\n\n<p class="not-searched">The title says what the mistake is. '
    body += "Before you unfold anything, say which function it is in, and which line you "
    body += "would change.</p>\n\n"
    body += folded("Show the hint", escape_prose(mistake.hint) + "\n")
    body += "## The cause\n\n"
    body += folded(
        f"Show the code, in stage {stage}",
        '<p class="not-searched">The mistake takes the place of the right code.</p>\n\n'
        + blocks(catalogue.difference(page, stage)),
    )
    body += "## How the tests catch it\n\n"
    body += "".join(
        caught_by(site, catalogue.tests[name]) for name in mistake.caught_by
    )
    if mistake.sanitizer:
        body += f"\nIt shows in a build with `SANITIZE={mistake.sanitizer}`.\n"
    body += "\n[All mistakes](/mistakes/) · "
    body += f"[The quiz of stage {first}](/quiz/stage{first})\n"
    site.write(page.link[1:] + ".md", body)


def write(site: Site, catalogue: Catalogue) -> None:
    """All mistakes, their index, and the menu."""
    body = frontmatter(title="Mistakes") + (
        f"\n# Mistakes\n\n{len(catalogue.pages)} mistakes that people make in servers "
        "like this one, each planted in the code on purpose. `make mistakes` plants them "
        "one by one, and fails if the tests miss one. Each page says what you see, gives "
        "a hint, and shows the cause.\n\nThe titles here give the causes away. If you "
        "would like to find them yourself, take the [quiz](/quiz/) first.\n\n"
        "## By group\n\n"
    )
    menu = [{"text": "All mistakes", "link": "/mistakes/"}]
    for group, title in GROUPS.items():
        inside = [page for page in catalogue.pages if page.mistake.group == group]
        if inside:
            body += f"### {title} {{#{slug(title)}}}\n\n| mistake | stages |\n| --- | --- |\n"
            body += "".join(
                page.row(", ".join(map(str, page.stages))) for page in inside
            )
            body += "\n"
            menu.append({"text": title, "link": f"/mistakes/#{slug(title)}"})
    body += "## By stage\n\nEach is listed under the first stage that it is in.\n\n"
    for stage in catalogue.sources.stages():
        body += f"### Stage {stage}\n\n| mistake | group |\n| --- | --- |\n"
        body += "".join(
            page.row(page.mistake.group) for page in catalogue.beginning_in(stage)
        )
        body += "\n"
    for page in catalogue.pages:
        write_page(site, page, catalogue)
    site.write("mistakes/index.md", body)
    site.menus["/mistakes/"] = [
        {"text": "Mistakes", "items": menu},
        {"text": "Guess the cause", "items": [{"text": "The quiz", "link": "/quiz/"}]},
    ]
