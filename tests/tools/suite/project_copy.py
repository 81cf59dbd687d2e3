"""A copy of the project, in which sources are changed and built.

A copy keeps what it has built. A file that is changed gets a new time, and so
does one that is changed back: make then builds what depends on it again, and
nothing else.
"""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

left_out = {".git", "build", "node_modules", "__pycache__"}
OUTSIDE = {"MAKEFLAGS", "BUILD"}  # what is for the make outside


class NotBuilt(Exception):
    """What the compiler said: an error, or a warning."""


def sources(root: Path, copy: Path) -> set[Path]:
    """Returns all files that are not built, by their paths below root. Leaves out the
    folder that contains the copy, whatever BUILD calls it."""
    found = set()
    for folder, folders, files in os.walk(root):
        below = Path(folder).relative_to(root)
        folders[:] = [
            name
            for name in folders
            if name not in left_out
            and not (Path(folder) / name).is_symlink()
            and (Path(folder) / name) not in copy.parents
        ]
        found.update(below / name for name in files)
    return found


def refresh(source: Path, copy: Path) -> None:
    """Makes a file what it is in the project; leaves it alone if it is."""
    if copy.exists() and copy.read_bytes() == source.read_bytes():
        return
    is_new = not copy.exists()
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, copy)
    if not is_new:
        os.utime(copy)


class ProjectCopy:
    """A copy of `project` at `root`, which one worker has for itself."""

    def __init__(self, project: Path, root: Path) -> None:
        self.root = root.resolve()
        self.root.parent.mkdir(parents=True, exist_ok=True)
        self.lock = root.with_name(root.name + ".lock").open("w")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RuntimeError(f"{root} is in use by another run") from None
        self.saved: dict[Path, bytes] = {}
        self._copy(project)

    def _copy(self, project: Path) -> None:
        """Brings the sources up to date; takes what is built on first use."""
        wanted = sources(project, self.root)
        is_new = not self.root.exists()
        for path in sources(self.root, self.root) - wanted if not is_new else ():
            (self.root / path).unlink()
        for path in wanted:
            refresh(project / path, self.root / path)
        for built in sorted((project / "build").glob("*")) if is_new else ():
            self._take_built(built)

    def _take_built(self, built: Path) -> None:
        """Copies a part of build/, unless it has another purpose."""
        if built.name in ("common", "small", "tools", "unit", "thread") or (
            built.name.startswith("stage")
        ):
            shutil.copytree(built, self.root / "build" / built.name)
        elif built.suffix == ".a" or built.name.startswith(("flags", "harden")):
            shutil.copy2(built, self.root / "build" / built.name)

    def change(self, texts: dict[str, str]) -> None:
        """Puts these texts in place of files, until `restore`."""
        for file, text in texts.items():
            path = self.root / file
            self.saved.setdefault(path, path.read_bytes())
            path.write_text(text, "utf-8")

    def restore(self) -> None:
        """Makes the changed files what they were."""
        for path, content in self.saved.items():
            path.write_bytes(content)
        self.saved = {}

    def build(self, stage: int, sanitize: str, goals: list[str]) -> None:
        """Builds; raises NotBuilt, after a warning as well."""
        done = subprocess.run(
            ["make", "--no-print-directory", f"STAGE={stage}",
             f"SANITIZE={sanitize}", *goals],
            cwd=self.root,
            env={k: v for k, v in os.environ.items() if k not in OUTSIDE},
            text=True,
            errors="replace",
            capture_output=True,
            check=False,
        )  # fmt: skip
        if done.returncode != 0 or "warning:" in done.stderr:
            raise NotBuilt((done.stderr or done.stdout).strip())
