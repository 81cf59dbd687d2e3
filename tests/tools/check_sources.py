#!/usr/bin/env python3
"""tests/tools/check_sources.py [PART...] - what is true of the sources, whatever the tests say.

Runs all parts, or those that are named: each function below with the mark @part. Prints
for each how it ended and how long it took, with what it has to say if it failed. Exits
with 1 if one failed. A part that needs a certain version of a tool is skipped, and says
so, where there is another one; in the Debian release that CI runs in, it fails.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

CPUS = str(os.cpu_count() or 2)
CC = os.environ.get("CC", "cc")
BUILD = os.environ.get("BUILD", "build")
LINUX = ["-std=c17", "-D_GNU_SOURCE", "-iquote", "common"]
ELSEWHERE = ["-std=c17", "-D_POSIX_C_SOURCE=200809L", "-DPORTABLE", "-iquote", "common"]
WARNINGS = "-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror".split()
PARTS: dict[str, Callable[[], None]] = {}


RELEASE = "bookworm"  # the Debian release that CI runs in; no part is skipped there


class Fault(Exception):
    """What a part found wrong."""


class Skipped(Exception):
    """Why a part says nothing here."""


def part(function: Callable[[], None]) -> Callable[[], None]:
    """Makes a function a part, by its name."""
    PARTS[function.__name__] = function
    return function


def run(*command: str, **options: object) -> str:
    """Runs a command; returns what it prints, and raises Fault if it fails."""
    ran = subprocess.run(
        command,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        **options,
    )
    if ran.returncode:
        raise Fault(ran.stdout or f"{shlex.join(command)} ends with {ran.returncode}")
    return ran.stdout


def needs_version(tool: str, version: str, why: str) -> None:
    """Skips the part unless this is the tool's major version."""
    found = re.search(r"version (\d+)", run(tool, "--version"))
    here = found[1] if found else "unknown"
    if here != version:
        reason = f"{tool} {version} {why}, and this is {here}"
        system = Path("/etc/os-release")
        in_ci = system.exists() and RELEASE in system.read_text("utf-8")
        raise Fault(reason) if in_ci else Skipped(reason)


def report(faults: list[str]) -> None:
    """Raises Fault if there are any."""
    if faults:
        raise Fault("\n".join(faults))


def files(*patterns: str) -> list[str]:
    """Returns the project's files that match, including new ones."""
    owned = "safe.directory=*"  # even if the tree belongs to someone else
    listed = run("git", "-c", owned, "ls-files", "-co", "--exclude-standard", *patterns)
    return [name for name in listed.splitlines() if Path(name).is_file()]


def server_sources() -> list[str]:
    """Returns the C files of the servers."""
    return files("common/*.c", "stages/*.c")


def server_files() -> list[str]:
    """Returns the C files and headers of the servers."""
    return files("common/*.[ch]", "stages/*.[ch]")


def stages() -> list[Path]:
    """Returns the folders of the stages."""
    return sorted(Path("stages").iterdir())


# ---- Compilers


def build_with(compiler: str) -> None:
    """Builds every stage, for Linux and portable; a warning is an error."""
    for portable in ("", "1"):
        build = f"{BUILD}/check/{compiler}{'-portable' if portable else ''}"
        settings = [f"BUILD={build}", f"CC={compiler}", f"PORTABLE={portable}"]
        run("make", f"-j{CPUS}", *settings, "CFLAGS=-O2 -g -Werror", "all")


@part
def gcc() -> None:
    """Builds with GNU's compiler."""
    build_with("gcc")


@part
def clang() -> None:
    """Builds with LLVM's compiler."""
    build_with("clang")


# What the servers call: functions of POSIX.1-2008, which has those of C, too.
# (getrlimit and setrlimit are in its XSI option, which every system has that we know.)
POSIX = """
    abort accept bind clock_gettime close exit fcntl fflush fprintf fputs free
    freeaddrinfo gai_strerror getaddrinfo getnameinfo getrlimit getsockname inet_ntop
    inet_pton listen malloc memchr memcmp memcpy memmove memset nanosleep open poll printf
    pthread_attr_init pthread_attr_setstacksize pthread_cond_broadcast pthread_cond_init
    pthread_cond_signal pthread_cond_wait pthread_create pthread_detach pthread_kill
    pthread_mutex_init pthread_mutex_lock pthread_mutex_unlock pthread_self
    pthread_sigmask realloc recv send setrlimit setsockopt shutdown sigaction sigaddset
    sigemptyset sigismember sigpending sigwait snprintf socket stderr stdout strchr
    strcmp strcspn strerror_r strlen strncasecmp strspn strtol time write
""".split()
# Constants that musl declares whatever is asked for.
LINUX_CONSTANT = re.compile(
    r"\b(MSG_(MORE|DONTWAIT)|TCP_(?!NODELAY)\w+|SOCK_(CLOEXEC|NONBLOCK)|SO_REUSEPORT)\b"
)
# What platform.h and platform.c have for Linux alone.
FOR_LINUX = re.compile(
    r"^#if defined\(__linux__\) && !defined\(PORTABLE\)$.*?^#else$", re.M | re.S
)
# errno of musl, and what compilers refer to by themselves.
NOT_CALLED = {"__errno_location", "__stack_chk_fail", "_GLOBAL_OFFSET_TABLE_"}


