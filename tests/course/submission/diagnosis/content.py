"""Probes of how a server reads the content of a POST, which stage 6 does."""

import time
from collections.abc import Callable

from submission.diagnosis import calling, limits, threads
from submission.diagnosis.asking import (
    Client,
    Server,
    Unclear,
    post,
    post_head,
    seen,
)
from submission.diagnosis.case import Case, Diagnosis
from submission.diagnosis.reading import LONG, QUICK, SHORT, in_pieces, is_early

# Values that are nowhere else in an answer.
ONE, TWO, THREE = b"qa1zx", b"qb2zx", b"qc3zx"
FORM = (b"a=", ONE, b"&b=" + TWO, b"&c=" + THREE)
CONTENT = b"".join(FORM)
HEAD = post_head(len(CONTENT))
BY_HAND_HEAD = "POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 7\\r\\n\\r\\n"
REFUSED = (405, 501)
SIZES = (*limits.SIZES, (1 << 16) + 40)
CURL = "curl -i --max-time 5 -d a=1 http://127.0.0.1:8080/"
THREE_PIECES = (
    f"(printf '{BY_HAND_HEAD}'; sleep 1; printf a=1; sleep 1; printf '&b=2') "
    "| nc 127.0.0.1 8080"
)
WITH_HEAD = f"(printf '{BY_HAND_HEAD}a=1'; sleep 1; printf '&b=2') | nc 127.0.0.1 8080"


def control(case: Case, server: Server) -> None:
    """Sends the whole POST in one piece, and expects what was sent on the page."""
    page = case.control(server, post(CONTENT)).content
    if not all(value in page for value in (ONE, TWO, THREE)):
        raise Unclear("the page does not show what was sent")


def in_one_piece(case: Case) -> Diagnosis | None:
    """Finds out what is missing if the head and the content come together."""
    with case.start() as server:
        case.control(server)
        client = server.connect().send(post(CONTENT))
        answer = client.answer(case.patience)
        if server.ended:
            return None
        if not answer.code and not client.end:
            return not_answered(case, server, client)
        if ONE in answer.content and THREE in answer.content:
            return None
        with in_pieces(server, (HEAD, CONTENT), 0.3) as other:
            later = other.answer(case.patience)
        if answer.code == later.code and answer.code in REFUSED:
            return refused(answer.code, client)
        if not is_shown(later.content) or answer.code != 200:
            return None
        return Diagnosis(
            "content-with-the-head-lost",
            "The server loses content that comes together with the head: the page "
            "shows it if it comes 0.3 s later, and does not if it comes at once.",
            CURL,
            "recv may return the head and some of the content at once. Where are the "
            "bytes after the empty line then?",
            seen(client, other),
        )


def refused(code: int, client: Client) -> Diagnosis:
    """Says that the server answers only GET."""
    return Diagnosis(
        "post-refused",
        f"Each POST gets {code}: the server answers GET, but does not accept POST.",
        CURL,
        "Which line of your code refuses POST? Stage 6 reads its content, and calls "
        "delegate with it.",
        seen(client),
    )


def is_shown(page: bytes) -> bool:
    """Whether a page shows all of the form, once."""
    return all(page.count(value) == 1 for value in (ONE, TWO, THREE))


def not_answered(case: Case, server: Server, client: Client) -> Diagnosis | None:
    """Finds out what a server waits for that does not answer a POST in one piece."""
    if client.send(b"x").answer(0.6).code:
        return Diagnosis(
            "one-recv-too-many-for-the-content",
            "The server waits for more after the content is complete: a POST is "
            "answered only when one more byte comes.",
            CURL,
            "Go through your loop for a content of 3 bytes that has come whole. How "
            "many bytes remain, and what does the condition make of that?",
            seen(client),
        )
    with in_pieces(server, (HEAD, CONTENT), 0.3) as other:
        if ONE in other.answer(case.patience).content:
            return Diagnosis(
                "content-with-the-head-awaited",
                "The server waits for content that it already has: a POST in one piece "
                "has no answer, but it has one if the content comes after the head.",
                CURL,
                "recv may return the head and some of the content at once. How many "
                "bytes of the content remain to be received then?",
                seen(client, other),
            )
    if client.finish().answer(0.6).code:
        return Diagnosis(
            "content-until-the-client-ends",
            "The server answers a POST only when the client has ended its side of the "
            "connection, although Content-Length says where the content ends.",
            CURL,
            "What ends your loop around recv? curl and browsers keep their side open "
            "to read the answer.",
            seen(client),
        )
    return Diagnosis(
        "post-never-answered",
        "The server answers GET, but never POST: no answer comes within "
        f"{case.patience:.0f} s, or after the client has ended its side.",
        CURL,
        "How far does your server get with a POST? Print to stderr what each recv "
        "returned, and how many bytes it still waits for.",
        seen(client),
    )


