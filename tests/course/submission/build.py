"""Builds a submission as far as it can be built.

If its files do not make a server, the project's own files replace those that do not
compile, or are missing, so that the tests that do not depend on them can still run.
points.tsv says which files must be the submission's own for each group of tests. A
hand-out (tests/course/handout.py) has no files to replace others: there, the tests that
need a server do not run.

Outside the workshop, only the symbols are read of what the compiler or the linker
writes. The Makefile says in the environment how to compile and link.
"""

import os
import shlex
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from submission import TOP, faults
from submission.faults import Fault
from submission.workshop import Workshop

STRUCTURE = Path(__file__).with_name("structure.tsv")
STEP_SECONDS = 60
SIDE_BY_SIDE = 2  # compilers or linkers
TOO_LONG = f"longer than {STEP_SECONDS} s"
DEFINED = "TDBRCVW"  # nm's letters for what a file defines, and others can use
REFERS = "U"
# Preprocesses its files, and finds what concerns a sanitizer.
FIND_UNCHECKED = """
"$@" 2>/dev/null | grep -oEw -m 1000 \\
    -e '_*(no_sanitize|no_address_safety_analysis)[a-z_]*' \\
    -e 'disable_sanitizer_instrumentation|__(asan|lsan|ubsan|sanitizer)_[a-z_]+' |
    sort -u | head -n 5
"""
FAULTS_MOST = 20
SENTENCE_MOST = 300  # characters, of what may quote the submission
DETAIL_MOST = 6000


@dataclass
class Flavor:
    """A way of building: for servers, or for unit tests."""

    name: str
    folder: str  # of BUILD, for what is ours
    compiling: list[str]
    linking: list[str]


@dataclass
class Server:
    """A server that is linked from its objects; the Makefile says what each is for."""

    name: str
    folder: str  # of BUILD, for ours
    first: str = ""  # an object of ours, linked before all others
    linking: list[str] = field(default_factory=list)


def words(name: str) -> list[str]:
    """Returns a list of words that the Makefile set."""
    return shlex.split(os.environ[name])


def flavors() -> list[Flavor]:
    """Returns the two flavors: for servers, and for unit tests."""
    unit = words("UNIT_CFLAGS")
    return [
        Flavor("plain", ".", [], []),  # as the Makefile of make start
        Flavor("unit", "unit", unit, unit),
    ]


def servers(stage: int) -> list[Server]:
    """Returns the servers that the tests of a stage start."""
    stand_in = f"stand_in/stage{stage}/delegate.o"
    found = [Server("plain", ".")]
    if stage > 1:  # the server of stage 1 calls no delegate
        found.append(Server("stand_in", "stand_in", stand_in, words("STAND_IN_LINK")))
    return [*found, Server("short", "short", "short/sends.o", words("SHORT_LINK"))]


def stage_files(stage: int) -> list[str]:
    """Returns the files of a stage, each for one function, by structure.tsv."""
    rows = [line.split("\t") for line in STRUCTURE.read_text("utf-8").splitlines()]
    named = {row[4] for row in rows if row[0].isdigit() and int(row[0]) <= stage}
    return sorted({"webserve.c", *named} - {"-"})


@dataclass
class Built:
    """What came of building."""

    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    warned: str = ""  # what the compiler said of files that it compiled
    own: set[str] = field(default_factory=set)  # files that are its own, usable
    lacks: dict[str, str] = field(default_factory=dict)  # files of the stage: the fault
    replaced: bool = False  # whether ours are used for those that it lacks
    alone: dict[str, str] = field(
        default_factory=dict
    )  # functions no unit test can call
    symbols: dict[str, dict[str, str]] = field(default_factory=dict)
    no_server: str = ""  # the fault for which no server can be started
    no_stand_in: str = ""  # that for which none can call another delegate

    def fault(self, kind: str, file: str, sentence: str, detail: str = "") -> str:
        """Adds one, once, and not without end; returns its key."""
        sentence = sentence[:SENTENCE_MOST]
        for fault in self.faults:
            if fault.sentence == sentence:
                return fault.key
        if len(self.faults) == FAULTS_MOST:
            return self.faults[-1].key
        key, number = file, 1
        while any(fault.key == key for fault in self.faults):
            number += 1
            key = f"{file} ({number})"
        detail = detail[:DETAIL_MOST]
        self.faults.append(Fault(key, sentence, detail, kind=kind, file=file))
        return key


