"""What `make` takes, `make test`, and the parsers in instructions.

A sample of the part `instructions`, from tests/tools/instructions/count.sh: subject, and
how many instructions for `each` octet, or whatever its unit is.

A sample of the part `making`: what, seconds. `make` is measured cold, in a
folder of its own that is removed first; `make test` as it stands, so that what
it builds is built by then if it was run before.
"""

import os
import re
import shutil
import subprocess
import time

from .bench import Bench
from .server import BenchError


def _make(*arguments: str) -> float:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE") and k != "MFLAGS"}
    began = time.monotonic()
    ran = subprocess.run(
        ["make", "--no-print-directory", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment | {"CI": "true"},
        check=False,
    )
    if ran.returncode != 0:
        raise BenchError(f"make {' '.join(arguments)} fails:\n{(ran.stdout + ran.stderr)[-2000:]}")
    return round(time.monotonic() - began, 2)


def making(bench: Bench) -> None:
    cold = bench.build / "bench" / "cold"
    bench.progress.begin("making", 2)
    bench.progress.step("make, cold")
    shutil.rmtree(cold, ignore_errors=True)
    bench.add("making", what="make", seconds=_make(f"BUILD={cold}", f"-j{os.cpu_count()}", "all"))
    shutil.rmtree(cold, ignore_errors=True)
    bench.progress.step("make test")
    bench.add("making", what="make test", seconds=_make("test"))


def instructions(bench: Bench) -> None:
    """Whether they are within their budgets is for `make instructions` to say."""
    bench.progress.begin("instructions", 1)
    if not shutil.which("valgrind"):
        bench.progress.say("not installed, so no instructions are counted: valgrind")
        return
    bench.progress.step("with callgrind")
    ran = subprocess.run(
        ["tests/tools/instructions/count.sh", str(bench.build)], capture_output=True, text=True, check=False
    )
    for line in ran.stdout.splitlines():
        found = re.match(r"(\S+) +([\d.]+) .*\ban (\w+)", line)
        if found:
            bench.add("instructions", subject=found[1], each=float(found[2]), unit=found[3])
    if "instructions" not in bench.samples:
        raise BenchError(f"tests/tools/instructions/count.sh counts nothing: {ran.stderr[-500:]}")
