#!/usr/bin/env python3
"""server.py WAY [INTERFACE [PORT]] - a server that is wrong in everything.

It listens, says so, and then, of each client: `error`: answers 500, well-formed,
once something has come; `close`: closes at once, without an answer.
"""

import socket
import sys
import threading

ANSWER = (
    b"HTTP/1.1 500 Internal Server Error\r\n"
    b"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
    b"Connection: close\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n"
    b"Content-Length: 28\r\n\r\n"
    b"<h1>hello, sorry</h1>\n<hr/>\n"
)


def answer(client: socket.socket) -> None:
    """One client."""
    with client:
        try:
            if sys.argv[1] == "error" and client.recv(65536):
                client.sendall(ANSWER)
        except OSError:
            pass


def main() -> None:
    """Listens, and takes what comes."""
    interface, port = (sys.argv[2:] + ["127.0.0.1", "8080"])[:2]
    family = socket.AF_INET6 if ":" in interface else socket.AF_INET
    listening = socket.create_server(
        ("127.0.0.1" if interface.startswith("-") else interface, int(port or 0)),
        family=family,
        backlog=1024,
    )
    print(f"wrong: listening on http://127.0.0.1:{listening.getsockname()[1]}/", flush=True)
    while True:
        threading.Thread(target=answer, args=(listening.accept()[0],)).start()


if __name__ == "__main__":
    main()
