#!/usr/bin/env python3
"""tests/mistakes/wrong_test.py - `make mistakes` can fail: mistakes for which it must.

Each of tests/mistakes/wrong/*.md is wrong in its own way, which its name says.
Fails if tests/mistakes/run.py lets one of them pass, or does not say why.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

folder = Path(__file__).resolve().parent
reasons = {
    "found-nowhere": "Before is not in stages/stage6",
    "found-twice": "Before is in stages/stage6 more than once: stages/stage6/delegate.c:",
    "does-not-build": "It does not build, or with a warning",
    "warns": "unused variable",
    "survives": "It survives; not red:",
    "survives-its-test": "It survives; not red:",
    "names-no-test": "there is no test delegate_does_what_no_test_says",
    "names-a-test-of-another-stage": "stage 6 has no test delegate_is_constant",
}


def main() -> int:
    """Gives the status to exit with."""
    done = subprocess.run(
        [sys.executable, folder / "run.py"],
        env=os.environ | {"MISTAKES": str(folder / "wrong"), "ONLY": ""},
        text=True,
        stdout=subprocess.PIPE,
        check=False,
    )
    # What is printed of each: its line, and the lines below, indented.
    form = r"^ *\d+/\d+ ([a-z-]+)[^\n]* (FAILED|ok) .*\n((?: {4}.*\n)*)"
    found = {m[1]: m for m in re.finditer(form, done.stdout, re.MULTILINE)}
    status = 0
    for path in sorted((folder / "wrong").glob("*.md")):
        said = found.get(path.stem)
        if not said or said[2] != "FAILED" or reasons[path.stem] not in said[3]:
            print(f"not said of {path.stem}: {reasons[path.stem]}")
            status = 1
    if done.returncode != 1:
        print(f"tests/mistakes/run.py exits with {done.returncode}")
        status = 1
    print(done.stdout if status else f"All {len(reasons)} wrong mistakes were found.")
    return status


if __name__ == "__main__":
    sys.exit(main())
