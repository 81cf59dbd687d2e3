"""Small changes to C, as a slip of the hand would make them.

A mutation changes one line and keeps the number of lines. Comments, texts, the
preprocessor's lines and declarations without a value are left alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

comparisons = {
    "==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">",
    "&&": "||", "||": "&&",
}  # fmt: skip
arithmetic = {" + ": " - ", " - ": " + ", "++": "--", "--": "++",
              "+=": "-=", "-=": "+="}  # fmt: skip
words = {"true": "false", "false": "true", "break;": "continue;"}
statement = re.compile(r"^\s+(?!return|goto|break|continue|case|default)"
                       r"(\(void\))?[\w>.\[\]-]+( [-+|&]?= |\(|\+\+|--).*;$")


@dataclass(frozen=True)
class Mutation:
    """One change of one line."""

    file: str
    line: int  # from 1
    kind: str
    before: str
    after: str

    @property
    def key(self) -> str:
        """Tells it from all others, in the file of results."""
        return f"{self.file}:{self.line}\t{self.kind}\t{self.after.strip()}"


def code_lines(text: str) -> Iterator[tuple[int, str, str]]:
    """Yields the lines with code: number, line, and line with everything except code blanked
    out, of the same length."""
    blank = re.sub(
        r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'",
        lambda match: re.sub(r"[^\n]", "\0", match[0]),
        text,
        flags=re.DOTALL,
    )
    lines = zip(text.split("\n"), blank.split("\n"))
    for number, (line, code) in enumerate(lines, 1):
        if code.strip("\0 ") and not code.lstrip().startswith("#"):
            yield number, line, code


def swaps(line: str, code: str) -> Iterator[tuple[str, str]]:
    """Yields an operator, a word or a constant put in place of another."""
    for match in re.finditer(r"==|!=|<=|>=|&&|\|\||(?<= )[<>](?= )", code):
        yield "compare", _put(line, match, comparisons[match[0]])
    for match in re.finditer(r" [-+] (?=\w)|\+\+|(?<!-)--|[-+]=", code):
        yield "arithmetic", _put(line, match, arithmetic[match[0]])
    for match in re.finditer(r"\btrue\b|\bfalse\b|\bbreak;", code):
        yield "word", _put(line, match, words[match[0]])
    for match in re.finditer(r"(?<![\w.])(0x[0-9a-fA-F]+|\d+)(?![\w.])", code):
        value = int(match[0], 0)
        yield "constant", _put(line, match, str(value + 1))
        if value > 0:
            yield "constant", _put(line, match, str(value - 1))


def _put(line: str, match: re.Match[str], new: str) -> str:
    return line[: match.start()] + new + line[match.end() :]


def branches(line: str, code: str) -> Iterator[tuple[str, str]]:
    """Yields a condition that is on one line, turned around."""
    match = re.match(r"^(\s*(?:\} else )?(?:if|while) \()(.*)(\) \{)$", code)
    if match:
        inner = line[match.start(2) : match.end(2)]
        yield "branch", f"{match[1]}!({inner}){match[3]}"
    question = re.search(r" \? (.+?) : ([^:;]+);$", code)
    if question:
        one, other = question.span(1), question.span(2)
        swapped = f" ? {line[slice(*other)]} : {line[slice(*one)]};"
        yield "branch", line[: question.start()] + swapped


def mutations_of(root: Path, file: str) -> list[Mutation]:
    """Returns all mutations of a file, in their order."""
    found = []
    text = (root / file).read_text("utf-8")
    for number, line, code in code_lines(text):
        changed = [*swaps(line, code), *branches(line, code)]
        if statement.match(code) and not re.match(r"^\s+\w+ \w+\(.*\);$", code):
            indent = line[: len(line) - len(line.lstrip())]
            changed.append(("dropped", f"{indent};"))
        found += [Mutation(file, number, k, line, after) for k, after in changed]
    return found
