"""The machine that figures come from, and what /proc says of processes.

Memory is in KiB, time in seconds.
"""

import os
import platform
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PROCESS_CLOCK = 2  # CPUCLOCK_SCHED


def _field(path: str, name: str) -> int:
    """Returns the number after `name:` in a file of /proc; 0 if there is none."""
    try:
        text = Path(path).read_text()
    except OSError:
        return 0
    found = re.search(rf"^{name}:\s+(\d+)", text, re.MULTILINE)
    return int(found[1]) if found else 0


def describe() -> dict[str, object]:
    """Returns what readers must know to judge the figures."""
    cpu = re.search(r"^model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text(), re.M)
    release = Path("/etc/os-release")
    system = (
        re.search(r'^PRETTY_NAME="(.*)"', release.read_text(), re.M)
        if release.exists()
        else None
    )
    return {
        "processor": cpu[1] if cpu else platform.machine(),
        "processors": len(os.sched_getaffinity(0)),
        "memory_KiB": _field("/proc/meminfo", "MemTotal"),
        "kernel": platform.release(),
        "system": system[1] if system else platform.system(),
        "load_before": os.getloadavg()[0],
    }


def wait_until_idle(most: float = 0.3, seconds: int = 300) -> None:
    """Waits until the machine has little to do. If it always has more, says so."""
    end = time.monotonic() + seconds
    while os.getloadavg()[0] > most and time.monotonic() < end:
        time.sleep(5)
    if os.getloadavg()[0] > most:
        print(
            f"The machine is busy (load {os.getloadavg()[0]:.1f}), so the figures "
            "are worth little.",
            file=sys.stderr,
        )


def built(build: Path) -> dict[str, str]:
    """Returns what was measured: the sources, compiler and flags, and the tools."""

    def said(*command: str) -> str:
        try:
            ran = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError:
            return ""
        return (ran.stdout + ran.stderr).strip().partition("\n")[0]

    flags = re.search(r"-O\d.*? -MMD", (build / "flags").read_text())
    return {
        "commit": said("git", "describe", "--always", "--dirty"),
        "compiler": said(os.environ.get("CC", "cc"), "--version"),
        "flags": flags[0].removesuffix(" -MMD") if flags else "",
        "wrk": " ".join(said("wrk", "-v").split()[:2]),
    }


def allow_many_descriptors() -> int:
    """Raises the soft limit to the hard one, for the children, too. Returns it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def at_rest(
    read: Callable[[], float],
    near: Callable[[float], float],
    seconds: float,
    pause: float = 0.2,
) -> float:
    """Returns what `read` returns, once it changes by at most this share from one look
    to the next, or after this many seconds."""
    deadline = time.monotonic() + seconds
    last, now = -1.0, read()
    while abs(now - last) > near(now) and time.monotonic() < deadline:
        time.sleep(pause)
        last, now = now, read()
    return now


def session(leader: int) -> list[int]:
    """Returns the processes of the session that this process leads, itself first."""
    members = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(") ", 1)[1].split()
            except OSError:
                continue
            if int(fields[3]) == leader and fields[0] != "Z":
                members.append(int(entry.name))
    return sorted(members, key=lambda pid: (pid != leader, pid))


def processor_time(pids: list[int]) -> float:
    """User and system time of all of them, ended threads included.

    Linux has a clock for each process, with a number as clock_getcpuclockid(3) makes
    it. It counts what /proc/PID/stat has as utime and stime, but in nanoseconds instead
    of hundredths of a second.
    """
    return sum(time.clock_gettime((~pid << 3) | PROCESS_CLOCK) for pid in pids)


def proportional_memory(pids: list[int]) -> int:
    """Pss of all of them: pages that several share are counted once."""
    return sum(_field(f"/proc/{pid}/smaps_rollup", "Pss") for pid in pids)


def peak_memory(pid: int) -> int:
    """VmHWM: the most that the process ever held in memory."""
    return _field(f"/proc/{pid}/status", "VmHWM")


def descriptors(pids: list[int]) -> int:
    """Open descriptors of all of them."""
    count = 0
    for pid in pids:
        try:
            count += len(os.listdir(f"/proc/{pid}/fd"))
        except OSError:
            pass
    return count
