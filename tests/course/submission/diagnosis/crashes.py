"""Probes that look for a request, or a client, that ends the whole server."""

import time

from submission.diagnosis.asking import Client, Server, get, post, seen
from submission.diagnosis.case import Case, Diagnosis
from submission.faults import ended

HOST = "Host: a\\r\\n"
# What is asked, and the bytes, as printf reads them.
REQUESTS = {
    "GET /": f"GET / HTTP/1.1\\r\\n{HOST}\\r\\n",
    "a GET with a query": f"GET /?a=1 HTTP/1.1\\r\\n{HOST}\\r\\n",
    "a GET with an empty query": f"GET /? HTTP/1.1\\r\\n{HOST}\\r\\n",
    "a query that has no =": f"GET /?a HTTP/1.1\\r\\n{HOST}\\r\\n",
    "a query of nothing but =": f"GET /?= HTTP/1.1\\r\\n{HOST}\\r\\n",
    "a query of nothing but &": f"GET /?& HTTP/1.1\\r\\n{HOST}\\r\\n",
    "a query with a broken escape": f"GET /?a=%% HTTP/1.1\\r\\n{HOST}\\r\\n",
    "a GET without header fields": "GET / HTTP/1.0\\r\\n\\r\\n",
    "a header field without a value": f"GET / HTTP/1.1\\r\\n{HOST}X:\\r\\n\\r\\n",
    "a method that nobody knows": f"BREW / HTTP/1.1\\r\\n{HOST}\\r\\n",
    "a POST": f"POST / HTTP/1.1\\r\\n{HOST}Content-Length: 3\\r\\n\\r\\na=1",
    "a POST without Content-Length": f"POST / HTTP/1.1\\r\\n{HOST}\\r\\n",
    "a POST without content": (
        f"POST / HTTP/1.1\\r\\n{HOST}Content-Length: 0\\r\\n\\r\\n"
    ),
}
ODD_REQUESTS = {
    "a header field without a colon": f"GET / HTTP/1.1\\r\\n{HOST}X\\r\\n\\r\\n",
    "a request line without a version": "GET /\\r\\n\\r\\n",
    "a request line without a target": "GET\\r\\n\\r\\n",
    "an empty line alone": "\\r\\n\\r\\n",
    "bytes that are not text": "\\377\\376\\200\\r\\n\\r\\n",
    "a Content-Length that is not a number": (
        f"POST / HTTP/1.1\\r\\n{HOST}Content-Length: x\\r\\n\\r\\n"
    ),
    "a negative Content-Length": (
        f"POST / HTTP/1.1\\r\\n{HOST}Content-Length: -1\\r\\n\\r\\na=1"
    ),
    "a huge Content-Length": (
        f"POST / HTTP/1.1\\r\\n{HOST}"
        "Content-Length: 99999999999999999999\\r\\n\\r\\na=1"
    ),
}
LEFT = {
    "connects and leaves without a word": "",
    "leaves in the middle of the head": "GET / HT",
    "leaves in the middle of the content": (
        f"POST / HTTP/1.1\\r\\n{HOST}Content-Length: 7\\r\\n\\r\\na=1"
    ),
}


def bytes_of(text: str) -> bytes:
    """Returns the bytes that printf makes of a text."""
    return (
        text.replace("%%", "%").encode("latin-1").decode("unicode_escape")
        if "\\3" not in text
        else "\xff\xfe\x80\r\n\r\n"
    ).encode("latin-1")


def how(server: Server) -> str:
    """Returns how it ended, in a few words."""
    return ended(server.process.poll() or 0)


def requests(case: Case) -> Diagnosis | None:
    """Sends each kind of request that a browser could send."""
    return each_of(case, REQUESTS)


def odd_requests(case: Case) -> Diagnosis | None:
    """Sends requests that are wrong."""
    return each_of(case, ODD_REQUESTS)


