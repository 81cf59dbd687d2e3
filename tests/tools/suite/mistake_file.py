"""A mistake to plant: reads its file, finds its place, plants it.

A mistake is one Markdown file, tests/mistakes/NAME.md:

    # The mistake in a sentence

    - group: reading
    - stages: 3-6
    - caught by: `a-test`, `another_test`

    ## What you see

    What a user sees, with a command to type: `curl -i http://127.0.0.1:8080/`.

    ## Hint

    What a good teaching assistant asks.

    ## Before

    ```c
    the code as it is
    ```

    ## After

    ```c
    the code with the mistake
    ```

A line of the list may go on, indented, in the next line. The list has

    group        one of `GROUPS` below
    caught by    ids of tests: all that the stage has must be red. An id is the
                 name of a cmocka function, or a Bats tag `id:...`
    stages       (optional) the stages that the mistake is in, 3-6 or 1, 5-6;
                 without it, each stage in which the code is found. The
                 site lists the mistake under the first of them
    in           (optional) common: the code is in common/, not in a stage
    includes     (optional) headers that the code after needs, `<string.h>`
    sanitizer    (optional) thread: built with SANITIZE=thread

    ## Added above the function

    ```c
    (optional) a function that the mistake calls
    ```

There may be several pairs of Before and After. The tokens of each Before must
be in the sources of the stage (in all files together) exactly once: line
breaks, indentation and comments don't matter. What is there from its first to
its last token (or comment, if it begins or ends with one) is replaced by the
After, which is indented as its place is; an empty After deletes it. To add
something, repeat a line next to it in both. What is added above the function
goes above the one that has the first Before, so it is in the same file at each
stage.
"""

import difflib
import re
from dataclasses import dataclass
from pathlib import Path

from suite.c_tokens import Token, occurrences, tokens_of, words

GROUPS = {
    "reading": "Reading",
    "answering": "Answering",
    "parsing": "Parsing",
    "forms": "Form data",
    "threads": "Threads",
    "resources": "Resources",
    "errors": "Errors",
}
NEEDED = ("group", "caught by")
ADDED = "Added above the function"
OPTIONAL = ("stages", "in", "includes", "sanitizer")
COMMENT = r"(?:/\*(?:[^*]|\*(?!/))*\*/|//[^\n]*)"


class Malformed(Exception):
    """A file that does not have the form above."""


class NotFound(Exception):
    """Code that is not in a stage exactly once; says what is, and where."""


@dataclass(frozen=True)
class Pair:
    """A place in the code, before and after the mistake was made."""

    before: str
    after: str

    @property
    def tokens(self) -> list[str]:
        """What is looked for."""
        return words(tokens_of(self.before))

    def with_comments(self, text: str, start: int, end: int) -> tuple[int, int]:
        """Returns a place in a text, and the comments at its edges, if the Before has
        comments there, whatever they say."""
        if self.before.lstrip().startswith(("/*", "//")):
            if above := re.search(COMMENT + r"\s*\Z", text[:start], re.DOTALL):
                start = above.start()
        if re.search(COMMENT + r"\s*\Z", self.before, re.DOTALL):
            if below := re.compile(r"\s*" + COMMENT).match(text, end):
                end = below.end()
        return start, end


@dataclass(frozen=True)
class Place:
    """Where a Before is: a file, and a part of its text."""

    file: str  # from the top of the project
    start: int
    end: int


class Sources:
    """The sources of a project, as text and as tokens; read once."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.texts: dict[str, str] = {}
        self.tokens: dict[str, list[Token]] = {}

    def stages(self) -> list[int]:
        """Returns the stages that there are."""
        folders = (self.top / "stages").glob("stage[0-9]")
        return sorted(int(folder.name[5:]) for folder in folders)

    def files(self, folder: str) -> list[str]:
        """Returns the C files in a folder; of common/, those in its own folders."""
        pattern = "*/*.[ch]" if folder == "common" else "*.[ch]"
        return sorted(
            str(path.relative_to(self.top))
            for path in (self.top / folder).glob(pattern)
        )

    def text(self, file: str) -> str:
        """Returns what is in a file."""
        if file not in self.texts:
            self.texts[file] = (self.top / file).read_text("utf-8")
        return self.texts[file]

    def find(self, pair: Pair, folder: str) -> list[Place]:
        """Returns all places in a folder where a Before's tokens are."""
        places = []
        for file in self.files(folder):
            if file not in self.tokens:
                self.tokens[file] = tokens_of(self.text(file))
            for place in occurrences(pair.tokens, self.tokens[file]):
                text = self.text(file)
                places.append(Place(file, *pair.with_comments(text, *place)))
        return places

    def line(self, place: Place) -> str:
        """Returns a place, for a message: FILE:LINE."""
        number = self.text(place.file).count("\n", 0, place.start) + 1
        return f"{place.file}:{number}"


def indent_of(line: str) -> int:
    """Returns how many spaces a line begins with."""
    return len(line) - len(line.lstrip(" "))


