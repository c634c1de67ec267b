"""Binary data that is no document: what it is, by its first bytes."""

from __future__ import annotations

# Where one is letters only ("MZ"), a text may begin with it, but a text holds no NUL.
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "PNG picture"),
    (0, b"\xff\xd8\xff", "JPEG picture"),
    (0, b"GIF87a", "GIF picture"),
    (0, b"GIF89a", "GIF picture"),
    (0, b"II*\x00", "TIFF picture"),
    (0, b"MM\x00*", "TIFF picture"),
    (0, b"8BPS\x00", "Photoshop picture"),
    (0, b"\x00\x00\x01\x00", "icon"),
    (8, b"WEBP", "WebP picture"),
    (8, b"WAVE", "WAV sound"),
    (8, b"AVI ", "AVI video"),
    (4, b"ftypheic", "HEIC picture"),
    (4, b"ftypavif", "AVIF picture"),
    (4, b"ftyp", "MPEG-4 video or sound"),
    (0, b"\x1aE\xdf\xa3", "Matroska video"),
    (0, b"ID3", "MP3 sound"),
    (0, b"\xff\xfb", "MP3 sound"),
    (0, b"OggS", "Ogg sound or video"),
    (0, b"fLaC", "FLAC sound"),
    (0, b"\x1f\x8b", "gzip archive"),
    (0, b"BZh", "bzip2 archive"),
    (0, b"\xfd7zXZ\x00", "xz archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
    (0, b"Rar!\x1a\x07", "RAR archive"),
    (0, b"(\xb5/\xfd", "Zstandard archive"),
    (257, b"ustar", "tar archive"),
    (0, b"!<arch>\n", "Unix archive"),
    (0, b"\x7fELF", "Linux program"),
    (0, b"MZ", "Windows program"),
    (0, b"\xcf\xfa\xed\xfe", "macOS program"),
    (0, b"\xca\xfe\xba\xbe", "Java class or macOS program"),
    (0, b"\x00asm", "WebAssembly program"),
    (0, b"SQLite format 3\x00", "SQLite database"),
    (4, b"Standard Jet DB", "Access database"),
    (4, b"Standard ACE DB", "Access database"),
    (0, b"\x89HDF\r\n", "HDF5 data"),
    (0, b"PAR1", "Parquet data"),
    (0, b"\x93NUMPY", "NumPy data"),
    (0, b"\x80\x04\x95", "Python pickle"),
    (0, b"\x80\x05\x95", "Python pickle"),
    (0, b"\x00\x01\x00\x00\x00", "font"),
    (0, b"OTTO\x00", "font"),
    (0, b"wOFF", "font"),
    (0, b"wOF2", "font"),
    (0, b"L\x00\x00\x00\x01\x14\x02\x00", "Windows shortcut"),
)

# Those that have a reader.
_ARCHIVES = frozenset(f"{one} archive" for one in ("gzip", "bzip2", "xz", "7-Zip", "tar"))
_PICTURES = frozenset(f"{one} picture" for one in ("PNG", "JPEG", "GIF", "TIFF", "WebP", "BMP"))
_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


def binary_kind(beginning: bytes) -> str | None:
    """What the data is, if its beginning is that of a well-known kind: "PNG picture"."""
    if beginning.startswith(b"BM") and beginning[6:10] == bytes(4):
        return "BMP picture"
    for offset, signature, kind in _SIGNATURES:
        if beginning.startswith(signature, offset):
            odd = not signature.isascii() or b"\x00" in signature
            if odd or is_binary(beginning):
                return kind
    return None


def is_picture(beginning: bytes) -> bool:
    """Whether the data is a picture that has a reader."""
    return binary_kind(beginning) in _PICTURES


def is_archive(beginning: bytes) -> bool:
    """Whether the data is an archive that is read, other than ZIP; it may still be damaged."""
    return binary_kind(beginning) in _ARCHIVES


def is_binary(beginning: bytes) -> bool:
    """Whether data cannot be text, unless it is UTF-16 without a mark: it holds a NUL."""
    return b"\x00" in beginning and not beginning.startswith(_MARKS)
