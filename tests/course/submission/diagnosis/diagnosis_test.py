#!/usr/bin/env python3
"""diagnosis_test.py BUILD [NAME...] - tests the diagnosis by asking.

Servers with a mistake of tests/mistakes, and of the table here, must get the key that
the table says; those without one must be found fault with by no probe at all.
`make grade-tests` runs it.
"""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from submission import TOP
from submission.diagnosis import Diagnosis, diagnose, probes_of
from submission.diagnosis.case import Case
from suite.mistake_file import Sources, read

RIGHT = ("1", "2", "3", "4", "5", "6", "6:blocking", "6:nonblocking", "6:selecting")
RIGHT += ("4:stdio", "5:blocking")
# STAGE:MISTAKE, and the key of the diagnosis, or an empty one if none can be made.
MISTAKES = {
    "5:ok-before-the-request": "answers-before-reading",
    "3:one-recv-too-many": "one-recv-too-many",
    "1:read-until-the-client-ends": "waits-for-end-of-stream",
    "1:one-recv": "one-recv-for-the-head",
    "6:silence-ends-the-request": "silence-ends-the-request",
    "4:line-ends-counted-anywhere": "two-line-ends-anywhere",
    "3:end-searched-in-each-piece": "end-searched-in-each-piece",
    "6:fencepost": "one-recv-too-many-for-the-content",
    "6:content-until-the-client-ends": "content-until-the-client-ends",
    "6:what-came-with-the-head-awaited": "content-with-the-head-awaited",
    "6:what-came-with-the-head-lost": "content-with-the-head-lost",
    "6:what-came-with-the-head-twice": "content-pieces-not-joined",
    "6:single-receive": "one-recv-for-the-content",
    "6:sum-subtracted-each-time": "content-cut-short",
    "6:piece-not-emptied": "content-pieces-not-joined",
    "6:more-than-the-content-taken": "more-than-the-content-taken",
    "6:content-length-with-its-case": "content-length-in-one-spelling",
    "6:content-of-a-fixed-size": "limit-of-content",
    "5:head-of-a-fixed-size": "limit-of-head",
    "3:end-of-stream-is-nothing-yet": "spins-when-a-client-left",
    "1:end-of-stream-not-checked": "spins-when-a-client-left",
    "6:error-of-recv-swallowed": "spins-when-a-client-left",
    "3:error-added-to-the-length": "",
    "1:tries-again-at-once": "spins-for-an-idle-client",
    "3:lines-end-in-lf": "lines-end-in-lf",
    "4:http-1-o": "status-line",
    "5:status-line-without-the-slash": "status-line",
    "3:whole-array-sent": "nul-in-the-answer",
    "5:content-length-of-the-old-page": "content-length-too-small",
    "3:never-closed": "sockets-left-open",
    "5:short-send": "send-not-repeated",
    "3:closed-before-all-was-read": "closed-with-bytes-unread",
    "1:sigpipe-not-ignored": "sigpipe",
    "4:lost-client-ends-the-program": "lost-client-ends-the-server",
    "4:no-thread-at-all": "no-thread",
    "4:joined-at-once": "thread-joined-at-once",
    "4:lock-around-the-exchange": "lock-around-the-exchange",
    "4:address-of-the-loop-variable": "argument-of-the-thread-shared",
    "4:socket-in-a-local-variable": "argument-of-the-thread-shared",
    "4:socket-closed-by-the-loop": "closed-without-an-answer",
    "4:never-detached": "thread-never-detached",
    "6:form-of-the-last-client": "shared-between-clients",
    "6:page-in-a-shared-buffer": "limit-of-target",
    "3:fault-returns-without-closing": "sockets-left-open",
    "5:null-query-not-checked": "crash-get",
    "4:closed-by-the-caller-too": "",
    "4:closed-twice": "",
    "6:query-of-a-post-lost": "",
    "6:plus-stays-plus": "",
}
FLAGS = "-std=c17 -O1 -D_GNU_SOURCE -pthread".split()
FLAGS += [f"-iquote{folder}" for folder in ("common", "common/net", "common/http")]


@dataclass
class Maker:
    """Makes servers below a folder."""

    build: Path
    sources: Sources

    def make(self, name: str) -> Path:
        """The server of a row; returns the program."""
        stage, _, what = name.partition(":")
        folder = self.build / "diagnosis" / name.replace(":", "-")
        texts = {
            f"stages/stage{stage}/{path.name}": path.read_text("utf-8")
            for path in (TOP / f"stages/stage{stage}").glob("*.[ch]")
        }
        if (TOP / f"tests/course/right_servers/{what}.c").exists():
            texts |= right_server(int(stage), what)
        elif what:
            mistake = read(TOP / f"tests/mistakes/{what}.md")
            texts |= mistake.planted(self.sources, mistake.folder(int(stage)))
        return self.compile(folder, texts)

    def compile(self, folder: Path, texts: dict[str, str]) -> Path:
        """Compiles these files, and links them with common/."""
        objects = []
        for file, text in texts.items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            if file.endswith(".c"):
                objects.append(path)
        program = folder / "webserve"
        common = ["-iquote", str(folder / "common")]
        subprocess.run(
            ["gcc", *common, *FLAGS, *map(str, objects), str(self.build / "common.a")]
            + ["-o", str(program)],
            cwd=TOP,
            check=True,
        )
        return program


def right_server(stage: int, name: str) -> dict[str, str]:
    """The files of a right server that is made in another way."""
    folder = TOP / "tests/course/right_servers"
    files = ["handle_connection.c", "sockets.h", f"{name}.c"]
    files += ["serve.c"] if name in ("blocking", "selecting") else []
    texts = {
        f"stages/stage{stage}/{file}": (folder / file).read_text("utf-8")
        for file in files
    }
    if stage < 6:
        key = f"stages/stage{stage}/handle_connection.c"
        texts[key] = f"#define POST_REFUSED\n{texts[key]}"
    return texts


def report(name: str, expected: str, found: Diagnosis | None, took: float) -> bool:
    """Prints a line; whether it is as expected."""
    key = found.key if found else ""
    is_right = key == expected
    print(
        f"{'ok ' if is_right else 'NOT'} {name:40} {key or '-':36} {took:4.1f} s",
        flush=True,
    )
    if not is_right:
        print(f"    expected: {expected or '-'}")
        if found:
            print(f"    {found.sentence}\n    " + found.seen.replace("\n", "\n    "))
    return is_right


def main() -> int:
    """Tries each; gives the status to exit with."""
    build, wanted = TOP / sys.argv[1], sys.argv[2:]
    maker = Maker(build, Sources(TOP))
    names = [n for n in (*RIGHT, *MISTAKES) if not wanted or n in wanted]
    with ThreadPoolExecutor(2) as pool:
        programs = dict(zip(names, pool.map(maker.make, names)))
    is_fine = True
    for name, program in programs.items():
        began = time.monotonic()
        stage = int(name[0])
        if name in MISTAKES:
            found = diagnose(program, stage)
            took = time.monotonic() - began
            is_fine &= report(name, MISTAKES[name], found, took)
            continue
        case = Case(program, stage)
        with ThreadPoolExecutor(16) as pool:
            all_found = list(pool.map(lambda probe: probe(case), probes_of(stage)))
        took = time.monotonic() - began
        for found in [found for found in all_found if found] or [None]:
            is_fine &= report(name, "", found, took)
    return 0 if is_fine else 1


if __name__ == "__main__":
    sys.exit(main())
