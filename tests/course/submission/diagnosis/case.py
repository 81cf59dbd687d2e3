"""What every probe is made of: the case that it is given, and what it finds."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from submission.diagnosis.asking import Answer, Server, Unclear, get


@dataclass(frozen=True)
class Diagnosis:
    """One mistake, recognized by what the server did when it was asked."""

    key: str  # never changes
    sentence: str  # what the server does, as seen
    # A line for the shell that shows it, with the server on port 8080; empty, if
    # only a program can.
    by_hand: str
    hint: str  # a question, or a next step
    seen: str  # what was sent and what came


@dataclass(frozen=True)
class Case:
    """What a probe is given."""

    program: Path
    stage: int
    patience: float = 2.0  # seconds after which an answer does not come any more
    short: Path | None = None  # the same, but send takes only a part
    stand_in: Path | None = None  # the same, but with the tests' own delegate

    @property
    def shows_path(self) -> bool:
        """Whether the page shows what was asked for."""
        return self.stage in (1, 5, 6)

    def start(self, program: Path | None = None) -> Server:
        """Starts a fresh server; raises Unclear if it does not start."""
        server = Server(program or self.program)
        if not server.url:
            server.__exit__()
            raise Unclear("it does not say where it listens")
        return server

    def control(self, server: Server, request: bytes = get()) -> Answer:
        """Sends a whole request in one piece, which must be answered."""
        with server.connect() as client:
            answer = client.send(request).answer(self.patience)
        if not answer.code:
            raise Unclear("the request in one piece has no answer")
        return answer


Probe = Callable[[Case], Diagnosis | None]