def shifted(block: str, by: int) -> str:
    """Returns a block with its lines moved to the right, or to the left."""
    return "\n".join(
        " " * max(indent_of(line) + by, 0) + line.lstrip(" ")
        if line.strip()
        else ""
        for line in block.splitlines()
    )


def replaced(text: str, start: int, end: int, pair: Pair) -> str:
    """Returns the text with an After in place of what is from start to end."""
    line_start = text.rfind("\n", 0, start) + 1
    indent = indent_of(text[line_start:])
    if text[line_start:start].strip():  # it begins within a line
        after = shifted(pair.after, indent).lstrip()
    else:
        first = next(line for line in pair.before.splitlines() if line.strip())
        after = shifted(pair.after, indent - indent_of(first))
        start = line_start
    line_end = text.find("\n", end)
    if not after and start == line_start and not text[end:line_end].strip():
        end = line_end + 1
    return text[:start] + after + text[end:]


def above_function(text: str, start: int) -> int:
    """Returns where the function that a place is in begins, or the comment above it."""
    function = text.rfind("\n{\n", 0, start) + 1
    if function <= text.rfind("\n}\n", 0, start):  # it is in no function
        function = start
    return text.rfind("\n\n", 0, function) + 2


def with_includes(text: str, includes: tuple[str, ...]) -> str:
    """Returns the text with these headers included: after the last of their kind, or
    else below the first of all."""
    for header in reversed(includes):
        line = f"#include {header}\n"
        if line in text:
            continue
        there = re.findall(r"^#include .*\n", text, re.MULTILINE)
        kind = [one for one in there if one[9] == header[0]]
        if kind:
            text = text.replace(kind[-1], kind[-1] + line, 1)
        else:
            first = there[0] if there else ""
            text = text.replace(first, f"{first}\n{line}", 1)
    return text


@dataclass(frozen=True)
class Mistake:
    """One mistake."""

    name: str
    title: str
    group: str
    caught_by: tuple[str, ...]
    stages_named: tuple[int, ...]
    in_common: bool
    includes: tuple[str, ...]
    sanitizer: str
    symptom: str
    hint: str
    pairs: tuple[Pair, ...]
    added: str = ""  # above the function of the first pair

    def folder(self, stage: int) -> str:
        """Returns where its code is at a stage."""
        return "common" if self.in_common else f"stages/stage{stage}"

    def places(self, sources: Sources, folder: str) -> list[Place]:
        """Returns where each Before is in a folder; raises NotFound."""
        found = []
        for number, pair in enumerate(self.pairs, 1):
            which = f"Before {number}" if len(self.pairs) > 1 else "Before"
            places = sources.find(pair, folder)
            if not places:
                raise NotFound(f"{which} is not in {folder}")
            if len(places) > 1:
                at = ", ".join(map(sources.line, places))
                raise NotFound(f"{which} is in {folder} more than once: {at}")
            found += places
        in_order = sorted(found, key=lambda place: (place.file, place.start))
        for one, other in zip(in_order, in_order[1:]):
            if one.file == other.file and other.start < one.end:
                raise NotFound(f"two Befores overlap at {sources.line(other)}")
        return found

    def stages(self, sources: Sources) -> list[int]:
        """Returns the stages that it is planted in; raises NotFound if a stage that it
        names does not have the code, or if no stage has it."""
        if self.stages_named:
            for stage in self.stages_named:
                self.places(sources, self.folder(stage))
            return list(self.stages_named)
        found, reasons = [], []
        for stage in sources.stages():
            try:
                self.places(sources, self.folder(stage))
                found.append(stage)
            except NotFound as error:
                reasons.append(str(error))
        if not found:
            raise NotFound("\n".join(reasons))
        return found

    def planted(self, sources: Sources, folder: str) -> dict[str, str]:
        """Returns the files that it changes in a folder, as they are with it."""
        places = self.places(sources, folder)
        texts = {place.file: sources.text(place.file) for place in places}
        edits = list(zip(places, self.pairs))
        if self.added:
            first = places[0]
            above = above_function(sources.text(first.file), first.start)
            place = Place(first.file, above, above)
            edits.append((place, Pair("", f"{self.added}\n\n")))
        # From the end of each file, so that the places before it stay valid.
        for place, pair in sorted(edits, key=lambda edit: -edit[0].start):
            text = texts[place.file]
            if pair.before:
                text = replaced(text, place.start, place.end, pair)
            else:
                text = text[: place.start] + pair.after + text[place.start :]
            texts[place.file] = text
        return {
            file: with_includes(text, self.includes)
            for file, text in texts.items()
        }

    def difference(self, sources: Sources, stage: int) -> str:
        """Returns what it changes at a stage, in git's form."""
        made = ""
        for file, text in sorted(self.planted(sources, self.folder(stage)).items()):
            made += f"diff --git a/{file} b/{file}\n"
            made += "".join(
                difflib.unified_diff(
                    sources.text(file).splitlines(keepends=True),
                    text.splitlines(keepends=True),
                    f"a/{file}",
                    f"b/{file}",
                )
            )
        return made


