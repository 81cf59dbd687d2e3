"""Asks tests/bugs/diagnose which planted mistake fails the same tests."""

import re
import subprocess
from pathlib import Path

from model import Diagnosis
from tables import TOP

SECONDS = 30


def diagnosis_of(results: Path, stage: int) -> Diagnosis | None:
    """The diagnosis of a run, if there is one; the planted bugs may be away."""
    program = TOP / "tests/bugs/diagnose"
    if not program.exists() or not results.exists():
        return None
    try:
        said = subprocess.run(
            [program, results, str(stage)],
            cwd=TOP,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        ).stdout
    except subprocess.TimeoutExpired:
        return None
    return read_diagnosis(said)


def read_diagnosis(said: str) -> Diagnosis | None:
    """What it printed: sentences, and the page of each."""
    sentences = re.findall(r"^\s*(?:This looks (?:most )?like[^:]*|or): (.+)$", said, re.M)
    pages = re.findall(r"^\s*See (\S+)$", said, re.M)
    if not sentences:
        return None
    names = " or ".join(Path(page).name.removesuffix(".md") for page in pages)
    return Diagnosis(names, " Or: ".join(sentences), " ".join(pages))
