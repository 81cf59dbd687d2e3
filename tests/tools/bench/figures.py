"""Medians, quartiles and ratios of the samples in bench.json.

A ratio is computed for each round, from samples that follow each other. The median of
these ratios is what is shown.
"""

import json
import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Sample = dict[str, float]
Value = Callable[[Sample], float]


def _left_out(count: int) -> int:
    """Returns how many values can be left out at each end, so that the true median is
    between the others in 95 % of cases: the sign test, whatever the distribution."""
    out = 0
    below = 0.5**count
    while (
        out < (count - 1) // 2
        and 2 * (below + math.comb(count, out + 1) * 0.5**count) <= 0.05
    ):
        out += 1
        below += math.comb(count, out) * 0.5**count
    return out


@dataclass(frozen=True)
class Spread:
    """A median with the quartiles around it."""

    median: float
    low: float
    high: float
    least: float  # in 19 of 20 runs, the true median lies between these
    most: float

    @classmethod
    def of(cls, values: list[float]) -> "Spread":
        if len(values) < 2:
            return cls(*values * 5)
        low, _, high = statistics.quantiles(values, n=4, method="inclusive")
        in_order = sorted(values)
        out = _left_out(len(values))
        return cls(
            statistics.median(values), low, high, in_order[out], in_order[-1 - out]
        )

    def show(self, digits: int = 2) -> str:
        """`1.05 (1.02-1.08)`, and `1.05` alone where there is one value."""
        if self.low == self.high:
            return f"{self.median:,.{digits}f}"
        return f"{self.median:,.{digits}f} ({self.low:,.{digits}f}–{self.high:,.{digits}f})"


def rate(sample: Sample) -> float:
    """Exchanges a second."""
    return sample["exchanges"] / sample["seconds"]


def cost(sample: Sample) -> float:
    """Processor time of the server for one exchange, in µs."""
    return sample["server_seconds"] / sample["exchanges"] * 1e6


def seconds(sample: Sample) -> float:
    return sample["seconds"]


def held_each(sample: Sample) -> float:
    """KiB for each request that is held."""
    return (sample["pss_KiB"] - sample["pss_before_KiB"]) / max(sample["held"], 1)


def given_back(sample: Sample) -> float:
    """Returns how much of the memory taken for them came back, from 0 to 1."""
    taken = sample["pss_KiB"] - sample["pss_before_KiB"]
    return 1 - (sample["pss_after_KiB"] - sample["pss_before_KiB"]) / max(taken, 1)


class Figures:
    """The contents of a bench.json."""

    def __init__(self, path: Path) -> None:
        self.data = json.loads(path.read_text())
        if (self.data.get("format"), self.data.get("version")) != ("webserve-bench", 1):
            raise ValueError(f"{path} has a format that this program does not know")

    def title(self, peer: str) -> str:
        return str(self.data["peers"][peer]["title"])

    def select(self, part: str, **key: object) -> list[Sample]:
        return [
            sample
            for sample in self.data.get(part, [])
            if all(sample[name] == value for name, value in key.items())
        ]

    def distinct(self, part: str, name: str) -> list[object]:
        """Returns the values in the order of their first samples, numbers by size."""
        found = list(dict.fromkeys(sample[name] for sample in self.data.get(part, [])))
        return sorted(found) if all(isinstance(one, int) for one in found) else found

    def peers(self, part: str) -> list[str]:
        """Returns the peers of the part, in the order of the harness."""
        there = set(self.distinct(part, "peer"))
        return [name for name in self.data["peers"] if name in there]

    def spread(self, part: str, value: Value, **key: object) -> Spread | None:
        found = [value(sample) for sample in self.select(part, **key)]
        return Spread.of(found) if found else None

    def ratio(
        self, part: str, value: Value, ours: str, theirs: str, **key: object
    ) -> Spread | None:
        """Returns the ratio of our value to theirs."""
        others = {s["round"]: value(s) for s in self.select(part, peer=theirs, **key)}
        ratios = [
            value(sample) / others[sample["round"]]
            for sample in self.select(part, peer=ours, **key)
            if others.get(sample["round"])
        ]
        return Spread.of(ratios) if ratios else None
