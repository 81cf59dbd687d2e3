"""The timeline of a server's threads, as SVG.

The drawing has one row for each thread that accepts clients, in the order in which
they began. It shows when a thread waited in accept, when it waited for its client, when
it received and when it answered. It paints its own background, and has colors for light
and dark (colors.css).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from recording import Client, Piece, Timeline

# Narrow enough that its letters can be read on a page.
LEFT, WIDTH, RIGHT, TOP, ROW, BAR = 104, 620, 20, 130, 42, 18
BEFORE_MS = 20.0  # shown of the time before the first client
NARROW = 4.0  # what takes less than this many units is drawn this wide


@dataclass
class Row:
    """One thread."""

    number: int
    began: float
    waits: list[tuple[float, float]] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)


def rows_of(timeline: Timeline) -> list[Row]:
    """The threads, and how long each waited in accept."""
    rows = []
    for thread in timeline.threads.values():
        row = Row(thread.number, thread.began)
        for change, after in zip(thread.changes, thread.changes[1:]):
            if change.state == "accept":
                row.waits.append((change.at, after.at))
        row.clients = [
            c for c in timeline.clients.values() if c.thread == thread.number
        ]
        rows.append(row)
    return rows


STYLE = (
    Path(__file__).with_name("colors.css").read_text(encoding="utf-8")
    + """
