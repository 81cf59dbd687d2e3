"""parse_answer.py - what came back from a server, taken apart so that it can be compared.

Everything is compared octet by octet, except the value of a well-formed Date; how
the connection ended is part of the answer.
"""
from __future__ import annotations

import re
from datetime import datetime

# How an exchange ended: the exit status of the raw client.
DONE, FAILED, MISUSED, TIMEOUT, RESET, REFUSED, EARLY, NOISE = range(8)
ENDS = {
    DONE: "end of stream",
    FAILED: "the system failed",
    MISUSED: "the steps were not understood",
    TIMEOUT: "timeout",
    RESET: "reset",
    REFUSED: "connection refused",
    EARLY: "end of stream, too early",
    NOISE: "something in a silence",
}
DATE_FORM = r"%a, %d %b %Y %H:%M:%S GMT\r\n"  # RFC 9110, 5.6.7, in a visible line

# Each octet as text: what is not printable by its name.
VISIBLE = {
    code: chr(code) if 32 <= code < 127 else f"\\x{code:02x}" for code in range(256)
}
VISIBLE |= {0: r"\0", ord("\t"): r"\t", ord("\r"): r"\r", ord("\\"): r"\\"}
VISIBLE |= {ord("\n"): "\\n\n"}


def visible(octets: bytes) -> list[str]:
    """Returns the lines, each octet of them visible."""
    return octets.decode("latin-1").translate(VISIBLE).splitlines()


def without_end(line: str) -> str:
    """Returns a visible line without its LF or CR LF."""
    return line.removesuffix(r"\n").removesuffix(r"\r")


def without_date(line: str) -> str:
    r"""Returns a line of a head; in a Date that is well-formed, the value is \date."""
    name, _, value = line.partition(": ")
    try:
        date = datetime.strptime(value, DATE_FORM).strftime(DATE_FORM)
    except ValueError:
        return line
    return f"{name}: \\date\\r\\n" if name.lower() == "date" and date == value else line


class Answer:
    """All that came of one request, and how the exchange ended."""

    def __init__(self, octets: bytes = b"", ended: int | None = None) -> None:
        self.ended = ended  # None: it was not asked
        self.head: list[str] = []  # its lines, those of interim answers as well
        self.status = ""  # of the final answer, such as "200 OK"
        self.interim = ""  # the status of the last interim answer
        self.whole = False  # the header section is complete
        while not self.whole and octets:
            section, end, octets = octets.partition(b"\r\n\r\n")
            lines = [without_date(line) for line in visible(section + end)]
            self.head += lines
            self.status = without_end(lines[0]).removeprefix("HTTP/1.1 ")
            self.whole = bool(end)
            if end and self.status.startswith("1"):
                self.interim, self.status, self.whole = self.status, "", False
        self.content = octets
        self.dates = [line for line in self.head if re.match("(?i)date[ :]", line)]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Answer) and (
            (self.head, self.content, self.ended)
            == (other.head, other.content, other.ended)
        )

    def lines(self) -> list[str]:
        """Returns all of it, visible."""
        return self.head + visible(self.content)

    def head_of_any_length(self) -> list[str]:
        """Returns the head, without the value of Content-Length."""
        return [re.sub("(?i)^(content-length:).*", r"\1", line) for line in self.head]

    def is_200(self) -> bool:
        """Returns a page came."""
        return self.whole and self.status.startswith("200 ")

    def is_page(self, page: Answer) -> bool:
        """It is that page, or the answer to a HEAD of it."""
        return self.head == page.head and self.content in (b"", page.content)

    def is_another_page_than(self, other: Answer) -> bool:
        """Both are pages that differ in their content and its length alone."""
        return (
            self.is_200()
            and other.is_200()
            and self.ended == other.ended
            and self.head_of_any_length() == other.head_of_any_length()
            and bool(self.content) == bool(other.content)
        )

    def end(self) -> str:
        """Returns how the exchange ended."""
        return "not asked" if self.ended is None else ENDS[self.ended]

    def outcome(self) -> str:
        """Returns what came, in a few words."""
        text = self.status or ("nothing more" if self.interim else "no answer")
        if self.interim:
            text = f"{self.interim}, then {text}"
        return f"{text}, {self.end()}" if self.ended else text
