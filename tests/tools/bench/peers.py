"""The servers that are measured: how each is started, and what it needs."""

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import machine

HERE = Path(__file__).resolve().parent
STAGES = tuple(f"stage{n}" for n in range(1, 7))


@dataclass(frozen=True)
class Place:
    """What a peer's command may need."""

    build: Path  # where the servers and tools are built
    folder: Path  # the peer's own
    page: Path  # the content that all of them send
    answer: Path  # the same, with a head
    port: int  # a free port, for servers that do not choose one


@dataclass(frozen=True)
class Peer:
    """One server. If it `says_port`, it prints the line that the stages print;
    otherwise it gets a free port."""

    name: str
    title: str
    command: Callable[[Place], list[str]]
    needs: str = ""  # a command, or a program of BUILD/bench
    version: tuple[str, ...] = ()
    says_port: bool = True


def _configured(name: str, place: Place) -> str:
    """Fills in peers/NAME, and returns the path of the result."""
    page = place.page.read_text()
    if name.startswith("nginx"):
        if "$" in page:
            raise ValueError("nginx would take the page's $ for a variable")
        page = page.replace("\\", "\\\\").replace('"', '\\"')
    text = (HERE / "peers" / name).read_text()
    for mark, value in (
        ("@PORT@", str(place.port)),
        ("@FOLDER@", str(place.folder)),
        ("@PAGE_FILE@", str(place.page)),
        ("@PAGE@", page),
        ("@DESCRIPTORS@", str(min(20000, machine.allow_many_descriptors()))),
    ):
        text = text.replace(mark, value)
    path = place.folder / name
    path.write_text(text)
    shutil.copy(place.page, place.folder / "index.html")
    return str(path)


def _stage(name: str) -> Peer:
    return Peer(
        name,
        f"stage {name[-1]}",
        lambda place: [str(place.build / name / "webserve"), "127.0.0.1", "0"],
    )


def _nginx(name: str, title: str, file: str) -> Peer:
    return Peer(
        name,
        title,
        lambda p: ["nginx", "-p", str(p.folder), "-c", _configured(file, p)],
        "nginx",
        ("nginx", "-v"),
        says_port=False,
    )


def _bench(program: str, *arguments: str) -> Callable[[Place], list[str]]:
    def command(place: Place) -> list[str]:
        files = {"PAGE": str(place.page), "ANSWER": str(place.answer)}
        return [
            str(place.build / "bench" / program),
            *(files.get(argument, argument) for argument in arguments),
        ]

    return command


PEERS = {
    peer.name: peer
    for peer in (
        *(_stage(name) for name in STAGES),
        _nginx("nginx-tuned", "nginx, tuned", "nginx-tuned.conf"),
        _nginx("nginx", "nginx, as shipped", "nginx-default.conf"),
        Peer(
            "lighttpd",
            "lighttpd",
            lambda p: ["lighttpd", "-D", "-f", _configured("lighttpd.conf", p)],
            "lighttpd",
            ("lighttpd", "-v"),
            says_port=False,
        ),
        Peer(
            "haproxy",
            "HAProxy",
            lambda p: ["haproxy", "-db", "-f", _configured("haproxy.cfg", p)],
            "haproxy",
            ("haproxy", "-v"),
            says_port=False,
        ),
        Peer(
            "mhd-threads",
            "libmicrohttpd, threads",
            _bench("microhttpd", "threads", "PAGE"),
            "microhttpd",
            ("pkg-config", "--modversion", "libmicrohttpd"),
        ),
        Peer(
            "mhd-epoll",
            "libmicrohttpd, epoll",
            _bench("microhttpd", "epoll", "PAGE"),
            "microhttpd",
        ),
        Peer("floor", "the floor, two threads", _bench("floor", "ANSWER", "2")),
        Peer("floor-alone", "the floor, one thread", _bench("floor", "ANSWER", "1")),
    )
}

# The least that an exchange can cost, with two threads and with one.
FLOORS = ("floor", "floor-alone")
# Those in the main table, ours first.
SERVERS = tuple(n for n in PEERS if n == "stage6" or n not in STAGES)


def is_there(peer: Peer, build: Path) -> bool:
    """True if what the peer needs is installed, or was built."""
    return (
        not peer.needs
        or bool(shutil.which(peer.needs))
        or (build / "bench" / peer.needs).exists()
    )


def version(peer: Peer) -> str:
    """Returns the version that the program prints; "" for our own."""
    if not peer.version or not shutil.which(peer.version[0]):
        return ""
    said = subprocess.run(peer.version, capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.\d[\w.]*", said.stdout + said.stderr)
    return found[0] if found else ""
