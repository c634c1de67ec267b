"""PDF: Korean, whose lines end between words or within them; the space there is not drawn."""

from __future__ import annotations

from collections import Counter
from io import BytesIO

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from ingest.load.pdf.picture import draw_page
from ingest.load.read import load_bytes

POLICY = (
    "직원은 매년 스무 날의 연차 휴가를 받는다. 휴가를 받으려는 직원은 두 주 "
    "전에 상사에게 신청한다. 상사는 직원의 신청을 사흘 안에 승인하거나 "
    "거절한다. 회사는 직원의 휴가를 이유 없이 미룰 수 없다. 직원은 남은 "
    "휴가를 다음 해 삼월까지 받을 수 있다. 수습 기간은 여섯 달이며 회사는 "
    "이 기간을 한 번 늘릴 수 있다. 회사는 수습 기간에 직원의 일을 두 번 "
    "평가한다. 직원은 출장 비용을 회사에 신청한다. 회사는 신청을 받은 날부터 "
    "두 주 안에 비용을 직원에게 지급한다. 상사는 직원의 출장 비용을 "
    "평가한다. 직원은 회사의 비밀을 지킨다. 회사는 직원의 비밀을 다른 회사에 "
    "알릴 수 없다. 직원은 일을 그만두기 한 달 전에 상사에게 알린다. 회사는 "
    "직원이 그만두는 달의 급여를 다음 달에 지급한다."
)


def printed(lines: list[str]) -> bytes:
    """A PDF with the lines one below the other."""
    pdfmetrics.registerFont(UnicodeCIDFont("HYSMyeongJo-Medium"))
    file = BytesIO()
    canvas = Canvas(file)
    canvas.setFont("HYSMyeongJo-Medium", 11)
    for number, line in enumerate(lines):
        canvas.drawString(60, 780 - 15 * number, line)
    canvas.save()
    return file.getvalue()


def test_lines_that_end_between_words() -> None:
    lines, line = [], ""
    for word in POLICY.split():
        if len(line) + len(word) > 24:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    assert load_bytes(printed([*lines, line]), "a.pdf").text == POLICY


def test_lines_that_end_anywhere() -> None:
    lines = [POLICY[at : at + 17].strip() for at in range(0, len(POLICY), 17)]
    data = printed(lines)
    text = load_bytes(data, "a.pdf").text
    words = Counter(POLICY.split())

    def right(found: str) -> float:
        return (words & Counter(found.split())).total() / words.total()

    assert max(right("".join(lines)), right(" ".join(lines))) < 0.9 < 0.98 < right(text)
    # What stands on two lines is marked on both of them, sign by sign.
    start = POLICY.index(lines[1]) - 3
    picture = draw_page(data, 1, text, [(start, start + 9)])
    assert picture.is_whole and len(picture.boxes) == 2
    assert picture.boxes[0].width < 0.1 and picture.boxes[1].width < 0.2
