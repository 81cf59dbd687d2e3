"""Probes of how the page shows what the client sent."""

import html
import re

from submission.diagnosis.asking import Answer, Client, get, post, seen
from submission.diagnosis.case import Case, Diagnosis

MARKUP = b"<i>qa1zx"
# A value with a + that means a space, and an escaped one that means itself.
VALUE = re.compile(r"qa1zx(.{1,8}?)qb2zx(.{1,8}?)qc3zx")


def ask(case: Case, request: bytes) -> tuple[Client, Answer]:
    """Asks a fresh server, after an ordinary request that must be answered."""
    with case.start() as server:
        case.control(server)
        with server.connect() as client:
            return client, client.send(request).answer(case.patience)


def is_page(answer: Answer) -> bool:
    """Whether a browser takes it for HTML."""
    kind = answer.fields.get(b"content-type", b"text/html").lower()
    return answer.code == 200 and b"html" in kind


def escaped(case: Case) -> Diagnosis | None:
    """Whether what would be markup is escaped."""
    if not case.shows_path:
        return None
    line = "curl 'http://127.0.0.1:8080/?a=%3Ci%3Ex'"
    places = {
        "a pair of the query": (get("/?a=%3Ci%3Eqa1zx"), line),
        "the path": (
            get("/<i>qa1zx"),
            "printf 'GET /<i>x HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n' | nc 127.0.0.1 8080",
        ),
    }
    if case.stage == 6:
        places["a pair of the content"] = (
            post(b"a=%3Ci%3Eqa1zx"),
            "curl -d a=%3Ci%3Ex http://127.0.0.1:8080/",
        )
    for place, (request, by_hand) in places.items():
        client, answer = ask(case, request)
        if is_page(answer) and MARKUP in answer.content:
            return Diagnosis(
                "markup-not-escaped",
                f"{place.capitalize()} is put on the page as the client sent it: an <i> "
                "in it becomes markup. A link with <script> in it would run its "
                "author's program in the visitor's browser.",
                by_hand,
                "Which texts on your page come from the client? Which function in "
                "common/http writes each <, >, & and quote in them as &lt; and so on?",
                seen(client),
            )
    return None


def decoded(case: Case) -> Diagnosis | None:
    """Whether + and %XX of a pair are decoded."""
    if not case.shows_path:
        return None
    pair = "a=qa1zx+qb2zx%2Bqc3zx"
    asked = {
        "query": (get("/?" + pair), "curl 'http://127.0.0.1:8080/?a=x+y%2Bz'"),
    }
    if case.stage == 6:
        asked["post-data"] = (
            post(pair.encode()),
            "curl -d a=x+y%2Bz http://127.0.0.1:8080/",
        )
    for what, (request, by_hand) in asked.items():
        client, answer = ask(case, request)
        page = html.unescape(answer.content.decode("latin-1"))
        shown = VALUE.findall(page) if answer.code == 200 else []
        # The page may also show the query as it came.
        wrong = [s for s in shown if s[0] == "+" or s[1].upper() in ("%2B", " ")]
        if not wrong or len(wrong) < len(shown):
            continue
        first, second = wrong[0]
        return Diagnosis(
            f"{what}-not-decoded",
            f"The {what.replace('-', ' ')} is decoded wrongly: a=x+y%2Bz is "
            f"`x{first}y{second}z` on the page; it should be `x y+z`.",
            by_hand,
            "In what order do you split at &, split at =, and decode + and %XX?",
            seen(client),
        )
    return None
