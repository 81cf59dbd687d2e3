"""red.py - what a red test says of a planted mistake, left for the site's pages.

`leave` writes the first red test's text to build/red/NAME.txt, for the site and for
docs/testing.md (tests/tools/mistakes/examples.sh): what differs from run to run, the
time and the port, is put into a form of its own.
"""

import re
import subprocess
from pathlib import Path


def first_red(said: str) -> str:
    """The first red test in what the tests have printed, and what it says."""
    text = ""
    for line in said.splitlines():
        if not text:
            if line.startswith("not ok "):
                text = re.sub(r"^not ok \d+ (- )?", "not ok: ", line) + "\n"
        elif line == "# not ok - tests":
            continue  # cmocka's own sum
        elif line.startswith("#"):
            text += re.sub(r"^# ?", "", line).rstrip() + "\n"
        else:
            break
    text = re.sub(r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT",
                  "Sun, 06 Nov 1994 08:49:37 GMT", text)  # fmt: skip
    return re.sub(r"127\.0\.0\.1:\d{5}", "127.0.0.1:8080", text)


def leave(project: Path, mistake: str, said: str) -> None:
    """Writes it, if there is any, without what is about the suite alone."""
    plain = subprocess.run([project / "tests/http/plain.sh"], input=said, text=True,
                           stdout=subprocess.PIPE, check=True).stdout  # fmt: skip
    text = first_red(plain)
    if text:
        folder = project / "build/red"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{mistake}.txt").write_text(text, "utf-8")
