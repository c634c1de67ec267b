"""Settings of the server for programs: the table ``[server]`` of ``rag.toml``, and the
environment."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from ingest.settings import TableSettings
from rag_app.web.reach import Proxies


class ServerSettings(TableSettings):
    """How much the server for programs does at once, and what it notes."""

    table: ClassVar[str] = "server"

    answers_at_once: int = Field(8, ge=1, description="Questions that are answered side by side.")
    answers_waiting: int = Field(
        100, ge=0, description="Questions that wait for their turn; more are told to come back."
    )
    body_kilobytes: int = Field(1024, ge=1, description="A larger body of JSON is refused.")
    trusted_proxies: Proxies = Field(
        (),
        description="Addresses or networks of proxies that are believed in what they say of the "
        "address and scheme of who asks; the page has the same.",
    )
    log_questions: bool = Field(False, description="Write the words of questions into the log.")
