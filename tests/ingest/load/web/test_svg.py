"""Drawings (SVG): the words on them."""

import pytest

from ingest.errors import EmptyFile
from ingest.load.read import load_bytes

PLAN = b"""<svg xmlns="http://www.w3.org/2000/svg"><title>Floor plan</title><style>.a{}</style>
<g><text x="1">Fire exit <tspan>B2</tspan></text></g>
<foreignObject><div xmlns="http://www.w3.org/1999/xhtml">Car park</div></foreignObject></svg>"""


@pytest.mark.parametrize("name", ["plan.svg", "plan.txt"])
def test_words_on_a_drawing(name: str) -> None:
    found = load_bytes(PLAN, name)
    assert (found.title, found.text) == ("Floor plan", "Floor plan\n\nFire exit B2\n\nCar park")


def test_a_drawing_without_words() -> None:
    with pytest.raises(EmptyFile, match="a drawing without words"):
        load_bytes(b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>', "a.svg")
