"""Builds a submission, in the jail, as far as it can be built.

What is at fault is found by the rules of tests/course/check.sh, and told in its
words (tests/course/grade/sentences.py). But a file that does not compile, or is not there, is
replaced by the project's own, so that what does not depend on it can be judged
all the same. What depends on it is not run: points.tsv says which file a group
of tests needs to be the submission's own.

Nothing that the compiler or the linker writes is run, or read for more than
its symbols, outside the jail.
"""

import json
import os
import shlex
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

import sentences
from jail import Jail
from model import Fault

TOP = Path(__file__).resolve().parents[3]
STEP_SECONDS = 60
TOO_LONG = f"longer than {STEP_SECONDS} s"
DEFINED = "TDBRCVW"
REFERS = "U"


@dataclass
class Flavour:
    """A way of building: the server, one with small limits, and for units."""

    name: str
    flags: list[str]


@dataclass
class Built:
    """What came of it."""

    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    own: set[str] = field(default_factory=set)  # files that are its own, usable
    lacks: dict[str, str] = field(default_factory=dict)  # files of ours: why
    alone: dict[str, str] = field(default_factory=dict)  # functions no unit can call
    symbols: dict[str, dict[str, str]] = field(default_factory=dict)
    no_server: str = ""  # the fault for which no server can be started
    delegates: bool = False  # there is a driver for its delegate

    def fault(self, kind: str, file: str, sentence: str, detail: str = "") -> str:
        """Adds one, once; gives its key."""
        for fault in self.faults:
            if fault.sentence == sentence:
                return fault.key
        key, number = file, 1
        while any(fault.key == key for fault in self.faults):
            number += 1
            key = f"{file} ({number})"
        self.faults.append(Fault(key, sentence, detail, kind=kind, file=file))
        return key


def words(name: str) -> list[str]:
    """A list of words that the Makefile gave."""
    return shlex.split(os.environ[name])


def flavours() -> list[Flavour]:
    return [
        Flavour("plain", []),
        Flavour("small", words("GRADE_SMALL")),
        Flavour("unit", words("GRADE_UNIT")),
    ]


