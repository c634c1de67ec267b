"""A proxy with TLS on loopback, which does what the examples in docs/proxies.md say."""

from __future__ import annotations

import asyncio
import datetime
import ssl
import threading
from collections import Counter
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HEADER_SECONDS = 1.0
HEADER_BYTES = 16_384
CONNECTIONS = 30  # of one address


class Proxy:
    """A context manager. It puts its own ``Host`` if it does not pass the browser's on."""

    def __init__(
        self,
        name: str,
        port: int,
        folder: Path,
        *,
        passes_host: bool = True,
        body_bytes: int = 51_000_000,
        header_seconds: float = HEADER_SECONDS,
    ) -> None:
        self._behind = port
        self._passes_host = passes_host
        self._body_bytes = body_bytes
        self._header_seconds = header_seconds
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(certificate(name, folder))
        self._open: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        starting = asyncio.start_server(
            self._serve, "127.0.0.1", 0, ssl=self._context, limit=HEADER_BYTES
        )
        self._server = asyncio.run_coroutine_threadsafe(starting, self._loop).result()
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _stop(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, or one websocket."""
        address = writer.get_extra_info("peername")[0]
        self._open[address] += 1
        try:
            if self._open[address] > CONNECTIONS:
                writer.write(_refusal("503 Service Unavailable"))
                return
            try:
                async with asyncio.timeout(self._header_seconds):
                    head = await reader.readuntil(b"\r\n\r\n")
            except (TimeoutError, asyncio.IncompleteReadError):
                return
            except asyncio.LimitOverrunError:
                writer.write(_refusal("431 Request Header Fields Too Large"))
                return
            lines = head.decode("latin-1").split("\r\n")
            if _length(lines) > self._body_bytes:
                writer.write(_refusal("413 Content Too Large"))
                return
            await self._pass_on("\r\n".join(self._rewritten(lines, address)), reader, writer)
        except ConnectionError:
            pass
        finally:
            self._open[address] -= 1
            writer.close()

    def _rewritten(self, lines: list[str], address: str) -> list[str]:
        upgrade = any(line.lower().startswith("upgrade:") for line in lines)
        dropped = ["x-forwarded-", *([] if upgrade else ["connection:"])]
        dropped += [] if self._passes_host else ["host:"]
        kept = [line for line in lines[1:-2] if not line.lower().startswith(tuple(dropped))]
        kept += [f"X-Forwarded-For: {address}", "X-Forwarded-Proto: https"]
        kept += [] if upgrade else ["Connection: close"]
        kept += [] if self._passes_host else [f"Host: 127.0.0.1:{self._behind}"]
        return [lines[0], *kept, "", ""]

    async def _pass_on(
        self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        answers, asks = await asyncio.open_connection("127.0.0.1", self._behind)
        try:
            asks.write(head.encode("latin-1"))
            asking = asyncio.create_task(_pump(reader, asks))
            await _pump(answers, writer)
            asking.cancel()
        finally:
            asks.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while part := await reader.read(65536):
        writer.write(part)
        await writer.drain()


def _length(lines: list[str]) -> int:
    told = (line.partition(":") for line in lines)
    return sum(int(value) for name, _, value in told if name.lower() == "content-length")


def _refusal(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()


def certificate(name: str, folder: Path) -> Path:
    """A certificate that this name signed itself, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(pem, pkcs8, serialization.NoEncryption())
    file.write_bytes(secret + made.public_bytes(pem))
    return file
