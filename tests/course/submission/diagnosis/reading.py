"""Probes of how a server reads the head of a request."""

from submission.diagnosis.asking import Client, Server, get, seen
from submission.diagnosis.case import Case, Diagnosis
from submission.faults import ended

PIECES = (b"GET / HT", b"TP/1.1\r\nHo", b"st: localhost\r\n\r\n")
SHORT = 0.06  # seconds between pieces that come soon after each other
LONG = 1.2
QUICK = 0.15  # an answer that did not wait for anything
TWO_PIECES = (
    "(printf 'GET / HT'; sleep 1; printf 'TP/1.1\\r\\nHost: a\\r\\n\\r\\n') "
    "| nc 127.0.0.1 8080"
)


def before_reading(case: Case) -> Diagnosis | None:
    """Whether it answers a client that has sent nothing."""
    with case.start() as server, server.connect() as client:
        client.note("sent  nothing")
        if not client.anything(1.0) or not client.data:
            return None
        answer = client.answer(0.5)
        if answer.code == 408:
            return None
        return ok_at_once(client)


def ok_at_once(client: Client) -> Diagnosis:
    """Says that the server sends before it has received."""
    return Diagnosis(
        "answers-before-reading",
        "The server begins its answer before it has read the request: a client that "
        "has not yet sent a whole request already gets some of it.",
        "(printf 'GET / HT'; sleep 2) | nc -N 127.0.0.1 8080",
        "What is the first thing that your server does with a new connection? What "
        "must it know before it can decide what to answer?",
        seen(client),
    )


def whole_request(case: Case) -> Diagnosis | None:
    """Finds out what the server still needs if it does not answer a whole GET."""
    with case.start() as server, server.connect() as client:
        client.send(get())
        if client.anything(case.patience):
            return None if client.data else closed_unanswered(case, client)
        client.note("came  nothing")
        if client.send(b"x").answer(0.6).code:
            return Diagnosis(
                "one-recv-too-many",
                "The server waits for more after the request is complete: GET / is "
                "answered only when one more byte comes.",
                "curl -i --max-time 5 http://127.0.0.1:8080/",
                "When does your loop look for the empty line: before it calls recv "
                "again, or after? A recv for which nothing was sent waits forever.",
                seen(client),
            )
        if client.finish().answer(0.6).code:
            return Diagnosis(
                "waits-for-end-of-stream",
                "The server answers only when the client has ended its side of the "
                "connection. A browser does not do that: it waits for the answer.",
                "curl -i --max-time 5 http://127.0.0.1:8080/",
                "What ends your loop around recv? A request ends with the empty line, "
                "not when recv returns 0.",
                seen(client),
            )
        with server.connect() as other:
            other.send(get() + b"x" * 20000)
            if other.answer(0.6).code:
                return Diagnosis(
                    "waits-for-a-full-buffer",
                    "The server answers only when its buffer is full: GET / alone has "
                    "no answer, but it has one with 20,000 bytes after it.",
                    "curl -i --max-time 5 http://127.0.0.1:8080/",
                    "recv with MSG_WAITALL, or a loop until the buffer is full, waits "
                    "for bytes that nobody sends. What ends a request?",
                    seen(client, other),
                )
        if client.end and not client.data:
            return None
        return Diagnosis(
            "never-answers",
            f"The server never answers: GET / gets no answer within "
            f"{case.patience:.0f} s, or after the client has ended its side.",
            "curl -i --max-time 5 http://127.0.0.1:8080/",
            "How far does your server get? Print a line to stderr after accept, after "
            "each recv with what it returned, and before send.",
            seen(client),
        )


def closed_unanswered(case: Case, client: Client) -> Diagnosis | None:
    """Says that the server closes the connection without a word."""
    with case.start() as server:
        for _ in range(3):
            with server.connect() as other:
                if other.send(get()).answer(case.patience).data:
                    return None
            if server.soon_ended(0.1):
                return None
    return Diagnosis(
        "closed-without-an-answer",
        "The server closes the connection without an answer: GET / gets nothing.",
        "curl -i http://127.0.0.1:8080/",
        "Which close comes before send? Also look at the loop that accepts: who owns "
        "the socket once the thread has it?",
        seen(client),
    )


def in_pieces(server: Server, pieces: tuple[bytes, ...], pause: float) -> Client:
    """Sends pieces, with a pause between; stops when anything came before the last.
    The client's `early` says whether it did."""
    client = server.connect()
    for number, piece in enumerate(pieces):
        if number and client.anything(pause):
            break
        client.send(piece)
    return client


def is_early(client: Client) -> bool:
    """Whether something came before the last piece was sent."""
    return bool(client.data or client.end)


