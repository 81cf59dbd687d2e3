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
    """What it printed: sentences, and the page of each; that it is only near,
    too, and whether it is one of them or both."""
    form = r"^\s*(This looks (most )?like[^:]*|or|and): (.+)$"
    found = re.findall(form, said, re.M)
    pages = re.findall(r"^\s*See (\S+)$", said, re.M)
    if not found:
        return None
    both = any(lead == "and" for lead, _, _ in found)
    names = (" and " if both else " or ").join(Path(p).name.removesuffix(".md") for p in pages)
    sentence = (" And: " if both else " Or: ").join(text for _, _, text in found)
    if found[0][1]:
        sentence += " (This is the nearest; the red tests are not quite the same.)"
    pages += re.findall(r"^\s*On the site: (\S+)$", said, re.M)
    return Diagnosis(names, sentence, ", ".join(pages))
