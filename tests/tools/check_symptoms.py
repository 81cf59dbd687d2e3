#!/usr/bin/env python3
"""tests/tools/check_symptoms.py BUILD [STAGE] [NAME] - what mistakes show can be seen.

"What you see" of a mistake has commands, in backticks; the walkthroughs and the
site show them. Plants each mistake in a copy of the sources (of STAGE, or the
latest of its stages), builds its server, and runs its commands against it, in
their order, and against the same server without the mistake. What is seen must
differ for one of them: in what is printed, in the exit status, or in that it does
not come back, for which it has some seconds. What the text asks for is done for
both: a `return -1;` is put at the end of delegate, what is to be tried a few times
is, and an nc that is opened stays open while the next commands run.

BUILD has common.a; NAME chooses the mistakes with that text in their name.

What cannot be seen this way is named in `elsewhere`, with the reason; a name there
that can be seen after all is a fault, too. Prints a line for each fault, and at the
end how many were seen; exits with 1 if there is a fault.
"""
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True

from suite.mistake_file import Mistake, NotFound, Sources, load

FLAGS = ["-std=c17", "-D_GNU_SOURCE", "-O1", "-pthread", "-w",
         "-iquote", "common"]
SECONDS = 4.0
WORKERS = 6  # they mostly wait
TIMES = 12  # are a few
COMMAND = re.compile(r"`([^`]*\b(?:curl|nc|webserve)\b [^`]*)`")
OPENED = re.compile(r"nc [\d.]+ \d+")
FAILING = "Put `return -1;` at the end of delegate"

elsewhere = {
    "address-in-a-static-variable": "the log",
    "address-shared": "the log",
    "count-without-its-lock": "what ThreadSanitizer says",
    "error-added-to-the-length": "a build with little time",
    "exits-without-waiting": "Ctrl-C in one terminal, nc in another",
    "thread-never-comes-back": "a build with few threads",
    "tries-again-at-once": "the processor time, in top",
}