def after_the_head(case: Case) -> Diagnosis | None:
    """Whether it waits for content that comes later."""
    with case.start() as server:
        control(case, server)
        client = in_pieces(server, (HEAD, CONTENT), LONG)
        with client:
            early = is_early(client)
            after = client.first_at or client.end_at
            page = client.answer(case.patience).content
        if is_shown(page) or not client.data and not client.end:
            return None
        if early and after > QUICK:
            with in_pieces(server, (HEAD, *FORM), SHORT) as soon:
                if not is_early(soon) and is_shown(soon.answer(case.patience).content):
                    return Diagnosis(
                        "silence-ends-the-content",
                        "The server does not wait for the content: it goes on "
                        f"{after:.1f} s after the last byte, although Content-Length "
                        "says that more will come. Pieces that come sooner are read.",
                        THREE_PIECES,
                        "How does your server know that the content is complete? A "
                        "pause says nothing. What does Content-Length say?",
                        seen(client),
                    )
        if not early:
            return None
        return Diagnosis(
            "only-what-came-with-the-head",
            "The server uses only the content that comes together with the head: if "
            "the content comes a second later, it answers without it.",
            f"(printf '{BY_HAND_HEAD}'; sleep 1; printf 'a=1&b=2') "
            "| nc 127.0.0.1 8080",
            "Content-Length says how many bytes follow the empty line. How many of "
            "them have come when you begin to use them?",
            seen(client),
        )


def three_pieces(case: Case) -> Diagnosis | None:
    """Whether it goes on receiving until all of the content has come."""
    with case.start() as server:
        control(case, server)
        with in_pieces(server, (HEAD, CONTENT), 0.4) as whole:
            if is_early(whole) or not is_shown(whole.answer(case.patience).content):
                return None
        client = in_pieces(server, (HEAD, *FORM), 0.6)
        with client:
            early = is_early(client)
            page = client.answer(case.patience).content
        sent = sum("sent" in event for event in client.events)
        if early and any(page.count(value) > 1 for value in (ONE, TWO, THREE)):
            return wrong_pieces(client, page, "comes in pieces", THREE_PIECES)
        if early and sent == 2:
            return Diagnosis(
                "one-recv-for-the-content",
                "The server takes what one recv returns for the whole content: if it "
                "comes in pieces, only the first is used.",
                THREE_PIECES,
                "recv(sock, buffer, n, 0) returns at most n bytes. How many did it "
                "return, and what if that was fewer than you asked for?",
                seen(client),
            )
        if early:
            return Diagnosis(
                "content-cut-short",
                "The server answers before all of the content has come: of four "
                f"pieces it waits for {sent - 1}.",
                f"(printf '{BY_HAND_HEAD}a=1'; sleep 1; printf '&b='; sleep 1; "
                "printf 2) | nc 127.0.0.1 8080",
                "How do you count what remains? In each turn of the loop, subtract only "
                "what came in that turn.",
                seen(client),
            )
        return wrong_pieces(client, page, "comes in three pieces", THREE_PIECES)


def partly_with_head(case: Case) -> Diagnosis | None:
    """Whether the content is right that comes in part with the head."""
    with case.start() as server:
        control(case, server)
        with in_pieces(server, (HEAD, *FORM), 0.3) as whole:
            if is_early(whole) or not is_shown(whole.answer(case.patience).content):
                return None
        client = in_pieces(server, (HEAD + FORM[0], *FORM[1:]), 0.6)
        with client:
            early = is_early(client)
            page = client.answer(case.patience).content
        if early:
            return Diagnosis(
                "content-counted-twice",
                "The server answers before all of the content has come, if some of it "
                "came with the head: those bytes are counted more than once.",
                f"(printf '{BY_HAND_HEAD}a=1'; sleep 1; printf '&b='; sleep 1; "
                "printf 2) | nc 127.0.0.1 8080",
                "How do you count what remains? Subtract what came with the head once, "
                "and in each turn of the loop what came in that turn.",
                seen(client),
            )
        return wrong_pieces(client, page, "comes partly with the head", WITH_HEAD)


