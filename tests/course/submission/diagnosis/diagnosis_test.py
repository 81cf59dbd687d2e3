#!/usr/bin/env python3
"""diagnosis_test.py BUILD [NAME...] - tests the diagnosis by asking.

A server with a mistake of tests/mistakes must get the key that the table here says,
and the line to type must show it. No probe may find anything in a right server.
`make grade-tests` runs it.
"""

import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from submission import TOP
from submission.diagnosis import Diagnosis, diagnose, probes_of
from submission.diagnosis.asking import Server
from submission.diagnosis.case import Case
from suite.mistake_file import Sources, read

RIGHT = ("1", "2", "3", "4", "5", "6", "6:blocking", "6:nonblocking")
RIGHT += ("4:stdio",)
# STAGE:MISTAKE, and the key of the diagnosis, or keys; none if none can be made.
MISTAKES = {
    "5:ok-before-the-request": "answers-before-reading",
    "3:one-recv-too-many": "one-recv-too-many",
    "1:read-until-the-client-ends": "waits-for-end-of-stream",
    "1:one-recv": "one-recv-for-the-head",
    "6:silence-ends-the-request": "silence-ends-the-request",
    "4:line-ends-counted-anywhere": "two-line-ends-anywhere",
    "3:end-searched-in-each-piece": "end-searched-in-each-piece",
    "6:post-still-refused": "post-refused",
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
    "1:tries-again-at-once": "spins-for-an-idle-client",
    "3:lines-end-in-lf": "lines-end-in-lf",
    "4:http-1-o": "status-line",
    "3:whole-array-sent": "nul-in-the-answer",
    "5:content-length-of-the-old-page": "content-length-too-small",
    "3:never-closed": "sockets-left-open",
    "5:short-send": "send-not-repeated",
    "1:sigpipe-not-ignored": "sigpipe",
    "4:lost-client-ends-the-program": "lost-client-ends-the-server",
    "4:no-thread-at-all": "no-thread",
    "4:joined-at-once": "thread-joined-at-once",
    "4:lock-around-the-exchange": "lock-around-the-exchange",
    "4:address-of-the-loop-variable": "argument-of-the-thread-shared",
    "4:socket-in-a-local-variable": "argument-of-the-thread-shared",
    "4:socket-closed-by-the-loop": "closed-without-an-answer cut-off-in-a-crowd",
    "4:accepted-not-counted": "stops-answering",
    "4:never-detached": "thread-never-detached",
    "6:form-of-the-last-client": "shared-between-clients",
    "3:fault-returns-without-closing": "sockets-left-open",
    "5:null-query-not-checked": "crash-get",
    "4:closed-twice": "",
    "6:plus-stays-plus": "query-not-decoded",
    "5:decoded-before-it-is-split": "query-not-decoded",
    "5:value-not-escaped": "markup-not-escaped",
    "5:result-of-delegate-ignored": "failure-of-delegate-ignored",
    "2:fault-without-an-answer": "fault-unanswered",
    "3:fault-without-an-answer": "fault-unanswered",
    "3:200-whatever-the-code": "code-of-delegate-ignored",
    "4:query-not-given-to-delegate": "query-not-given-to-delegate",
    "6:post-data-in-get-data": "post-data-not-given-to-delegate",
}
# What a line by hand shows of these keys and rows depends on the moment, or on the
# system.
BY_CHANCE = ("argument-of-the-thread-shared", "thread-never-detached", "sigpipe")
BY_CHANCE += ("4:socket-closed-by-the-loop",)
SENDS = ("send", "write", "writev", "sendmsg")
FLAGS = "-std=c17 -O1 -D_GNU_SOURCE -pthread".split()
FLAGS += [f"-iquote{folder}" for folder in ("common", "common/net", "common/http")]


