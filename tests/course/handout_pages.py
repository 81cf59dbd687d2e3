"""The pages of a hand-out: the walkthrough of a step without its solutions, what can go
wrong up to there, and a quiz; and what must not be in a hand-out."""

import html
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path += [str(TOP / "docs/tools"), str(TOP / "tests/tools")]
from excerpts import BLOCK
from markdown import LINK
from suite.mistake_file import GROUPS, Mistake, Sources, load
from suite.tests import stages

DETAILS = re.compile(
    r"^<details>\s*<summary>(?P<summary>.*?)</summary>(?P<body>.*?)^</details>\n",
    re.M | re.S,
)
FENCED = re.compile(r"^```(?P<language>\S*)\n(?P<body>.*?)^```\n", re.M | re.S)
SECTION = re.compile(r"^(?=#{2,3} )", re.M)
# Commands that need the whole project, and a command with what it prints.
ELSEWHERE = re.compile(
    r"\bmake (start|diff|wire|mistakes|walk|trace|live|grade)\b|stages/"
)
# A sentence: one that announces what is left out, and one about what is elsewhere.
START = r"(?P<before>(?<=[^\W\d][.!?]) |(?<=[`)][.!?])\s|(?<=[^\W\d][.!?])\n|\n\n)"
WORDS = r"(?:(?!\n\n|[.!?]\s)[^\0])*"
GONE = "\0\n"
ANNOUNCES = re.compile(rf"{START}{WORDS}:\n*{GONE}")
MENTIONS = re.compile(
    rf"{START}{WORDS}(?:{ELSEWHERE.pattern}|Make a folder){WORDS}[.!?](?=\s)"
)
# A paragraph about a page of the site, which is not in it.
PLAYGROUND = re.compile(r"^(?:.+\n)*.*\]\(site/playground/.*\n(?:.+\n)*\n", re.M)
PICTURE = re.compile(r"^!\[.*\n", re.M)  # a file that is not in it
COMMAND = re.compile(r"^\$ .*\n(?:(?!\$ ).*\n)*", re.M)
# What is typed in the folder, as the page of the project says it and as it is there.
HERE = (
    (re.compile(r"make -C \.\./step\d"), "make"),
    (re.compile(r"\.\./step\d/webserve(?![.\w])"), "./webserve"),
    (re.compile(r"\.\./step\d/"), ""),
    (re.compile(r"`\.\./step\d`"), "this folder"),
    (re.compile(r"\.\./step\d"), "."),
    (re.compile(r"\b(make(?: run| test)?) STAGE=\d"), r"\1"),
    (re.compile(r"\bbuild/stage\d/webserve"), "./webserve"),
    (
        re.compile(r"(?<![\w/])(common/(?:http|net)/|docs/examples/|build/common\.a)"),
        r"project/\1",
    ),
    (re.compile(r"-iquote common\b"), "-iquote project/common"),
)
STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:44em;margin:2em auto;padding:0 1em}"
    "li{margin-bottom:1.5em;break-inside:avoid}"
    ".room{height:7em;border-bottom:1px solid}"
    "pre{white-space:pre-wrap}.name{float:right}"
)


# ---- What must not be in it


def lines_of(folder: Path) -> set[str]:
    """Returns the lines of the C files in a folder, without indentation."""
    paths = folder.rglob("*.[ch]")
    return {line.strip() for p in paths for line in p.read_text("utf-8").splitlines()}


@cache
def hidden_lines(stage: int) -> frozenset[str]:
    """Returns the lines that a step or a later one adds."""
    folder = TOP / "stages"
    later = set().union(
        *(lines_of(folder / f"stage{n}") for n in stages() if n >= stage)
    )
    known = lines_of(TOP / "common")
    if stage == 1:  # `make start` leaves delegate.c out
        known |= set((folder / "stage1/webserve.c").read_text("utf-8").split("\n"))
        known = {line.strip() for line in known}
    else:
        known |= lines_of(folder / "stage1") | lines_of(folder / f"stage{stage - 1}")
    contract = (folder / f"stage{stage}/webserve.h").read_text("utf-8")
    lines = [line.strip() for line in contract.splitlines()]
    known |= {*lines, *(line.removesuffix(";") for line in lines)}
    return frozenset(later - known)


def is_hidden(line: str, stage: int) -> bool:
    """Whether the line, or what follows the mark of a difference, must not be seen."""
    return not hidden_lines(stage).isdisjoint({line.strip(), line[1:].strip()})


