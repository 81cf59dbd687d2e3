#!/usr/bin/env python3
"""Checks that neighboring stages differ by their lesson only.

    tests/tools/check_stages.py

Each stage has the files of its step, and makes the socket and thread calls itself, in
the file to which its step moved them. A file that a step does not change is byte for
byte the one of the stage before. Prints what is wrong, a line each, and then exits with
1; prints nothing if all is well.
"""

import re
import sys
from pathlib import Path

STAGES = range(1, 7)

# The first stage that has the file, and the later ones whose step changes it.
FILES = {
    "webserve.c": (1, {2, 3, 4}),
    "webserve.h": (1, {3, 4, 5, 6}),
    "delegate.c": (1, {5, 6}),
    "handle_connection.c": (3, {6}),
    "serve.c": (4, set()),
}

# What a header declares, from which stage on.
FUNCTIONS = {
    "int delegate(const char *request_type, const char *path, "
    "const struct headers *received_headers, const struct form *get_data, "
    "const struct form *post_data, struct response *response);": 1,
    "void handle_connection(int client_sock, "
    "const struct sockaddr_storage *client_address);": 3,
    "int serve(const char *interface, const char *port);": 4,
}

# Calls that are in webserve.c until a stage moves them to another file.
MOVES = {
    "serve.c": (4, "socket setsockopt bind listen accept pthread_create".split()),
    "handle_connection.c": (3, ["recv", "send", "close(client_sock"]),
}


def read(stage: int, name: str) -> str:
    """Returns the text of a file; empty if there is none."""
    path = Path(f"stages/stage{stage}/{name}")
    return path.read_text(encoding="utf-8") if path.exists() else ""


def stripped(text: str) -> str:
    """Returns the text without comments, and with single spaces; literals stay as they
    are."""
    parts = re.findall(r'"(?:\\.|[^"\\])*"|/\*.*?\*/|//[^\n]*|\s+|.', text, re.DOTALL)
    spaced = (" " if p.isspace() or p[:2] in ("/*", "//") else p for p in parts)
    return re.sub(r" +", " ", "".join(spaced))


def check_files(stage: int) -> list[str]:
    """Whether it has the files of its step, and which of them its step has changed."""
    found = {path.name for path in Path(f"stages/stage{stage}").iterdir()}
    expected = {name for name, (first, _) in FILES.items() if first <= stage}
    wrong = [f"stage {stage}: {name} should not be there" for name in found - expected]
    wrong += [f"stage {stage}: {name} is missing" for name in expected - found]
    for name, (first, changes) in FILES.items():
        differs = read(stage, name) != read(stage - 1, name)
        if stage > first and differs and stage not in changes:
            wrong.append(
                f"stage {stage}: {name} differs from stage {stage - 1}; step {stage} "
                "does not change this file. Did you edit one of the two?"
            )
        if stage > first and not differs and stage in changes:
            wrong.append(f"stage {stage}: {name} is as before; step {stage} changes it")
    return wrong


def check_header(stage: int) -> list[str]:
    """Whether it declares the functions that it should, in the same words."""
    header = stripped(read(stage, "webserve.h"))
    expected = [words for words, first in FUNCTIONS.items() if first <= stage]
    wrong = [
        f"stage {stage}: webserve.h lacks {w}" for w in expected if w not in header
    ]
    if header.count(");") != len(expected):
        wrong.append(f"stage {stage}: webserve.h declares other functions, too")
    if stage == 5 and header != stripped(read(4, "webserve.h")):
        wrong.append("stage 5: webserve.h may only change its comments")
    return wrong


def check_calls(stage: int) -> list[str]:
    """Whether each call is in one file, the right one; and main in one of its own."""
    wrong = []
    texts = {name: stripped(read(stage, name)) for name in FILES}
    for moved_to, (moves, calls) in MOVES.items():
        right = moved_to if stage >= moves else "webserve.c"
        for call in calls:
            pattern = rf"(?<![\w.]){re.escape(call)}" + ("" if "(" in call else r"\(")
            places = [name for name, text in texts.items() if re.search(pattern, text)]
            if places != [right]:
                wrong.append(
                    f"stage {stage}: {call} should be called in {right} only; "
                    f"it is in {' and '.join(places) or 'no file'}"
                )
    functions = re.findall(r"^(.*\))\n\{$", read(stage, "webserve.c"), re.MULTILINE)
    if stage >= 4 and functions != ["int main(int argc, char **argv)"]:
        wrong.append(f"stage {stage}: webserve.c should only have main")
    return wrong


def main() -> int:
    """Checks all stages."""
    wrong = []
    folders = sorted(path.name for path in Path("stages").iterdir())
    if folders != [f"stage{stage}" for stage in STAGES]:
        wrong.append(f"stages has other folders: {' '.join(folders)}")
    for stage in STAGES:
        wrong += check_files(stage) + check_header(stage) + check_calls(stage)
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