def two_pieces(case: Case) -> Diagnosis | None:
    """Whether it waits for the second piece of a head."""
    with case.start() as server:
        control = case.control(server)
        pieces = (PIECES[0], PIECES[1] + PIECES[2])
        client = in_pieces(server, pieces, LONG)
        if is_early(client):
            if server.soon_ended(0.2):
                return piece_ends_it(server, client)
            return too_early(case, server, client, control.code)
        with client:
            answer = client.answer(case.patience)
            if answer.code == control.code:
                return None
        what = f"a {answer.code}" if answer.code else "no answer"
        return Diagnosis(
            "pieces-not-joined",
            "The server does not put the pieces of a request together: in two pieces, "
            f"a second apart, GET / gets {what}.",
            TWO_PIECES,
            "Where does your second recv put what it receives: after what has come, or "
            "over it? And do you look for the empty line in everything that has come?",
            seen(client),
        )


def piece_ends_it(server: Server, client: Client) -> Diagnosis:
    """Says that half a request ends the server."""
    return Diagnosis(
        "piece-ends-the-server",
        "A request that comes in two pieces ends the whole server, "
        f"{ended(server.process.poll() or 0)}: it takes the first piece for the whole.",
        TWO_PIECES + "; curl -i http://127.0.0.1:8080/",
        "How many bytes does one recv return, and who decides that? What in the "
        "request says that its head is complete?",
        seen(client),
    )


def too_early(case: Case, server: Server, first: Client, code: int) -> Diagnosis | None:
    """Finds out whether a server that did not wait lets time end the request."""
    with first:
        after = (first.first_at or first.end_at,)
        if not first.answer(0.3).whole and not first.end:
            early = len(first.data)
            first.send(PIECES[1] + PIECES[2]).answer(case.patience)
            if len(first.data) > early:
                return ok_at_once(first)
    soon = []
    for _ in range(2):
        with in_pieces(server, PIECES, SHORT) as client:
            soon.append(
                not is_early(client) and client.answer(case.patience).code == code
            )
        with in_pieces(server, PIECES[:2], LONG) as other:
            if not is_early(other):
                return None
            after += (other.first_at or other.end_at,)
    did = "answers" if first.data else "closes the connection"
    if all(soon) and min(after) > QUICK:
        return Diagnosis(
            "silence-ends-the-request",
            f"The server does not wait for the rest of a request: it {did} "
            f"{min(after):.1f} s after the last byte, although the head is not "
            "complete. Pieces that come sooner are read.",
            TWO_PIECES,
            "How does your server know that a request is complete? A pause says nothing. "
            "What does?",
            seen(first),
        )
    if not any(soon) and min(after) < QUICK:
        return Diagnosis(
            "one-recv-for-the-head",
            f"The server takes what one recv returns for the whole request: it {did} "
            "after the first piece of a request that comes in two.",
            TWO_PIECES,
            "How many bytes does one recv return, and who decides that? What in the "
            "request says that its head is complete?",
            seen(first),
        )
    return None


def line_by_line(case: Case) -> Diagnosis | None:
    """Whether it waits for the empty line."""
    lines = (b"GET / HTTP/1.1\r\n", b"Host: localhost\r\n", b"\r\n")
    # Two servers: what an earlier request has left in memory could end this one.
    with case.start() as server:
        control = case.control(server)
        # A server that does not wait for the rest of a line has another mistake.
        with server.connect() as half:
            if half.send(PIECES[0]).anything(0.7):
                return None
    with case.start() as server:
        with in_pieces(server, lines, 0.7) as client:
            if is_early(client):
                if not client.answer(0.2).code and server.soon_ended(0.2):
                    return None
                return ended_too_early(client)
            if client.answer(case.patience).code == control.code:
                return None
        return Diagnosis(
            "end-searched-in-each-piece",
            "The server does not see the end of a head that comes line by line: there "
            "is no answer after the empty line, if that comes alone.",
            "(printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\n'; sleep 1; printf '\\r\\n') "
            "| nc 127.0.0.1 8080",
            "Where do you look for CR LF CR LF: in what the last recv returned, or in "
            "everything that has come?",
            seen(client),
        )


def ended_too_early(client: Client) -> Diagnosis:
    """Says which line was taken for the end."""
    sent = sum("sent" in event for event in client.events)
    did = "answers" if client.data else "closes the connection"
    if sent == 1:
        return Diagnosis(
            "first-line-ends-the-head",
            "The server takes the end of the request line for the end of the head: it "
            f"{did} before the header fields have come.",
            "(printf 'GET / HTTP/1.1\\r\\n'; sleep 2) | nc 127.0.0.1 8080",
            "The head ends with an empty line: CR LF CR LF. What does your code look "
            "for?",
            seen(client),
        )
    return Diagnosis(
        "two-line-ends-anywhere",
        "The server takes two line ends for the end of the head, although there are "
        f"other bytes between them: it {did} after the second line.",
        "(printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\n'; sleep 2) | nc 127.0.0.1 8080",
        "Your code counts CR LF CR LF. What happens to that count when another byte "
        "comes between?",
        seen(client),
    )