@part
def posix() -> None:
    """Builds with another C library, musl. The PORTABLE build asks for POSIX.1-2008
    alone, so musl declares no other function. The objects must not call any other,
    either."""
    build_with("musl-gcc")
    made = Path(BUILD, "check/musl-gcc-portable")
    objects = [*made.glob("common/*/*.o"), *made.glob("stage*/*.o")]
    rows = [line.split() for line in run("nm", "-P", *map(str, objects)).splitlines()]
    symbols = {(row[0], row[1]) for row in rows if len(row) > 1}
    ours = {name for name, kind in symbols if kind != "U"}
    called = {name for name, kind in symbols if kind == "U"} - ours - NOT_CALLED
    faults = [f"{name} is called, and not in POSIX" for name in called - {*POSIX}]
    for name in server_files():
        text = Path(name).read_text()
        if re.search(r"^ *# *define +_\w+_SOURCE", text, re.M):
            faults.append(f"{name} asks for more than POSIX; only the Makefile may")
        portable = FOR_LINUX.sub("", text) if "platform." in name else text
        if found := LINUX_CONSTANT.search(portable):
            faults.append(f"{name} uses {found[0]}; only platform.h or .c may, on Linux")
    report(sorted(faults))


@part
def headers() -> None:
    """Each header compiles alone."""
    for name in files("common/*.h", "stages/*.h"):
        text = f'#include "{name}"\nextern int not_empty;\n'
        options = [*LINUX, *WARNINGS, "-iquote", ".", "-fsyntax-only", "-x", "c", "-"]
        run(CC, *options, input=text)


# ---- Linters


@part
def format() -> None:
    """The C files have the format of .clang-format. Other versions of clang-format
    indent a macro's braces differently."""
    needs_version("clang-format", "14", "formats this project")
    run("clang-format", "--dry-run", "-Werror", *files("*.c", "*.h"))


@part
def shell() -> None:
    """shellcheck finds nothing in shell scripts and Bats files."""
    run("shellcheck", "-x", *files("*.sh", "*.bash", "*.bats", ".ci/run"))


@part
def python() -> None:
    """pyflakes finds nothing in the Python files."""
    run("pyflakes3", *files("*.py"))


@part
def spelling() -> None:
    """codespell finds no misspelling and no British spelling, except in what is compared
    byte for byte."""
    skip = "*package-lock.json,*.svg,*/corpus/*"
    # parts of words, plurals, the misspelling of a mistake, and a word that may be both
    known = "alue,ba,becauses,befores,caf,ecret,fo,implmented,nin,te,wit,catalogue"
    lists = "clear,rare,en-GB_to_en-US"
    run("codespell", "--builtin", lists, "--skip", skip, "-L", known, *files())


@part
def phrases() -> None:
    """No phrase of phrases.tsv is in what people read."""
    table = Path("tests/tools/phrases.tsv")
    lines = table.read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    # Between two words, a line may end and the next begin with the mark of a comment.
    gap = r"\s+(?:[#*>/]+\s+)?"
    each = "|".join(f"({phrase.replace('(', '(?:')})" for phrase, _ in rows)
    wanted = re.compile(rf"\b(?:{each})\b".replace(" ", gap))
    faults = []
    for name in files():
        if name.endswith((".svg", ".json")) or name in ("LICENSE", str(table)):
            continue
        text = Path(name).read_text("utf-8", errors="replace").lower()
        for found in wanted.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            words = " ".join(found[0].split())
            instead = rows[(found.lastindex or 1) - 1][1]
            faults.append(f"{name}:{line}: not '{words}', but: {instead}")
    report(faults)