text { font: 14px system-ui, 'DejaVu Sans', sans-serif; fill: var(--ink); }
.title { font-size: 17px; font-weight: 600; }
.small { font-size: 14px; fill: var(--quiet); }
.paper { fill: var(--paper); }
.line { stroke: var(--line); stroke-width: 1; }
.accept { fill: var(--accept); }
.client { fill: var(--client); }
.recv { fill: var(--received); }
.send { fill: var(--sent); }
.begin { fill: none; stroke: var(--ink); stroke-width: 1.5; }
.number { font-size: 14px; font-weight: 600; fill: var(--ink); }
"""
)

LEGEND = [
    ("begin", "thread created", 150),
    ("accept", "waits in accept", 150),
    ("client", "has a client, waits for its bytes", 270),
    ("recv", "receives", 100),
    ("send", "answers", 90),
]


def pieces_of(client: Client, kind: str) -> list[Piece]:
    """What a client sent (`in`), or was sent (`out`)."""
    return [piece for piece in client.pieces if piece.kind == kind]


class Drawing:
    """Collects the SVG's elements."""

    def __init__(self, threads: list[Row]) -> None:
        self.threads = threads
        self.clients = [client for thread in threads for client in thread.clients]
        self.zero = min(client.accepted for client in self.clients)
        self.last = max(client.closed for client in self.clients) + 2 * BEFORE_MS
        self.scale = WIDTH / (self.last - self.zero + BEFORE_MS)
        self.bottom = TOP + ROW * len(threads)
        self.parts: list[str] = []

    def x(self, time: float) -> float:
        """Where a moment is; what is outside is at the edge."""
        inside = min(max(time, self.zero - BEFORE_MS), self.last)
        return LEFT + (inside - self.zero + BEFORE_MS) * self.scale

    def rect(self, kind: str, x: float, y: float, width: float, title: str) -> None:
        """A bar, with what a pointer on it shows."""
        self.parts.append(
            f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
            f'height="{BAR}"><title>{escape(title)}</title></rect>'
        )

    def bar(self, kind: str, began: float, ended: float, y: float, title: str) -> None:
        """A bar from one moment to another."""
        left = self.x(began)
        self.rect(kind, left, y, max(self.x(ended) - left, NARROW), title)

    def circle(self, x: float, y: float) -> None:
        """Where a thread begins."""
        self.parts.append(f'<circle class="begin" cx="{x:.1f}" cy="{y}" r="4"/>')

    def text(
        self, x: float, y: float, text: str, kind: str, anchor: str = "start"
    ) -> None:
        """A line of text."""
        self.parts.append(
            f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
            f"{escape(text)}</text>"
        )

    def axis(self) -> None:
        """The times, every 50 ms."""
        for time in range(0, int(self.last - self.zero) + 1, 50):
            x = self.x(self.zero + time)
            self.parts.append(
                f'<line class="line" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" '
                f'y2="{self.bottom}"/>'
            )
            self.text(x, self.bottom + 18, f"{time}", "small", "middle")
        words = (
            "milliseconds since the first client; above the bars, the clients' numbers"
        )
        self.text(LEFT + WIDTH, self.bottom + 36, words, "small", "end")

    def legend(self) -> None:
        """What the colors mean, in two lines."""
        x, y = float(LEFT), 50
        for kind, words, width in LEGEND:
            if x + width > LEFT + WIDTH:
                x, y = float(LEFT), y + 24
            if kind == "begin":
                self.circle(x + 7, y + 8)
            else:
                self.rect(kind, x, y, NARROW if kind in ("recv", "send") else 16, words)
            self.text(x + 22, y + 13, words, "small")
            x += width

    def row(self, thread: Row, y: float) -> None:
        """What one thread did."""
        self.text(LEFT - 14, y + 14, f"thread {thread.number}", "", "end")
        for began, ended in thread.waits:
            if ended > self.zero - BEFORE_MS and began < self.last:
                title = f"waits in accept, {ended - began:.1f} ms"
                self.bar("accept", began, ended, y, title)
        for client in thread.clients:
            title = f"client {client.number}, {client.closed - client.accepted:.1f} ms"
            self.bar("client", client.accepted, client.closed, y, title)
            for piece in pieces_of(client, "in"):
                title = f"receives {piece.count} bytes"
                self.bar("recv", piece.at, piece.at, y, title)
            last = max(piece.at for piece in pieces_of(client, "in"))
            for piece in pieces_of(client, "out"):
                begin = max(piece.at, last + NARROW / self.scale)
                self.bar(
                    "send", begin, piece.at, y, f"answers with {piece.count} bytes"
                )
        self.numbers(thread, y - 4)
        if thread.began >= self.zero - BEFORE_MS:
            self.circle(self.x(thread.began), y + BAR / 2)

    def numbers(self, thread: Row, y: float) -> None:
        """The clients' numbers above their beginnings, together where it is narrow."""
        groups: list[tuple[float, list[int]]] = []
        for client in thread.clients:
            x = self.x(client.accepted)
            if groups and x - groups[-1][0] < 10 + 18 * len(groups[-1][1]):
                groups[-1][1].append(client.number)
            else:
                groups.append((x, [client.number]))
        for x, inside in groups:
            self.text(x, y, ", ".join(map(str, inside)), "number")

    def svg(self, stage: str) -> str:
        """The whole."""
        counts = f"{len(self.clients)} clients, {len(self.threads)} threads"
        title = f"Threads taking turns: stage {stage}, {counts}"
        self.axis()
        self.legend()
        for index, thread in enumerate(self.threads):
            self.row(thread, TOP + ROW * index)
        self.text(LEFT, 32, title, "title")
        width, height = LEFT + WIDTH + RIGHT, self.bottom + 44
        parts = "\n".join(self.parts)
        return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" \
aria-labelledby="title description">
<title id="title">{escape(title)}</title>
<desc id="description">{escape(describe(self.threads, self.zero))}</desc>
<style>{STYLE}</style>
<rect class="paper" width="{width}" height="{height}" rx="8"/>
{parts}
</svg>
"""


def describe(threads: list[Row], zero: float) -> str:
    """The drawing in words."""
    sentences = []
    for thread in threads:
        whole = ", ".join(
            f"client {client.number} from {client.accepted - zero:.0f} to "
            f"{client.closed - zero:.0f} ms"
            for client in thread.clients
        )
        sentences.append(
            f"Thread {thread.number}: {whole or 'waits, and has no client'}."
        )
    return " ".join(sentences)


def draw(timeline: Timeline, stage: str) -> str:
    """The drawing of a run; a ValueError if it has no client, or only part of one."""
    if not timeline.clients:
        raise ValueError("no client was recorded")
    for client in timeline.clients.values():
        if not (client.received and client.sent and client.closed):
            raise ValueError(f"client {client.number} has no recv, send or close")
    return Drawing(rows_of(timeline)).svg(stage)
