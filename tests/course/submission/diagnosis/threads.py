"""Probes of several clients at once, and of what they share."""

import selectors
import time

from submission.diagnosis.asking import (
    LOOKS,
    Client,
    Server,
    Unclear,
    get,
    post,
    seen,
    wait_until,
)
from submission.diagnosis.case import Case, Diagnosis
from submission.faults import ended

HALF = (b"GET /qa1zx HT", b"TP/1.1\r\nHost: localhost\r\n\r\n")
TWO_CLIENTS = (
    "(printf 'GET /first HT'; sleep 3; printf 'TP/1.1\\r\\nHost: a\\r\\n\\r\\n') "
    "| nc 127.0.0.1 8080 & sleep 1; {}; wait"
)
HALF_POST = (
    "printf 'POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 7\\r\\n\\r\\na=1'"
)
FEW = 20  # clients, one after the other
CROWD = 50
LARGE, PAIRS = 8, 3000  # clients that send so many pairs each
CROWD_BY_HAND = (
    "for i in {1..200}; do curl -s --max-time 5 -o /dev/null -w '%{http_code}\\n' "
    "http://127.0.0.1:8080/$i & done | sort | uniq -c"
)


def one_at_a_time(case: Case) -> Diagnosis | None:
    """Whether a client is answered while another one is slow."""
    with case.start() as server:
        case.control(server)
        time.sleep(0.05)
        before = server.status("Threads"), server.descriptors()
        with server.connect() as slow:
            slow.send(HALF[0])
            time.sleep(0.1)
            quick = server.connect().send(get())
            if quick.anything(case.patience):
                return None
            quick.note("came  nothing")
            threads = server.status("Threads") - before[0]
            accepted = server.descriptors() - before[1]
            slow.send(HALF[1]).answer(case.patience)
            if not quick.answer(case.patience).code or not slow.data:
                return None
        clients = seen(slow, quick)
    by_hand = TWO_CLIENTS.format("time curl -s -o /dev/null http://127.0.0.1:8080/")
    waits = "a client waits until the one before it is done"
    if accepted < 2 and threads == 0:
        return Diagnosis(
            "no-thread",
            f"The server handles one client at a time: {waits}, and no thread is "
            "started for it.",
            by_hand,
            "Which thread calls accept while a client is handled?",
            clients,
        )
    if accepted < 2:
        return Diagnosis(
            "thread-joined-at-once",
            f"The server handles one client at a time: {waits}, although a thread is "
            "started. The thread that accepts waits for it.",
            by_hand,
            "What does the loop do between pthread_create and the next accept? See "
            "pthread_detach(3).",
            clients,
        )
    return Diagnosis(
        "lock-around-the-exchange",
        f"The server handles one client at a time: {waits}, although each has its own "
        "thread. They wait for each other.",
        by_hand,
        "Which lock is held while recv waits? A lock should be held only while shared "
        "data is used.",
        clients,
    )


def goes_on(case: Case) -> Diagnosis | None:
    """Whether it still answers after a few clients that came one after the other."""
    with case.start() as server:
        case.control(server)
        for answered in range(1, FEW):
            with server.connect() as client:
                came = client.send(get()).anything(case.patience)
            if not came:
                break
        else:
            return None
        client.note("came  nothing")
        with server.connect() as other:
            if other.send(get()).anything(case.patience):
                return None
    return Diagnosis(
        "stops-answering",
        f"The server stops answering anyone: it answered the first {answered} of the "
        "clients that came one after the other, and none after that.",
        "for i in {1..20}; do curl -s -o /dev/null --max-time 3 -w '%{http_code}\\n' "
        "http://127.0.0.1:8080/ || break; done",
        "Which thread calls accept for the next client? Look for what ends its loop.",
        seen(client),
    )


