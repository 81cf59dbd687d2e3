"""C text as tokens, each with its place in the text.

White space and comments are left out, so two pieces of code are the same if
their tokens are: however they are broken into lines, indented, or commented.
"""

import re
from dataclasses import dataclass

TOKEN = re.compile(
    r"""
      (?P<skipped> \s+ | \\\n | /\*.*?\*/ | //[^\n]* )
    | \#[ \t]*include[ \t]*<[^>\n]*>
    | (?:u8|[uUL])? "(?:\\.|[^"\\\n])*"
    | [uUL]? '(?:\\.|[^'\\\n])*'
    | (?P<word> [A-Za-z_]\w* )
    | \.?\d (?:[eEpP][+-]|[\w.])*
    | \.\.\. | <<= | >>= | -> | \+\+ | -- | << | >> | && | \|\| | \#\#
    | [-+*/%&|^<>=!]= | .
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """One token, and where it is in the text."""

    text: str
    start: int
    end: int
    is_word: bool  # an identifier or a keyword


def tokens_of(text: str) -> list[Token]:
    """Returns all tokens of a text, in order."""
    return [
        Token(match[0], match.start(), match.end(), bool(match["word"]))
        for match in TOKEN.finditer(text)
        if match["skipped"] is None
    ]


def words(tokens: list[Token]) -> list[str]:
    """Returns what the tokens say, without their places."""
    return [token.text for token in tokens]


def occurrences(block: list[str], tokens: list[Token]) -> list[tuple[int, int]]:
    """Returns where a block's tokens come one after the other: (start, end) in the
    text, from the first token's first character past the last one's last."""
    length = len(block)
    return [
        (tokens[i].start, tokens[i + length - 1].end)
        for i in range(len(tokens) - length + 1)
        if tokens[i].text == block[0]
        and words(tokens[i : i + length]) == block
    ]


def renamed(text: str, old: str, new: str) -> tuple[str, int]:
    """Returns the text with one identifier renamed, and how often it was there."""
    places = [t for t in tokens_of(text) if t.is_word and t.text == old]
    for token in reversed(places):
        text = text[: token.start] + new + text[token.end :]
    return text, len(places)
