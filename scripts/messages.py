"""Bring the files of messages up to date with the program: python scripts/messages.py [--check]

Finds what is given to ``say``, ``say_many``, ``to_say`` and ``to_say_many`` in rag_app, adds what
is new to each LANGUAGE.po with no translation, and takes out what is said no more. With --check
nothing is written, and it fails if a message is new, gone or not translated.
"""

from __future__ import annotations

import argparse
import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "rag_app" / "messages"
# Lines of a file that nothing here needs.
HEADERS = (
    "# ", "#\n", "#, fuzzy", '"POT-', '"PO-', '"Last-', '"Project', '"Report', '"Language-Team',
    '"Generated',
)  # fmt: skip
KEYWORDS = {"say": None, "say_many": (1, 2), "to_say": None, "to_say_many": (1, 2)}


def said() -> Catalog:
    """The messages of the program."""
    catalogue = Catalog(project="rag-app")
    found = extract_from_dir(ROOT / "rag_app", [("**.py", "python")], keywords=KEYWORDS)
    for path, _, message, _, _ in sorted(found, key=lambda one: (one[0], one[1])):
        catalogue.add(message, locations=[(path, None)])
    return catalogue


def updated(path: Path, template: Catalog) -> tuple[bytes, list[str]]:
    """A file of messages as it should be, and what is not translated in it."""
    catalogue = Catalog(locale=path.stem)
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=path.stem)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    lacking = [
        one.id if isinstance(one.id, str) else one.id[0]
        for one in catalogue
        if one.id and not all(one.string if isinstance(one.string, tuple) else (one.string,))
    ]
    file = BytesIO()
    write_po(file, catalogue, width=100, omit_header=False, sort_output=False)
    lines = file.getvalue().decode("utf-8").splitlines(keepends=True)
    kept = [one for one in lines if not one.startswith(HEADERS)]
    return "".join(kept).encode("utf-8"), lacking


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail if it is needed")
    parser.add_argument("languages", nargs="*", help="codes (those that have a file)")
    options = parser.parse_args()
    template, is_right = said(), True
    names = options.languages or sorted(path.stem for path in FOLDER.glob("*.po"))
    for path in (FOLDER / f"{name}.po" for name in names):
        new, lacking = updated(path, template)
        if options.check:
            is_right &= path.exists() and path.read_bytes() == new and not lacking
        else:
            path.write_bytes(new)
        for message in lacking:
            print(f"{path.name}: not translated: {message}")
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