@part
def tidy() -> None:
    """clang-tidy finds nothing; .clang-tidy says what it looks for."""
    command = f'clang-tidy --quiet "$@" -- {shlex.join(LINUX)} 2>/dev/null'
    sources = "\n".join(server_sources())
    run("xargs", "-P", CPUS, "-n", "4", "sh", "-c", command, "sh", input=sources)


@part
def analyzer() -> None:
    """gcc's analyzer finds nothing. It loses a pointer that is copied within a struct,
    and calls it leaked; AddressSanitizer and the fault sweep find leaks. Version 14 also
    calls the standard streams leaked, which stay open on purpose, and a Date
    uninitialized, which http_date fills in."""
    options = [*LINUX, *WARNINGS, "-O2", "-fanalyzer", "-Wno-analyzer-malloc-leak"]
    excused = {
        "common/net/main_thread.c": ["-Wno-analyzer-fd-leak"],
        "common/http/response.c": ["-Wno-analyzer-use-of-uninitialized-value"],
    }
    if int(run("gcc", "-dumpversion").split(".")[0]) < 14:
        excused = {}
    for name in server_sources():
        run("gcc", *options, *excused.get(name, []), "-c", name, "-o", "/dev/null")


@part
def cppcheck() -> None:
    """cppcheck finds nothing. Left out are variableScope, since declarations are at the
    head of a function; a condition in target.c that it calls always false, which it is
    not (the loop before it also ends below the length); a remark that exchange_room
    could take a const buffer, which is about to be written to; and how thorough it was."""
    options = "--quiet --std=c11 --enable=warning,portability,performance,style"
    options += " --suppress=variableScope --error-exitcode=1 --inline-suppr"
    options += " --suppress=knownConditionTrueFalse:common/http/target.c"
    options += " --suppress=constParameterPointer:common/net/exchange.c"
    options += " --suppress=normalCheckLevelMaxBranches"
    run("cppcheck", *options.split(), "-D_GNU_SOURCE", "-Icommon", "common", "stages")


# ---- The style


@part
def sizes() -> None:
    """No file of a stage, or of common/, has too many lines."""
    faults = []
    for name in server_files():
        lines = Path(name).read_text().count("\n")
        most = 220 if name.startswith("stages/") else 300
        if lines > most:
            faults.append(f"{name} has {lines} lines; at most {most} are allowed")
    report(faults)


@part
def functions() -> None:
    """A function has at most 40 lines; the loop of stages 1 and 2, whose length is the
    lesson, has at most 90."""
    faults = []
    for name in server_sources():
        for found in re.finditer(
            r"^[a-z].*?\b(\w+)\([^;{}]*\)\n\{\n(.*?)^\}",
            Path(name).read_text(),
            re.M | re.S,
        ):
            lines = found[2].count("\n")
            is_loop = re.search("stage[12]/", name) and found[1] == "take_turns"
            if lines > (90 if is_loop else 40):
                faults.append(f"{name}: {found[1]} has {lines} lines")
    report(faults)


@part
def includes() -> None:
    """Includes go one way: stages, common/net, common/http. A header of another folder
    is included with its folder, as "http/form.h". The modules in `alone` include
    neither each other nor main_thread, which joins them."""
    alone = ("pool", "deadlines", "budget", "log")
    allowed = {"stages": ("http/", "net/"), "common/net": ("http/",), "common/http": ()}
    faults = []
    for name in server_files():
        path = Path(name)
        folder = "stages" if path.parts[0] == "stages" else str(path.parent)
        for header in re.findall(r'^ *# *include +"([^"]*)"', path.read_text(), re.M):
            if "/" in header and not header.startswith(allowed[folder]):
                faults.append(f"{name} includes {header}, which is not below it")
            others = {*alone, "main_thread"} - {path.stem}
            if path.stem in alone and header.removesuffix(".h") in others:
                faults.append(
                    f"{name} includes {header}; these are independent: {alone}"
                )
    report(faults)


def calls_of(name: str) -> set[str]:
    """Returns what a file refers to and does not define, on Linux and elsewhere."""
    found: set[str] = set()
    with tempfile.NamedTemporaryFile(suffix=".o") as made:
        for options in (LINUX, ELSEWHERE):
            run(CC, *options, "-c", name, "-o", made.name)
            listed = run("nm", "-u", made.name).split()
            found |= {word.partition("@")[0] for word in listed}
    return found


