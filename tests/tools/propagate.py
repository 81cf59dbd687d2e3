#!/usr/bin/env python3
"""tests/tools/propagate.py FROM [--since COMMIT] [--markers] - takes a fix to later stages.

What was changed in stages/stageFROM, uncommitted or since a commit, is merged
into each later stage, change by change. In the file of the same name by a
three-way merge (git merge-file; the base is the file before the change). Where
that conflicts, since a later step moved the code to another file, the change is
made where its surroundings are found, whatever their indentation and wherever
their lines break; they must be found once, in one file of the stage.

Prints a line for each change and stage. What cannot be merged is left as it is,
and a sentence says which file needs a hand; with --markers the conflict is
written into that file. Ends with 1 if something needs a hand.
"""

import argparse
import difflib
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
CONTEXT = 3  # at most so many lines around a change


@dataclass
class Change:
    """One change: a file before it and after it, in the last stage that has it."""

    stage: int
    name: str
    before: str
    after: str
    place: str  # the first line that it changes, to call it by

    def path(self) -> str:
        return f"stage{self.stage}/{self.name}"


def main() -> int:
    options = parse()
    changes = changes_of(options.stage, options.since)
    if not changes:
        print(f"Nothing in stages/stage{options.stage} differs from {options.since}.")
        return 0
    stages = sorted(int(p.name[5:]) for p in (TOP / "stages").glob("stage*"))
    undone = 0
    for stage in stages:
        if stage > options.stage:
            touched: set[Path] = set()
            for change in changes:
                undone += not take(change, stage, options.markers, touched)
            tidy(touched)
    return 1 if undone else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/tools/propagate.py")
    parser.add_argument("stage", type=int)
    parser.add_argument("--since", default="HEAD", help="a commit before the fix")
    parser.add_argument("--markers", action="store_true", help="leave conflicts")
    options = parser.parse_args()
    if not (TOP / f"stages/stage{options.stage}").is_dir():
        parser.error(f"there is no stage {options.stage}")
    return options


# ---- What was changed


def changes_of(stage: int, since: str) -> list[Change]:
    """Returns the changes of a stage's files, one by one, in their order."""
    found = []
    for path in sorted((TOP / f"stages/stage{stage}").glob("*.[ch]")):
        old = subprocess.run(
            ["git", "show", f"{since}:{path.relative_to(TOP)}"],
            cwd=TOP,
            capture_output=True,
            text=True,
            check=False,
        )
        if old.returncode != 0:
            if git_knows(since):
                print(f"stage{stage}/{path.name} is new: copy it where it belongs.")
                continue
            sys.exit(f"tests/tools/propagate.py: git knows no commit {since}")
        found += split(stage, path.name, old.stdout, path.read_text())
    return found


def git_knows(commit: str) -> bool:
    return not subprocess.run(
        ["git", "rev-parse", "-q", "--verify", f"{commit}^{{commit}}"],
        cwd=TOP,
        capture_output=True,
        check=False,
    ).returncode


def split(stage: int, name: str, old: str, new: str) -> list[Change]:
    """Cuts a file's difference into changes, each on top of those before it."""
    before, after = old.splitlines(True), new.splitlines(True)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    changes = []
    now, offset = list(before), 0
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            continue
        then = list(now)
        now[a + offset : b + offset] = after[c:d]
        offset += (d - c) - (b - a)
        place = "".join(after[c:d] or before[a:b]).strip().split("\n")[0]
        changes.append(Change(stage, name, "".join(then), "".join(now), place))
    return changes


# ---- Merging


def take(change: Change, stage: int, markers: bool, touched: set[Path]) -> bool:
    """Merges a change into a stage, and has it go on from there."""
    folder = TOP / f"stages/stage{stage}"
    path = folder / change.name
    text = path.read_text() if path.exists() else ""
    what = f"  stage {stage}: `{change.place}`"
    merged = None
    if text == change.before:
        merged, how = change.after, "copied"
    elif path.exists():
        merged, how = merge(text, change), "merged"
        if merged == text:
            how = "was there already"
    if merged is None:
        found = relocate(change, folder)
        if found is None:
            holder = likely_holder(change, folder)
            print(
                f"{what} needs a hand in stage{stage}/{holder.name}: the lines "
                f"around it in {change.path()} are not there exactly once."
            )
            if markers:
                holder.write_text(conflict(holder.read_text(), change))
            return False
        path, merged = found
        text, how = path.read_text(), "merged, where the code is now,"
    print(f"{what} {how} in {path.name}")
    if merged != text:
        path.write_text(merged)
        touched.add(path)
        change.stage, change.name = stage, path.name
        change.before, change.after = text, merged
    return True


