"""The walkthroughs and reference pages: the documents of docs/, and the menus."""
from __future__ import annotations

import re

from .markdown import frontmatter, page_for_site
from .pages import Pages
from .repository import Repository

# The order of the walkthroughs, and the titles of the rest where a heading is
# too long for a menu. What is not named here follows under Reference.
WALK = ["prologue", *(f"stage{number}" for number in range(1, 7)), "epilogue"]
TEACH = ["teaching", "grading"]
TITLES = {"assignment-map": "The assignment, demand by demand", "http": "HTTP, by the RFCs",
          "reliability": "Reliability", "performance": "Performance",
          "CHANGELOG": "Changes", "teaching": "For teachers", "grading": "Grading"}
STEP_LINE = re.compile(r"^(previous:|next:|\[README\]).*", re.M)


def title_of(repository: Repository, name: str) -> str:
    """A page's title for the menu: its first heading."""
    if name in TITLES:
        return TITLES[name]
    match = re.search(r"^# (.*)$", repository.read(f"docs/{name}.md"), re.M)
    return match[1].replace("`", "") if match else name


def documents(repository: Repository) -> list[str]:
    """The names of the pages in docs/."""
    return sorted(match[1] for name in repository.files
                  if (match := re.fullmatch(r"docs/([^/]+)\.md", name)))


def write(repository: Repository, pages: Pages) -> None:
    """Every document, and the menu beside them."""
    names = documents(repository)
    for name in names:
        origin = f"docs/{name}.md"
        text = repository.read(origin)
        # Plots, and tables of as many columns, want the whole width.
        head = frontmatter(aside=False, pageClass="wide") if "](performance/" in text else ""
        pages.write(f"{name}.md", head + page_for_site(repository, origin, text))
    origin = "docs/diagrams/README.md"
    pages.write("diagrams/index.md", page_for_site(repository, origin, repository.read(origin)))
    home = page_for_site(repository, "README.md", repository.read("README.md"))
    pages.write("index.md", frontmatter(title="Home", titleTemplate="webserve") + "\n" + home)

    def item(name: str) -> dict[str, str]:
        return {"text": title_of(repository, name), "link": f"/{name}"}

    walk = [item(name) for name in WALK if name in names]
    teach = [item(name) for name in TEACH if name in names]
    rest = [item(name) for name in names if name not in WALK + TEACH]
    menu = [{"text": "Walkthrough", "items": [{"text": "What this is", "link": "/"}, *walk]},
            {"text": "Beside it", "items": [
                {"text": "Differences", "link": "/difference/"},
                {"text": "On the wire", "link": "/wire"},
                {"text": "Mistakes", "link": "/mistakes/"},
                {"text": "Slides", "link": "/decks"}]},
            {"text": "Teaching", "items": teach},
            {"text": "Reference", "items": [
                *rest, {"text": "The API of common/", "link": "/api/"},
                {"text": "The source", "link": "/source/"}]}]
    pages.menus["/"] = [part for part in menu if part["items"]]


def write_decks(repository: Repository, pages: Pages) -> None:
    """The list of slides."""
    decks = sorted(match[1] for name in repository.files
                   if (match := re.fullmatch(r"docs/slides/([^/]+)\.md", name)))
    body = frontmatter(title="Slides") + "\n# Slides\n\n"
    body += ("One deck a stage. Keys: the arrows and Space turn the page, `f` fills the "
             "screen, `p` opens the speaker's notes.\n\n") if decks else "There are no slides yet.\n"
    for deck in decks:
        match = re.search(r"^# (.*)$", repository.read(f"docs/slides/{deck}.md"), re.M)
        title = match[1].replace("`", "") if match else deck
        body += f'- <a href="/slides/{deck}.html" target="_self">{title}</a>\n'
    pages.write("decks.md", body)
