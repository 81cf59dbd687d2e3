"""What the live page gets twenty times a second: never more than it can draw.

`Frames` takes the events of a recording. Twenty times a second, it makes one frame of
all that has changed, a dictionary that becomes JSON. There is a limit on the threads in
a frame, on their changes, and on the clients that are shown in detail. What is over the
limit is summed up or counted, and the counts are in the frame, too.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

from recording import Change, Client, Event, Thread, Timeline

LANES_MOST = 24  # threads that are shown
ENDED_MOST = 12  # of these, when they are first shown, may have ended already
CHANGES_MOST = 400.0  # in one frame; more are summed up
CHANGES_EACH = 40.0  # and in each frame, if it goes on like that
DETAILED_MOST = 4.0  # clients that are shown in detail, in one frame
DETAILED_EACH = 0.2  # and in each
CLIENTS_MOST = 40  # that are shown in detail at a time
PIECES_SHOWN = 12  # of each of these: the latest
CLOSED_KEPT = 12  # clients that are shown in detail, and have left
FADE_MS = 6000.0  # a thread that has ended is shown for so long
KEPT = 240  # frames, for a browser that comes in the middle, or is late

Json = dict[str, Any]


class Frames:
    """The frames of a recording. One thread adds events, and others wait for frames."""

    def __init__(self) -> None:
        self.timeline = Timeline()
        self.lanes: set[int] = set()
        self.detailed: set[int] = set()
        self.cards: dict[int, Json] = {}
        self.changes_left = CHANGES_MOST
        self.detailed_left = DETAILED_MOST
        self.kept: deque[Json] = deque(maxlen=KEPT)
        self.number = 0
        self.over = False
        self.changed = threading.Condition()

    def add(self, events: list[Event], now: float) -> None:
        """Adds what has happened, and makes a frame of it."""
        with self.changed:
            lost = self.timeline.lost
            for event in events:
                self.timeline.take(event)
                if event.call == "accepted" and event.client:
                    self.choose(event.client)
            if self.timeline.lost > lost:
                self.timeline.close_orphans(now)
            self.number += 1
            self.kept.append(self.frame(now))
            self.changed.notify_all()

    def end(self) -> None:
        """Says that there will be no more."""
        with self.changed:
            self.over = True
            self.changed.notify_all()

    def choose(self, number: int) -> None:
        """Shows a client in detail, if there is room for one more."""
        if self.detailed_left >= 1 and len(self.detailed) < CLIENTS_MOST:
            self.detailed_left -= 1
            self.detailed.add(number)

    def frame(self, now: float) -> Json:
        """What is new, and forgets it."""
        gone = self.forget(now)
        self.changes_left = min(self.changes_left + CHANGES_EACH, CHANGES_MOST)
        self.detailed_left = min(self.detailed_left + DETAILED_EACH, DETAILED_MOST)
        self.take_lanes()
        lanes = []
        changed = [self.timeline.threads[number] for number in self.lanes]
        for thread in sorted(changed, key=lambda thread: len(thread.changes)):
            if thread.changes:
                lanes.append(self.lane(thread))
        for thread in self.timeline.threads.values():
            thread.changes.clear()
        clients = self.change_cards()
        for number, client in list(self.timeline.clients.items()):
            client.pieces.clear()
            client.left_out = 0
            if client.closed:
                del self.timeline.clients[number]
                self.detailed.discard(number)
        return self.counts(now) | {"lanes": lanes, "gone": gone, "clients": clients}

    def change_cards(self) -> list[Json]:
        """The cards that are new, or have changed. The latest of those whose clients have
        left are kept, for a browser that comes later."""
        changed = []
        for number in sorted(self.detailed):
            if client := self.timeline.clients.get(number):
                card = self.card(client)
                if card != self.cards.get(number):
                    self.cards[number] = card
                    changed.append(card)
        closed = [number for number, card in self.cards.items() if card["closed"]]
        for number in closed[:-CLOSED_KEPT]:
            del self.cards[number]
        return changed

    def counts(self, now: float) -> Json:
        """How much there is, of what is shown and of what is not."""
        threads = self.timeline.threads.values()
        running = sum(1 for thread in threads if not thread.ended)
        return {
            "number": self.number,
            "now": round(now, 1),
            "accepted": self.timeline.accepted,
            "open": len(self.timeline.clients),
            "threads": running,
            "hidden": len(self.timeline.threads) - len(self.lanes),
            "lost": self.timeline.lost,
        }

    def take_lanes(self) -> None:
        """Shows more threads if there is room, first those that have a client. Some
        that have ended already are shown, too, and the others are forgotten."""
        threads = self.timeline.threads
        hidden = [
            thread for number, thread in threads.items() if number not in self.lanes
        ]
        hidden.sort(key=lambda t: (t.ended > 0, t.client is None, t.number))
        ended = sum(1 for number in self.lanes if threads[number].ended)
        for thread in hidden:
            has_room = not thread.ended or ended < ENDED_MOST
            if len(self.lanes) < LANES_MOST and has_room:
                ended += thread.ended > 0
                if not thread.changes:
                    thread.changes.append(thread.now)
                self.lanes.add(thread.number)
            elif thread.ended:
                del threads[thread.number]

    def forget(self, now: float) -> list[int]:
        """Drops the threads that ended some time ago, and gives their numbers."""
        threads = self.timeline.threads
        gone = [
            number
            for number in self.lanes
            if threads[number].ended and now > threads[number].ended + FADE_MS
        ]
        for number in gone:
            del threads[number]
            self.lanes.discard(number)
        return gone

    def about(self, thread: Thread) -> Json:
        """What a lane's name says."""
        began = round(thread.began, 1)
        return {"id": thread.number, "by": thread.by, "began": began}

    def lane(self, thread: Thread) -> Json:
        """What a thread has done since the last frame, summed up if it was much."""
        changes = thread.changes
        lane = self.about(thread)
        if len(changes) > self.changes_left:
            clients = {change.client for change in changes if change.client}
            many = Change(
                changes[0].at,
                "many",
                len(clients),
                sum(max(change.received, 0) for change in changes),
                sum(change.sent for change in changes),
            )
            changes = [many, changes[-1]]
        self.changes_left -= len(changes)
        lane["changes"] = [[round(change.at, 1), *change[1:]] for change in changes]
        return lane

    def card(self, client: Client) -> Json:
        """A client, with its latest pieces, and how many there were before."""
        card = self.cards.get(client.number, {"pieces": [], "earlier": 0})
        new = [[round(piece.at, 3), *piece[1:]] for piece in client.pieces]
        pieces = card["pieces"] + new
        shown = pieces[-PIECES_SHOWN:]
        return {
            "id": client.number,
            "address": client.address,
            "acceptedBy": client.accepted_by,
            "thread": client.thread,
            "accepted": round(client.accepted, 3),
            "pieces": shown,
            "earlier": card["earlier"] + len(pieces) - len(shown) + client.left_out,
            "received": client.received,
            "sent": client.sent,
            "trouble": client.trouble,
            "closed": round(client.closed, 3),
        }

    def snapshot(self) -> Json:
        """What a browser needs that comes in the middle."""
        lanes = []
        for number in sorted(self.lanes):
            thread = self.timeline.threads[number]
            change = [round(thread.now.at, 1), *thread.now[1:3], 0, 0]
            lanes.append(self.about(thread) | {"changes": [change]})
        clients = list(self.cards.values())
        now = self.kept[-1]["now"]
        return self.counts(now) | {"lanes": lanes, "gone": [], "clients": clients}

    def after(self, number: int) -> list[Json] | None:
        """The frames after that one, as soon as there are some. If some are no longer
        kept: the others, and a snapshot. None if there will be no more."""
        with self.changed:
            self.changed.wait_for(lambda: self.over or self.number > number)
            if self.over:
                return None
            missing = self.number - number
            if missing > len(self.kept):
                return [*self.kept, self.snapshot()]
            return list(self.kept)[len(self.kept) - missing :]