def wrong_pieces(
    client: Client, page: bytes, how: str, by_hand: str
) -> Diagnosis | None:
    """Finds out whether the page shows each piece of the content once."""
    missing = [value for value in (ONE, TWO, THREE) if value not in page]
    if not page or is_shown(page):
        return None
    twice = any(page.count(value) > 1 for value in (ONE, TWO, THREE))
    what = "is shown more than once" if twice or not missing else "is missing"
    return Diagnosis(
        "content-pieces-not-joined",
        "The server does not put the pieces of the content together: if it "
        f"{how}, a piece of it {what} on the page.",
        by_hand,
        "Where does each recv put what it receives? Each piece belongs there once, "
        "after everything that came before it.",
        seen(client),
    )


def excess(case: Case) -> Diagnosis | None:
    """Whether it takes more than Content-Length says."""
    with case.start() as server:
        control(case, server)
        with server.connect() as client:
            client.send(HEAD + CONTENT + b"&x=qx9zx")
            page = client.answer(case.patience).content
        if b"qx9zx" not in page:
            return None
        return Diagnosis(
            "more-than-the-content-taken",
            "The server takes more than Content-Length says for the content: bytes "
            "that follow it are on the page.",
            "printf 'POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 3\\r\\n\\r\\n"
            "a=1&b=2' | nc 127.0.0.1 8080",
            "recv returns all that has come, and more may have come than the content. "
            "How many bytes of it belong to the content?",
            seen(client),
        )


def spelling(case: Case) -> Diagnosis | None:
    """Whether it recognizes Content-Length in any case, and with any space."""
    ways = {
        "content-length: ": ("in lowercase", "content-length-in-one-spelling"),
        "CONTENT-LENGTH: ": ("in capitals", "content-length-in-one-spelling"),
        "Content-Length:": ("without a space", "content-length-needs-its-space"),
        "Content-Length:   ": ("with three spaces", "content-length-needs-its-space"),
    }
    with case.start() as server:
        control(case, server)
        for name, (how, key) in ways.items():
            with server.connect() as client:
                page = client.send(post(CONTENT, name)).answer(case.patience).content
            if THREE in page:
                continue
            control(case, server)
            what = "in any case" if "case" in how or "capitals" in how else "either way"
            return Diagnosis(
                key,
                f"The server does not recognize Content-Length {how}, so it does not "
                "read the content.",
                f"curl -i --max-time 5 -H '{name}3' -d a=1 http://127.0.0.1:8080/"
                if "space" not in how
                else "printf 'POST / HTTP/1.1\\r\\nHost: a\\r\\n"
                f"{name}3\\r\\n\\r\\na=1' | nc -w 5 127.0.0.1 8080",
                f"A client may write the field {what}. How does your code compare its "
                "name, and where does the value begin?",
                seen(client),
            )
    return None


def elsewhere(case: Case) -> Diagnosis | None:
    """Whether it takes the name in other places for the field."""
    places: dict[str, Callable[[], bytes]] = {
        "the name of another field": lambda: post(
            CONTENT, more=b"X-Content-Length: 2\r\n"
        ),
        "the value of another field": lambda: post(
            CONTENT, more=b"X-Note: Content-Length: 2\r\n"
        ),
        "the target": lambda: post(CONTENT).replace(b" / ", b" /?Content-Length:2 ", 1),
    }
    lines = {
        "the name of another field": "X-Content-Length: 1\\r\\n",
        "the value of another field": "X-Note: Content-Length: 1\\r\\n",
        "the target": "",
    }
    with case.start() as server:
        control(case, server)
        for place, request in places.items():
            with server.connect() as client:
                page = client.send(request()).answer(case.patience).content
            if THREE in page:
                continue
            control(case, server)
            target = "/" if lines[place] else "/?Content-Length:1"
            return Diagnosis(
                "content-length-found-elsewhere",
                f"The server finds Content-Length in {place}, and uses the number there "
                "as the length of the content.",
                f"printf 'POST {target} HTTP/1.1\\r\\nHost: a\\r\\n{lines[place]}"
                "Content-Length: 3\\r\\n\\r\\na=1' | nc -w 5 127.0.0.1 8080",
                "strstr finds the name anywhere. Which line begins with that name and a "
                "colon?",
                seen(client),
            )
    return None


