"""The documents of docs/, the list of slides, and the menu of them all."""

from __future__ import annotations

import re

from markdown import title
from site_markdown import frontmatter, page_for_site
from site_pages import Site

# The order in the menu; what is not named here follows under Reference.
WALK = ["prologue", *(f"stage{number}" for number in range(1, 7)), "epilogue"]
TEACH = ["teaching", "grading"]
# Where a heading is too long for the menu.
TITLES = {
    "assignment-map": "The assignment, demand by demand",
    "http": "HTTP, by the RFCs",
    "reliability": "Reliability",
    "performance": "Performance",
    "CHANGELOG": "Changes",
    "teaching": "For teachers",
    "grading": "Grading",
}
MORE = {
    "Differences": "/difference/",
    "On the wire": "/wire",
    "Mistakes": "/mistakes/",
    "Quiz: what is wrong?": "/quiz/",
    "Playground": "/playground/index.html",
    "Slides": "/decks",
}

TO_PRINT = """The whole course, with all mistakes, is also
<a href="/course.pdf" target="_self">one PDF</a>. The picture is
<a href="/poster.pdf" target="_self">a poster</a>, for A3 or A4.
"""


def stems(site: Site, folder: str) -> list[str]:
    """The names of the Markdown files in a folder."""
    found = (re.fullmatch(rf"{folder}/([^/]+)\.md", name) for name in site.files)
    return sorted(match[1] for match in found if match)


def write(site: Site) -> None:
    """Every document, and the menu."""
    names = stems(site, "docs")
    origins = {name: f"docs/{name}.md" for name in names} | {"readme": "README.md"}
    for name, origin in origins.items():
        text = page_for_site(site, origin)
        if name == "index":
            text = text.replace("</picture>\n", f"</picture>\n\n{TO_PRINT}", 1)
        # Plots, tables of as many columns, and the picture want the whole width.
        is_wide = "](performance/" in text or "<picture>" in text
        head = frontmatter(aside=False, pageClass="wide") if is_wide else ""
        if stage := re.fullmatch(r"stage(\d)", name):
            text = with_quiz(text, stage[1])
        site.write(f"{name}.md", head + text)
    site.write("diagrams/index.md", page_for_site(site, "docs/diagrams/README.md"))
    write_decks(site)

    def items(wanted: list[str]) -> list[dict[str, str]]:
        return [
            {
                "text": TITLES.get(name) or title(site.read(f"docs/{name}.md")),
                "link": f"/{name}",
            }
            for name in wanted
            if name in names
        ]

    first = {"text": "Where to begin", "link": "/"}
    last = [
        {"text": "The README", "link": "/readme"},
        {"text": "The API of common/", "link": "/api/"},
        {"text": "The source", "link": "/source/"},
    ]
    rest = [name for name in names if name not in ["index", *WALK, *TEACH]]
    site.menus["/"] = [
        {"text": "Walkthrough", "items": [first, *items(WALK)]},
        {
            "text": "More",
            "items": [{"text": t, "link": link} for t, link in MORE.items()],
        },
        {"text": "Teaching", "items": items(TEACH)},
        {"text": "Reference", "items": [*items(rest), *last]},
    ]


def with_quiz(text: str, stage: str) -> str:
    """The page of a stage, with a link to its quiz where its mistakes end."""
    link = f"[Guess the causes of more mistakes of this stage](/quiz/stage{stage}).\n"
    before, heading, after = text.partition("\n## Questions\n")
    return f"{before}\n{link}{heading}{after}" if heading else text


def write_decks(site: Site) -> None:
    """The list of slides."""
    body = frontmatter(title="Slides") + "\n# Slides\n\n"
    body += (
        "Each deck is one file that needs no network. The arrow keys and Space turn the "
        "page, `f` fills the screen, and `s` opens a window with your notes, the next "
        "slide and the time. If you print that window, each slide has its notes below "
        "it.\n\n| deck | to print or hand out |\n| --- | --- |\n"
    )
    for deck in stems(site, "docs/slides"):
        heading = title(site.read(f"docs/slides/{deck}.md"))
        body += (
            f'| <a href="/slides/{deck}.html" target="_self">{heading}</a> '
            f'| <a href="/slides/{deck}.pdf" target="_self">PDF</a> |\n'
        )
    body += '\n<a href="/poster.pdf" target="_self">The six stages as a poster</a>'
    body += ", a PDF for A3 or A4.\n"
    site.write("decks.md", body)