@part
def calls() -> None:
    """The stages make the calls on sockets and threads. common/ makes a few of its own:
    to drain what is left of a request, to send a 100 Continue, and for the log."""
    ours = set(
        "socket setsockopt bind listen accept pthread_create recv send close".split()
    )
    others = set(
        "connect accept4 recvfrom recvmsg read readv sendto sendmsg sendfile".split()
    )
    excused = {
        "common/net/platform.c": {"setsockopt"},
        "common/net/log.c": {"pthread_create", "write"},
        "common/net/exchange.c": {"send"},
        "common/net/exchange_answer.c": {"recv"},
    }
    faults = []
    for name in files("common/*.c"):
        made = calls_of(name) & (ours | others | {"write", "writev"})
        for call in sorted(made - excused.get(name, set())):
            faults.append(f"{name} calls {call}, which belongs in the stages")
    for stage in stages():
        made = set().union(*(calls_of(str(name)) for name in stage.glob("*.c")))
        faults += [f"{stage} does not call {call}" for call in sorted(ours - made)]
    report(faults)


@part
def lessons() -> None:
    """Neighboring stages differ only by their lesson."""
    run("tests/tools/check_stages.py")


@part
def suite() -> None:
    """Each test has an id of its own, its tags and a hint; and the runner can fail."""
    run("tests/tools/list_tests.py", "--check")
    run("tests/tools/suite/suite_test.py")


# ---- Hardening

# Something to protect: a buffer, and a frame of several pages.
TRY = """#include <stdio.h>
int main(int argc, char **argv)
{
    char text[20000];
    (void)argc;
    return snprintf(text, sizeof text, "%s", argv[0]) < 0 || puts(text) < 0;
}
"""
# Flags, and the trace that they leave: a command for a program, and what it prints.
MARKS = (
    ("-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2", "readelf -sW", r"_chk@"),
    ("-fstack-protector-strong", "readelf -sW", r"__stack_chk_fail"),
    (
        "-fstack-clash-protection",
        "objdump -d",
        r"or[lq]? +\$0x0,(0x[0-9a-f]+)?\(%[er]sp\)",
    ),
    ("-fcf-protection", "objdump -d", r"<main>:\n.*\bendbr"),
    ("-fPIE -pie", "readelf -hW", r"Type: *DYN"),
    ("-Wl,-z,relro", "readelf -lW", r"GNU_RELRO"),
    ("-Wl,-z,now", "readelf -dW", r"BIND_NOW|FLAGS.* NOW"),
    ("-Wl,-z,noexecstack", "readelf -lW", r"GNU_STACK.* RW "),
)


@part
def hardening() -> None:
    """What leaves its trace in a small program, with this compiler and processor, has
    left it in each server, whatever tests/tools/hardening_flags.sh finds out. And that
    runs nothing that it builds, since a program may be for another machine."""

    def shows(program: str, command: str, trace: str) -> bool:
        return bool(re.search(trace, run(*command.split(), program)))

    run("make", f"-j{CPUS}", "STAGE=", "all")
    faults = []
    find = ("tests/tools/hardening_flags.sh", *shlex.split(CC), "-O2", "-g")
    if run(*find) != run(*find, "-Wl,--dynamic-linker=/nowhere"):
        faults.append("other flags are found for a program that cannot run here")
    with tempfile.TemporaryDirectory() as folder:
        tried = f"{folder}/try"
        Path(f"{tried}.c").write_text(TRY)
        for flags, command, trace in MARKS:
            build = [*shlex.split(CC), "-O2", "-Werror", *flags.split(), f"{tried}.c"]
            try:
                run(*build, "-o", tried)
            except Fault:
                continue  # not with this compiler or processor
            if shows(tried, command, trace):
                for stage in stages():
                    if not shows(f"{BUILD}/{stage.name}/webserve", command, trace):
                        faults.append(f"{stage.name}: the server shows no {flags}")
    report(faults)


def main(names: list[str]) -> int:
    """Returns the exit status."""
    if unknown := set(names) - PARTS.keys():
        print(f"no part is called {', '.join(unknown)}; there are: {', '.join(PARTS)}")
        return 2
    status = 0
    for name in names or PARTS:
        began = time.monotonic()
        how, said = "ok", ""
        try:
            PARTS[name]()
        except Skipped as reason:
            how = f"skipped: {reason}"
        except (Fault, OSError) as fault:
            how, said = "FAILED", f"{fault}\n"
            status = 1
        print(f"{name:12} {how:6} {time.monotonic() - began:4.0f} s")
        print(
            "".join(f"    {line}\n" for line in said.splitlines()[-40:]),
            end="",
            flush=True,
        )
    return status


if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parents[2])
    sys.exit(main(sys.argv[1:]))
