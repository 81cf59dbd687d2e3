"""Probes of how a server answers, and how it ends the connection."""

import re

from submission.diagnosis.asking import Answer, Client, get, seen
from submission.diagnosis.case import Case, Diagnosis

GET = "printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n' | nc 127.0.0.1 8080"
STATUS_LINE = re.compile(rb"HTTP/1\.[01] [1-5]\d\d [ -~\x80-\xff]*\r?\n")
LATE = 0.5  # seconds from the last byte to the end
OPEN = 2.5  # seconds for which a connection is open that should be closed
LARGE = 7000  # bytes of a path that is shown on the page


def head(case: Case) -> Diagnosis | None:
    """Looks at the form of an answer's head."""
    with case.start() as server, server.connect() as client:
        answer = client.send(get()).wait_for_end(case.patience)
        return of_head(answer, client) if answer.data else None


def without_end(case: Case) -> Diagnosis | None:
    """Whether a client can know where the answer ends. If not, each one waits."""
    with case.start() as server, server.connect() as client:
        answer = client.send(get()).answer(case.patience)
        if answer.whole or client.end or not answer.has_head:
            return None
        return of_length(answer, client) or endless(client)


def endless(client: Client) -> Diagnosis:
    """Says that nothing ends the answer."""
    return Diagnosis(
        "answer-without-end",
        "Nothing says where the answer ends: it has no Content-Length, and the "
        "connection stays open. The client waits forever.",
        "curl -i --max-time 5 http://127.0.0.1:8080/",
        "How does the client know that the page is complete? Which field says its "
        "length, and which call closes the connection?",
        seen(client),
    )


def rest(case: Case) -> Diagnosis | None:
    """Looks at how long the answer is said to be, and at the end of the connection."""
    with case.start() as server, server.connect() as client:
        client.send(get())
        answer = client.wait_for_end(OPEN)
        if not answer.data or of_head(answer, client):
            return None
        return of_length(answer, client) or of_end(case, answer, client)


def of_head(answer: Answer, client: Client) -> Diagnosis | None:
    """Looks at the status line and the line ends."""
    first = answer.data.partition(b"\n")[0] + b"\n"
    if not STATUS_LINE.fullmatch(first) and not first.startswith(b"HTTP/1.1 100"):
        shown = repr(first[:60])[2:-1]
        return Diagnosis(
            "status-line",
            f"The first line of the answer is not a status line: {shown}",
            GET + " | head -n 1",
            "A status line is `HTTP/1.1`, a space, three digits, a space, and the reason. "
            "Compare yours character by character.",
            seen(client),
        )
    if not answer.has_head:
        return Diagnosis(
            "no-empty-line",
            "There is no empty line between the header fields of the answer and the "
            "page, so a client cannot find the page.",
            GET + " | od -c | head",
            "Each line of the head ends in CR LF. What ends the head?",
            seen(client),
        )
    if re.search(rb"(?<!\r)\n", answer.head):
        return Diagnosis(
            "lines-end-in-lf",
            "The lines of the answer's head end in LF alone; in HTTP they end in CR "
            "LF.",
            GET + " | od -c | head",
            "How do you write CR LF in a C string? Each line of the head ends in it.",
            seen(client),
        )
    if b"\0" in answer.data:
        return Diagnosis(
            "nul-in-the-answer",
            "There are NUL bytes in the answer: more of an array is sent than was put "
            "into it.",
            GET + " | od -c | tail",
            "How many bytes do you pass to send: sizeof the array, or the length of "
            "what is in it?",
            seen(client),
        )
    return None


def of_length(answer: Answer, client: Client) -> Diagnosis | None:
    """Compares Content-Length with what came."""
    count, length = len(answer.content), answer.length
    if length is None or answer.chunked or client.end == "reset":
        return None
    if count < length:
        return Diagnosis(
            "content-length-too-large",
            f"Content-Length says {length:,}, but only {count:,} bytes of content come. "
            "The client waits for the rest.",
            "curl -i --max-time 5 http://127.0.0.1:8080/",
            "Which bytes does Content-Length count? Compare it with the number of bytes "
            "that you send after the empty line.",
            seen(client),
        )
    if count > length:
        return Diagnosis(
            "content-length-too-small",
            f"Content-Length says {length:,}, but {count:,} bytes of content come. The "
            "client does not see the end of the page.",
            "curl -i http://127.0.0.1:8080/",
            "Which bytes does Content-Length count? Compare it with the number of bytes "
            "that you send after the empty line.",
            seen(client),
        )
    return None


