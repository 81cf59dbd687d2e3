"""The plots, as SVG, by gnuplot."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from figures import Figures, Value, cost, rate
from peers import PEERS
from targets import OURS

# Okabe and Ito's colors, which the color-blind can tell apart, and gnuplot's signs
# for points; a server has its own on every plot.
LOOKS = {
    "stage6": ("#0072b2", 7),
    "nginx-tuned": ("#d55e00", 5),
    "nginx": ("#e69f00", 4),
    "lighttpd": ("#009e73", 9),
    "haproxy": ("#cc79a7", 11),
    "mhd-threads": ("#56b4e9", 13),
    "mhd-epoll": ("#8c6bb1", 6),
    "floor": ("#000000", 2),
    "floor-alone": ("#000000", 1),
}
HEAD = """set terminal svg size 820,560 dynamic noenhanced background '#ffffff' font 'sans-serif,15'
set output '{path}'
set title '{title}'
set xlabel '{x}' offset 0,0.4
set ylabel '{y}'
set border 3 linecolor '#444444'
set tics nomirror textcolor '#222222'
set grid linecolor '#dddddd' linetype 1
set key outside bottom center horizontal maxcols 3 reverse Left textcolor '#222222'
set format y '%.10g'
{extra}
"""
LOG_X = "set logscale x 2\nset format x '%.10g'\n"

Point = tuple[float, float, float, float]  # x, and y with its quartiles
Line = tuple[str, list[Point]]


def _draw(
    path: Path, title: str, x: str, y: str, extra: str, lines: list[Line]
) -> None:
    """Returns a line with error bars for each; ours, the first, is thicker."""
    looks = {
        peer.title: LOOKS[peer.name] for peer in PEERS.values() if peer.name in LOOKS
    }
    script = HEAD.format(
        path=path, title=title.replace("'", "’"), x=x, y=y, extra=extra
    )
    plots = []
    for number, (name, points) in enumerate(lines):
        rows = "\n".join(
            " ".join(f"{value:.9g}" for value in point) for point in points
        )
        script += f"$data{number} << EOD\n{rows}\nEOD\n"
        color, sign = looks[name]
        width = 3.5 if number == 0 else 1.8
        look = f"linecolor '{color}' linewidth {width} pointtype {sign} pointsize 0.8"
        safe = name.replace("'", "’")
        plots.append(f"$data{number} using 1:2 with linespoints {look} title '{safe}'")
        plots.append(f"$data{number} using 1:2:3:4 with yerrorbars {look} notitle")
    plots += [
        plot.split(" title ")[0] + " notitle" for plot in plots[:1]
    ]  # ours on top
    script += "plot " + ", ".join(plots) + "\n"
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


def _points(
    figures: Figures, part: str, value: Value, x: str, **key: object
) -> list[Point]:
    points = []
    for at in figures.distinct(part, x):
        spread = figures.spread(part, value, **key, **{x: at})
        if spread:
            points.append((float(at), spread.median, spread.low, spread.high))
    return points


def _by_peer(
    figures: Figures, part: str, value: Value, x: str, peers: Iterable[str]
) -> list[Line]:
    return [(figures.title(p), _points(figures, part, value, x, peer=p)) for p in peers]


def draw(figures: Figures, folder: Path) -> list[Path]:
    """Draws each plot for which there are samples. Returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    before = {path: path.stat().st_mtime_ns for path in folder.glob("*.svg")}
    peers = figures.peers("exchanges")
    if peers:
        peers.sort(key=lambda name: name != OURS)
        axes = LOG_X + "set yrange [0:*]\n"
        lines = _by_peer(figures, "exchanges", rate, "clients", peers)
        _draw(
            folder / "rates.svg",
            "Exchanges per second",
            "clients",
            "exchanges/s",
            axes,
            lines,
        )
        lines = _by_peer(figures, "exchanges", cost, "clients", peers)
        title = "Processor time of the server"
        _draw(folder / "costs.svg", title, "clients", "µs per exchange", axes, lines)
    if figures.select("held"):
        lines = _by_peer(
            figures,
            "held",
            lambda s: s["pss_KiB"] / 1024,
            "held",
            figures.peers("held"),
        )
        title = "Memory with half-sent requests held"
        axes = "set xrange [0:*]\nset yrange [0:*]\n"
        _draw(folder / "held.svg", title, "requests held", "MiB (Pss)", axes, lines)
    return [
        p for p in sorted(folder.glob("*.svg")) if p.stat().st_mtime_ns != before.get(p)
    ]
