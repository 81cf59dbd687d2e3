"""The plots, as SVG, by gnuplot."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from .figures import Figures, Value, cost, rate, server_seconds
from .peers import PEERS
from .targets import OURS

# Okabe and Ito's colours, which the colour-blind can tell apart, and gnuplot's signs
# for points; a server has its own on every plot.
LOOKS = {
    "stage6": ("#0072b2", 7),
    "nginx-tuned": ("#d55e00", 5),
    "nginx": ("#e69f00", 4),
    "lighttpd": ("#009e73", 9),
    "haproxy": ("#cc79a7", 11),
    "mhd-threads": ("#56b4e9", 13),
    "mhd-epoll": ("#8c6bb1", 6),
    "python": ("#7f7f7f", 8),
    "floor": ("#000000", 2),
    "floor-alone": ("#000000", 1),
}
COLOURS = ("#0072b2", "#d55e00", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#8c6bb1", "#7f7f7f", "#000000")
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


def _draw(path: Path, title: str, x: str, y: str, extra: str, lines: list[Line]) -> None:
    """A line with error bars for each; ours, the first, is thicker."""
    looks = {peer.title: LOOKS[peer.name] for peer in PEERS.values() if peer.name in LOOKS}
    script = HEAD.format(path=path, title=title.replace("'", "’"), x=x, y=y, extra=extra)
    plots = []
    for number, (name, points) in enumerate(lines):
        rows = "\n".join(" ".join(f"{value:.9g}" for value in point) for point in points)
        script += f"$data{number} << EOD\n{rows}\nEOD\n"
        colour, sign = looks.get(name, (COLOURS[number % len(COLOURS)], 7))
        width = 3.5 if number == 0 else 1.8
        look = f"linecolor '{colour}' linewidth {width} pointtype {sign} pointsize 0.8"
        safe = name.replace("'", "’")
        plots.append(f"$data{number} using 1:2 with linespoints {look} title '{safe}'")
        plots.append(f"$data{number} using 1:2:3:4 with yerrorbars {look} notitle")
    plots += [plot.split(" title ")[0] + " notitle" for plot in plots[:1]]  # ours on top
    script += "plot " + ", ".join(plots) + "\n"
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


def _points(figures: Figures, part: str, value: Value, x: str, **key: object) -> list[Point]:
    points = []
    for at in figures.distinct(part, x):
        spread = figures.spread(part, value, **key, **{x: at})
        if spread:
            points.append((float(at), spread.median, spread.low, spread.high))  # type: ignore[arg-type]
    return points


def _by_peer(figures: Figures, part: str, value: Value, x: str, peers: Iterable[str]) -> list[Line]:
    return [(figures.title(p), _points(figures, part, value, x, peer=p)) for p in peers]


def _latency(figures: Figures, folder: Path) -> None:
    percentiles = {"p50_us": 50, "p75_us": 75, "p90_us": 90, "p99_us": 99, "p999_us": 99.9}
    lines = []
    for peer in figures.peers("exchanges"):
        if peer == "python":
            continue  # its line would press all others together
        points = []
        for place, name in enumerate(percentiles):
            spread = figures.spread("exchanges", lambda s: s[name] / 1000, peer=peer, clients=64)
            if spread:
                points.append((float(place), spread.median, spread.low, spread.high))
        lines.append((figures.title(peer), points))
    tics = ", ".join(f"'{name:g} %%' {place}" for place, name in enumerate(percentiles.values()))
    _draw(
        folder / "latency.svg",
        "Latency with 64 clients",
        "of all exchanges",
        "ms, at most",
        f"set xtics ({tics})\nset xrange [-0.2:4.2]\nset logscale y\n",
        lines,
    )


def _posts(figures: Figures, folder: Path) -> None:
    lines = []
    for piece in figures.distinct("posts", "piece"):
        for peer in figures.peers("posts"):
            points = _points(
                figures, "posts", lambda s: s["octets"] / s["seconds"] / 1e6, "octets", peer=peer, piece=piece
            )
            points = [(x / 1024, *y) for x, *y in points]  # type: ignore[misc]
            sent = f"pieces of {piece}" if piece else "whole"
            lines.append((f"{figures.title(peer)}, {sent}", points))
    axes = LOG_X + "set logscale y\n"
    _draw(folder / "posts.svg", "POST of form data, read, decoded and shown", "KiB of content", "MB/s", axes, lines)


def _growth(figures: Figures, folder: Path) -> None:
    """Each kind in parts of its largest, so that all are on the one diagonal."""
    lines = []
    for kind in figures.distinct("growth", "kind"):
        points = _points(figures, "growth", server_seconds, "size", kind=kind)
        x, y = points[-1][:2]
        lines.append((str(kind), [(p[0] / x, *(value / y for value in p[1:])) for p in points]))
    _draw(
        folder / "growth.svg",
        "Processor time by size",
        "size, in the largest",
        "time, in that of the largest",
        "set xrange [0:1.05]\nset yrange [0:*]\n",
        lines,  # type: ignore[arg-type]
    )


def draw(figures: Figures, folder: Path) -> list[Path]:
    """All plots that there are samples for; gives their files."""
    folder.mkdir(parents=True, exist_ok=True)
    before = {path: path.stat().st_mtime_ns for path in folder.glob("*.svg")}
    peers = figures.peers("exchanges")
    if peers:
        peers.sort(key=lambda name: name != OURS)
        lines = _by_peer(figures, "exchanges", rate, "clients", peers)
        _draw(folder / "rates.svg", "Exchanges a second", "clients", "exchanges/s", LOG_X + "set yrange [0:*]\n", lines)
        # without the one that would press all others together
        near = [peer for peer in peers if peer != "python"]
        lines = _by_peer(figures, "exchanges", cost, "clients", near)
        axes = LOG_X + "set yrange [0:*]\n"
        _draw(folder / "costs.svg", "Processor time of the server", "clients", "µs an exchange", axes, lines)
        _latency(figures, folder)
    if figures.select("held"):
        lines = _by_peer(figures, "held", lambda s: s["pss_KiB"] / 1024, "held", figures.peers("held"))
        title = "Memory with half-sent requests held"
        axes = "set xrange [0:*]\nset yrange [0:*]\n"
        _draw(folder / "held.svg", title, "requests held", "MiB (Pss)", axes, lines)
    if figures.select("posts"):
        _posts(figures, folder)
    if figures.select("growth"):
        _growth(figures, folder)
    return [p for p in sorted(folder.glob("*.svg")) if p.stat().st_mtime_ns != before.get(p)]
