"""Text that comes from a program that is not trusted: what would move a terminal's
cursor, or is not allowed in XML, becomes visible. Each place that reads such text calls
this, so that nobody has to think of it who shows the text.
"""

import re

UNUSUAL = re.compile(r"[^\n\t -~]")


def visible(text: str) -> str:
    """Returns the text with its lines and tabs, in which all else can be printed."""
    return UNUSUAL.sub(as_printable, text.replace("\r\n", "\n"))


def as_printable(found: re.Match[str]) -> str:
    """Returns a letter of any language as it is, all else as `escaped` has it."""
    return found[0] if found[0].isprintable() else escaped(found[0])


def escaped(char: str) -> str:
    """Returns a character as its bytes in hexadecimal."""
    encoded = char.encode(errors="surrogateescape")
    return "".join(f"\\x{byte:02x}" for byte in encoded)
