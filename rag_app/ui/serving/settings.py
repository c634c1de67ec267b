"""Settings of the page: the table ``[page]`` of ``rag.toml``, and the environment."""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from ingest.settings import TableSettings
from rag_app.auth.passwords import is_hash
from rag_app.web.reach import Proxies

EVERYBODY = "*"


class Role(IntEnum):
    """What somebody may do; each may also do what those before it may."""

    READ = 1  # ask, read, and have conversations
    ADD = 2  # documents; read them again, evaluate
    DELETE = 3  # documents, also by bringing in what has changed on disk
    OWN = 4  # collections, and by which LLM a session is answered


class PageSettings(TableSettings):
    """Who may see the page. With nothing set: whoever can reach it."""

    table: ClassVar[str] = "page"

    password: SecretStr | None = Field(
        None, description="The hash of one password for all; rag-app password makes it."
    )
    oidc: Path | None = Field(
        None, description="Streamlit's secrets file, with [auth]: people log in with their own."
    )
    password_role: Literal["read", "add", "delete", "own"] = Field(
        "own", description="What those may do who log in by the password."
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
    trusted_proxies: Proxies = Field(
        (),
        description="Addresses or networks of proxies that are believed in what they say of the "
        "address and scheme of who asks.",
    )

    owners: Annotated[tuple[str, ...], NoDecode] = Field(
        (EVERYBODY,), description="Of these, who may do everything; written like allowed_users."
    )
    deleters: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Of these, who may add documents and delete them."
    )
    adders: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Of these, who may add documents; who is in no list may only read."
    )

    @field_validator("password")
    @classmethod
    def _is_a_hash(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not is_hash(value.get_secret_value()):
            raise ValueError("not the hash of a password; make one with: rag-app password")
        return value

    @field_validator("allowed_users", "owners", "deleters", "adders", mode="before")
    @classmethod
    def _separated_by_commas(cls, value: Any) -> Any:
        names = value.split(",") if isinstance(value, str) else value
        return tuple(name.strip().lower() for name in names if name.strip())

    @field_validator("allowed_users", "owners", "deleters", "adders")
    @classmethod
    def _can_be_compared(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name != EVERYBODY and not _is_plain(name):
                raise ValueError(f"{name!r} is no address in ASCII and no @domain")
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
        return _is_among(self.allowed_users, email if verified else "")

    def role_of(self, address: str) -> Role:
        """The highest role of somebody with this address, which the provider has verified; "" for
        none."""
        lists = {Role.OWN: self.owners, Role.DELETE: self.deleters, Role.ADD: self.adders}
        return next((role for role, names in lists.items() if _is_among(names, address)), Role.READ)

    @property
    def role_by_password(self) -> Role:
        """The role of all, where nobody has an account. Without a login they own."""
        return Role.OWN if self.password is None else Role[self.password_role.upper()]


def _is_among(names: tuple[str, ...], email: str | None) -> bool:
    if EVERYBODY in names:
        return True
    if not _is_plain(email or ""):
        return False
    address = str(email).lower()
    name, _, domain = address.partition("@")
    return bool(name) and not {address, f"@{domain}"}.isdisjoint(names)


def _is_plain(address: str) -> bool:
    """Whether an address means one mailbox: other letters are written in several ways, and two
    ``@`` are read in two."""
    return address.isascii() and address.isprintable() and address.count("@") == 1
