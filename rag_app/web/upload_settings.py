"""Settings of uploads: limits that the server holds, whatever the browser says."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from ingest.settings import TableSettings

MEGABYTE = 1024 * 1024


class UploadSettings(TableSettings):
    """Settings of uploads; in ``rag.toml`` the table ``[upload]``."""

    table: ClassVar[str] = "upload"

    upload_megabytes: int = Field(50, ge=1, description="A larger file is refused.")
    upload_files: int = Field(500, ge=1, description="How many files may come at once.")
    upload_total_megabytes: int = Field(
        500, ge=1, description="How much may come at once, all files together."
    )
