"""A page for each step: how its stage differs from the one before."""

from __future__ import annotations

import re

from differences import LEGEND, Difference, counts, of_folders
from site_markdown import frontmatter
from site_pages import Site


def blocks(files: list[Difference]) -> str:
    """Differences as Markdown, with what the marks mean."""
    legend = re.sub(r"(^|, )(\S)", r"\1`\2`", LEGEND)
    return f"{legend}\n\n" + "\n".join(file.block() for file in files)


def write(site: Site) -> None:
    """The pages of all steps, their overview, and the menu."""
    menu = [{"text": "All steps", "link": "/difference/"}]
    overview = frontmatter(title="The differences, stage to stage")
    overview += "\n# The differences, stage to stage\n\n"
    overview += "| step | what it does | lines |\n| --- | --- | --- |\n"
    for stage in range(2, 7):
        step = site.read(f"tests/course/steps/step{stage}.md")
        sentence = step.partition("\n")[0]
        files = of_folders(f"stages/stage{stage - 1}", f"stages/stage{stage}")
        name = f"What step {stage} changes"
        body = frontmatter(title=name, search=False, aside=False, pageClass="wide")
        body += f"\n# {name}\n\n{sentence}\n\n{counts(files)} "
        body += f"[Stage {stage}](/stage{stage}) explains the step; "
        body += (
            f"`make diff STAGE={stage}` shows this on a terminal.\n\n{blocks(files)}"
        )
        link = f"/difference/step{stage}"
        site.write(link[1:] + ".md", body)
        menu.append({"text": f"Step {stage}", "link": link})
        overview += f"| [{stage}]({link}) | {sentence} | {counts(files)} |\n"
    overview += (
        "\nA line counts as moved when it is elsewhere in the new stage, whatever "
    )
    overview += "its indentation. A file that is not shown is the same in both.\n"
    site.write("difference/index.md", overview)
    site.menus["/difference/"] = [{"text": "Differences", "items": menu}]
