"""Load on ``rag-app serve``: requests a second, p95, memory; and what the server adds.

    python -m benchmarks.server [--store DIR] [--seconds 10] [--clients 1 4 16 64] [--beside]
    python -m benchmarks.server --questions 100000 --clients 16      one line for each tenth

Without a store, one is made of the sample documents. Answers are quotes. Questions are asked over
connections that stay open, each a different one. ``--beside`` uploads a note each second meanwhile,
so a store that is given should be a copy. The processor time of the server for an answer says more
than seconds do on a machine that has other work.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import httpx

from ingest import ingest_paths

DOCUMENTS = Path(__file__).resolve().parents[2] / "data" / "documents"
PORT = 8643
ADDRESS = f"http://127.0.0.1:{PORT}"
WORDS = "pump valve sensor filter contract invoice warranty shipment battery antenna".split()
STARTS_WITHIN = 120.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 4, 16, 64])
    parser.add_argument("--questions", type=int, help="so many in all, in place of the seconds")
    parser.add_argument("--beside", action="store_true", help="beside an ingestion")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = options.store or made(Path(folder))
        with served(store) as server:
            if options.questions:
                for _ in range(10):
                    load(options.clients[0], server, questions=options.questions // 10)
                return
            overhead()
            first_part()
            with uploading() if options.beside else nullcontext():
                for clients in options.clients:
                    load(clients, server, seconds=options.seconds)
            time.sleep(1)
            print(f"in the end (MB, threads, files) {state_of(server.pid)}")


def made(folder: Path) -> Path:
    """A store of the sample documents."""
    report = ingest_paths([DOCUMENTS], store=folder / "store")
    print(f"{report.counts['chunks']:,} chunks")
    return folder / "store"


@contextmanager
def served(store: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A server over a store, once it can answer."""
    command = [sys.executable, "-m", "rag_app", "serve", "--store", str(store), "--port", str(PORT)]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            while time.perf_counter() - began < STARTS_WITHIN:
                try:
                    httpx.get(f"{ADDRESS}/api/ready", timeout=60)
                    break
                except httpx.TransportError:
                    time.sleep(0.05)
            print(f"started and ready: {time.perf_counter() - began:.1f} s")
            yield server
        finally:
            server.terminate()


def question(number: int) -> str:
    one, two = WORDS[number % len(WORDS)], WORDS[(number // len(WORDS)) % len(WORDS)]
    return f"What is said of the {one} and the {two} number {number}?"


def overhead(times: int = 100) -> None:
    """What the server adds to ``engine.ask``, of which the Answer says how long it took."""
    whole, added = [], []
    with httpx.Client(base_url=ADDRESS) as client:
        for number in range(times):
            began = time.perf_counter()
            answer = client.post("/api/ask", json={"question": question(number)}, timeout=120)
            whole.append(time.perf_counter() - began)
            added.append(whole[-1] - answer.json()["seconds"])
    print(f"an answer {median(whole):.1f} ms, of which the server {median(added):.1f} ms (medians)")


def first_part(times: int = 30) -> None:
    """Until the first words of a stream through ``/v1`` are there."""
    seconds = []
    with httpx.Client(base_url=ADDRESS, timeout=120) as client:
        for number in range(times):
            began = time.perf_counter()
            messages = [{"role": "user", "content": question(number)}]
            body = {"model": "rag:default", "messages": messages, "stream": True}
            with client.stream("POST", "/v1/chat/completions", json=body) as answer:
                for line in answer.iter_lines():
                    if line.startswith("data: {"):
                        choices = json.loads(line[6:])["choices"]
                        if choices and choices[0]["delta"].get("content"):
                            break
                seconds.append(time.perf_counter() - began)
    print(f"first words through /v1: {median(seconds):.1f} ms at the median")


@contextmanager
def uploading() -> Iterator[None]:
    """A note more each second, or as often as they can be taken."""
    ended, taken = threading.Event(), []

    def upload() -> None:
        with httpx.Client(base_url=ADDRESS, timeout=120) as client:
            while not ended.wait(1):
                text = f"# Note {len(taken)}\n\nThe {question(len(taken))}\n".encode()
                began = time.perf_counter()
                sent = client.post("/api/documents", files={"files": (f"{len(taken)}.md", text)})
                sent.raise_for_status()
                taken.append(time.perf_counter() - began)

    thread = threading.Thread(target=upload)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        print(f"beside {len(taken)} uploads, {median(taken):.0f} ms at the median")


def load(
    clients: int,
    server: subprocess.Popen[bytes],
    *,
    seconds: float = math.inf,
    questions: int = sys.maxsize,
) -> None:
    """So many clients that ask one question after the other, for a time or until so many are
    asked."""
    taken: list[float] = []
    failed = 0
    numbers = iter(range(questions))

    async def one(until: float) -> None:
        nonlocal failed
        async with httpx.AsyncClient(base_url=ADDRESS, timeout=300) as client:
            for number in numbers:
                began = time.perf_counter()
                try:
                    answer = await client.post("/api/ask", json={"question": question(number)})
                    failed += answer.status_code != 200
                except httpx.TransportError:
                    failed += 1
                taken.append(time.perf_counter() - began)
                if time.perf_counter() > until:
                    return

    async def all_of_them() -> None:
        until = time.perf_counter() + seconds
        await asyncio.gather(*(one(until) for _ in range(clients)))

    before, worked = state_of(server.pid), processor_seconds(server.pid)
    began = time.perf_counter()
    asyncio.run(all_of_them())
    rate = len(taken) / (time.perf_counter() - began)
    work = (processor_seconds(server.pid) - worked) / len(taken)
    p95 = statistics.quantiles(taken, n=20)[-1] if len(taken) > 1 else taken[0]
    print(
        f"{clients:3} clients: {rate:6.1f} a second, median {median(taken):7.1f} ms, "
        f"p95 {1000 * p95:7.1f} ms, {1000 * work:5.1f} ms of a processor each, {failed} failed; "
        f"(MB, threads, files) {before} to {state_of(server.pid)}",
        flush=True,
    )


def processor_seconds(process: int) -> float:
    """What a process has used of processors (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def state_of(process: int) -> tuple[float, int, int]:
    """Resident memory in MB, threads and open files of a process (Linux)."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    value = {line.split(":")[0]: line.split(":")[1].split()[0] for line in status.splitlines()
             if line.startswith(("VmRSS", "Threads"))}  # fmt: skip
    files = len(list(Path(f"/proc/{process}/fd").iterdir()))
    return round(int(value["VmRSS"]) / 1024, 1), int(value["Threads"]), files


def median(seconds: list[float]) -> float:
    """In milliseconds."""
    return 1000 * statistics.median(seconds)


main()