def each_of(case: Case, kinds: dict[str, str]) -> Diagnosis | None:
    """Sends each, and looks whether the server is still running."""
    with case.start() as server:
        for name, text in kinds.items():
            with server.connect() as client:
                client.send(bytes_of(text)).answer(0.25)
                client.leave()
            if server.soon_ended(0.02 if client.data else 0.15):
                return crashed(case, name, text)
    return None


def crashed(case: Case, name: str, text: str) -> Diagnosis | None:
    """Asks a fresh server with that request alone."""
    with case.start() as server, server.connect() as client:
        client.send(bytes_of(text)).wait_for_end(1.0)
        if not server.soon_ended():
            return None
        return Diagnosis(
            "crash-" + name.replace(" ", "-").strip("/-").lower(),
            f"One kind of request ends the whole server: {name}. The server ended "
            f"{how(server)}.",
            f"printf '{text}' | nc 127.0.0.1 8080; curl -i http://127.0.0.1:8080/",
            "Run the server in gdb, or with SANITIZE=address, and send that request: "
            "which line is it? What does that line take for granted?",
            seen(client),
        )


def lost_clients(case: Case) -> Diagnosis | None:
    """Sends clients that leave in the middle, with and without a reset."""
    whole = post(b"a=1") if case.stage == 6 else get()
    parts = {
        "connects and leaves without a word": b"",
        "leaves in the middle of the head": b"GET / HT",
        "leaves in the middle of the content": post(b"a=1&b=2")[:-3],
    }
    for reset in (False, True):
        for what, part in parts.items():
            with case.start() as server:
                with server.connect() as client:
                    client.send(part) if part else client.note("sent  nothing")
                    client.anything(0.05)
                    client.note("left" + (", with a reset" if reset else ""))
                    client.leave(reset)
                if not server.soon_ended(0.25):
                    continue
                if "SIGPIPE" in how(server):
                    return gone(server, client)
                return Diagnosis(
                    "lost-client-ends-the-server",
                    f"One client ends the server for everyone: when a client {what}"
                    f"{', with a reset' if reset else ''}, the server ends "
                    f"{how(server)}.",
                    ""
                    if reset
                    else f"printf '{LEFT[what]}' | nc -N 127.0.0.1 8080; "
                    "curl -i http://127.0.0.1:8080/",
                    "What does your code do when recv returns 0 or -1? Should one "
                    "client that leaves end the program?",
                    seen(client),
                )
    return gone_before_answer(case, whole)


def gone_before_answer(case: Case, whole: bytes) -> Diagnosis | None:
    """Sends clients that are gone when their answers are sent. The server is halted
    while they connect, ask, end their side and reset the connection: with a reset
    alone, send would fail without a signal."""
    with case.start() as server:
        case.control(server)
        with server.halted():
            for _ in range(4):
                with server.connect() as client:
                    client.send(whole).finish()
                    time.sleep(0.02)
                    client.note("left, with a reset")
                    client.leave(True)
        if not server.soon_ended(case.patience):
            return None
        return gone(server, client)


def gone(server: Server, client: Client) -> Diagnosis:
    """Says that the server ended because it sent to a client that was gone."""
    way = how(server)
    if "SIGPIPE" in way:
        return Diagnosis(
            "sigpipe",
            "A client that is gone before its answer ends the server for everyone, by "
            "SIGPIPE. send raises that signal if nobody receives any more.",
            "for i in {1..200}; do "
            "(printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n' "
            ">/dev/tcp/127.0.0.1/8080) 2>/dev/null & done; wait; "
            "curl -i http://127.0.0.1:8080/",
            "Look at MSG_NOSIGNAL in `man 2 send`, or at SIGPIPE in `man 7 signal`.",
            seen(client),
        )
    return Diagnosis(
        "lost-client-ends-the-server",
        "A client that is gone before its answer ends the server for everyone: it "
        f"ended {way}.",
        "for i in {1..200}; do "
        "(printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n' "
        ">/dev/tcp/127.0.0.1/8080) 2>/dev/null & done; wait; "
        "curl -i http://127.0.0.1:8080/",
        "What does your code do when send returns -1? Should one client that leaves "
        "end the program?",
        seen(client),
    )