def without_length(case: Case) -> Diagnosis | None:
    """Whether a POST without content is answered."""
    request = b"POST / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with case.start() as server:
        control(case, server)
        with server.connect() as client:
            client.send(request)
            if client.anything(case.patience) or server.ended:
                return None
            client.note("came  nothing")
        control(case, server)
        return Diagnosis(
            "post-without-length-hangs",
            "The server never answers a POST that has no Content-Length.",
            "printf 'POST / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n' "
            "| nc -w 5 127.0.0.1 8080",
            "Which length does your code use if the field is not there? Such a request "
            "has no content.",
            seen(client),
        )


def of_two_clients(case: Case) -> Diagnosis | None:
    """Whether another client's content gets into a half-sent one."""
    content = b"a=qa1zx&b=qc3zx"
    with case.start() as server:
        with server.connect() as alone:
            alone.send(post_head(len(content)) + content[:8])
            if alone.anything(0.3):
                return None
            first = alone.send(content[8:]).answer(case.patience)
        if first.code != 200 or b"qc3zx" not in first.content:
            return None
        with server.connect() as slow:
            slow.send(post_head(len(content)) + content[:8])
            if slow.anything(0.2):
                return None
            quick = server.connect().send(post(b"x=qb2zx", more=b"X-Y: 1\r\n"))
            other = quick.answer(case.patience)
            if not other.code and not quick.end:
                return None
            page = slow.send(content[8:]).answer(case.patience)
        clients = [slow, quick]
    right = b"qb2zx" in other.content and b"qb2zx" not in page.content
    right &= page.content.count(b"qa1zx") == 1 and b"qc3zx" in page.content
    if right:
        return None
    if b"qb2zx" in page.content:
        what = "it gets the other client's pairs"
    else:
        what = "it does not get its own pairs"
    head = "POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 7\\r\\n\\r\\n"
    return threads.shared(
        "A client sends half of its content, another one is answered, and the first "
        f"sends the rest: {what}.",
        f"(printf '{head}a=1'; sleep 3; printf '&b=2') | nc 127.0.0.1 8080 & sleep 1; "
        "curl -s -o /dev/null -d x=9 http://127.0.0.1:8080/; wait",
        clients,
    )


def given_to_delegate(case: Case) -> Diagnosis | None:
    """Looks at what `delegate` is called with for a POST."""
    if not case.stand_in:
        return None
    request = post(b"c=3&d=4").replace(b" / ", b" /called ", 1)
    with case.start(case.stand_in) as server:
        client, answer = calling.ask(case, server, request)
        lines = answer.content.splitlines()
        if b"request_type=GET" in lines:
            return calling.found(
                "post-called-get",
                'delegate is called with "GET" for a POST.',
                "What is the first argument in your call of delegate, and where does "
                "its value come from?",
                client,
            )
        if b"request_type=POST" in lines and b"post_data d=4" not in lines:
            return calling.found(
                "post-data-not-given-to-delegate",
                "The content of a POST does not reach delegate in post_data.",
                "Where is the content parsed, and which argument of delegate gets the "
                "result?",
                client,
            )
    return None


def how_much(case: Case) -> Diagnosis | None:
    """Sends more and more content, until it does not work."""

    def request(size: int) -> bytes:
        return post(b"a=" + b"7" * (size - 10) + b"&b=" + limits.END)

    with case.start() as server:
        limit = limits.climb(
            case,
            server,
            SIZES,
            request,
            lambda code, page: code == 200 and limits.END in page,
            time.monotonic() + limits.CLIMB_SECONDS,
        )
        if not limit:
            return None
        # The same in two sends, so that a short recv is not taken for a limit.
        if "ends the whole" not in limit.how:
            size = limit.bad
            whole = request(size)
            cut = len(whole) - size
            with server.connect() as client:
                client.send(post_head(size))
                client.anything(0.2)
                page = client.send(whole[cut:]).answer(case.patience).content
            if limits.END in page:
                return None
    return limits.found(
        "limit-of-content",
        "Content",
        limit,
        "curl -i --max-time 5 -d \"a=$(printf '%0{}d' 7)&b=2\" http://127.0.0.1:8080/",
    )
