"""Builds a submission, in the jail, as far as it can be built.

A file that does not compile, or is not there, is replaced by the project's own,
so that what does not depend on it can be judged all the same; it is told, once,
as a fault of that file. What depends on it is not run: points.tsv says which
file a group of tests needs to be the submission's own.

Nothing that the compiler or the linker writes is run, or read for more than
its symbols, outside the jail.
"""

import os
import re
import shlex
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from jail import Jail
from model import Fault

TOP = Path(__file__).resolve().parent.parent.parent
STEP_SECONDS = 60
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
    own: set[str] = field(default_factory=set)  # files that are its own, usable
    symbols: dict[str, dict[str, str]] = field(default_factory=dict)
    serves: bool = False  # there is a server to be started
    delegates: bool = False  # there is a driver for its delegate


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
        expected = [path.name for path in ours]
        theirs = sorted(path.name for path in self.sources().glob("*.c"))
        self.lay_out()
        with ThreadPoolExecutor(2) as workers:
            for name, fault in workers.map(self.compile, theirs):
                if fault:
                    self.built.faults.append(fault)
                else:
                    self.built.own.add(name)
        for name in expected:
            if name not in theirs:
                sentence = f"There is no file {name}."
                self.built.faults.append(Fault(name, sentence))
        self.read_symbols()
        self.look_for_functions(expected)
        self.stand_in(expected)
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
        if not (self.sources() / "webserve.h").exists():
            (self.sources() / "webserve.h").write_text(contract)
        for name, folder in (("plain", "."), ("small", "small"), ("unit", "unit")):
            (view / "ours" / name).mkdir(parents=True)
            shutil.copy(self.trusted / folder / "common.a", view / "ours" / name)
        for part in ("driver", "wire"):
            shutil.copy(self.trusted / f"unit/remote/{part}.o", view / "ours/unit")

    def compile(self, name: str) -> tuple[str, Fault | None]:
        """Compiles a file in each flavour."""
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
                return name, Fault(name, compile_sentence(name, status, said), said)
        return name, None

    def object(self, flavour: str, name: str) -> Path:
        return self.jail.view / "objects" / flavour / f"{name[:-2]}.o"

    def read_symbols(self) -> None:
        for name in self.built.own:
            path = self.object("plain", name).relative_to(self.jail.view)
            _, said = self.jail.run(["nm", "-P", str(path)], STEP_SECONDS)
            pairs = [line.split()[:2] for line in said.splitlines()]
            self.built.symbols[name] = {p[0]: p[1] for p in pairs if len(p) == 2}

    def look_for_functions(self, expected: list[str]) -> None:
        """A function that its file should define, and that no file defines."""
        defined = {
            symbol
            for symbols in self.built.symbols.values()
            for symbol, kind in symbols.items()
            if kind in DEFINED
        }
        for name in expected:
            function = "main" if name == "webserve.c" else name[:-2]
            if name in self.built.own and function not in defined:
                self.built.own.discard(name)
                sentence = f"{name} does not define the function {function}."
                self.built.faults.append(Fault(name, sentence))

    def stand_in(self, expected: list[str]) -> None:
        """Puts our object in the place of each one that is not there."""
        for name in expected:
            if name in self.built.own:
                continue
            for flavour, folder in (("plain", "."), ("small", "small"), ("unit", "unit")):
                target = self.object(flavour, name)
                target.parent.mkdir(parents=True, exist_ok=True)
                source = self.trusted / folder / f"stage{self.stage}/{name[:-2]}.o"
                shutil.copy(source, target)

    def link(
        self, flavour: str, program: str, extra: list[str], main: bool, told: bool = True
    ) -> bool:
        """Links the objects, or those without main, into a program."""
        objects = [
            str(path.relative_to(self.jail.view))
            for path in sorted((self.jail.view / "objects" / flavour).glob("*.o"))
            if main or path.name != "webserve.o"
        ]
        flags = words("GRADE_UNIT") if flavour == "unit" else []
        archive = f"ours/{flavour}/common.a"
        status, said = self.jail.make(
            [*words("GRADE_LINK"), *flags, *objects, *extra, archive, "-o", "{}"]
            + (["-lcmocka"] if flavour == "unit" else []),
            self.jail.view / program,
            STEP_SECONDS,
        )
        if status != 0 and told and not any(f.key == "link" for f in self.built.faults):
            self.built.faults.append(Fault("link", link_sentence(said), said))
        return status == 0

    def link_all(self) -> None:
        self.built.serves = all(
            [self.link(name, f"{name}/webserve", [], True) for name in ("plain", "small")]
        )
        wraps = "-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc"
        extra = ["ours/unit/driver.o", "ours/unit/wire.o", wraps]
        self.built.delegates = self.link("unit", "unit/delegate_driver", extra, False)


def compile_sentence(name: str, status: int, said: str) -> str:
    """What a compiler said of a file, in one sentence."""
    if status == -1:
        return f"{name} takes the compiler longer than {STEP_SECONDS} s."
    conflict = re.search(r"error: conflicting types for .(\w+)", said)
    if conflict:
        return (
            f"{name} gives {conflict[1]} another signature than the stage's webserve.h."
        )
    error = re.search(r"submission/([^:\s]+):(\d+):\d+: (?:fatal )?error: (.*)", said)
    if error:
        where = error[1].replace("submission/", "")
        return f"{name} does not compile: {where}, line {error[2]}: {error[3]}."
    return f"{name} does not compile."


def link_sentence(said: str) -> str:
    """What the linker said, in one sentence."""
    undefined = re.search(r"undefined reference to .(\w+)", said)
    if undefined:
        return f"The server cannot be linked: no file defines {undefined[1]}."
    twice = re.search(r"multiple definition of .(\w+)", said)
    if twice:
        return f"The server cannot be linked: {twice[1]} is defined twice."
    return "The server cannot be linked."