def head_shared(case: Case) -> Diagnosis | None:
    """Whether another client's request gets into a half-sent one."""
    with case.start() as server:
        with server.connect() as alone:
            alone.send(HALF[0])
            if alone.anything(0.3):
                return None
            control = alone.send(HALF[1]).answer(case.patience)
        if not control.code or (case.shows_path and b"qa1zx" not in control.content):
            return None
        before = server.descriptors()
        with server.connect() as slow:
            slow.send(HALF[0])
            if slow.anything(0.2):
                return None
            quick = server.connect().send(get("/qb2zx"))
            other = quick.answer(case.patience)
            if not other.code and not quick.end:
                return None  # one at a time
            page = slow.send(HALF[1]).answer(case.patience)
        time.sleep(0.1)
        if not slow.data and not slow.end and server.descriptors() > before:
            return None  # its socket is lost: see the crowd
        clients = [slow, quick]
    right = page.code == control.code and other.code == control.code
    if case.shows_path:
        right &= b"qa1zx" in page.content and b"qb2zx" in other.content
        right &= b"qb2zx" not in page.content and b"qa1zx" not in other.content
    if right:
        return None
    if b"qb2zx" in page.content:
        what = "it gets the other client's page"
    elif page.code:
        what = f"it gets {page.code}" if page.code != control.code else "they mix"
    else:
        what = "it gets no answer"
    return shared(
        "A client sends half of its request, another one is answered, and the first "
        f"sends the rest: {what}.",
        TWO_CLIENTS.format("curl -s -o /dev/null http://127.0.0.1:8080/other"),
        clients,
    )


def shared(what: str, by_hand: str, clients: list[Client]) -> Diagnosis:
    """Says that clients get each other's data."""
    return Diagnosis(
        "shared-between-clients",
        f"{what} Alone, each gets the right answer, so the threads share a variable.",
        by_hand,
        "Which variables does each thread use, and where are they? Look for `static` "
        "and for globals: each thread needs its own.",
        seen(*clients),
    )


def ask_at_once(server: Server, requests: list[bytes], seconds: float) -> list[Client]:
    """Clients that come all at once, since the server is halted meanwhile."""
    watch = selectors.DefaultSelector()
    with server.halted():
        clients = [server.connect(wait=False) for _ in requests]
        for client, request in zip(clients, requests):
            watch.register(client.socket, selectors.EVENT_WRITE, (client, request))
        send_all(watch, len(clients), 0.2)
    deadline = time.monotonic() + seconds
    waiting = len(clients)
    while waiting and (left := deadline - time.monotonic()) > 0:
        waiting -= receive_all(watch, left)
    watch.close()
    return clients


def send_all(watch: selectors.BaseSelector, count: int, seconds: float) -> None:
    """Sends the requests of those that are connected."""
    deadline = time.monotonic() + seconds
    while count and (left := deadline - time.monotonic()) > 0:
        for key, events in watch.select(left):
            if events & selectors.EVENT_WRITE:
                client, request = key.data
                client.send(request)
                watch.modify(client.socket, selectors.EVENT_READ, (client, b""))
                count -= 1


def receive_all(watch: selectors.BaseSelector, seconds: float) -> int:
    """Receives once from all that have something; how many are done."""
    done = 0
    for key, _ in watch.select(seconds):
        client, request = key.data
        if request:
            client.send(request)
            watch.modify(client.socket, selectors.EVENT_READ, (client, b""))
            continue
        client.receive(1.0)
        if client.end or client.data and client.answer(0).whole:
            watch.unregister(client.socket)
            done += 1
    return done


