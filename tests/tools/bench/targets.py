"""The targets of targets.json, and whether they are met.

Each has a sentence, a limit (`least` or `most`) and a figure by name. The
functions below are the figures.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from throughput import HEADLINE
from figures import Figures, Spread, Value, cost, given_back, held_each, rate
from peers import FLOORS, HERE, STAGES

OURS = "stage6"


@dataclass(frozen=True)
class Verdict:
    """A target, what was measured, and whether it is met. If the limit is in the
    interval in which the true median lies in 19 of 20 runs, that is said, too."""

    sentence: str
    limit: str
    measured: str
    word: str


def _value(word: str) -> Value:
    return {"rate": rate, "cost": cost}[word]


def _counts(figures: Figures, clients: str) -> list[int]:
    """Returns what was measured with `64` clients, or with `16-`: 16 and more."""
    least = int(clients.rstrip("-"))
    counts = figures.distinct("exchanges", "clients") or [HEADLINE]
    return [n for n in counts if n == least or (clients.endswith("-") and n > least)]


def _beside(
    figures: Figures, word: str, peer: str, clients: str
) -> tuple[Spread | None, str]:
    """Returns our worst ratio to a peer, or to the `best` of all. For the headline, it
    is from its own many rounds, if there are any."""
    found = []
    for count in _counts(figures, clients):
        for name in figures.peers("exchanges") if peer == "best" else [peer]:
            if name == OURS or (peer == "best" and name in FLOORS):
                continue
            if count == HEADLINE and figures.select("headline", peer=name):
                spread = figures.ratio("headline", _value(word), OURS, name)
            else:
                spread = figures.ratio(
                    "exchanges", _value(word), OURS, name, clients=count
                )
            if spread:
                of = f"{figures.title(name)}, {count:,}" if peer == "best" else ""
                of = of or (f"{count:,} clients" if clients.endswith("-") else "")
                found.append((spread, of))
    if not found:
        return None, ""
    choose = min if word == "rate" else max
    return choose(found, key=lambda pair: pair[0].median)


def _stages(figures: Figures, word: str) -> tuple[Spread | None, str]:
    found = []
    for stage in STAGES[:-1]:
        spread = figures.ratio("stages", _value(word), stage, OURS)
        if spread:
            found.append((spread, figures.title(stage)))
    if not found:
        return None, ""
    choose = min if word == "rate" else max
    return choose(found, key=lambda pair: pair[0].median)


def _peak(figures: Figures, octets: str) -> tuple[Spread | None, str]:
    return (
        figures.spread(
            "peaks",
            lambda s: s["peak_KiB"] * 1024 / (3 * s["octets"] + s["answer_octets"]),
            octets=int(octets),
        ),
        "",
    )


def _figure(figures: Figures, name: str) -> tuple[Spread | None, str]:
    """Returns what was measured and, if it is the worst of several, of what."""
    word, _, rest = name.partition(" ")
    if word in ("rate", "cost"):
        return _beside(figures, word, *rest.split())
    if word == "stages":
        return _stages(figures, rest)
    if word == "held":
        peer, count = rest.split()
        return figures.ratio("held", held_each, OURS, peer, held=int(count)), ""
    if word == "live":
        return (
            figures.spread("held", lambda s: s["live_ms"], peer=OURS, held=int(rest)),
            "",
        )
    if word == "back":
        return figures.spread("held", given_back, peer=OURS, held=int(rest)), ""
    return _peak(figures, rest)


def _word(spread: Spread, least: float | None, most: float | None) -> str:
    def met(value: float) -> bool:
        return value >= least if least is not None else value <= (most or 0)

    said = "met" if met(spread.median) else "not met"
    return said if met(spread.least) == met(spread.most) else f"{said}, by the median"


def verdicts(figures: Figures) -> Iterator[Verdict]:
    """Yields each target, in the order of the file."""
    for target in json.loads((HERE / "targets.json").read_text()):
        least, most = target.get("least"), target.get("most")
        limit = f"at least {least:g}" if least is not None else f"at most {most:g}"
        spread, of = _figure(figures, target["figure"])
        if spread is None:
            yield Verdict(target["target"], limit, "not measured", "—")
            continue
        yield Verdict(
            target["target"],
            limit,
            spread.show() + (f": {of}" if of else ""),
            _word(spread, least, most),
        )
