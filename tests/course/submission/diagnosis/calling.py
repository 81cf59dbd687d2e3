"""Probes of what a server does with `delegate`: it is linked with that of the tests,
tests/http/stand_in_delegate.c, which says what it was called with."""

from submission.diagnosis.asking import Answer, Client, Server, get, seen
from submission.diagnosis.case import Case, Diagnosis

FIELD = b"X-Probe: a:b:c\r\n"


def ask(case: Case, server: Server, request: bytes) -> tuple[Client, Answer]:
    """Asks it once, after an ordinary request that must be answered."""
    case.control(server)
    with server.connect() as client:
        return client, client.send(request).answer(case.patience)


def arguments(case: Case) -> Diagnosis | None:
    """Looks at what `delegate` is called with."""
    if not case.stand_in:
        return None
    with case.start(case.stand_in) as server:
        client, answer = ask(case, server, get("/called?a=x+y%26%21&b=2", FIELD))
        lines = answer.content.splitlines()
        if not answer.code:
            return None
        if not any(line.startswith(b"request_type=") for line in lines):
            if answer.code != 200:
                return None
            return found(
                "delegate-not-called",
                "The server does not answer with what delegate returns. The tests put their "
                "own delegate in the place of yours, and its page did not come.",
                "Where in your code is delegate called, and what happens with its "
                "response?",
                client,
            )
        return of_lines(case, lines, client)


def of_lines(case: Case, lines: list[bytes], client: Client) -> Diagnosis | None:
    """Says what is wrong with the arguments of a GET."""
    if b"path=/called" not in lines:
        return found(
            "path-not-given-to-delegate",
            "delegate is called with a path that the client did not ask for, or with "
            "the query still on it.",
            "Which part of the request line is the path, and where does it end?",
            client,
        )
    if b"get_data=NULL" in lines:
        return found(
            "query-not-given-to-delegate",
            "delegate is called with NULL for the query, although there is one.",
            "Which argument of delegate is the query, and what do you pass there?",
            client,
        )
    pairs = [line for line in lines if line.startswith(b"get_data ")]
    if pairs != [b"get_data a=x%20y&!", b"get_data b=2"]:
        return found(
            "query-not-decoded",
            "delegate does not get the pairs of the query as they were meant: "
            f"{b', '.join(pairs).decode(errors='replace')[:80]!r}.",
            "In what order do you split at &, split at =, and decode + and %XX?",
            client,
            "curl 'http://127.0.0.1:8080/?a=x+y%26%21&b=2'" if case.shows_path else "",
        )
    fields = [line.lower() for line in lines if line.lower().startswith(b"field x-p")]
    if not fields:
        return found(
            "fields-not-given-to-delegate",
            "delegate does not get the header fields of the request.",
            "Which argument of delegate has the header fields, and who fills it?",
            client,
        )
    if fields != [b"field x-probe=a:b:c"]:
        return found(
            "field-value-changed",
            "A header field reaches delegate with another value: X-Probe: a:b:c "
            f"became {fields[0][6:].decode(errors='replace')[:40]!r}.",
            "Where does the value of a field begin, and where does it end? It may "
            "contain colons.",
            client,
        )
    return None


def response(case: Case) -> Diagnosis | None:
    """Looks at what happens to the response that `delegate` leaves."""
    if not case.stand_in:
        return None
    with case.start(case.stand_in) as server:
        client, answer = ask(case, server, get("/called"))
        if not answer.content.startswith(b"request_type="):
            return None
        client, answer = ask(case, server, get("/missing"))
        if answer.code != 404:
            return found(
                "code-of-delegate-ignored",
                f"delegate answers with 404, and the client gets {answer.code}.",
                "Where does the number in your status line come from?",
                client,
            )
        client, answer = ask(case, server, get("/fails"))
        if answer.code != 500 or b"half an answer" in answer.content:
            if not client.data and (fault := faulty(case)):
                return fault
            got = f"a {answer.code}" if answer.code else "no answer"
            return found(
                "failure-of-delegate-ignored",
                f"If delegate fails, the client gets {got}. It should get a 500, and "
                "nothing that delegate left.",
                "What does delegate return if it fails, and where do you look at that?",
                client,
            )
        client, answer = ask(case, server, get("/missing"))
        if answer.content != b"one\0two\0\nthree":
            return found(
                "content-of-delegate-changed",
                f"delegate leaves 14 bytes of content, two of which are NUL. The client "
                f"gets {len(answer.content)} bytes, or other ones.",
                "The content has a length. Do you treat it as a string anywhere? A string "
                "ends at the first NUL.",
                client,
            )
        if answer.fields.get(b"x-first") != b"a:b, c":
            return found(
                "fields-of-delegate-dropped",
                "The header fields that delegate adds to its response do not reach the "
                "client.",
                "Who writes the header fields of the response into the answer?",
                client,
            )
    return None


def faulty(case: Case) -> Diagnosis | None:
    """Whether a faulty request gets no answer: then delegate is not to blame."""
    with case.start(case.stand_in) as server:
        client, _ = ask(case, server, b"nonsense\r\n\r\n")
    if client.data:
        return None
    ways = "out of handle_connection" if case.stage > 2 else "through your loop"
    return found(
        "fault-unanswered",
        "A request with a fault gets no answer.",
        f"Count the ways {ways}. Which of them send an answer, and close the socket?",
        client,
        "printf 'nonsense\\r\\n\\r\\n' | nc -w 3 127.0.0.1 8080",
    )


def found(
    key: str, sentence: str, hint: str, client: Client, by_hand: str = ""
) -> Diagnosis:
    """Makes a diagnosis. No line by hand can show most of these: it would need the
    other delegate."""
    return Diagnosis(key, sentence, by_hand, hint, seen(client))
