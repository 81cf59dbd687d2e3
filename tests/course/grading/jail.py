"""A workshop whose programs are not trusted: grading/confine.c confines them."""

import os
import shlex
import tempfile
from pathlib import Path

from submission.workshop import Workshop, beginning, wait

ENOUGH_MIB = 4096  # of address space, for a compiler or a server
ENDER = 300  # above a user is one that has no programs

# In the jail: runs a command that writes the file {}, and gives the file on
# standard output. Nothing stays in the jail, and nothing is handed over by name.
HAND_OVER = """
made=$(mktemp -d) && "${@/\\{\\}/$made/it}" >&2 && cat "$made/it"
status=$?
rm -rf "$made"
exit $status
"""


class Jail(Workshop):
    """Where, as which user, and how well confined."""

    def __init__(self, place: Path, confine: Path, uid: int, level: str):
        super().__init__(place)
        self.confine = confine  # the program
        self.uid = uid
        self.level = level

    def command(self, program: list[str], bounded: bool = True) -> list[str]:
        """Returns the command that runs a program. AddressSanitizer takes terabytes of
        address space, so what is built with it is not `bounded`."""
        return [*self.confined(program[0], bounded), *program]

    def confined(self, program: str, bounded: bool) -> list[str]:
        """Returns the beginning of that command; the program's name and arguments
        follow."""
        memory = ENOUGH_MIB if bounded else 0
        words = [self.confine, self.place, self.uid, self.level, memory, program]
        return [str(word) for word in words]

    def make(self, program: list[str], target: Path, seconds: float) -> tuple[int, str]:
        """Has a program write the file {}, and puts that at the target, which is
        inside the view; returns the exit status and what was said."""
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)  # a program that still runs cannot be written to
        with open(target, "wb") as made, tempfile.TemporaryFile() as said:
            command = self.command(["bash", "-c", HAND_OVER, "jail", *program])
            status = wait(command, made, said, seconds)
            text = beginning(said)
        if status != 0:
            target.unlink()
        else:
            target.chmod(0o755)
        return status, text

    def hand_out(self, path: Path, program: str, bounded: bool = True) -> None:
        """Writes a program that runs another one, with its arguments, jailed. In
        its own messages that one has the name of this one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        command = shlex.join(self.confined(f"./{program}", bounded))
        text = f'#!/bin/sh\nexec {command} "$0" "$@"\n'
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    def clear(self) -> None:
        """Ends all that the user runs, at once: nothing can fork meanwhile. What does
        it has the user's right to send signals; the user has none over it."""
        if self.level == "none":
            return
        child = os.fork()
        if child == 0:
            try:
                ender = self.uid + ENDER
                os.setresuid(ender, self.uid, ender)
                os.kill(-1, 9)
            finally:
                os._exit(0)
        os.waitpid(child, 0)
