"""tree.py - a copy of the project, for planting bugs in it.

A copy keeps what it has built. A file that is changed gets a new time, and so
does one that is changed back: make then builds anew what depends on it, and
nothing else. A copy of the second base has tests/bugs/base in place of the
last stage's folder.
"""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

from planted import Bug

last_stage = 6
left_out = {".git", "build", "node_modules", "__pycache__"}
threads_base = Path("tests/bugs/base")


class NotApplied(Exception):
    """A diff that does not fit; says which part."""


class NotBuilt(Exception):
    """What the compiler said, be it an error or a warning."""


def sources(root: Path) -> set[Path]:
    """All files that are not built, by their paths below root."""
    found = set()
    for folder, folders, files in os.walk(root):
        below = Path(folder).relative_to(root)
        folders[:] = [
            name
            for name in folders
            if name not in left_out and not (Path(folder) / name).is_symlink()
        ]
        found.update(below / name for name in files)
    return found


def refresh(source: Path, copy: Path) -> None:
    """Makes a file what it is in the project; if it is that, leaves it."""
    if copy.exists() and copy.read_bytes() == source.read_bytes():
        return
    is_new = not copy.exists()
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, copy)
    if not is_new:
        os.utime(copy)


class Tree:
    """A copy of `project` at `root`; one worker's own."""

    def __init__(self, project: Path, root: Path, threads: bool) -> None:
        self.root = root
        self.root.parent.mkdir(parents=True, exist_ok=True)
        self.lock = root.with_name(root.name + ".lock").open("w")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RuntimeError(f"{root} is in use by another run") from None
        self.threads = threads
        self.saved: dict[Path, bytes | None] = {}
        self._copy(project)

    def _copy(self, project: Path) -> None:
        """Brings the sources up to date; takes what is built on first use."""
        wanted = sources(project)
        is_new = not self.root.exists()
        stage = Path(f"stages/stage{last_stage}")
        if self.threads:
            wanted = {path for path in wanted if path.parent != stage}
        for path in sources(self.root) - wanted if not is_new else ():
            (self.root / path).unlink()
        for path in wanted:
            refresh(project / path, self.root / path)
        if self.threads and not (self.root / stage).exists():
            (self.root / stage).symlink_to(Path("..") / threads_base)
        for built in sorted((project / "build").glob("*")) if is_new else ():
            self._take_built(built)
        if self.threads and is_new:  # what was built of the stage is not its
            for folder in (self.root / "build").rglob(stage.name):
                shutil.rmtree(folder)

    def _take_built(self, built: Path) -> None:
        """Copies a part of build/; not that of another purpose."""
        if built.name in ("common", "small", "tools", "unit", "thread") or (
            built.name.startswith("stage")
        ):
            shutil.copytree(built, self.root / "build" / built.name)
        elif built.suffix == ".a" or built.name.startswith(("flags", "harden")):
            shutil.copy2(built, self.root / "build" / built.name)

    def plant(self, bug: Bug) -> None:
        """Applies the bug's diff; raises NotApplied."""
        for file in bug.files:
            path = self.root / file
            self.saved[path] = path.read_bytes() if path.exists() else None
        # Without a repository around it, git takes paths as they are.
        done = subprocess.run(
            ["git", "apply", "--whitespace=nowarn", str(bug.path.resolve())],
            cwd=self.root,
            env=os.environ | {"GIT_CEILING_DIRECTORIES": str(self.root.parent)},
            text=True,
            capture_output=True,
            check=False,
        )
        if done.returncode != 0:
            raise NotApplied(done.stderr.strip())

    def restore(self) -> None:
        """Takes the bug out again."""
        for path, octets in self.saved.items():
            if octets is None:
                path.unlink(missing_ok=True)
            elif path.read_bytes() != octets:
                path.write_bytes(octets)
        self.saved = {}

    def build(self, stage: int, sanitize: str, goals: list[str]) -> None:
        """Builds; raises NotBuilt, after a warning as well."""
        done = subprocess.run(
            ["make", "--no-print-directory", f"STAGE={stage}",
             f"SANITIZE={sanitize}", *goals],
            cwd=self.root,
            env={k: v for k, v in os.environ.items() if k != "MAKEFLAGS"},
            text=True,
            errors="replace",
            capture_output=True,
            check=False,
        )  # fmt: skip
        if done.returncode != 0 or "warning:" in done.stderr:
            raise NotBuilt((done.stderr or done.stdout).strip())
