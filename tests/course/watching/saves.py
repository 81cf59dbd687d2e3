"""Notices that a C file of a folder was saved, whichever way an editor does that: in
place, or by a new file that gets the old one's name."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import time
from pathlib import Path

from submission.names import is_header, is_source
from submission.sources import list_files

POLL_SECONDS = 0.3
# Some file systems report nothing, for example those of another machine.
POLL_ALL_THE_SAME_SECONDS = 2.0
QUIET_SECONDS = 0.05  # several files that are saved at once lead to one run
EVENTS = "close_write,moved_to,delete"


class Saves:
    """The saves in a folder, from the inotifywait of inotify-tools; where that is not
    installed, the folder is looked at again and again. In a `with`, it runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = self.look()
        self.process: subprocess.Popen[bytes] | None = None
        self.pipes: list[int] = []  # can be read when something happened

    def __enter__(self) -> Saves:
        folders = {str(path.parent) for path in self.files} | {str(self.folder)}
        command = ["inotifywait", "--monitor", "--quiet", "--event", EVENTS]
        with contextlib.suppress(FileNotFoundError):
            self.process = subprocess.Popen(
                [*command, "--", *sorted(folders)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            assert self.process.stdout is not None
            self.pipes = [self.process.stdout.fileno()]
        return self

    def __exit__(self, *_: object) -> None:
        if self.process:
            self.process.kill()
            self.process.communicate()

    @property
    def seconds(self) -> float:
        """After how long to ask `changed`, even if nothing can be read."""
        return POLL_ALL_THE_SAME_SECONDS if self.pipes else POLL_SECONDS

    def look(self) -> dict[Path, tuple[int, int, int]]:
        """The C files, and what changes when one is saved."""
        found = {}
        for file in list_files(self.folder, []):
            if is_source(file.name) or is_header(file.name):
                with contextlib.suppress(OSError):
                    seen = file.path.stat()
                    found[file.path] = (seen.st_mtime_ns, seen.st_size, seen.st_ino)
        return found

    def changed(self) -> list[str]:
        """The names of the files that were saved, removed, or added since the last
        time, after a moment in which nothing more happens."""
        while self.pipes and select.select(self.pipes, [], [], QUIET_SECONDS)[0]:
            if not os.read(self.pipes[0], 65536):
                self.pipes = []  # it has ended
        before, self.files = self.files, self.look()
        changed = before.items() ^ self.files.items()
        if changed and not self.pipes:
            time.sleep(QUIET_SECONDS)
            self.files = self.look()
        return sorted({path.name for path, _ in changed})
