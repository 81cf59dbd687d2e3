"""A page for each step: how its stage differs from the one before."""
from __future__ import annotations

import re

from . import differences
from .markdown import frontmatter
from .pages import Pages
from .repository import Repository


def sentences(makefile: str) -> dict[int, str]:
    """What each step does, in the words of make diff."""
    return {int(number): text for number, text in
            re.findall(r"^STEP_(\d) := (.*)$", makefile, re.M)}


def difference(pages: Pages, name: str, files: list[differences.File]) -> str:
    """Data for the renderer, and the block that names it."""
    pages.write_json(f"differences/{name}.json", files)
    return f"<Difference>\n\n```difference\n{name}\n```\n\n</Difference>\n"


def count_sentence(files: list[differences.File]) -> str:
    """How much a difference is, in words."""
    number = differences.counts(files)
    return (f"{number['new']} lines new, {number['gone']} gone, "
            f"{number['moved']} moved.")


def write(repository: Repository, pages: Pages) -> None:
    """The pages of all steps, and the menu."""
    steps = sentences(repository.read("Makefile"))
    stages = sorted({int(match[1]) for name in repository.files
                     if (match := re.match(r"stages/stage(\d)/", name))})
    items = []
    overview = frontmatter(title="The differences, stage to stage")
    overview += "\n# The differences, stage to stage\n\n"
    overview += "| step | what it does | lines |\n| --- | --- | --- |\n"
    for stage in stages[1:]:
        files = differences.between(repository.top, f"stages/stage{stage - 1}",
                                    f"stages/stage{stage}")
        body = frontmatter(title=f"What step {stage} changes", search=False,
                           aside=False, pageClass="wide")
        body += f"\n# What step {stage} changes\n\n{steps[stage]}\n\n"
        body += f"{count_sentence(files)} "
        body += f"The step itself is told in [stage {stage}](/stage{stage}); "
        body += f"`make diff STAGE={stage}` shows this on a terminal.\n\n"
        body += difference(pages, f"step{stage}", files)
        pages.write(f"difference/step{stage}.md", body)
        items.append({"text": f"Step {stage}", "link": f"/difference/step{stage}"})
        overview += (f"| [{stage}](/difference/step{stage}) | {steps[stage]} | "
                     f"{count_sentence(files)} |\n")
    overview += "\nA line counts as moved when it stands elsewhere in the new stage, "
    overview += "its indentation aside. A file that is not shown is the same in both.\n"
    pages.write("difference/index.md", overview)
    pages.menus["/difference/"] = [{"text": "Differences", "items": [
        {"text": "All steps", "link": "/difference/"}, *items]}]
