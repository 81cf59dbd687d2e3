#!/usr/bin/env python3
r"""docs/site/playground/requests.py examples|corpus - the requests of the playground.

`examples` prints the script examples.js: those to start with, which are here; those
that the pages of the mistakes have one type with printf and nc; and the short ones of
tests/wire/corpus. It also has the names of the verdicts. Requests are written as for
printf: \r \n \t \0 \\ and \xHH.

`corpus` prints every request of tests/wire/corpus, for replay.mjs: a JSON object per
line, with its pieces as [base64, how often, whether each is a piece], and what the
client does after them.
"""

from __future__ import annotations

import base64
import json
import re
import sys
from pathlib import Path

sys.dont_write_bytecode = True
for folder in ("tests/wire", "tests/tools"):
    sys.path.insert(0, folder)

import corpus
from suite import mistake_file

LONGEST = 1000  # bytes of an example
PRINTF = r"printf (?:'([^']*)'|([^\s;)]+))"
TYPED = re.compile(
    rf"`\(?{PRINTF}((?:; sleep \d+; {PRINTF})*)(; sleep \d+)?\)? \| nc (-N )?127[^`]*`"
)
FORM = r"Content-Type: application/x-www-form-urlencoded\r\n"
START = [
    {
        "title": "A request in three pieces",
        "request": r"GET /pieces?of=a&request=1 HTTP/1.1\r\nHost: x\r\n\r\n",
        "cuts": [8, 44],
    },
    {
        "title": "A query, decoded",
        "request": r"GET /decoded?name=Ada+Lovelace&sum=1%2B1%3D2&empty=&100% HTTP/1.1"
        r"\r\nHost: x\r\n\r\n",
        "cuts": [],
    },
    {
        "title": "HTML in the path",
        "request": r"GET /<b>bold</b> HTTP/1.1\r\nHost: x\r\n\r\n",
        "cuts": [],
    },
    {
        "title": "Lines that end in LF alone",
        "request": r"GET /by/hand HTTP/1.1\nHost: 127.0.0.1\n\n",
        "cuts": [],
    },
    {
        "title": "A method in lowercase",
        "request": r"get /by/hand HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        "cuts": [],
    },
    {
        "title": "Half a request, then silence",
        "request": r"GET /half HTTP/1.1\r\nHo",
        "cuts": [9],
        "ending": "silent",
    },
    {
        "title": "A POST",
        "request": rf"POST /form HTTP/1.1\r\nHost: x\r\n{FORM}"
        r"Content-Length: 17\r\n\r\nname=Ada&sum=%2B1",
        "cuts": [90, 104],
    },
    {
        "title": "A POST in chunks",
        "request": rf"POST /form HTTP/1.1\r\nHost: x\r\n{FORM}"
        r"Transfer-Encoding: chunked\r\n\r\n5\r\nname=\r\n3\r\nAda\r\n0\r\n\r\n",
        "cuts": [],
    },
    {
        "title": "A POST that waits for 100 Continue",
        "request": rf"POST /form HTTP/1.1\r\nHost: x\r\n{FORM}Expect: 100-continue\r\n"
        r"Content-Length: 8\r\n\r\nname=Ada",
        "cuts": [123],
    },
]


def offsets(pieces: list[bytes]) -> list[int]:
    """Where the pieces are cut."""
    ends = [sum(map(len, pieces[:count])) for count in range(1, len(pieces))]
    return sorted({end for end in ends if 0 < end < sum(map(len, pieces))})


def ending(steps: tuple[str, ...]) -> str:
    """What the client does after the last piece."""
    if steps[-1] == "reset":
        return "breaks off"
    return "closes" if "end" in steps else "waits"


def of_mistakes() -> list[dict[str, object]]:
    """What the pages of the mistakes have one type, where it is a single request."""
    found = []
    sources = mistake_file.Sources(Path.cwd())
    for mistake in mistake_file.load(Path("tests/mistakes")):
        match = TYPED.search(mistake.symptom.replace("\n", " "))
        if match is None or re.search("[%$]", match[0]):
            continue
        later = (one or other for one, other in re.findall(PRINTF, match[3]))
        parts = [match[1] or match[2], *later]
        kind = "closes" if match[7] else "silent" if match[6] else "waits"
        found.append(
            {
                "title": mistake.title.replace("`", ""),
                "request": "".join(parts),
                "cuts": offsets([corpus.unescape(part) for part in parts]),
                "ending": kind,
                "page": f"../mistakes/{mistake.name}.html",
                "stages": mistake.stages(sources),
            }
        )
    return found


def of_corpus() -> dict[str, list[dict[str, object]]]:
    """The short requests of the corpus, by group."""
    groups: dict[str, list[dict[str, object]]] = {}
    for one in corpus.read():
        pieces = one.pieces(LONGEST)
        text = "".join(
            step.partition(" ")[2] for step in one.steps if step.startswith("send ")
        )
        whole = b"".join(pieces)
        if not text or len(whole) > LONGEST or corpus.unescape(text) != whole:
            continue
        example = {
            "title": one.sentence,
            "request": text,
            "cuts": offsets(pieces),
            "ending": ending(one.steps),
        }
        groups.setdefault(one.group, []).append(example)
    return groups


def print_examples() -> None:
    """examples.js"""
    groups = [{"title": "Start here", "examples": START}]
    groups.append({"title": "From the mistakes", "examples": of_mistakes()})
    for group, examples in of_corpus().items():
        groups.append({"title": corpus.subject(group), "examples": examples})
    print("playground.examples =", json.dumps(groups, indent=0))
    header = Path("common/http/verdict.h").read_text(encoding="utf-8")
    names = re.findall(r"^    (VERDICT_\w+)", header, re.M)
    print("playground.verdicts =", json.dumps(names))


def print_corpus() -> None:
    """Every request, a line each."""
    for one in corpus.read():
        pieces = []
        for step in one.steps:
            kind, _, text = step.partition(" ")
            times = "1"
            if kind in ("repeat", "pieces"):
                times, _, text = text.partition(" ")
            if kind in ("send", "octets", "repeat", "pieces"):
                octets = base64.b64encode(corpus.unescape(text)).decode()
                pieces.append([octets, int(times), kind == "pieces"])
        print(
            json.dumps(
                {"name": one.name, "pieces": pieces, "ending": ending(one.steps)}
            )
        )


if __name__ == "__main__":
    {"examples": print_examples, "corpus": print_corpus}[sys.argv[1]]()
