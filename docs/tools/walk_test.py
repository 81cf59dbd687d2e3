#!/usr/bin/env python3
"""docs/tools/walk_test.py - tests of make walk and make diff, on terminals of two
sizes. However a walk ends, what it started and what it wrote to TMPDIR must be gone."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
from differences import LEGEND
from markdown import pieces
from walk import FRAME_LINES, screens_of
from walk_terminal import plain
from suite.at_terminal import PATIENCE, AtTerminal

SIZES = ((80, 24), (120, 40))
PAGES = sorted(Path("docs").glob("stage*.md"))
NOT_SHOWN = re.compile(
    r"<!--|-->|</?(details|summary|p|code|b|br)\b|```|^flowchart|sequenceDiagram"
)
FOOT = "q: quit"
FIRST_SECONDS = 5.0  # the first screen takes less than one on an idle machine
PAGE = """# Stage 2: a page

<!-- begin: part 2 a.c -->
An *idea* with `*code*`, <b>bold</b>, [a `link`](x.md).
<!-- end -->

```mermaid
flowchart TD
    subgraph one
        a([box a]) -->|x| b[box b] --> c
    end
    c{"box c?"} <--> b
```

<details>
<summary>Why <code>a &lt; b</code>?</summary>

The answer.

<details>
<summary>And why not?</summary>

The other answer.

</details>
</details>

After it.
"""


def shown(page: str, opened: set[int], size: tuple[int, int] = (80, 24)) -> str:
    """All screens of a page."""
    screens = screens_of(pieces(page), *size, opened)
    return "\n".join(line for screen in screens for _, line in screen.lines)


class Layout(unittest.TestCase):
    def test_marks_are_not_shown_and_code_is_as_it_is(self):
        text = shown(PAGE, set())
        self.assertIn("An idea with `*code*`, bold, a `link`.\n", text)
        self.assertIn("box a ─x→ box b → box c?\nbox c? ↔ box b\n", text)
        self.assertFalse(NOT_SHOWN.search(text), text)

    def test_what_is_folded_is_shown_when_it_is_opened(self):
        outer, inner = (p.line for p in pieces(PAGE) if p.kind == "fold")
        text = shown(PAGE, set())
        self.assertIn("▸ Why `a < b`?\n\nAfter it.", text)
        text = shown(PAGE, {outer})
        self.assertIn(
            "▾ Why `a < b`?\n\nThe answer.\n\n▸ And why not?\n\nAfter it.", text
        )
        self.assertIn("The other answer.", shown(PAGE, {outer, inner}))
        self.assertNotIn("answer", shown(PAGE, {inner}))

    def test_the_screens_of_all_pages_have_the_terminals_size(self):
        self.assertEqual(len(PAGES), 6)
        for page in PAGES:
            found = pieces(page.read_text("utf-8"))
            folds = {piece.line for piece in found if piece.kind == "fold"}
            for width, height in SIZES:
                for opened in (set(), folds):
                    screens = screens_of(found, width, height, opened)
                    lines = [line for screen in screens for _, line in screen.lines]
                    longest = max(map(len, lines))
                    self.assertLessEqual(longest, width)
                    self.assertGreater(longest, width - 5)
                    tallest = max(len(screen.lines) for screen in screens)
                    self.assertLessEqual(tallest, height - FRAME_LINES)

    def test_no_page_shows_its_marks(self):
        for page in PAGES:
            for piece in pieces(page.read_text("utf-8")):
                if piece.kind in ("text", "fold", "table"):
                    text = plain("\n".join(piece.body))
                    prose = re.sub(r"`[^`]*`", "", text)
                    self.assertFalse(NOT_SHOWN.search(prose), f"{page}: {text}")


class Walk(AtTerminal):
    def start(self, *more: str, size: tuple[int, int] = SIZES[0]) -> None:
        """Starts make walk on a new terminal."""
        self.open(["make", "walk", "STAGE=2", *more], size)

    def test_the_first_screen_does_not_wait_for_the_build(self):
        with tempfile.TemporaryDirectory() as build:
            self.start(f"BUILD={build}/new")
            text = self.wait_for(FOOT, FIRST_SECONDS)
            first = text.replace("\r", "").split("\n")
            self.assertIn("Stage 2: call `delegate`", first[0])  # and nothing of make's
            self.press("q")
            self.assertEqual(self.status(), 0)
            self.assert_nothing_left()

    def test_commands_run_and_ctrl_c_ends_everything(self):
        self.start()
        self.wait_for(FOOT)
        for _ in range(40):
            self.press("\r")
            if "It runs: http" in self.wait_for(FOOT):
                break
        self.assertIn("It runs: http", self.text)
        self.assertTrue(any("webserve" in name for name in self.left_over()))
        self.press("\x03")
        self.assertEqual(self.status(), 0)
        rest = os.read(self.terminal, 65536).decode()
        self.assertNotIn("***", rest)
        self.assert_nothing_left()

    def test_a_terminal_that_is_closed_ends_everything(self):
        for _ in range(5):
            self.start()
            self.wait_for(FOOT)
            (walk,) = (n for n, name in self.processes().items() if "walk.py" in name)
            with contextlib.suppress(ProcessLookupError):
                for _ in range(20):  # a shell and the kernel both send it
                    os.kill(walk, signal.SIGHUP)
            self.end()
            self.assert_nothing_left()

    def test_another_size_is_seen_at_once(self):
        self.start()
        self.wait_for(FOOT)
        self.press("\r")
        self.wait_for(FOOT)
        self.text = ""
        self.resize(SIZES[1])
        text = self.wait_for(FOOT)
        longest = max(map(len, re.sub("\x1b\\[[0-9;]*[A-Za-z]", "", text).splitlines()))
        self.assertGreater(longest, SIZES[0][0])

    def test_o_opens_what_is_folded(self):
        self.start()
        self.wait_for(FOOT)
        for _ in range(60):
            if "o: open" in self.text:
                break
            self.press("n" if "o: open" not in self.text else "")
            self.wait_for(FOOT)
        self.assertIn("▸ ", self.text)
        self.press("o")
        self.assertIn("▾ ", self.wait_for(FOOT))

    def test_a_broken_pipe_says_nothing_and_leaves_nothing(self):
        ran = subprocess.run(
            ["bash", "-c", "make walk STAGE=2 | head -n 1"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        self.assertEqual((ran.stdout, ran.stderr), ("Stage 2: call `delegate`\n", ""))
        self.assert_nothing_left()


class Diff(unittest.TestCase):
    def diff(self, on_terminal: bool, **environment: str) -> str:
        """What make diff prints of step 3."""
        outside = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
        command = ["docs/tools/step_diff.py", "3"]
        if on_terminal:
            command = ["script", "-qec", "docs/tools/step_diff.py 3", "/dev/null"]
        ran = subprocess.run(
            command,
            env=outside | {"TERM": "xterm", "GIT_PAGER": "cat"} | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )
        return ran.stdout.replace("\r", "")

    def test_without_color_marks_say_what_moved(self):
        for text in (self.diff(False), self.diff(True, NO_COLOR="1")):
            self.assertNotIn("\x1b", text)
            self.assertIn(LEGEND, text)
            self.assertRegex(text, r"(?m)^<.*exchange_log\(&exchange\)")
            self.assertRegex(text, r"(?m)^>.*exchange_log\(&exchange\)")

    def test_on_a_terminal_there_are_colors_as_well(self):
        self.assertIn("\x1b[36m>", self.diff(True))


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.chdir(Path(__file__).resolve().parents[2])
    unittest.main()