@dataclass
class Maker:
    """Makes servers below a folder."""

    build: Path
    sources: Sources

    def make(self, name: str) -> dict[str, Path]:
        """Returns the programs of a row."""
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
        return self.compile(folder, stage, texts)

    def compile(
        self, folder: Path, stage: str, texts: dict[str, str]
    ) -> dict[str, Path]:
        """Compiles these files, and links them: as they are, with calls of send that
        take only a part, and with the tests' own delegate."""
        paths = [folder / file for file in texts]
        for path, text in zip(paths, texts.values()):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        objects = [
            self.compile_one(folder, path, path.with_suffix(".o"))
            for path in paths
            if path.suffix == ".c"
        ]
        common = [self.build / "common.a"]
        sends = self.compile_one(
            folder, TOP / "tests/http/short_sends.c", folder / "sends.o"
        )
        wrapped = [f"-Wl,--wrap={name}" for name in SENDS]
        made = {
            "server": self.link(folder / "webserve", objects, common),
            "short": self.link(folder / "short", objects, [sends, *wrapped, *common]),
        }
        if stage != "1":
            stand_in = self.compile_one(
                folder,
                TOP / "tests/http/stand_in_delegate.c",
                folder / "stand_in.o",
                f"-DSTAGE={stage}",
                f"-iquote{folder}/stages/stage{stage}",
            )
            others = [path for path in objects if path.name != "delegate.o"]
            made["stand_in"] = self.link(
                folder / "stand_in", others, [stand_in, *common]
            )
        return made

    def compile_one(self, folder: Path, source: Path, target: Path, *more: str) -> Path:
        """Compiles a file."""
        flags = [f"-iquote{folder}/common", *FLAGS, *more]
        subprocess.run(["gcc", *flags, "-c", source, "-o", target], cwd=TOP, check=True)
        return target

    def link(self, program: Path, objects: list, more: list) -> Path:
        """Links a program."""
        subprocess.run(
            ["gcc", "-pthread", *objects, *more, "-o", program], cwd=TOP, check=True
        )
        return program


def right_server(stage: int, name: str) -> dict[str, str]:
    """Returns the files of a right server that is made in another way."""
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
    is_right = key in (expected.split() or [""])
    print(
        f"{'ok ' if is_right else 'NOT'} {name:40} {key or '-':36} {took:4.1f} s",
        flush=True,
    )
    if not is_right:
        print(f"    expected: {expected or '-'}")
        if found:
            print(f"    {found.sentence}\n    " + found.seen.replace("\n", "\n    "))
    return is_right


def shown(program: Path, line: str) -> tuple[bytes, int]:
    """Returns what a line for the shell prints of a server, and the seconds that it
    takes."""
    with Server(program) as server:
        line = line.replace("8080", server.url.rpartition(":")[2])
        line = re.sub(r"\$\(pgrep [^)]*\)", str(server.process.pid), line)
        began = time.monotonic()
        with subprocess.Popen(
            ["timeout", "-s", "KILL", "9", "bash", "-c", line],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as shell:
            out = shell.communicate()[0]
        seconds = round((time.monotonic() - began) / 2)
    return re.sub(rb"\d\d:\d\d:\d\d", b"", out), seconds


def judge(name: str, made: dict[str, Path], right: Path) -> bool:
    """Diagnoses a server with a mistake, and types the line that should show it."""
    began = time.monotonic()
    found = diagnose(stage=int(name[0]), **made)
    is_fine = report(name, MISTAKES[name], found, time.monotonic() - began)
    if found and found.by_hand and not {found.key, name} & set(BY_CHANCE):
        wrong, fine = shown(made["server"], found.by_hand), shown(right, found.by_hand)
        if wrong == fine:
            print(f"NOT {name}: a right server shows the same:\n    {found.by_hand}")
            return False
    return is_fine


def judge_right(name: str, made: dict[str, Path]) -> bool:
    """Asks a right server with each probe, whatever the others find."""
    began = time.monotonic()
    case = Case(made["server"], int(name[0]), short=made["short"])
    case = replace(case, stand_in=made.get("stand_in"))
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda probe: probe(case), probes_of(case.stage)))
    took = time.monotonic() - began
    return all(
        [report(name, "", one, took) for one in [f for f in found if f] or [None]]
    )


def main() -> int:
    """Tries each; returns the exit status."""
    build, wanted = TOP / sys.argv[1], sys.argv[2:]
    maker = Maker(build, Sources(TOP))
    names = [n for n in (*RIGHT, *MISTAKES) if not wanted or n in wanted]
    with ThreadPoolExecutor(2) as pool:
        made = dict(zip(names, pool.map(maker.make, names)))
        right = {n: maker.make(n)["server"] for n in {name[0] for name in names}}

        def one(name: str) -> bool:
            if name in MISTAKES:
                return judge(name, made[name], right[name[0]])
            return judge_right(name, made[name])

        failed = [name for name, fine in zip(names, pool.map(one, names)) if not fine]
    # A probe does not wait for long: on a busy machine it may miss what is there.
    again = [name for name in failed if name in MISTAKES and one(name)]
    return 1 if set(failed) - set(again) else 0


if __name__ == "__main__":
    sys.exit(main())