@dataclass
class Builder:
    """Builds one submission of a stage."""

    workshop: Workshop
    stage: int
    trusted: Path  # the folder in which make has built what is ours
    names: dict[str, str] = field(default_factory=dict)  # as Taken has them
    built: Built = field(default_factory=Built)
    lock: threading.Lock = field(default_factory=threading.Lock)  # of the next
    linking: int = 0  # linkers that run

    def build(self) -> Built:
        """Builds everything that can be built."""
        theirs = sorted(path.name for path in self.sources().glob("*.c"))
        self.lay_out()
        self.compile_all(theirs)
        self.read_symbols()
        self.leave_out_programs()
        self.note_unchecked(theirs)
        for name in stage_files(self.stage):
            function = "main" if name == "webserve.c" else name.removesuffix(".c")
            self.look_for_function(function, name)
        self.look_for_caller()
        said = self.link_servers()
        if said and self.built.lacks:
            for name in self.built.lacks:
                if self.put_ours(name):
                    self.note_replaced(name)
            said = self.link_servers()
        if said:
            self.built.no_server = self.note_link_errors(said)
        return self.built

    def sources(self) -> Path:
        """Returns where the submission's own files are."""
        return self.workshop.view / "submission"

    def lay_out(self) -> None:
        """Puts into the view what a compiler and a linker need of ours."""
        view = self.workshop.view
        for headers in ("common/http", "common/net"):
            (view / headers).mkdir(parents=True)
            for path in (TOP / headers).glob("*.h"):
                shutil.copy(path, view / headers)
        contract = (TOP / f"stages/stage{self.stage}/webserve.h").read_text()
        (view / "contract.h").write_text(contract.replace("WEBSERVE_H", "CONTRACT_H"))
        header = self.sources() / "webserve.h"
        if not header.exists() and self.is_included(header.name):
            self.built.fault("missing-file", header.name, faults.NO_HEADER)
            header.write_text(contract)
        for flavor in flavors():
            (view / "ours" / flavor.name).mkdir(parents=True)
            shutil.copy(
                self.trusted / flavor.folder / "common.a", view / "ours" / flavor.name
            )
        for server in servers(self.stage):
            if server.first:
                target = view / "ours" / server.first
                target.parent.mkdir(parents=True)
                shutil.copy(self.trusted / server.first, target)

    def is_included(self, header: str) -> bool:
        """Whether one of its files includes it."""
        include = f'#include "{header}"'.encode()
        return any(include in path.read_bytes() for path in self.sources().glob("*.c"))

    def name_of(self, name: str) -> str:
        """Returns the name that the submission has for a file."""
        return self.names.get(name, name)

    def compile_all(self, theirs: list[str]) -> None:
        """Compiles each, and says why some could not be compiled."""
        said: dict[str, str] = {}
        with ThreadPoolExecutor(SIDE_BY_SIDE) as workers:
            for name, status, text in workers.map(self.compile, theirs):
                if status == 0:
                    self.built.own.add(name)
                    self.built.warned += text
                    continue
                late = f"submission/{name}:1: error: it takes the compiler {TOO_LONG}\n"
                said[name] = text + (late if status == -1 else "")
        errors = faults.compile_errors("".join(said[name] for name in sorted(said)))
        keys: dict[str, str] = {}
        for file, line, text in errors:
            name = self.name_of(file)
            kind, sentence = faults.of_compile_error(name, line, text)
            keys[file] = self.built.fault(kind, name, sentence, said.get(file, ""))
        for name, text in said.items():
            if not keys:
                shown = self.name_of(name)
                last = (text.strip().splitlines() or [""])[-1]
                sentence = f"{shown} does not compile: {last}"
                keys[name] = self.built.fault("compile", shown, sentence, text)
            mine = [keys[file] for file in keys if f"/{file}:" in text]
            self.built.lacks[name] = keys.get(name, (mine or list(keys.values()))[0])

    def compile(self, name: str) -> tuple[str, int, str]:
        """Compiles a file in each flavor; its name, the status, what was said."""
        warned = ""
        for flavor in flavors():
            status, said = self.compile_as(
                flavor, f"submission/{name}", self.object(flavor, name)
            )
            if status != 0:
                return name, status, said
            warned = warned or said
        return name, 0, warned

    def compile_as(
        self, flavor: Flavor, source: str, target: Path, *more: str
    ) -> tuple[int, str]:
        """Compiles a file of the view; the status, and what was said."""
        contract = ["-include", "contract.h"]
        return self.workshop.make(
            [
                *words("COMPILE"),
                *flavor.compiling,
                *contract,
                *more,
                "-c",
                source,
                "-o",
                "{}",
            ],
            target,
            STEP_SECONDS,
        )

    def object(self, flavor: Flavor, name: str) -> Path:
        """Returns where the object file of a source is."""
        return self.workshop.view / "objects" / flavor.name / f"{name[:-2]}.o"

    def note_unchecked(self, theirs: list[str]) -> None:
        """Notes what keeps AddressSanitizer from looking at a part of the code."""
        flags = [*words("COMPILE"), *flavors()[1].compiling, "-include", "contract.h"]
        files = [f"submission/{name}" for name in theirs]
        command = ["bash", "-c", FIND_UNCHECKED, "jail", *flags, "-E", *files]
        _, said = self.workshop.run(command, STEP_SECONDS)
        if said:
            self.built.notes.append(faults.unchecked(", ".join(said.split())))

    def read_symbols(self) -> None:
        """Reads what each of its files defines, and refers to."""
        own, view = sorted(self.built.own), self.workshop.view
        paths = [str(self.object(flavors()[0], n).relative_to(view)) for n in own]
        # -A: each line begins with the file, a colon and a space.
        command = ["nm", "-A", "-P", *paths]
        _, said = self.workshop.run(command, STEP_SECONDS) if own else (0, "")
        for name, path in zip(own, paths):
            lines = [s for s in said.splitlines() if s.startswith(f"{path}: ")]
            pairs = [line.removeprefix(f"{path}: ").split()[:2] for line in lines]
            self.built.symbols[name] = {p[0]: p[1] for p in pairs if len(p) == 2}

    def defines(self, function: str, kind: str) -> str:
        """Returns the first file that defines it so, by nm's letter, or nothing."""
        for name, symbols in sorted(self.built.symbols.items()):
            if symbols.get(function, "?") in kind:
                return name
        return ""

    def has_main(self, name: str) -> bool:
        """Whether the file has the main of a program."""
        return self.built.symbols.get(name, {}).get("main", "?") == "T"

    def leave_out_programs(self) -> None:
        """Leaves out each file with a main, except webserve.c: it is a program of
        its own."""
        if not self.has_main("webserve.c"):
            return
        for name in sorted(self.built.own - {"webserve.c"}):
            if self.has_main(name):
                self.built.notes.append(faults.left_out(self.name_of(name)))
                self.built.own.discard(name)
                del self.built.symbols[name]
                for flavor in flavors():
                    self.object(flavor, name).unlink()

    def look_for_function(self, function: str, file: str) -> None:
        """Notes a function that is not in a file where the tests can call it."""
        where = self.defines(function, "T")
        hidden = self.defines(function, "t")
        if where and (function == "main" or not self.has_main(where)):
            return
        if where:
            name = self.name_of(where)
            sentence = faults.together_with_main(function, name)
            key = self.built.fault("missing-function", name, sentence)
            self.built.alone[function] = key
        elif hidden:
            name = self.name_of(hidden)
            sentence = faults.hidden(function, name)
            self.built.lacks[file] = self.built.fault(
                "missing-function", name, sentence
            )
        elif file not in self.built.lacks:
            kind, sentence = faults.missing(function, file, file in self.built.own)
            self.built.lacks[file] = self.built.fault(kind, file, sentence)
            self.built.own.discard(file)

    def look_for_caller(self) -> None:
        """Notes a delegate that is not called from another file: the tests can put
        theirs only in the place of one that is."""
        where = self.defines("delegate", f"{DEFINED}t")
        callers = [
            s for s in self.built.symbols.values() if s.get("delegate") == REFERS
        ]
        if where in ("", "delegate.c") or callers or self.stage == 1:
            return
        name = self.name_of(where)
        self.built.no_stand_in = self.built.alone.get("delegate") or (
            self.built.lacks.get("delegate.c")
            or self.built.fault(
                "missing-function", name, faults.not_called_elsewhere("delegate", name)
            )
        )

    def note_replaced(self, name: str) -> None:
        """Says that tests are about a server with our file in it."""
        self.built.replaced = True
        whose = "the tests'" if name == "delegate.c" else "the project's"
        self.built.notes.append(
            f"The server is tested with {whose} own {name} instead of the submission's."
        )

    def put_ours(self, name: str) -> bool:
        """Replaces an object file by our own, if the project has that file."""
        is_there = (TOP / f"stages/stage{self.stage}" / name).exists()
        for flavor in flavors() if is_there else ():
            target = self.object(flavor, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            source = self.our_object(flavor, name)
            if source.exists():
                shutil.copy(source, target)
        return is_there

    def our_object(self, flavor: Flavor, name: str) -> Path:
        """Returns what replaces a file. A server can read what it was linked with, so
        it is not given the stage's own delegate, but one that only the tests have."""
        folder = "stand_in" if name == "delegate.c" else flavor.folder
        return self.trusted / folder / f"stage{self.stage}/{name[:-2]}.o"

    def serves_with_ours(self, name: str, serves: Callable[[], bool]) -> bool:
        """Whether the server serves when that file is replaced by ours; then it
        stays replaced."""
        objects = [self.object(flavor, name) for flavor in flavors()]
        kept = [path.read_bytes() for path in objects]
        if self.put_ours(name) and self.link_servers() == "" and serves():
            self.note_replaced(name)
            return True
        for path, content in zip(objects, kept):
            path.write_bytes(content)
        return False

    def link_servers(self) -> str:
        """Links them; what the linker said if it could not."""

        def link(server: Server) -> tuple[int, str]:
            first = [f"ours/{server.first}"] if server.first else []
            program = f"{server.name}/webserve"
            return self.link(flavors()[0], program, first, server.linking)

        with ThreadPoolExecutor(SIDE_BY_SIDE) as workers:
            linked = list(workers.map(link, servers(self.stage)))
        return next((said or "?" for status, said in linked if status != 0), "")

    def link_units(
        self, program: str, objects: list[str], more: list[str]
    ) -> tuple[int, str]:
        """Links the submission's functions, except main, with objects of ours. A
        function may be missing that these tests do not call."""
        more = [*more, "-lcmocka", "-Wl,--unresolved-symbols=ignore-all"]
        objects = [*objects, *self.replacements(flavors()[1])]
        return self.link(flavors()[1], program, objects, more)

    def replacements(self, flavor: Flavor) -> list[str]:
        """Returns our object files for functions that the unit tests cannot call in its
        own: its other functions call them."""
        found = []
        for file in {*self.built.lacks, *(f"{name}.c" for name in self.built.alone)}:
            mine = self.object(flavor, file)
            ours = self.our_object(flavor, file)
            unusable = not mine.exists() or self.is_program(mine.stem)
            if file != "webserve.c" and unusable and ours.exists():
                target = self.workshop.view / "ours" / flavor.name / f"our_{mine.name}"
                shutil.copy(ours, target)
                found.append(str(target.relative_to(self.workshop.view)))
        return found

    def link(
        self, flavor: Flavor, program: str, objects: list[str], more: list[str]
    ) -> tuple[int, str]:
        """Links its object files and others into a program of the view."""
        mine = sorted((self.workshop.view / "objects" / flavor.name).glob("*.o"))
        if flavor.name == "unit":
            mine = [path for path in mine if not self.is_program(path.stem)]
        with self.readable_objects():
            return self.workshop.make(
                [*words("LINK"), *flavor.linking, *objects]
                + [str(path.relative_to(self.workshop.view)) for path in mine]
                + [f"ours/{flavor.name}/common.a", "-o", "{}", *more],
                self.workshop.view / program,
                STEP_SECONDS,
            )

    @contextmanager
    def readable_objects(self) -> Iterator[None]:
        """Lets linkers open the object files. When the last one has ended, a program
        that runs cannot."""
        with self.lock:
            self.linking += 1
            self.let_objects_be_read(True)
        try:
            yield
        finally:
            with self.lock:
                self.linking -= 1
                self.let_objects_be_read(self.linking > 0)

    def let_objects_be_read(self, by_all: bool) -> None:
        """Lets the submission's programs read the object files, or not."""
        for name in ("objects", "ours"):
            folder = self.workshop.view / name
            if folder.exists():
                folder.chmod(0o755 if by_all else 0o700)

    def is_program(self, stem: str) -> bool:
        """Whether that object file has a main, and stays out of the unit tests."""
        return stem == "webserve" or self.has_main(f"{stem}.c")

    def note_link_errors(self, said: str) -> str:
        """Says why there is no server; returns the key of the fault."""
        if self.built.lacks:  # most likely because of that
            return next(iter(self.built.lacks.values()))
        keys = [
            self.built.fault("link", self.name_of(file), sentence, said)
            for file, sentence in faults.link_errors(said, self.name_of)
        ]
        if not keys:
            sentence = faults.does_not_link(said)
            keys = [self.built.fault("link", "webserve.c", sentence, said)]
        return keys[0]