def read_list(text: str) -> dict[str, str]:
    """Returns the list at the top, by its keys; raises Malformed."""
    found: dict[str, str] = {}
    for line in re.sub(r"\n +", " ", text.strip()).splitlines():
        key, colon, value = line.removeprefix("- ").partition(": ")
        if not line.startswith("- ") or not colon or not value.strip():
            raise Malformed(f"not `- KEY: VALUE`: {line}")
        if key not in NEEDED + OPTIONAL:
            raise Malformed(f"there is no key `{key}`")
        if key in found:
            raise Malformed(f"`{key}` is there twice")
        found[key] = value.strip()
    for key in NEEDED:
        if key not in found:
            raise Malformed(f"the list at the top has no `{key}`")
    return found


def items(value: str) -> tuple[str, ...]:
    """Returns what a value lists, with commas between, each perhaps as `code`."""
    return tuple(item.strip().strip("`") for item in value.split(","))


def stage_numbers(value: str) -> tuple[int, ...]:
    """3-6, or 1, 5-6, as numbers."""
    numbers = []
    for item in items(value):
        match = re.fullmatch(r"(\d)(?:-(\d))?", item)
        if not match or int(match[1]) > int(match[2] or match[1]):
            raise Malformed(f"not a stage, or a range of stages: {item}")
        numbers += range(int(match[1]), int(match[2] or match[1]) + 1)
    return tuple(numbers)


def read_sections(text: str) -> tuple[list[str], list[str]]:
    """Returns the headings, and what follows each, in order; code is left alone."""
    headings, bodies = [], [""]
    in_code = False
    for line in text.splitlines(keepends=True):
        in_code ^= line.startswith("```")
        if line.startswith("## ") and not in_code:
            headings.append(line[3:].strip())
            bodies.append("")
        else:
            bodies[-1] += line
    return headings, bodies


def code_in(section: str, body: str) -> str:
    """Returns the one block of C in a section."""
    match = re.fullmatch(r"```c\n(.*?)```", body.strip(), re.DOTALL)
    if not match or "```" in match[1]:
        raise Malformed(f"`{section}` should be one block of code: ```c ... ```")
    return match[1].rstrip("\n")


def read_code(
    headings: list[str], bodies: list[str]
) -> tuple[tuple[Pair, ...], str]:
    """Before and After, in turn, and what is added above the function."""
    blocks = [code_in(*section) for section in zip(headings, bodies)]
    added = ""
    if headings[-1:] == [ADDED]:
        headings, added = headings[:-1], blocks.pop()
    if not headings or headings != ["Before", "After"] * (len(headings) // 2):
        raise Malformed(
            "its sections should be What you see, Hint, Before, After (and "
            f"perhaps more of these two), and perhaps {ADDED}"
        )
    pairs = tuple(Pair(*two) for two in zip(blocks[::2], blocks[1::2]))
    for pair in pairs:
        if not pair.tokens:
            raise Malformed("a Before is empty")
        if pair.tokens == words(tokens_of(pair.after)):
            raise Malformed("a Before and its After are the same code")
    return pairs, added


def read_text(name: str, text: str) -> Mistake:
    """Reads a mistake from the text of its file; raises Malformed."""
    match = re.match(r"# (\S.*)\n\n", text)
    if not match:
        raise Malformed("its first line should be `# ` and the mistake")
    headings, (top, *bodies) = read_sections(text[match.end() :])
    if headings[:2] != ["What you see", "Hint"]:
        raise Malformed("its first sections should be What you see, and Hint")
    listed = read_list(top)
    if listed["group"] not in GROUPS:
        raise Malformed(f"there is no group `{listed['group']}`")
    if listed.get("in", "common") != "common":
        raise Malformed("`in` can only be `common`")
    if listed.get("sanitizer", "thread") != "thread":
        raise Malformed("`sanitizer` can only be `thread`")
    pairs, added = read_code(headings[2:], bodies[2:])
    return Mistake(
        name=name,
        title=match[1].strip(),
        group=listed["group"],
        caught_by=items(listed["caught by"]),
        stages_named=stage_numbers(listed["stages"])
        if "stages" in listed
        else (),
        in_common="in" in listed,
        includes=items(listed["includes"]) if "includes" in listed else (),
        sanitizer=listed.get("sanitizer", ""),
        symptom=bodies[0].strip(),
        hint=bodies[1].strip(),
        pairs=pairs,
        added=added,
    )


def read(path: Path) -> Mistake:
    """Reads a mistake from its file; the message of Malformed names it."""
    try:
        return read_text(path.stem, path.read_text("utf-8"))
    except Malformed as error:
        raise Malformed(f"{path}: {error}") from None


def load(folder: Path) -> list[Mistake]:
    """Returns all mistakes of a folder, by their names; raises Malformed."""
    return [read(path) for path in sorted(folder.glob("*.md"))]