@dataclass
class Builder:
    """Builds one submission of a stage."""

    jail: Jail
    stage: int
    trusted: Path  # the folder in which make has built what is ours
    built: Built = field(default_factory=Built)

    def build(self) -> Built:
        """All of it."""
        ours = sorted((TOP / f"stages/stage{self.stage}").glob("*.c"))
        theirs = sorted(path.name for path in self.sources().glob("*.c"))
        self.lay_out()
        self.compile_all(theirs)
        self.read_symbols()
        self.leave_out_programs()
        for name in (path.name for path in ours):
            self.look_for_function("main" if name == "webserve.c" else name[:-2], name)
        self.stand_in()
        self.link_all()
        return self.built

    def sources(self) -> Path:
        return self.jail.view / "submission"

    def lay_out(self) -> None:
        """Puts into the view what a compiler and a linker need of ours."""
        view = self.jail.view
        for headers in ("common/http", "common/net"):
            (view / headers).mkdir(parents=True)
            for path in (TOP / headers).glob("*.h"):
                shutil.copy(path, view / headers)
        contract = (TOP / f"stages/stage{self.stage}/webserve.h").read_text()
        (view / "contract.h").write_text(contract.replace("WEBSERVE_H", "CONTRACT_H"))
        header = self.sources() / "webserve.h"
        if not header.exists() and self.is_included(header.name):
            self.built.fault("missing-file", header.name, sentences.NO_HEADER)
            header.write_text(contract)
        for name, folder in (("plain", "."), ("small", "small"), ("unit", "unit")):
            (view / "ours" / name).mkdir(parents=True)
            shutil.copy(self.trusted / folder / "common.a", view / "ours" / name)
        for part in ("driver", "wire"):
            shutil.copy(self.trusted / f"unit/remote/{part}.o", view / "ours/unit")

    def is_included(self, header: str) -> bool:
        include = f'#include "{header}"'.encode()
        return any(include in path.read_bytes() for path in self.sources().glob("*.c"))

    def name_of(self, name: str) -> str:
        """The name that the submission has for it."""
        path = self.jail.place / "names.json"
        return json.loads(path.read_text()).get(name, name) if path.exists() else name

    def compile_all(self, theirs: list[str]) -> None:
        """Compiles each, and says why some could not be."""
        said: dict[str, str] = {}
        with ThreadPoolExecutor(2) as workers:
            for name, status, text in workers.map(self.compile, theirs):
                if status == 0:
                    self.built.own.add(name)
                    continue
                late = f"submission/{name}:1: error: it takes the compiler {TOO_LONG}\n"
                said[name] = text + (late if status == -1 else "")
        errors = sentences.compile_errors("".join(said[name] for name in sorted(said)))
        keys: dict[str, str] = {}
        for file, line, text in errors:
            name = self.name_of(file)
            kind, sentence = sentences.of_compile_error(name, line, text)
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
        """Compiles a file in each flavour; its name, the status, what was said."""
        for flavour in flavours():
            status, said = self.jail.make(
                [
                    *words("GRADE_COMPILE"),
                    *flavour.flags,
                    *("-include", "contract.h", "-c", f"submission/{name}"),
                    *("-o", "{}"),
                ],
                self.object(flavour.name, name),
                STEP_SECONDS,
            )
            if status != 0:
                return name, status, said
        return name, 0, ""

    def object(self, flavour: str, name: str) -> Path:
        return self.jail.view / "objects" / flavour / f"{name[:-2]}.o"

    def read_symbols(self) -> None:
        for name in self.built.own:
            path = self.object("plain", name).relative_to(self.jail.view)
            _, said = self.jail.run(["nm", "-P", str(path)], STEP_SECONDS)
            pairs = [line.split()[:2] for line in said.splitlines()]
            self.built.symbols[name] = {p[0]: p[1] for p in pairs if len(p) == 2}

    def defines(self, function: str, kind: str) -> str:
        """The first file that defines it so, by nm's letter, or nothing."""
        for name, symbols in sorted(self.built.symbols.items()):
            if symbols.get(function, "?") in kind:
                return name
        return ""

    def has_main(self, name: str) -> bool:
        return self.built.symbols.get(name, {}).get("main", "?") == "T"

    def leave_out_programs(self) -> None:
        """Beside webserve.c, a file with a main is a program of its own."""
        if not self.has_main("webserve.c"):
            return
        for name in sorted(self.built.own - {"webserve.c"}):
            if self.has_main(name):
                shown = self.name_of(name)
                self.built.notes.append(sentences.left_out(shown))
                self.built.own.discard(name)
                del self.built.symbols[name]
                for flavour in flavours():
                    self.object(flavour.name, name).unlink()

    def look_for_function(self, function: str, file: str) -> None:
        """Each has to be in a file of its own accord, where it can be called."""
        where = self.defines(function, "T")
        hidden = self.defines(function, "t")
        if where and (function == "main" or not self.has_main(where)):
            return
        if where:
            name = self.name_of(where)
            sentence = sentences.beside_main(function, name)
            key = self.built.fault("missing-function", name, sentence)
            self.built.alone[function] = key
        elif hidden:
            name = self.name_of(hidden)
            sentence = sentences.hidden(function, name)
            self.built.lacks[file] = self.built.fault("missing-function", name, sentence)
        elif file not in self.built.lacks:
            kind, sentence = sentences.missing(function, file, file in self.built.own)
            self.built.lacks[file] = self.built.fault(kind, file, sentence)
            self.built.own.discard(file)

    def stand_in(self) -> None:
        """Puts our object in the place of each one that is not there."""
        for name in self.built.lacks:
            self.put_ours(name)

    def put_ours(self, name: str) -> None:
        for flavour, folder in (("plain", "."), ("small", "small"), ("unit", "unit")):
            target = self.object(flavour, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            source = self.trusted / folder / f"stage{self.stage}/{name[:-2]}.o"
            if source.exists():  # it is one of the stage's
                shutil.copy(source, target)

    def serves_with_ours(self, name: str, serves: Callable[[], bool]) -> bool:
        """Whether there is a server that serves with ours in the place of that
        file; then it stays there."""
        objects = [self.object(flavour.name, name) for flavour in flavours()]
        kept = [path.read_bytes() for path in objects]
        self.put_ours(name)
        if self.link_servers() == "" and serves():
            return True
        for path, octets in zip(objects, kept):
            path.write_bytes(octets)
        return False

    def link(self, flavour: str, program: str, extra: list[str]) -> tuple[int, str]:
        """Links the objects, or for units those without main, into a program."""
        units = flavour == "unit"
        objects = [
            str(path.relative_to(self.jail.view))
            for path in sorted((self.jail.view / "objects" / flavour).glob("*.o"))
            if not units
            or not (path.name == "webserve.o" or self.has_main(f"{path.stem}.c"))
        ]
        # A function may be missing that the units do not test.
        flags = ["-Wl,--unresolved-symbols=ignore-all"] if units else []
        return self.jail.make(
            [*words("GRADE_LINK"), *(words("GRADE_UNIT") if units else []), *flags]
            + [*objects, *extra, f"ours/{flavour}/common.a", "-o", "{}"]
            + (["-lcmocka"] if units else []),
            self.jail.view / program,
            STEP_SECONDS,
        )

    def link_servers(self) -> str:
        """Links them; what the linker said if it could not."""
        for flavour in ("plain", "small"):
            status, said = self.link(flavour, f"{flavour}/webserve", [])
            if status != 0:
                return said or "?"
        return ""

    def link_all(self) -> None:
        said = self.link_servers()
        if said:
            self.built.no_server = self.note_link_errors(said)
        wraps = "-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc"
        extra = ["ours/unit/driver.o", "ours/unit/wire.o", wraps]
        self.built.delegates = self.link("unit", "unit/delegate_driver", extra)[0] == 0

    def note_link_errors(self, said: str) -> str:
        """Says why there is no server; gives the key of the fault."""
        if self.built.lacks:  # most likely because of that
            return next(iter(self.built.lacks.values()))
        keys = [
            self.built.fault("link", self.name_of(file), sentence, said)
            for file, sentence in sentences.link_errors(said, self.name_of)
        ]
        if not keys:
            sentence = sentences.does_not_link(said)
            keys = [self.built.fault("link", "webserve.c", sentence, said)]
        return keys[0]
