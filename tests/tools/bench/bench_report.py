#!/usr/bin/env python3
"""tests/tools/bench/bench_report.py terminal|page BUILD, or: report check - shows figures.

    terminal BUILD   prints the tables of BUILD/bench/bench.json, and draws the
                     plots into BUILD/bench/plots
    page BUILD       puts that file into docs/performance/, draws the plots there,
                     and writes the tables of docs/performance.md
    check            fails if the page's tables are not made from the figures in
                     docs/performance/

On the page, each table is between two marks. Nobody types it:

    <!-- begin: tests/tools/bench/bench_report.py rates -->
    <!-- end -->
"""

import re
import shutil
import sys
from pathlib import Path

from bench_run import PARTS
from figures import Figures
from peers import SERVERS
from plots import draw
from tables import TABLES, TITLES, markdown, plain

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "performance.md"
KEPT = ROOT / "docs" / "performance" / "bench.json"
MARKED = re.compile(
    r"(<!-- begin: tests/tools/bench/bench_report.py (\S+) -->\n).*?(<!-- end -->)",
    re.DOTALL,
)


def with_tables(page: str, figures: Figures) -> str:
    """Returns the page with its tables made from these figures."""

    def table(marked: re.Match[str]) -> str:
        return f"{marked[1]}\n{markdown(TABLES[marked[2]](figures))}\n{marked[3]}"

    return MARKED.sub(table, page)


def show(build: Path) -> int:
    figures = Figures(build / "bench" / "bench.json")
    for name, make in TABLES.items():
        table = make(figures)
        if len(table) > 1:
            print(f"\n{TITLES[name]}\n\n{plain(table)}", end="")
    if figures.data["quick"]:
        print("\nA smoke run: everything works; the figures say nothing.\n")
    for path in draw(figures, build / "bench" / "plots"):
        print(path)
    return 0


def write_page(build: Path) -> int:
    new = build / "bench" / "bench.json"
    figures = Figures(new)
    lacking = [part for part in PARTS if not figures.select(part)]
    lacking += [name for name in SERVERS if not figures.select("exchanges", peer=name)]
    if figures.data["quick"] or figures.data["rounds"] < 7 or lacking:
        print(
            f"tests/tools/bench/bench_report.py: that was not a full run: {', '.join(lacking)}",
            file=sys.stderr,
        )
        return 1
    KEPT.parent.mkdir(exist_ok=True)
    shutil.copy(new, KEPT)
    draw(figures, KEPT.parent)
    PAGE.write_text(with_tables(PAGE.read_text(), figures))
    return 0


def check() -> int:
    page = PAGE.read_text()
    if not MARKED.search(page):
        print(f"{PAGE.name} has no tables", file=sys.stderr)
        return 1
    if with_tables(page, Figures(KEPT)) != page:
        print(
            f"{PAGE.name} is not what its figures say; run `make bench-report`",
            file=sys.stderr,
        )
        return 1
    missing = [
        name
        for name in re.findall(r"\(performance/(\S+)\)", page)
        if not (KEPT.parent / name).exists()
    ]
    for name in missing:
        print(f"{PAGE.name} shows {name}, which is not there", file=sys.stderr)
    return 1 if missing else 0


def main(arguments: list[str]) -> int:
    try:
        match arguments:
            case ["terminal", build]:
                return show(Path(build))
            case ["page", build]:
                return write_page(Path(build))
            case ["check"]:
                return check()
    except FileNotFoundError as error:
        print(
            f"tests/tools/bench/bench_report.py: {error.filename} is missing",
            file=sys.stderr,
        )
        return 1
    print(
        "usage: tests/tools/bench/bench_report.py terminal|page BUILD, or: tests/tools/bench/bench_report.py check",
        file=sys.stderr,
    )
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