def of_end(case: Case, answer: Answer, client: Client) -> Diagnosis | None:
    """Looks at how the connection ends."""
    if client.end == "reset":
        return Diagnosis(
            "closed-before-all-was-read",
            "The connection ends in a reset: the server closes its socket while bytes "
            "of the request are still unread. The answer may be lost.",
            "curl -i http://127.0.0.1:8080/",
            "What of the request has not been received when you call close? What "
            "comes after the empty line of a GET, if anything?",
            seen(client),
        )
    if client.end and client.end_at - client.last_at > LATE:
        return Diagnosis(
            "pause-before-close",
            f"The server waits for {client.end_at - client.last_at:.1f} s before it "
            "closes the connection, although the answer is sent.",
            "time (" + GET + ")",
            "What does the pause wait for? close still sends what is in the socket.",
            seen(client),
        )
    if client.end:
        return None
    if not answer.whole:
        return endless(client)
    again = len(client.data)
    client.send(get())
    deadline = client.now() + case.patience
    while client.now() < deadline and client.receive(deadline - client.now()):
        if client.end or len(client.data) > again:
            break
    if len(client.data) > again:
        client.note("came  a second answer")
        return Diagnosis(
            "kept-open",
            "The server keeps the connection open after the answer, and answers a "
            "second request on it. handle_connection handles exactly one exchange.",
            "(printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n'; sleep 2; "
            "printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n') "
            "| nc -w 5 127.0.0.1 8080",
            "After the answer, what is left to do for handle_connection? And how long "
            "would it wait for a client that asks for nothing more?",
            seen(client),
        )
    return Diagnosis(
        "never-closed",
        f"The server never closes the connection: {OPEN:.1f} s after the answer it is "
        "still open.",
        GET,
        "Every way out of handle_connection must close the socket once. Which one "
        "leaves it open?",
        seen(client),
    )


def large(case: Case) -> Diagnosis | None:
    """Whether a large page comes whole."""
    if not case.shows_path:
        return None
    path = "/" + "p" * LARGE
    with case.start() as server:
        case.control(server)
        with server.connect(buffer=2048) as client:
            client.send(get(path))
            client.anything(0.3)
            answer = client.wait_for_end(case.patience)
        whole = answer.whole or not client.end
        if not answer.code or whole or server.ended:
            return None
        return cut(
            client,
            answer,
            f"curl -i \"http://127.0.0.1:8080/$(printf '%0{LARGE}d' 7)\"",
        )


def cut(client: Client, answer: Answer, by_hand: str) -> Diagnosis:
    """Says that an answer ends too early; no line by hand makes send take only a
    part."""
    had = f"{len(answer.content):,} bytes of the content come"
    of = f" of {answer.length:,}" if answer.length else ""
    when = (
        "A large answer is" if by_hand else "If send takes only a part, the answer is"
    )
    return Diagnosis(
        "send-not-repeated",
        f"{when} cut off: {had}{of}. What one call of send does not take is never "
        "sent.",
        by_hand,
        "send returns how many bytes it took, which may be fewer than you gave it. "
        "Who sends the others?",
        seen(client),
    )


def short_sends(case: Case) -> Diagnosis | None:
    """Whether it sends the rest of what one send did not take."""
    if not case.short:
        return None
    with case.start() as server:
        full = case.control(server)
    if not full.whole:
        return None
    with case.start(case.short) as server, server.connect() as client:
        client.note("each send, write or writev takes only a part")
        answer = client.send(get()).wait_for_end(OPEN)
        if answer.whole and len(answer.content) == len(full.content):
            return None
        if not client.end:
            client.note("came  no more")
        return cut(client, answer, "")