def merge_file(text: str, change: Change) -> tuple[int, str]:
    """git merge-file; the number of conflicts, and the text with markers."""
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for name, content in zip("123", (text, change.before, change.after)):
            (Path(folder) / name).write_text(content)
            names.append(str(Path(folder) / name))
        labels = ["-L", "this stage", "-L", "before the fix", "-L", "the fix"]
        done = subprocess.run(
            ["git", "merge-file", "-p", *labels, *names],
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout


def merge(text: str, change: Change) -> str | None:
    """Returns the text with the change in it, or None if that conflicts."""
    conflicts, merged = merge_file(text, change)
    return merged if conflicts == 0 else None


def conflict(text: str, change: Change) -> str:
    """Returns the text with git's markers in it."""
    return merge_file(text, change)[1]


def regions(change: Change, context: int) -> tuple[str, str]:
    """Returns the changed lines with so many lines around them, before and after."""
    before, after = change.before.splitlines(True), change.after.splitlines(True)
    first = 0
    while before[first : first + 1] == after[first : first + 1] and first < len(before):
        first += 1
    last = 0
    most = min(len(before), len(after)) - first
    while last < most and before[-1 - last] == after[-1 - last]:
        last += 1
    start = max(0, first - context)
    rest = max(0, last - context)
    return (
        "".join(before[start : len(before) - rest]),
        "".join(after[start : len(after) - rest]),
    )


def relocate(change: Change, folder: Path) -> tuple[Path, str] | None:
    """Returns the file of a folder that holds the surroundings, with the change
    made."""
    for context in range(CONTEXT, -1, -1):
        old, new = regions(change, context)
        if len(squeeze(old)[0]) < 12:
            break  # too little to know it by
        places = [
            (path, span)
            for path in sorted(folder.glob("*.[ch]"))
            for span in find(path.read_text(), old)
        ]
        if len(places) == 1:
            path, (start, end) = places[0]
            text = path.read_text()
            indent = len(text[:start]) - (text.rfind("\n", 0, start) + 1)
            put = shift(new, indent - leading(old)).strip()
            return path, text[:start] + put + text[end:]
    return None


def squeeze(text: str) -> tuple[str, list[int]]:
    """Returns the text without white space, and where each character was."""
    at = [i for i, character in enumerate(text) if not character.isspace()]
    return "".join(text[i] for i in at), at


def find(text: str, part: str) -> list[tuple[int, int]]:
    """Returns where the part is in the text, except for white space."""
    squeezed, at = squeeze(text)
    wanted, _ = squeeze(part)
    return [
        (at[match.start()], at[match.start() + len(wanted) - 1] + 1)
        for match in re.finditer(f"(?={re.escape(wanted)})", squeezed)
    ]


def leading(text: str) -> int:
    """Returns the indentation of the first line that has something on it."""
    for line in text.splitlines():
        if line.strip():
            return len(line) - len(line.lstrip())
    return 0


def shift(text: str, columns: int) -> str:
    """Returns the text with each line's indentation changed."""
    lines = []
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip())
        lines.append(" " * max(0, indent + columns) + line.lstrip())
    return "\n".join(lines)


def likely_holder(change: Change, folder: Path) -> Path:
    """Returns the file that has most of the names around the change."""
    names = set(re.findall(r"[a-z_]{4,}", regions(change, 2)[0]))

    def shared(path: Path) -> tuple[int, bool]:
        own = set(re.findall(r"[a-z_]{4,}", path.read_text()))
        return len(names & own), path.name == change.name

    return max(sorted(folder.glob("*.[ch]")), key=shared)


def tidy(touched: set[Path]) -> None:
    """Has moved code broken into lines as the project does."""
    if touched and shutil.which("clang-format"):
        subprocess.run(["clang-format", "-i", *map(str, touched)], check=True)


if __name__ == "__main__":
    sys.exit(main())
