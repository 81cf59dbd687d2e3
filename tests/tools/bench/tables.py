"""The tables of the report, for the terminal and for the page."""

from collections.abc import Callable

from figures import (
    Figures,
    Value,
    cost,
    given_back,
    held_each,
    rate,
    seconds,
)
from targets import OURS, verdicts

Row = list[str]
Table = list[Row]  # the first row is the head


def _targets(figures: Figures) -> Table:
    rows = [[v.sentence, v.limit, v.measured, v.word] for v in verdicts(figures)]
    return [["target", "", "measured", ""], *rows]


def _beside(figures: Figures, value: Value, unit: str, digits: int) -> Table:
    """Ours in units, and divided by each peer's, by the number of clients."""
    counts = figures.distinct("exchanges", "clients")
    if not counts:
        return [["clients"]]
    ours = [figures.spread("exchanges", value, peer=OURS, clients=n) for n in counts]
    table = [
        ["clients", *(f"{n:,}" for n in counts)],
        [f"stage 6: {unit}", *(s.show(digits) if s else "—" for s in ours)],
    ]
    for peer in figures.peers("exchanges"):
        if peer != OURS:
            ratios = [
                figures.ratio("exchanges", value, OURS, peer, clients=n) for n in counts
            ]
            table.append(
                [f"÷ {figures.title(peer)}", *(r.show() if r else "—" for r in ratios)]
            )
    return table


def _rates(figures: Figures) -> Table:
    return _beside(figures, rate, "exchanges/s", 0)


def _costs(figures: Figures) -> Table:
    return _beside(figures, cost, "µs per exchange", 1)


def _latency(figures: Figures) -> Table:
    names = ("p50_us", "p75_us", "p90_us", "p99_us", "p999_us")
    table = [["64 clients: ms", "50 %", "75 %", "90 %", "99 %", "99.9 %"]]
    for peer in figures.peers("exchanges"):
        row = [figures.title(peer)]
        for name in names:
            spread = figures.spread(
                "exchanges", lambda s: s[name] / 1000, peer=peer, clients=64
            )
            row.append(f"{spread.median:.2f}" if spread else "—")
        table.append(row)
    return table


def _stages(figures: Figures) -> Table:
    table = [
        [
            "64 clients",
            "bytes of content",
            "exchanges/s ÷ stage 6",
            "processor time ÷ stage 6",
        ]
    ]
    for stage in figures.peers("stages"):
        ratios = [figures.ratio("stages", value, stage, OURS) for value in (rate, cost)]
        octets = figures.select("stages", peer=stage)[0]["content"]
        row = [figures.title(stage), f"{octets:,}"]
        table.append([*row, *(r.show() if r else "—" for r in ratios)])
    return table


def _held(figures: Figures) -> Table:
    counts = [n for n in figures.distinct("held", "held") if n]
    most = counts[-1] if counts else 0
    table = [["", *(f"KiB each, {n:,} held" for n in counts)]]
    table[0] += [
        "answer among them, ms",
        "the slowest, ms",
        "comes back",
    ]
    for peer in figures.peers("held"):
        row = [figures.title(peer)]
        for count in counts:
            spread = figures.spread("held", held_each, peer=peer, held=count)
            row.append(f"{spread.median:.1f}" if spread else "—")
        last: list[tuple[Value, str]] = [
            (lambda s: s["live_ms"], "{:.2f}"),
            (lambda s: s["live_most_ms"], "{:.2f}"),
            (given_back, "{:.0%}"),
        ]
        for value, form in last:
            spread = figures.spread("held", value, peer=peer, held=most)
            row.append(form.format(spread.median) if spread else "—")
        table.append(row)
    return table


def _octets(number: float) -> str:
    for unit, size in (("MiB", 1 << 20), ("KiB", 1 << 10)):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number:.0f}"


def _posts(figures: Figures) -> Table:
    table = [["content", "ms", "MB/s"]]
    for octets in figures.distinct("posts", "octets"):
        took = figures.spread("posts", seconds, octets=octets)
        if took:
            speed = octets / took.median / 1e6
            table.append([_octets(octets), f"{took.median * 1000:.3f}", f"{speed:.0f}"])
    return table


def _peaks(figures: Figures) -> Table:
    table = [["content", "answer", "peak memory", "÷ (content + answer)"]]
    for s in figures.select("peaks"):
        peak = s["peak_KiB"] * 1024
        row = [_octets(s["octets"]), _octets(s["answer_octets"]), _octets(peak)]
        part = peak / (s["octets"] + s["answer_octets"])
        table.append([*row, f"{part:.2f}" if s["octets"] >= 1 << 20 else "—"])
    return table


def _machine(figures: Figures) -> Table:
    data = figures.data
    machine, built = data["machine"], data["built"]
    versions = (
        f"{peer['title'].split(',')[0]} {peer['version']}"
        for peer in data["peers"].values()
        if peer["version"]
    )
    return [
        ["what", ""],
        ["processor", f"{machine['processor']}, {machine['processors']} in use"],
        ["memory", f"{machine['memory_KiB'] / 1024**2:.1f} GiB"],
        ["system", f"{machine['system']}, Linux {machine['kernel']}"],
        ["load before the run", f"{machine['load_before']:.1f}"],
        ["built", f"commit {built['commit']}, {built['compiler']}, `{built['flags']}`"],
        ["compared with", ", ".join(dict.fromkeys([*versions, built["wrk"]]))],
        ["the page", f"{data['page_octets']:,} bytes"],
        [
            "the run",
            f"{data['made']}, {data['rounds']} rounds, {data['took_seconds']} s",
        ],
    ]


TABLES: dict[str, Callable[[Figures], Table]] = {
    "machine": _machine,
    "rates": _rates,
    "costs": _costs,
    "latency": _latency,
    "stages": _stages,
    "held": _held,
    "posts": _posts,
    "peaks": _peaks,
    "targets": _targets,
}

TITLES = {
    "machine": "The machine and the run",
    "rates": "Exchanges per second: stage 6, and divided by each peer's",
    "costs": "Processor time of the server per exchange",
    "latency": "Latency",
    "stages": "The six stages",
    "held": "Half-sent requests held",
    "posts": "POST of form data to stage 6",
    "peaks": "Peak memory of a POST",
    "targets": "Targets: medians, quartiles in brackets",
}


def markdown(table: Table) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in table]
    lines.insert(1, "|" + " --- |" * len(table[0]))
    return "\n".join(lines) + "\n"


def _is_text(table: Table, column: int) -> bool:
    return any(
        row[column] and row[column][0] not in "0123456789-—" for row in table[1:]
    )


def plain(table: Table) -> str:
    """Aligns the columns: text on the left, numbers on the right."""
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    left = [i == 0 or _is_text(table, i) for i in range(len(widths))]
    lines = [
        "  ".join(
            cell.ljust(width) if to_left else cell.rjust(width)
            for cell, width, to_left in zip(row, widths, left)
        ).rstrip()
        for row in table
    ]
    lines.insert(1, "-" * max(map(len, lines)))
    return "\n".join(lines) + "\n"
