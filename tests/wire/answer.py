"""answer.py - what came back from a server, taken apart so that it can be compared.

Everything is compared octet by octet, except the value of a well-formed Date; how
the connection ended is part of the answer. `visible` writes octets as text.
"""
from __future__ import annotations

import re
from datetime import datetime, timezone

# What the raw client says of how an exchange ended: its exit status.
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

# RFC 9110, 5.6.7: Sun, 06 Nov 1994 08:49:37 GMT
DATE_FORM = "%a, %d %b %Y %H:%M:%S GMT"
DATE = re.compile(r"(?i)(date: )(.{29})\\r\\n\n")

OCTETS = {code: chr(code) for code in range(0x20, 0x7F)} | {
    ord(octet): name
    for octet, name in zip("\r\n\t\0\\", (r"\r", "\\n\n", r"\t", r"\0", r"\\"))
}
VISIBLE = {code: OCTETS.get(code, f"\\x{code:02x}") for code in range(256)}


def visible(octets: bytes) -> list[str]:
    """The lines of it: each octet that is not printable is shown by its name."""
    return octets.decode("latin-1").translate(VISIBLE).splitlines(keepends=True)


def is_date(text: str) -> bool:
    """A date is well-formed if it reads the same once it has been understood."""
    try:
        date = datetime.strptime(text, DATE_FORM)
    except ValueError:
        return False
    return date.replace(tzinfo=timezone.utc).strftime(DATE_FORM) == text


class Answer:
    """All that came of one request, and how the exchange ended."""

    def __init__(self, octets: bytes = b"", ended: int | None = None) -> None:
        self.ended = ended  # None: it was not asked
        self.head: list[str] = []  # its lines, those of interim answers as well
        self.status = ""  # of the final answer, such as "200 OK"
        self.interim = ""  # the status of the last interim answer
        self.whole = False  # the header section is complete
        self.lengths: list[str] = []
        self.dates: list[str] = []
        self.content = self._take_heads(octets)
        self.key = (self.head, self.content, ended)

    def _take_heads(self, octets: bytes) -> bytes:
        """Takes the header sections, and returns the content that follows."""
        while not self.whole and octets:
            section, end, octets = octets.partition(b"\r\n\r\n")
            lines = visible(section + end)
            self.head += map(self._take_line, lines)
            self.status = re.sub(r"(\\r)?(\\n)?\n?$", "", lines[0])
            self.status = self.status.removeprefix("HTTP/1.1 ")
            if end and self.status.startswith("1"):
                self.interim, self.status = self.status, ""
            else:
                self.whole = bool(end)
        return octets

    def _take_line(self, line: str) -> str:
        """Notes a length and a date; returns the line, the date left out."""
        if line.lower().startswith("content-length:"):
            self.lengths.append(line)
        if re.match(r"(?i)date[ :]", line):
            match = DATE.fullmatch(line)
            if match and is_date(match[2]):
                line = f"{match[1]}\\date\\r\\n\n"
            self.dates.append(line)
        return line

    def lines(self) -> list[str]:
        """All of it, visible."""
        return self.head + visible(self.content)

    def head_without_lengths(self) -> list[str]:
        """The head, in which a Content-Length may have any value."""
        return [
            "Content-Length" if line in self.lengths else line for line in self.head
        ]

    def is_200(self) -> bool:
        """A page came."""
        return self.whole and self.status.startswith("200 ")

    def is_another_page_than(self, other: Answer) -> bool:
        """Both are pages that differ in their content and its length alone."""
        return (
            self.is_200()
            and other.is_200()
            and self.ended == other.ended
            and self.head_without_lengths() == other.head_without_lengths()
            and bool(self.content) == bool(other.content)
        )

    def outcome(self) -> str:
        """What came, in a few words."""
        text = self.status or ("nothing more" if self.interim else "no answer")
        if self.interim:
            text = f"{self.interim}, then {text}"
        return text + (f", {ENDS[self.ended]}" if self.ended else "")
