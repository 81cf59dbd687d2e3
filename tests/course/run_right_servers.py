#!/usr/bin/env python3
"""tests/course/run_right_servers.py BUILD [STAGE:NAME...] - tests right servers that are made in
other ways than this project's: they pass every graded test.

A variant is a stage with the handle_connection.c of tests/course/right_servers, which
uses nothing of common/net, and the file there that talks to the socket in its own way:
blocking.c, nonblocking.c, selecting.c or stdio.c. `blocking` and `selecting` have the
serve.c there as well, with the usual loop: accept, then pthread_create; so `blocking`
is the server that most people would write. Without names, it is tried at stages 4, 5
and 6, and each other one at one stage; `all` tries each at all three. Prints a line for
each; exits with 1 if a graded test is not green.
"""

import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from submission import TOP
from submission.judge import Judge, judge_graded

SERVERS = TOP / "tests/course/right_servers"
NAMES = ("blocking", "nonblocking", "selecting", "stdio")
WITH_SERVE = ("blocking", "selecting")
USUAL = "4:blocking 5:blocking 6:blocking 4:stdio 6:nonblocking 6:selecting".split()


def make(stage: int, name: str, folder: Path) -> None:
    """Makes the folder of a variant."""
    folder.mkdir(parents=True)
    files = ["handle_connection.c", "sockets.h", f"{name}.c"]
    files += ["serve.c"] if name in WITH_SERVE else []
    for path in [
        *(TOP / f"stages/stage{stage}").glob("*.[ch]"),
        *(SERVERS / file for file in files),
    ]:
        shutil.copy(path, folder)
    if stage < 6:
        path = folder / "handle_connection.c"
        path.write_text(f"#define POST_REFUSED\n{path.read_text('utf-8')}", "utf-8")


def judged(variant: str, build: Path) -> Judge:
    """Judges a variant."""
    stage, _, name = variant.partition(":")
    place = build / f"folder/variants/{stage}-{name}"
    shutil.rmtree(place, ignore_errors=True)
    make(int(stage), name, place / "folder")
    return judge_graded(build, int(stage), place / "folder", place / "work")


def main() -> int:
    """Tries each; returns the exit status."""
    build = TOP / sys.argv[1]
    variants = sys.argv[2:] or USUAL
    if variants == ["all"]:
        variants = [f"{stage}:{name}" for stage in (4, 5, 6) for name in NAMES]
    status = 0
    # Two at once: most of a test's time is spent waiting.
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda variant: judged(variant, build), variants)
        for variant, judge in zip(variants, found):
            red = [test for test in judge.tests if test.result != "passed"]
            sentences = [fault.sentence for fault in judge.built.faults]
            is_fine = judge.tests and not red and not sentences
            verdict = f"ok: {len(judge.tests)} passed" if is_fine else "FAILED"
            print(f"{variant.replace(':', ', '):15} {verdict}", flush=True)
            for line in [
                *sentences,
                *(f"{t.result}: {t.heading}\n{t.text}" for t in red),
            ]:
                print("    " + line.replace("\n", "\n        "))
            status = status if is_fine else 1
    return status


if __name__ == "__main__":
    sys.exit(main())
