#!/usr/bin/env python3
r"""tests/wire/corpus.py STAGE - reads the requests of tests/wire/corpus.

The replay, the HTTP tests, the fuzzers' seeds and the site all send the requests
of these files. A file is a group of them; to add one, write it into its group:

    # What the requests of this file have in common.

    name: A sentence that says what is special about it.
      send GET / HTTP/1.1\r\nHost: a\nname: value\r\n\r\n
      all: 400 Line 2 ends in LF alone

The words at the top, up to a colon, are the group's title in the playground. The
indented lines are first the steps of tests/tools/raw_client/raw_client.c; at
the end the answer is read, except after `reset`. A blank at the end of a line is
written \x20. Then comes, if it is to be checked, what the stages answer: the
status and a part of the sentence on the error page. `all` means every stage,
`1-5` or `6` some of them. Answers before the first request are those of each
request in the file that has none of its own for that stage.

This program prints, for tests/http/request_tables.bash, each request whose answer in that
stage is known and that takes only one `send`: its name, its text, the status and
the part of the sentence (or -), with tabs between them.
"""
from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "corpus"
STAGES = range(1, 7)

TITLE = re.compile(r"([a-z0-9-]+): (.+\.)")
ANSWER = re.compile(r"  (all|(\d)(?:-(\d))?): (\d{3})(?: (.+))?")
STEP = re.compile(
    r"  ((send|octets|until) .*\S|(repeat|pieces) \d+ .*\S|end|reset|read"
    r"|(take|pause|silence) \d+)"
)
ESCAPE = re.compile(rb"\\(x[0-9A-Fa-f]{2}|.?)", re.DOTALL)
OCTETS = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0", b"\\": b"\\"}


class Malformed(Exception):
    """A file of the corpus that is not in order."""


@dataclass(frozen=True)
class Expected:
    """What a stage answers, as far as the corpus says so."""

    status: str
    part: str  # of the sentence on the page; empty: any


@dataclass(frozen=True)
class Request:
    """One request of the corpus, and how it is sent."""

    group: str
    name: str  # group/name
    sentence: str
    steps: tuple[str, ...]  # those of the raw client, without the `read` at the end
    expected: dict[int, Expected]  # by stage

    def script(self) -> list[str]:
        """Returns all steps, as the raw client takes them."""
        ends = self.steps[-1:] == ("reset",)
        return [*self.steps, *([] if ends else ["read"])]

    def pieces(self, most: int = sys.maxsize) -> list[bytes]:
        """Returns what each step sends, until that is more than `most` octets."""
        pieces: list[bytes] = []
        for step in self.steps:
            name, _, text = step.partition(" ")
            times = 1
            if name in ("repeat", "pieces"):
                number, _, text = text.partition(" ")
                times = int(number)
            if name in ("send", "octets", "repeat", "pieces"):
                piece = unescape(text)
                pieces.append(piece * min(times, most // max(len(piece), 1) + 1))
            if sum(map(len, pieces)) > most:
                break
        return pieces

    def is_post(self) -> bool:
        """Whether its first line that is not empty begins with `POST `."""
        start = b"".join(self.pieces(100))
        return re.match(rb"(\r?\n)*POST ", start) is not None


def unescape(text: str) -> bytes:
    """Returns the octets that a text of the raw client means."""

    def octet(match: re.Match[bytes]) -> bytes:
        name = match[1]
        if name[:1] == b"x" and len(name) == 3:
            return bytes([int(name[1:], 16)])
        if name not in OCTETS:
            raise Malformed(f"an escape that the corpus does not have: {text}")
        return OCTETS[name]

    return ESCAPE.sub(octet, text.encode())


def read_answer(line: str) -> dict[int, Expected] | None:
    """Returns what a line says that stages answer, or None if it is not such a line."""
    match = ANSWER.fullmatch(line)
    if match is None:
        return None
    stages = STAGES
    if match[2]:
        stages = range(int(match[2]), int(match[3] or match[2]) + 1)
    return {stage: Expected(match[4], match[5] or "") for stage in stages}


def read_file(path: Path) -> list[Request]:
    """Returns the requests of one group."""
    requests: list[Request] = []
    shared: dict[int, Expected] = {}
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        if not line or line.startswith("#"):
            continue
        if title := TITLE.fullmatch(line):
            name = f"{path.stem}/{title[1]}"
            requests.append(Request(path.stem, name, title[2], (), {**shared}))
            continue
        answer = read_answer(line)
        if answer and not requests:
            shared.update(answer)
        elif answer:
            requests[-1].expected.update(answer)
        elif requests and STEP.fullmatch(line):
            last = requests[-1]
            steps = (*last.steps, line[2:])
            requests[-1] = Request(
                last.group, last.name, last.sentence, steps, last.expected
            )
        else:
            raise Malformed(f"{path}:{number}: not understood: {line}")
    check(path, requests)
    return requests


def check(path: Path, requests: list[Request]) -> None:
    """Each request has a name of its own, and steps that can be taken."""
    names = [request.name for request in requests]
    for request in requests:
        if names.count(request.name) > 1:
            raise Malformed(f"{path}: two requests have the name {request.name}")
        if not request.steps:
            raise Malformed(f"{path}: {request.name} has no steps")
        request.pieces(1000)


def subject(group: str) -> str:
    """Returns what the requests of a group have in common: the words at the top of its
    file, up to the first colon or the end of the sentence."""
    text = (FOLDER / f"{group}.txt").read_text(encoding="utf-8")
    top = " ".join(line[2:] for line in text.partition("\n\n")[0].splitlines())
    found = re.match(r"([A-Z].*?)[:.](?: |$)", top)
    if not text.startswith("# ") or found is None:
        raise Malformed(f"{group}.txt does not begin with what its requests are about")
    return found[1]


def read(folder: Path = FOLDER) -> list[Request]:
    """Returns all requests, in the order of the files."""
    return [
        request for path in sorted(folder.glob("*.txt")) for request in read_file(path)
    ]


def main() -> int:
    """Prints the requests that the HTTP tests ask for."""
    if len(sys.argv) != 2:
        print("Usage: tests/wire/corpus.py STAGE", file=sys.stderr)
        return 2
    for request in read():
        expected = request.expected.get(int(sys.argv[1]))
        if (
            expected
            and len(request.steps) == 1
            and request.steps[0].startswith("send ")
        ):
            text = request.steps[0].removeprefix("send ")
            print(request.name, text, expected.status, expected.part or "-", sep="\t")
    return 0


if __name__ == "__main__":
    sys.exit(main())
