#!/usr/bin/env python3
"""docs/tools/shown_commands.py BUILD [PAGE...] - runs what the documents show.

In README.md, docs/*.md and docs/slides/*.md, a block that begins with ```console has
commands, `$ COMMAND`, each with what it prints below it, without blanks at the ends of
lines. Runs them from top to bottom, each page in a session of its own
(docs/tools/session.py); those of docs/contributing.md, which change the sources, in a
copy of the repository. README.md may show only commands that are run there, or by
.ci/run. Prints each difference with its page, line and command, and at last `N passed,
N failed`; exits with 1 if one failed.
"""

from __future__ import annotations

import difflib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
from markdown import Piece, inline_code, pieces
from session import Failed, Session
from step_parts import states

LAST_STAGE = max(path.name[-1] for path in Path("stages").glob("stage?"))


def copy_of_repository(folder: str) -> None:
    """The repository as it is now, changes included."""
    script = (
        f"git clone -q . {folder} && git diff --binary HEAD | git -C {folder} apply"
        f" --allow-empty && git -C {folder} -c user.name=x -c user.email=x@localhost"
        " commit -qam x --allow-empty"
    )
    subprocess.run(["bash", "-c", script], check=True)


def never_run(text: str, commands: list[Piece]) -> tuple[int, list[str]]:
    """How many commands of make a page shows in text, tables and blocks for a shell, and
    those that neither its console blocks nor .ci/run have."""
    blocks = (piece for piece in pieces(text) if piece.language == "sh")
    shown = inline_code(text) + [line for block in blocks for line in block.body]
    shown = [line.partition("#")[0].strip() for line in shown]
    run = [piece.body[0].partition("|")[0].strip() for piece in commands]
    listed = Path(".ci/run").read_text(encoding="utf-8")
    run += re.findall(r"^\S+ +(make .*)$", listed, re.M)
    shown = [line for line in shown if line.startswith("make")]
    return len(shown), [line for line in shown if line not in run]


def run_page(page: str, commands: list[Piece], build: str, place: str) -> int:
    """Runs the commands of a page; gives how many of them failed."""
    folders = states(Path(page).read_text(encoding="utf-8"))
    failed = 0
    session = Session(build, place)
    try:
        for piece in commands:
            command, *expected = piece.body
            typed = {
                stage: states_of_it[piece.typed.get(stage, 0)]
                for stage, states_of_it in folders.items()
            }
            output = session.perform(command, typed, LAST_STAGE).replace("\r", "")
            while expected and not expected[-1]:
                del expected[-1]
            lines = [line.rstrip() for line in output.rstrip("\n").split("\n")]
            if lines != (expected or [""]):
                failed += 1
                print(
                    f"{page}, line {piece.line}: $ {command}\n    (- expected, + got)"
                )
                for line in difflib.ndiff(expected, output.splitlines()):
                    print(f"    {line}")
    except Failed as error:
        print(f"{page}: {error}")
        failed += 1
    finally:
        try:
            session.close()
        except Failed as error:
            print(f"{page}: {error}")
            failed += 1
    return failed


def main() -> int:
    """Runs the commands of all pages, or of those that are named."""
    if len(sys.argv) < 2:
        print("Usage: docs/tools/shown_commands.py BUILD [PAGE...]", file=sys.stderr)
        return 2
    pages = [
        str(page)
        for folder in ("docs", "docs/slides")
        for page in sorted(Path(folder).glob("*.md"))
    ]
    total = failed = 0
    for page in sys.argv[2:] or ["README.md", *pages]:
        found = pieces(Path(page).read_text(encoding="utf-8"))
        commands = [piece for piece in found if piece.kind == "command"]
        total += len(commands)
        if page == "README.md":
            count, wrong = never_run(Path(page).read_text(encoding="utf-8"), commands)
            total += count
            failed += len(wrong)
            for line in wrong:
                print(f"{page}: nothing runs `{line}`")
        with tempfile.TemporaryDirectory() as copy:
            build, place = sys.argv[1], "."
            if page == "docs/contributing.md":
                copy_of_repository(copy)
                build, place = "build", copy
            failed += run_page(page, commands, build, place) if commands else 0
    print(f"{total - failed} passed, {failed} failed")
    return 1 if failed or not total else 0


if __name__ == "__main__":
    sys.exit(main())
