"""Mistakes as a quiz: for each stage, what you see, and four causes to choose from; and
a sheet of the first questions, to print.

The wrong choices are the causes of other mistakes, so that they are plausible: those of
the same group in the same function, then those with one of the two, the nearest in
subject first. One that could be right, too, is not taken: one that the same test
catches, or whose title or symptom says nearly the same.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

from differences import Difference
from mistake_pages import Catalogue, Page
from site_markdown import frontmatter
from site_pages import Site
from suite.mistake_file import GROUPS, Mistake, above_function

CHOICES = 4
# A sheet has at most so many questions, and their symptoms so many lines of so many
# letters: that fits on one page, with room to write, and the answers on another.
ON_A_SHEET = 8
LINES = 20
LETTERS = 88
NEARLY_THE_SAME = 0.4  # of texts: the share of their words, of 1, that counts as this
ABOUT = """
# What is wrong?

You see what a client sees: a page that is cut off, a curl that hangs, a server that is
gone. What did the programmer do? Guess before you unfold the cause. Each wrong choice
is the cause of another mistake, with other symptoms, and its page shows them.

Each stage has the mistakes that begin there. The sheets are for paper: one page has up
to {most} symptoms with room to write, and another has the answers.

| stage | the quiz | to print |
| --- | --- | --- |
"""


def words(text: str) -> set[str]:
    """The words of a text, without what most words end in."""
    found = re.findall(r"[a-z_]{3,}", text.lower())
    return {re.sub(r"(ing|ed|es|s)$", "", word) for word in found}


def draw(*parts: str) -> int:
    """A number that looks random, and is the same in each build."""
    return int(hashlib.sha256("/".join(parts).encode()).hexdigest()[:8], 16)


@dataclass
class Question:
    """A mistake to guess, and the causes to choose from."""

    page: Page
    choices: list[Page]

    @property
    def right(self) -> int:
        """The place of the right choice, from 0."""
        return self.choices.index(self.page)


class Asker:
    """Makes the questions."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.used: Counter[str] = Counter()
        texts = [f"{p.mistake.title} {p.mistake.symptom}" for p in catalogue.pages]
        known = Counter(word for text in texts for word in words(text))
        self.inside = {
            stage: {
                page.mistake.name: self.functions(page.mistake, stage)
                for page in catalogue.pages
                if stage in page.stages
            }
            for stage in catalogue.sources.stages()
        }
        self.weights = {w: math.log(len(texts) / n) ** 2 for w, n in known.items()}

    def nearness(self, one: str, other: str) -> float:
        """How much two texts have in common, from 0 to 1; rare words count for more."""
        a, b = words(one), words(other)
        shared, *sizes = (
            sum(self.weights[word] for word in some) for some in (a & b, a, b)
        )
        return shared / math.sqrt(sizes[0] * sizes[1])

    def functions(self, mistake: Mistake, stage: int) -> set[tuple[str, int]]:
        """The functions that a mistake is in: their files, and where they begin."""
        sources = self.catalogue.sources
        return {
            (place.file, above_function(sources.text(place.file), place.start))
            for place in mistake.places(sources, mistake.folder(stage))
        }

    def could_be_right(self, one: Mistake, other: Mistake) -> bool:
        """Whether the symptom of one mistake could be that of another."""
        return (
            bool(set(one.caught_by) & set(other.caught_by))
            or self.nearness(one.title, other.title) > NEARLY_THE_SAME
            or self.nearness(one.symptom, other.symptom) > NEARLY_THE_SAME
        )

    def others(self, page: Page, stage: int) -> list[Page]:
        """Wrong choices, the best first: in the stage, and of the group and in the
        function if possible."""
        one = page.mistake
        here = self.inside[stage][one.name]

        def rank(other: Page) -> tuple[bool, int, float]:
            texts = (f"{m.title} {m.symptom}" for m in (one, other.mistake))
            there = self.inside[stage].get(other.mistake.name, set())
            often = 1 + self.used[other.mistake.name] / 4
            return (
                stage not in other.stages,
                here.isdisjoint(there) + (other.mistake.group != one.group),
                -self.nearness(*texts) / often,
            )

        could_be = (
            p for p in self.catalogue.pages if not self.could_be_right(one, p.mistake)
        )
        return sorted(could_be, key=rank)

    def question(self, page: Page, stage: int) -> Question:
        """The question for a mistake, with its choices in a drawn order."""
        name = page.mistake.name
        wrong = self.others(page, stage)[: CHOICES - 1]
        self.used.update(other.mistake.name for other in wrong)
        return Question(
            page, sorted([page, *wrong], key=lambda p: draw(name, p.mistake.name))
        )

    def questions(self, stage: int) -> list[Question]:
        """All questions of a stage: the groups take turns, short symptoms first."""
        inside = sorted(
            self.catalogue.beginning_in(stage), key=lambda p: len(p.mistake.symptom)
        )
        groups = [[p for p in inside if p.mistake.group == group] for group in GROUPS]
        turns = zip_longest(*groups)
        return [self.question(p, stage) for turn in turns for p in turn if p]


