"""What the names of a submission's files say: which file is meant, and what only looks
like one. Browsers, course systems and editors all rename files in their own way.
"""

import re

from suite.visible import escaped

# What the stages call their files; what else is included by name is meant as well.
STAGE_FILES = (
    "webserve.c",
    "delegate.c",
    "handle_connection.c",
    "serve.c",
    "webserve.h",
)
IGNORED = re.compile(
    r"\.(?!\.?(/|$)).*|__MACOSX|__pycache__|build|bin|obj|out|Debug|Release"
    r"|CMakeFiles|cmake-build-.*|node_modules|.*\.dSYM"
)
SOURCE = re.compile(r"\.(c|cpp|cc|cxx|c\+\+)(\.txt)?$", re.I)
HEADER = re.compile(r"\.(h|hh|hpp|hxx)(\.txt)?$", re.I)
EDITOR = re.compile(
    r"^(?:\.#|#|\._|\.)?(?P<name>[^#]+?\.[ch])"
    r"(?:~|#|\.bak|\.old|\.orig|\.save|\.swp|\.swo|\.backup|\.rej|\.tmp)?$",
    re.I,
)
NUMBERED = re.compile(r"^(?P<stem>.+?)[-_ ]\d{1,3}$")
COPY = re.compile(
    r"^copy of (?P<a>.+)$"
    r"|^(?P<b>.+?)(?: - copy(?: ?\(\d+\))?|[ _-]copy(?: \d+)?| ?\(\d+\))$",
    re.I,
)
OLD = re.compile(
    r"^(?:old|backup|bak|orig|original|prev|previous)[-_ .](?P<a>.+)$"
    r"|^(?P<b>.+?)[-_ .]?(?:old|backup|bak|orig|original|prev|previous|saved?)$",
    re.I,
)
EXACT, SPELLED, COPIED, AN_OLD_ONE, BACKUP = range(5)


def shown(name: str) -> str:
    """Returns a file's name as printable text: it may contain any bytes except 0."""
    return "".join(
        char if char.isprintable() and char != "\\" else escaped(char) for char in name
    )


def is_ignored(name: str) -> bool:
    """Whether it is in a folder that has no sources: of a build, an editor, git. The
    first folder may be a person's."""
    first, *folders = name.split("/")
    return first == "__MACOSX" or any(map(IGNORED.fullmatch, folders[:-1]))


def is_source(name: str) -> bool:
    """Whether it is C, or might be."""
    return SOURCE.search(name) is not None and not name.startswith(".")


def is_header(name: str) -> bool:
    return HEADER.search(name) is not None and not name.startswith(".")


def is_backup(name: str) -> bool:
    """Whether an editor or a system made it, next to the file itself."""
    return EDITOR.match(name) is not None and not (is_source(name) or is_header(name))


def is_source_like(name: str) -> bool:
    """Whether there is anything to say about the file at all."""
    return is_source(name) or is_header(name) or is_backup(name)


def bare(name: str) -> str:
    """Returns a name without what people write in different ways."""
    return re.sub("[-_ ]", "", name).lower()


def plain(name: str) -> str:
    """Returns the name in C: other.cpp is read as other.c. Headers are included by
    name."""
    name = re.sub(r"\.txt$", "", name, flags=re.I)
    return SOURCE.sub(".c", name) if SOURCE.search(name) else name


def readings(name: str, wanted: set[str], there: set[str]) -> tuple[str, int]:
    """Returns the name of the file that a name means, and how far the two are apart.
    The file itself must be wanted, or be there."""
    if is_backup(name):
        found = EDITOR.match(name)
        return (found["name"] if found else name), BACKUP
    if name in wanted:
        return name, EXACT
    meant = plain(name)
    if meant in wanted:
        return meant, SPELLED
    stem, dot, suffix = meant.rpartition(".")
    spelled = {bare(other): other for other in wanted}
    if bare(meant) in spelled:
        return spelled[bare(meant)], SPELLED
    for pattern, distance in ((NUMBERED, COPIED), (COPY, COPIED), (OLD, AN_OLD_ONE)):
        found = pattern.match(stem)
        base = next(filter(None, found.groups()), "") + dot + suffix if found else ""
        if bare(base) in spelled:
            return spelled[bare(base)], distance
        if base in there and pattern is not NUMBERED:
            return base, distance
    return meant, EXACT if meant == name else SPELLED
