"""Settings of the page: the table ``[page]`` of ``rag.toml``, and the environment."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from ingest.settings import TableSettings
from rag_app.auth.passwords import is_hash

EVERYBODY = "*"


class PageSettings(TableSettings):
    """Who may see the page. With nothing set: whoever can reach it."""

    table: ClassVar[str] = "page"

    password: SecretStr | None = Field(
        None, description="The hash of one password for all; rag-app password makes it."
    )
    oidc: Path | None = Field(
        None, description="Streamlit's secrets file, with [auth]: people log in with their own."
    )
    allowed_users: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description='Who may log in so: addresses, "@domain" for all of a domain, "*" for all '
        "that the provider knows.",
    )
    login_idle_hours: float = Field(
        24.0, gt=0, description="A login ends that has not been used for so long."
    )
    login_hours: float = Field(168.0, gt=0, description="A login ends after so long in any case.")
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Addresses or networks of proxies that are believed in what they say of the "
        "address and scheme of who asks.",
    )

    @field_validator("password")
    @classmethod
    def _is_a_hash(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not is_hash(value.get_secret_value()):
            raise ValueError("not the hash of a password; make one with: rag-app password")
        return value

    @field_validator("allowed_users", "trusted_proxies", mode="before")
    @classmethod
    def _separated_by_commas(cls, value: Any) -> Any:
        names = value.split(",") if isinstance(value, str) else value
        return tuple(name.strip().lower() for name in names if name.strip())

    @field_validator("allowed_users")
    @classmethod
    def _can_be_compared(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name != EVERYBODY and not _is_plain(name):
                raise ValueError(f"{name!r} is no address in ASCII and no @domain")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            ipaddress.ip_network(name, strict=False)
        return value

    @model_validator(mode="after")
    def _go_together(self) -> PageSettings:
        if self.oidc is not None and self.password is not None:
            raise ValueError("RAG_PASSWORD and RAG_OIDC are two ways to log in; set one")
        if self.oidc is not None and not self.allowed_users:
            raise ValueError(
                "RAG_OIDC needs RAG_ALLOWED_USERS: addresses, @domain, or * for all that the "
                "provider lets in"
            )
        return self

    @property
    def has_login(self) -> bool:
        return self.oidc is not None or self.password is not None

    def allows(self, email: str | None, *, verified: bool) -> bool:
        """Whether somebody that the provider knows may come in. An address counts if the provider
        says that it is theirs."""
        if EVERYBODY in self.allowed_users:
            return True
        if not verified or not _is_plain(email or ""):
            return False
        address = str(email).lower()
        name, _, domain = address.partition("@")
        return bool(name) and not {address, f"@{domain}"}.isdisjoint(self.allowed_users)


def _is_plain(address: str) -> bool:
    """Whether an address means one mailbox: other letters are written in several ways, and two
    ``@`` are read in two."""
    return address.isascii() and address.isprintable() and address.count("@") == 1
