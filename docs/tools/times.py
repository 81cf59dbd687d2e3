#!/usr/bin/env python3
"""docs/tools/times.py FILE | --check - the one table of how long the commands take.

Puts what `.ci/run` left in FILE (build/times.txt), and how long the last full `make
bench` took, between the marks in docs/contributing.md. With --check writes nothing: each
part of .ci/run that is a command of make must have a row, and no other page may say how
long such a command takes. Prints each fault; exits with 1 if there is one.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

PAGE = Path("docs/contributing.md")
BENCH = Path("docs/performance/bench.json")
BLOCK = re.compile(
    r"(<!-- begin: docs/tools/times\.py -->\n).*?(<!-- end -->)", re.DOTALL
)
LAST = re.compile(r"^\d+ parts, \d+ s, (\S+), (\d+) processors$", re.M)
# The changelog says what was true once.
LEFT_OUT = {PAGE.name, "CHANGELOG.md"}


def parts() -> dict[str, str]:
    """The parts of .ci/run that are a command of make."""
    text = Path(".ci/run").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z-]+) +(make .*)$", text, re.M))


def spoken(seconds: int) -> str:
    """A time as people say it."""
    if seconds < 60:
        return f"{max(seconds, 1)} s"
    minutes = round(seconds / 60)
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def table(text: str) -> str:
    """The table, of what .ci/run left."""
    took = dict(re.findall(r"^([a-z-]+) +(\d+) s  ok$", text, re.M))
    last = LAST.search(text)
    if last is None or set(parts()) - set(took):
        sys.exit("This is not what `.ci/run` leaves when all of its parts are well.")
    bench = json.loads(BENCH.read_text(encoding="utf-8"))["took_seconds"]
    rows = [(command, int(took[part])) for part, command in parts().items()]
    rows.append(("make bench", bench))
    lines = [
        f"`.ci/run` on {last[1]}, from a fresh clone, with {last[2]} processors. The"
    ]
    lines += ["first commands also build what the others use.", ""]
    lines += ["| command | time |", "| --- | ---: |"]
    lines += [f"| `{command}` | {spoken(seconds)} |" for command, seconds in rows]
    return "\n".join(lines) + "\n"


def faults() -> list[str]:
    """What is missing in the table, and what pages say of their own."""
    page = PAGE.read_text(encoding="utf-8")
    block = BLOCK.search(page)
    rows = block[0] if block else ""
    found = [
        f"{PAGE}: the table of times has no row for `{command}`"
        for command in parts().values()
        if f"`{command}`" not in rows
    ]
    names = {command.split()[1] for command in parts().values()} | {"bench"}
    time = r"\b\d+ (?:s|seconds|minutes|hours)\b"
    own = re.compile(rf"make (?:{'|'.join(sorted(names))})\b.*{time}")
    for path in [Path("README.md"), *sorted(Path("docs").glob("*.md"))]:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            # The mistakes say how long a server makes one wait.
            if own.search(line) and path.name not in LEFT_OUT and line[:3] != "<p>":
                found.append(f"{path}, line {number}: link to the table of times")
    return found


def main() -> int:
    """Writes the table, or checks."""
    if len(sys.argv) != 2:
        print("Usage: docs/tools/times.py FILE | --check", file=sys.stderr)
        return 2
    if sys.argv[1] == "--check":
        wrong = faults()
        print("".join(f"{fault}\n" for fault in wrong), end="")
        return 1 if wrong else 0
    made = table(Path(sys.argv[1]).read_text(encoding="utf-8"))
    page = PAGE.read_text(encoding="utf-8")
    page = BLOCK.sub(lambda match: match[1] + made + match[2], page)
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