def large_shared(case: Case) -> Diagnosis | None:
    """Finds out whether several clients get their own large pages, which take a while
    to build."""
    if not case.shows_path:
        return None

    def request(number: int) -> bytes:
        pairs = [f"a=q{number}zx"] * (PAIRS if case.stage == 6 else PAIRS // 8)
        if case.stage == 6:
            return post("&".join(pairs).encode())
        return get("/?" + "&".join(pairs))

    numbers = range(10, 10 + LARGE)
    with case.start() as server:
        alone = case.control(server, request(99))  # as long as the others
        count = alone.content.count(b"q99zx")
        sent = request(99).count(b"q99zx")
        if alone.code != 200 or not alone.whole or count < sent:
            return None
        small = ask_at_once(server, [get()] * LARGE, case.patience)
        if server.soon_ended(0.02) or not all(c.answer(0).whole for c in small):
            return None  # it is not because of what they send
        for _ in range(8):
            clients = ask_at_once(server, [request(n) for n in numbers], case.patience)
            if server.soon_ended(0.02):
                how = f"the server ended, {ended(server.process.poll() or 0)}"
                return of_large(how, clients[0])
            pages = [client.answer(0) for client in clients]
            for number, client, page in zip(numbers, clients, pages):
                client.leave()
                is_whole = page.whole and page.code == 200
                if is_whole and page.content.count(b"q%dzx" % number) != count:
                    how = "one of them got pairs of others, or not all of its own"
                    return of_large(how, client)
            if not all(page.whole for page in pages):
                return None
    return None


def of_large(what: str, client: Client) -> Diagnosis:
    """Says what is wrong with large pages; no line by hand shows it each time."""
    what = f"{LARGE} clients sent many pairs at once, and {what}."
    return shared(what, "", [client])


def is_quick(case: Case, server: Server) -> bool:
    """Whether it can be asked many times."""
    began = time.monotonic()
    return (
        all(case.control(server).whole for _ in range(3))
        and time.monotonic() - began < 0.5
    )


def crowd(case: Case) -> Diagnosis | None:
    """Finds out whether each of many clients that come at once gets its own page."""
    names = [f"/q{number}zx" for number in range(CROWD)]
    requests = [get(name + "p" * 150) for name in names]
    with case.start() as server:
        before = server.descriptors()
        deadline = time.monotonic() + 2.0
        for request in requests[:20]:
            with server.connect() as client:
                if not client.send(request).answer(0.5).code:
                    break
            if time.monotonic() > deadline:
                return None
        alone = "20 that came one after the other all were"
        if not client.data:
            alone = "even of those that came one after the other, not all were"
        for _ in range(8):
            clients = ask_at_once(server, requests, case.patience)
            silent = [c for c in clients if not c.data and not c.end]
            lost = [c for c in clients if c.end and not c.answer(0).whole]
            wrong = [
                client
                for name, client in zip(names, clients)
                if case.shows_path
                and (answer := client.answer(0)).whole
                and answer.code == 200
                and name.encode() not in answer.content
            ]
            for client in clients:
                client.leave()
            if server.ended:
                return None
            if silent or lost or wrong:
                break
        else:
            return None
        time.sleep(0.1)
        stay_open = server.descriptors() - before
    return of_crowd(silent, lost, wrong, stay_open > 0.8 * len(silent), alone)


def of_crowd(
    silent: list[Client],
    lost: list[Client],
    wrong: list[Client],
    stay_open: bool,
    alone: str,
) -> Diagnosis | None:
    """Says what happened to a crowd."""
    if wrong:
        return shared(
            f"Of {CROWD} clients at once, {len(wrong)} got a page that is not theirs.",
            "for i in {1..200}; do curl -s http://127.0.0.1:8080/mine$i "
            "| grep -q mine$i || echo wrong & done; wait",
            wrong[:1],
        )
    if silent and stay_open:
        return Diagnosis(
            "argument-of-the-thread-shared",
            f"Of {CROWD} clients that connected at once, {len(silent)} were never "
            f"answered, and their sockets stay open in the server; {alone} answered. "
            "Those sockets reach no thread.",
            CROWD_BY_HAND,
            "What do you pass to pthread_create? If it is the address of a variable, "
            "what is there by the time the thread looks?",
            seen(silent[0]),
        )
    if lost:
        return Diagnosis(
            "cut-off-in-a-crowd",
            f"Of {CROWD} clients that connected at once, {len(lost)} were cut off "
            f"before their answer was complete; {alone} answered.",
            CROWD_BY_HAND,
            "Does anything close a socket that is still used, or close one twice? "
            "Between the two, accept may have given its number to another client.",
            seen(lost[0]),
        )
    return None


def left_open(case: Case) -> Diagnosis | None:
    """Descriptors and threads that are left after clients are gone."""
    parts = {
        "left in the middle of the head": b"GET / HT",
        "sent something that is not a request": b"NONSENSE\r\n\r\n",
    }
    if case.stage == 6:
        parts["left in the middle of the content"] = post(b"a=1&b=2")[:-3]
    count = 25
    with case.start() as server:
        if not is_quick(case, server):
            return None
        before = server.descriptors(), server.status("Threads")
        for _ in range(count):
            case.control(server)
        found = grown(case, server, before, count)
        if found:
            return of_left_open(found, f"{count} clients were answered and left", case)
        for what, part in parts.items():
            before = server.descriptors(), server.status("Threads")
            for _ in range(count):
                with server.connect() as client:
                    client.send(part)
                    if part.endswith(b"\r\n\r\n"):
                        client.answer(0.05)
                    else:
                        client.anything(0.002)
            found = grown(case, server, before, count)
            if server.ended:
                return None
            if not found:
                continue
            used = server.turning()
            if used and found[1] > 0.8 * count:
                with server.connect() as client:
                    client.send(part).note("left")
                return spinning(what, used, True, client)
            return of_left_open(found, f"{count} clients {what}", case)
    return None


def grown(
    case: Case, server: Server, before: tuple[int, int], count: int
) -> tuple[int, int] | None:
    """Returns how many more descriptors and threads there are once that no longer
    changes, or None if there are few."""
    case.control(server)  # the others were accepted before it
    deadline = time.monotonic() + 1.0
    while True:
        if server.ended:
            return None
        more = (
            server.descriptors() - before[0],
            server.status("Threads") - before[1],
        )
        if max(more) < count * 0.8:
            return None
        if time.monotonic() > deadline:
            return more
        time.sleep(0.05)


def of_left_open(more: tuple[int, int], after: str, case: Case) -> Diagnosis:
    """Says what is left open."""
    descriptors, threads = more
    request = "printf 'GET / HT' | nc -N -w 1 127.0.0.1 8080"
    if "answered" in after:
        request = "curl -s -o /dev/null --max-time 1 http://127.0.0.1:8080/"
    elif "not a request" in after:
        request = "printf 'NONSENSE\\r\\n\\r\\n' | nc -N -w 1 127.0.0.1 8080 >/dev/null"
    elif "content" in after:
        request = f"{HALF_POST} " "| nc -N -w 1 127.0.0.1 8080"
    many = f"for i in {{1..25}}; do {request} & done; sleep 3; "
    server = f"$(pgrep -n -f stage{case.stage}/webserve)"
    if threads >= descriptors:
        return Diagnosis(
            "threads-never-end",
            f"After {after}, the server has {threads} more threads than before"
            + (f", and {descriptors} more sockets open." if descriptors > 9 else "."),
            many + f"ls /proc/{server}/task | wc -l",
            "What keeps a thread from ending when its client is gone? What does it do "
            "when recv returns 0?",
            "",
        )
    return Diagnosis(
        "sockets-left-open",
        f"After {after}, the server has {descriptors} more sockets open than before.",
        many + f"ls /proc/{server}/fd | wc -l",
        "Every way out of handle_connection must close the socket once. Which one do "
        "these clients take?",
        "",
    )


def wave(case: Case, server: Server, count: int) -> None:
    """Sends so many clients at the same time; each must be answered."""
    clients = [server.connect() for _ in range(count)]
    for client in clients:
        client.send(HALF[0])
    for client in clients:
        if not client.send(HALF[1]).answer(case.patience).code:
            raise Unclear("not all are answered")
        client.leave()


def never_detached(case: Case) -> Diagnosis | None:
    """Whether the memory of each thread stays after its end."""
    count = 25
    sizes, threads = [], []
    with case.start() as server:
        if not is_quick(case, server):
            return None
        for turn in range(5):
            wave(case, server, count)
            wait_until(lambda: server.status("Threads") < count / 2, 1.0)
            time.sleep(0.05)
            sizes.append(server.status("VmSize"))
            threads.append(server.status("Threads"))
            # The first may have left behind what the next ones use.
            if turn > 1 and sizes[-1] - sizes[-2] < 16 * count:
                return None
    steps = [b - a for a, b in zip(sizes[1:], sizes[2:])]
    if max(threads) > min(threads) + count / 2 or max(steps) > 2 * min(steps):
        return None
    return Diagnosis(
        "thread-never-detached",
        f"The server's address space grows by about {steps[0] // count:,} KiB with "
        "each client, while the number of its threads does not: the stack of each "
        "thread that has ended is kept.",
        "for i in {1..100}; do curl -s -o /dev/null http://127.0.0.1:8080/ & done; "
        f"wait; grep VmSize /proc/$(pgrep -n -f stage{case.stage}/webserve)/status",
        "Who joins the threads? A thread that nobody joins has to be detached: see "
        "pthread_detach(3).",
        f"after each {count} clients: " + ", ".join(f"{size:,} KiB" for size in sizes),
    )


def spins(case: Case) -> Diagnosis | None:
    """Whether it waits for a client that does nothing or is gone, or uses the processor."""
    parts = {
        "has sent nothing yet": (b"", False),
        "has sent half of its head": (b"GET / HT", False),
        "left in the middle of its head": (b"GET / HT", True),
    }
    if case.stage == 6:
        part = post(b"a=1&b=2")[:-3]
        parts["has sent half of its content"] = (part, False)
        parts["left in the middle of its content"] = (part, True)
    for what, (part, is_gone) in reversed(parts.items()):
        with case.start() as server:
            case.control(server)
            time.sleep(0.05)
            if server.turning():
                return None  # it is not because of this client
            with server.connect() as client:
                if part:
                    client.send(part)
                if is_gone:
                    client.note("left")
                    client.leave()
                time.sleep(0.05)
                used = server.turning()
        if used:
            return spinning(what, used, is_gone, client)
    return None


def spinning(what: str, used: float, is_gone: bool, client: Client) -> Diagnosis:
    """Says that the server uses the processor all the time."""
    part = "printf 'GET / HT'"
    if "content" in what:
        part = HALF_POST
    elif "nothing" in what:
        part = ":"
    line = f"{part} | nc -N -w 1 127.0.0.1 8080; "
    if not is_gone:
        line = f"({part}; sleep 3) | nc -w 3 127.0.0.1 8080 & sleep 1; "
    return Diagnosis(
        "spins-when-a-client-left" if is_gone else "spins-for-an-idle-client",
        f"The server never waits for a client that {what}: at each of {LOOKS} looks or "
        f"more, a thread was running ({used:.2f} s of processor time).",
        line + "top -b -n 1 | head -n 10",
        "What does recv return at the end of the stream, and does your loop end then?"
        if is_gone
        else "A recv that waits costs nothing. What keeps yours from waiting?",
        seen(client),
    )


def page_shared(case: Case) -> Diagnosis | None:
    """Whether a page has on it what was on the one before."""
    if not case.shows_path:
        return None
    with case.start() as server:
        case.control(server, get("/qa1zx"))
        page = case.control(server, get("/qb2zx")).content
        if b"qa1zx" not in page or b"qb2zx" not in page:
            return None
        with server.connect() as first, server.connect() as second:
            first.send(get("/qa1zx")).answer(case.patience)
            second.send(get("/qb2zx")).answer(case.patience)
    return Diagnosis(
        "page-keeps-the-one-before",
        "The page of one client also shows what was on the page of the client before: "
        "the page is not empty when it is begun.",
        "curl http://127.0.0.1:8080/first; curl http://127.0.0.1:8080/second",
        "Where is the page built, and what is there when the next client comes? Look "
        "for `static` and for globals.",
        seen(first, second),
    )