def hidden_in(folder: Path, stage: int) -> Iterator[str]:
    """Yields each line of a hand-out that must not be there, with its place."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if is_hidden(line, stage):
                yield f"{path.relative_to(folder)}:{number}: {line.strip()}"


# ---- The walkthrough


def here(text: str) -> str:
    """Returns a text with its commands as they are typed in the folder."""
    for pattern, new in HERE:
        text = pattern.sub(new, text)
    return text


def without_commands(match: re.Match[str]) -> str:
    """Returns a block of commands without those that need the whole project."""
    if match["language"] != "console":
        return match[0]
    body = COMMAND.sub(lambda m: "" if ELSEWHERE.search(m[0]) else m[0], match["body"])
    return f"```console\n{body}```\n" if body.strip() else GONE


def folded(section: str, match: re.Match[str]) -> str:
    """Returns what is left of something folded: a question without its answer, a whole
    hint or mistake, and nothing of a solution."""
    title = section.partition("\n")[0].lower()
    if "question" in title:
        return f"- {match['summary'].strip()}\n"
    is_help = (
        "hint" in match["summary"].lower() or "wrong" in title or "mistake" in title
    )
    return match[0] if is_help else ""


def unlinked(link: re.Match[str]) -> str:
    """Returns what is left of a link: the folder has mistakes.md, and not the other
    pages."""
    if link["target"] == "../tests/mistakes":
        return "`mistakes.md`"
    return link[0] if link["target"].startswith("http") else link["text"][1:-1]


def without_solutions(section: str, stage: int) -> str:
    """Returns a section of a walkthrough, for a hand-out."""

    def block(match: re.Match[str]) -> str:
        inside = match[0].split("\n", 1)[1].rpartition("<!-- end -->")[0]
        return "" if match["maker"] == "part" else inside

    section = BLOCK.sub(block, section)
    section = DETAILS.sub(lambda match: folded(section, match), section)
    section = FENCED.sub(
        lambda m: ""
        if any(is_hidden(line, stage) for line in m["body"].splitlines())
        else m[0],
        section,
    )
    section = PLAYGROUND.sub("", section)
    section = FENCED.sub(without_commands, section)
    section = PICTURE.sub(GONE, section)
    section = LINK.sub(unlinked, section)
    section = ANNOUNCES.sub(r"\g<before>", section).replace(GONE, "")
    section = MENTIONS.sub(r"\g<before>", section)
    section = re.sub(r"(?<=\n\n) (?=\S)", "", section).replace(".  ", ". ")
    return re.sub(r" +\n", "\n", re.sub(r"\n{3,}", "\n\n", here(section)))


def walkthrough(stage: int) -> str:
    """Returns the page of the step, for a hand-out."""
    text = (TOP / f"docs/stage{stage}.md").read_text("utf-8")
    text = re.sub(r"^.*\[README\]\(\.\./README\.md\).*\n", "", text, flags=re.M)
    # The server of another stage is elsewhere: what starts it goes, with what it says.
    text = re.sub(
        rf"(?:^(?!#|```).+\n)+\n```console\n\$ build/stage(?!{stage}\b)\d/webserve"
        r"(?:.|\n)*?^```\n",
        "",
        text,
        flags=re.M,
    )
    parts = [without_solutions(part, stage).rstrip() for part in SECTION.split(text)]
    return "\n\n".join(part for part in parts if "\n" in part) + "\n"


# ---- Mistakes


def entry(mistake: Mistake) -> str:
    """Writes one of them: what it looks like, and a hint."""
    tests = ", ".join(f"`{test}`" for test in mistake.caught_by)
    return here(
        f"#### {mistake.title}\n\nWhat you see: {mistake.symptom.strip()}\n\n"
        f"Hint: {mistake.hint.strip()}\n\nCaught by: {tests}\n"
    )


def mistakes_page(stage: int) -> str:
    """Lists all mistakes that begin in the step or before it."""
    sources = Sources(TOP)
    first = {m: m.stages(sources)[0] for m in load(TOP / "tests/mistakes")}
    parts = [
        "# What can go wrong\n\nPeople make these mistakes in this step and in the steps "
        "before it.\nThe tests that are named catch them."
    ]
    for step in range(stage, 0, -1):
        parts.append(f"## Step {step}")
        for group, title in GROUPS.items():
            inside = [m for m in first if first[m] == step and m.group == group]
            parts += [f"### {title}", *map(entry, inside)] if inside else []
    return "\n\n".join(part.strip() for part in parts) + "\n"


# ---- The quiz


def questions(stage: int) -> list[tuple[str, str]]:
    """Returns the questions of a walkthrough, and their answers."""
    text = (TOP / f"docs/stage{stage}.md").read_text("utf-8")
    return [
        (match["summary"].strip(), match["body"].strip())
        for part in SECTION.split(text)
        if "question" in part.partition("\n")[0].lower()
        for match in DETAILS.finditer(part)
    ]


def as_html(text: str) -> str:
    """Writes an answer as HTML; it knows the few forms of Markdown that answers
    have."""
    made = []
    for part in re.split(r"\n\n+", text):
        if fence := re.fullmatch(r"```\S*\n(.*?)\n?```", part, re.S):
            made.append(f"<pre>{html.escape(fence[1])}</pre>")
            continue
        part = html.escape(LINK.sub(lambda m: m["text"][1:-1], part), quote=False)
        part = re.sub(r"`([^`]+)`", r"<code>\1</code>", part)
        part = re.sub(r"\*\*([^*]+)\*\*", r"<b>\1</b>", part)
        made.append("<p>" + re.sub(r"\*([^*]+)\*", r"<em>\1</em>", part) + "</p>")
    return "\n".join(made)


def quiz(stage: int, with_answers: bool) -> str:
    """Writes a page to print."""
    what = "answers" if with_answers else "questions"
    name = "" if with_answers else '<p class="name">Name: ______________________</p>\n'
    rest = "".join(
        f"<li>{question}\n{as_html(answer) if with_answers else room}</li>\n"
        for room in ['<div class="room"></div>']
        for question, answer in questions(stage)
    )
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        f"<title>Step {stage}: {what}</title>\n<style>{STYLE}</style>\n{name}"
        f"<h1>Step {stage}: {what}</h1>\n<ol>\n{rest}</ol>\n</html>\n"
    )
