"""Password hashing: the hash is all that is kept of a password.

scrypt (RFC 7914) with N = 2**15, r = 8, p = 3, one of the settings that OWASP's Password Storage
Cheat Sheet gives as equal in strength: 32 MB and about 0.2 s a try.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import unicodedata

N, R, P = 2**15, 8, 3
KIND = "scrypt"
SALT_BYTES = KEY_BYTES = 32
SHORTEST = 8  # characters


def hashed(password: str) -> str:
    """The hash of a password, with a new salt: ``scrypt:N:r:p:SALT:KEY``, without signs that a
    shell or ``.env`` reads as its own. Raises ValueError for one that is too short."""
    if len(password) < SHORTEST:
        raise ValueError(f"a password has at least {SHORTEST} characters")
    salt = secrets.token_bytes(SALT_BYTES)
    parts = (_text(salt), _text(_key(password, salt, N, R, P)))
    return ":".join((KIND, str(N), str(R), str(P), *parts))


def is_hash(text: str) -> bool:
    """Whether ``hashed`` made this."""
    try:
        return bool(_parts(text))
    except (ValueError, binascii.Error):
        return False


def matches(password: str, known: str) -> bool:
    """Whether a hash is that of a password, compared in a time that tells nothing. Raises
    ValueError if it is no hash."""
    salt, key, n, r, p = _parts(known)
    return hmac.compare_digest(_key(password, salt, n, r, p), key)


def _parts(text: str) -> tuple[bytes, bytes, int, int, int]:
    kind, *numbers, salt, key = text.split(":")
    n, r, p = map(int, numbers)
    raw_salt, raw_key = (base64.urlsafe_b64decode(part + "=") for part in (salt, key))
    if kind != KIND or n & (n - 1) or not 1 < n * r * p <= 2**24 or len(raw_key) != KEY_BYTES:
        raise ValueError("not a hash that rag-app password made")
    return raw_salt, raw_key, n, r, p


def _key(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    # The same signs, however a keyboard composes them (RFC 8265).
    typed = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    memory = 128 * r * (n + p + 2)
    return hashlib.scrypt(typed, salt=salt, n=n, r=r, p=p, maxmem=2 * memory, dklen=KEY_BYTES)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
