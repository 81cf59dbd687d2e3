"""What a step changed on the wire: the requests of `make wire` are sent to the server
that the step began with, and to the one that was written."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

from submission import TOP

sys.path.insert(0, str(TOP / "tests/wire"))
from compare_stages import EXAMPLES, changes, kind_of_change
from corpus import read
from replay import replay

KINDS_MOST = 5
# Of an example: the request, and of the answer what a reader of the page sees.
SEEN = re.compile(r" *(\S+: |> )| *[-+] (HTTP/|.*<(h\d|li|p)>)")


def compare(stage: int, before: Path, now: Path) -> list[str]:
    """What it says of a step; both folders have stageN/webserve and tools/."""
    # A server may wait for 20 seconds for what never comes.
    requests = [one for one in read() if one.group != "timeout"]
    old, new = replay([(before, stage), (now, stage)], requests)
    pairs = {
        one.name: (old.answers[one.name], new.answers[one.name])
        for one in requests
        if one.name in old.answers and one.name in new.answers
    }
    kinds = Counter(kind_of_change(a, b) for a, b in pairs.values() if a != b)
    changed = kinds.total()
    lines = [
        f"{len(pairs)} requests: {len(pairs) - changed} answers are the same, byte for "
        f"byte, and {changed or 'none'} changed."
    ]
    lines += [f"{number:6}  {kind}" for kind, number in kinds.most_common(KINDS_MOST)]
    if len(kinds) > KINDS_MOST:
        lines += [f"{sum(sorted(kinds.values())[:-KINDS_MOST]):6}  others"]
    for one in requests:
        if one.name in EXAMPLES.get(stage, ())[:1] and one.name in pairs:
            lines += ["", *filter(SEEN.match, changes(one, *pairs[one.name]))]
    return lines