def of_stage(text: str, stage: int) -> str:
    """A text of a mistake; its commands run the server of the quiz's stage."""
    return re.sub(r"(build/(?:\w+/)?stage|STAGE=)\d", rf"\g<1>{stage}", text)


def inline(text: str) -> str:
    """A paragraph of a mistake as HTML."""
    parts = re.split(r"(`[^`]*`)", " ".join(text.split()))
    for i, part in enumerate(parts):
        part = part.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        parts[i] = f"<code>{part[1:-1]}</code>" if i % 2 else part
    return "".join(parts)


def code_block(files: Iterable[Difference]) -> str:
    """A difference as HTML, without the colors of C: a quiz has many."""
    made = ""
    marks = {"-": "old", "+": "new", "@": "place"}
    for file in files:
        lines = "\n".join(
            f'<span class="line {marks.get(line[:1], "same")}">'
            f"{html_escape(line) or ' '}</span>"
            for line in file.lines
        )
        made += f"<p><code>{file.name}</code>:</p>\n"
        made += '<div class="language-diff"><pre class="vp-code" tabindex="0">'
        # An empty line would end the HTML in Markdown.
        made += f"<code>{lines}</code></pre></div>\n"
    return made


def html_escape(text: str) -> str:
    """Text as HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def ask(question: Question, number: int, stage: int, catalogue: Catalogue) -> str:
    """One question as HTML: it can be read, and unfolded, without a script."""
    mistake = question.page.mistake
    name = mistake.name
    tests = ", ".join(f"<code>{test}</code>" for test in mistake.caught_by)
    shown_in = stage if stage in question.page.stages else question.page.stages[0]
    choices = "".join(
        f'<label><input type="radio" name="{name}" value="{i}" '
        f'data-name="{p.mistake.name}"> '
        f"<span>{inline(p.mistake.title)}</span></label>\n"
        for i, p in enumerate(question.choices)
    )
    return (
        f'<section class="question" id="{name}" data-right="{question.right}">\n'
        f'<h2 id="{name}-heading" tabindex="-1">{number}. What you see</h2>\n'
        f"<p>{inline(of_stage(mistake.symptom, stage))}</p>\n"
        "<form><fieldset><legend>Your guess: what is the cause?</legend>\n"
        f"{choices}</fieldset></form>\n"
        '<p class="verdict" role="status"></p>\n'
        "<details><summary>Hint</summary>"
        f"<p>{inline(of_stage(mistake.hint, stage))}</p></details>\n"
        '<details class="cause"><summary>The cause</summary>\n'
        f"<p><strong>{inline(mistake.title)}.</strong> In stage {shown_in}, in "
        f"{code_block(catalogue.difference(question.page, shown_in))[3:]}"
        f"<p>Caught by {tests}. "
        f'<a href="/mistakes/{name}">More about this mistake</a></p>\n'
        "</details>\n</section>\n"
    )


def write_quiz(
    site: Site, stage: int, questions: list[Question], catalogue: Catalogue
) -> None:
    """The quiz of a stage."""
    title = f"What is wrong? Stage {stage}"
    page = {"aside": False, "pageClass": "quiz", "prev": False, "next": False}
    body = frontmatter(title=title, **page) + f"\n# {title}\n\n"
    body += f"{len(questions)} mistakes, each in a server that is otherwise right. "
    body += "Read what you see, guess the cause, and then unfold it. "
    body += f"[Stage {stage}](/stage{stage}) explains the code; "
    body += f"[a sheet to print](/quiz/sheet{stage}) has some of these.\n\n"
    body += '<div class="questions" v-pre>\n'
    for number, question in enumerate(questions, 1):
        body += ask(question, number, stage, catalogue)
    site.write(f"quiz/stage{stage}.md", body + "</div>\n")


def for_sheet(questions: list[Question]) -> list[Question]:
    """The first questions, except those that are too long for the page."""
    chosen: list[Question] = []
    left = LINES
    for question in questions:
        mistake = question.page.mistake
        # In the answers, an answer and a hint are on more lines than they fill.
        answer = len(mistake.title) // LETTERS + len(mistake.hint) // LETTERS
        lines = max(math.ceil(len(mistake.symptom) / LETTERS), answer)
        if lines <= left and len(chosen) < ON_A_SHEET:
            chosen.append(question)
            left -= lines
    return chosen


def write_sheet(site: Site, stage: int, questions: list[Question]) -> None:
    """The sheet of a stage: symptoms on one page, the answers on the next."""
    title = f"What is wrong? A sheet for stage {stage}"
    page = {"aside": False, "pageClass": "sheet", "prev": False, "next": False}
    about = f"Symptoms of mistakes in stage {stage}, to print, and the answers."
    body = frontmatter(title=title, description=about, **page)
    body += '\n<div class="sheet-page" v-pre>\n'
    body += f"<h1>{title}</h1>\n"
    body += '<p class="not-printed">When you print this page, the answers are on a page '
    body += "of their own.</p>\n"
    body += '<p class="to-fill">Name:</p>\n'
    body += "<p>In each of these servers, one thing is wrong. What did the programmer "
    body += "do?</p>\n<ol>\n"
    for question in questions:
        symptom = inline(of_stage(question.page.mistake.symptom, stage))
        body += f'<li>{symptom}<span class="room"></span></li>\n'
    body += '</ol>\n</div>\n<div class="sheet-page" v-pre>\n'
    body += f"<h2>The answers, stage {stage}</h2>\n<ol>\n"
    for question in questions:
        mistake = question.page.mistake
        tests = ", ".join(f"<code>{test}</code>" for test in mistake.caught_by)
        body += f"<li><strong>{inline(mistake.title)}.</strong> "
        body += f'Caught by {tests}. <a href="/mistakes/{mistake.name}">The code</a>'
        body += f"<p>Hint: {inline(of_stage(mistake.hint, stage))}</p></li>\n"
    body += "</ol>\n</div>\n"
    site.write(f"quiz/sheet{stage}.md", body)


def write(site: Site, catalogue: Catalogue) -> None:
    """The quiz and the sheet of each stage, their index, and the menu."""
    asker = Asker(catalogue)
    index = frontmatter(title="What is wrong?", aside=False)
    index += ABOUT.format(most=ON_A_SHEET)
    menu = [{"text": "The quiz", "link": "/quiz/"}]
    for stage in catalogue.sources.stages():
        questions = asker.questions(stage)
        write_quiz(site, stage, questions, catalogue)
        write_sheet(site, stage, for_sheet(questions))
        index += f"| {stage} | [{len(questions)} questions](/quiz/stage{stage}) "
        index += f"| [sheet](/quiz/sheet{stage}) |\n"
        menu.append({"text": f"Stage {stage}", "link": f"/quiz/stage{stage}"})
    index += "\nThe [catalogue](/mistakes/) lists all mistakes, with their causes.\n"
    site.write("quiz/index.md", index)
    site.menus["/quiz/"] = [
        {"text": "Guess the cause", "items": menu},
        {"text": "More", "items": [{"text": "All mistakes", "link": "/mistakes/"}]},
    ]