class Server:
    """A program at a free port, for as long as the commands take."""

    def __init__(self, program: Path) -> None:
        self.program = program
        self.out = program.with_name(program.name + ".out")
        with self.out.open("wb") as out:
            self.process = subprocess.Popen(
                [program, "127.0.0.1", "0"],
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        until = time.monotonic() + 20
        found = None
        while not found and time.monotonic() < until and self.process.poll() is None:
            time.sleep(0.02)
            found = re.search(r":(\d+)/\s", self.out.read_text())
        self.port = found[1] if found else free_port()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


def free_port() -> str:
    with socket.socket() as candidate:
        candidate.bind(("127.0.0.1", 0))
        return str(candidate.getsockname()[1])


def held_open(command: str, port: str) -> subprocess.Popen[bytes]:
    """Returns an nc in another terminal, into which nothing is typed."""
    words = command.replace("8080", port).split()
    client = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    time.sleep(2)  # after a second, the kernel hands over who is silent, too
    return client


def all_shown(
    commands: list[str], server: Server, folder: Path, times: int
) -> list[set[str]]:
    """Returns what is seen of each command, the ways if it is tried a few times."""
    clients: list[subprocess.Popen[bytes]] = []
    results: list[set[str]] = []
    for command in commands:
        if OPENED.fullmatch(command):
            clients.append(held_open(command, server.port))
        else:
            results.append({shown(command, server, folder) for _ in range(times)})
    for client in clients:
        client.kill()
        client.communicate()
    return results


def shown(command: str, server: Server, folder: Path) -> str:
    """Returns what is seen of a command: what it prints, and how it ends."""
    port = server.port if "build/stage" not in command else free_port()
    command = re.sub(r"(?<!\d)8080(?!\d)", port, command)
    command = re.sub(r"build/stage\d/webserve", str(server.program), command)
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            ["bash", "-c", command], cwd=folder, start_new_session=True,
            env=os.environ | {"CURL_HOME": str(folder.parent), "no_proxy": "*"},
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            end = str(process.wait(SECONDS))
        except subprocess.TimeoutExpired:
            end = "does not come back"
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        output.seek(0)
        said = output.read().decode("utf-8", "replace")
    said = said.replace(str(server.program), "webserve")
    said = re.sub(r"Date: [^\r\n]*", "Date:", said)
    # curl -v counts connections and milliseconds.
    said = re.sub(rf"\b{port}\b", "8080", said)
    said = re.sub(r"after \d+ ms|\(#\d+\)|:\d\d:\d\d", "", said)
    return f"{said}({end})"


def built(
    mistake: Mistake, stage: int, planted: bool, folder: Path, archive: Path
) -> Path:
    """Returns the server with a mistake, or without it, changed as "What you see"
    asks."""
    program = folder / "webserve"
    stage_folder = f"stages/stage{stage}"
    shutil.copytree("common", folder / "common")
    shutil.copytree(stage_folder, folder / stage_folder)
    parts = [str(archive)]
    if planted:
        changed = mistake.planted(Sources(folder), mistake.folder(stage))
        for file, text in changed.items():
            (folder / file).write_text(text, "utf-8")
        if mistake.in_common:
            parts = c_files(folder, "common/*")
    if FAILING in " ".join(mistake.symptom.split()):
        delegate = folder / stage_folder / "delegate.c"
        head, _, tail = delegate.read_text("utf-8").rpartition("return 0;")
        delegate.write_text(f"{head}return -1;{tail}", "utf-8")
    sanitize = [f"-fsanitize={mistake.sanitizer}"] if mistake.sanitizer else []
    compiler = [os.environ.get("CC", "cc"), *FLAGS, *sanitize]
    files = [*c_files(folder, stage_folder), *parts]
    subprocess.run([*compiler, *files, "-o", str(program)], cwd=folder, check=True)
    return program


def c_files(folder: Path, inside: str) -> list[str]:
    """Returns the C files in a part of a folder, from there."""
    return sorted(str(path.relative_to(folder)) for path in folder.glob(f"{inside}/*.c"))


def seen(mistake: Mistake, stage: int, work: Path, archive: Path) -> bool:
    """Whether a server with a mistake shows anything else than the right one does."""
    folder = work / mistake.name
    commands = COMMAND.findall(mistake.symptom)
    times = TIMES if "a few times" in " ".join(mistake.symptom.split()) else 1
    results = []
    for planted in (True, False):
        place = folder / ("planted" if planted else "right")
        place.mkdir(parents=True)
        server = Server(built(mistake, stage, planted, place, archive))
        try:
            results.append(all_shown(commands, server, place, times))
        finally:
            server.end()
    shutil.rmtree(folder)
    return results[0] != results[1]


def chosen(stage: int | None, name: str) -> list[tuple[Mistake, int]]:
    """Returns the mistakes that have commands, and where to plant each."""
    sources = Sources(Path.cwd())
    found = []
    for mistake in load(Path("tests/mistakes")):
        stages = mistake.stages(sources)
        has_commands = COMMAND.search(mistake.symptom)
        if has_commands and name in mistake.name and stage in (None, *stages):
            found.append((mistake, stage or stages[-1]))
    return found


def main() -> int:
    words = sys.argv[2:]
    if len(sys.argv) < 2 or len(words) > 2:
        print("Usage: tests/tools/check_symptoms.py BUILD [STAGE] [NAME]", file=sys.stderr)
        return 2
    archive = Path(sys.argv[1], "common.a").resolve()
    stage = int(words.pop(0)) if words and words[0].isdigit() else None
    try:
        tried = chosen(stage, "".join(words))
    except NotFound as error:
        print(error)
        return 1
    with tempfile.TemporaryDirectory() as made:
        work = Path(made)
        for mistake, _ in tried:  # CURL_HOME is the folder above each server's
            (work / mistake.name).mkdir()
            settings = "silent\nshow-error\nnoproxy = *\n"
            (work / mistake.name / ".curlrc").write_text(settings)
        with ThreadPoolExecutor(WORKERS) as pool:
            found = list(pool.map(lambda one: seen(*one, work, archive), tried))
    faults = 0
    for (mistake, _), is_seen in zip(tried, found):
        if is_seen == (mistake.name in elsewhere):
            faults += 1
            wrong = "it is seen, and is named in `elsewhere`"
            wrong = wrong if is_seen else "its commands show nothing of it"
            print(f"{mistake.name}: {wrong}")
    print(f"{sum(found)} of {len(found)} mistakes with commands are seen by them, "
          f"{len(found) - sum(found)} elsewhere; {faults} faults")
    return 1 if faults or not found else 0


if __name__ == "__main__":
    sys.exit(main())
