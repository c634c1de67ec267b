"""E-mail: headers, the text that was meant to be read, attachments within limits; mailboxes."""

from __future__ import annotations

from email.message import EmailMessage
from io import BytesIO

import docx
import pytest

from ingest.errors import BrokenFile
from tests.ingest.load.samples import Line, blocks, load, pdf, texts, zipped


@pytest.fixture
def message() -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Zoë Lee <zoe@example.org>"
    message["To"] = "Bo <bo@example.org>"
    message["Date"] = "Wed, 01 May 2024 09:30:00 +0200"
    message["Subject"] = "The mast – its price"
    message.set_content("Dear Bo,\n\nthe mast costs\n90 pounds: “fixed”.\n\n- one\n- two\n")
    return message


HEADERS = [
    ("row", "From: Zoë Lee <zoe@example.org>"),
    ("row", "To: Bo <bo@example.org>"),
    ("row", "Date: Wed, 01 May 2024 09:30:00 +0200"),
    ("row", "Subject: The mast – its price"),
]
TEXT = [
    ("paragraph", "Dear Bo,"),
    ("paragraph", "the mast costs 90 pounds: “fixed”."),
    ("item", "- one"),
    ("item", "- two"),
]


def test_headers_and_plain_text(tmp_path, message):
    found = load(tmp_path, "a.eml", bytes(message))
    assert (found.kind, found.title) == ("email", "The mast – its price")
    assert found.metadata == {
        "author": "Zoë Lee <zoe@example.org>",
        "to": ["Bo <bo@example.org>"],
        "created": "2024-05-01T09:30:00+02:00",
    }
    assert blocks(found) == HEADERS + TEXT


def test_of_two_forms_the_plain_one_is_read(tmp_path, message):
    message.add_alternative("<p>the <b>other</b> form</p>", subtype="html")
    assert blocks(load(tmp_path, "a.eml", bytes(message))) == HEADERS + TEXT


def test_html_where_there_is_nothing_else(tmp_path, message):
    message.set_content("\n")
    message.add_alternative("<h2>Prices</h2><p>of <b>May</b></p><img src=cid:1>", subtype="html")
    message.get_payload(1).add_related(b"\x89PNG\r\n\x1a\n", "image", "png", cid="<1>")
    found = blocks(load(tmp_path, "a.eml", bytes(message)))
    assert found == [*HEADERS, ("h2", "Prices"), ("paragraph", "of May")]


def test_attachments_are_read_or_named(tmp_path, message):
    document = docx.Document()
    document.add_heading("Terms", 1)
    document.add_paragraph("Pay in May.")
    stream = BytesIO()
    document.save(stream)
    for name, data in (
        ("../terms.docx", stream.getvalue()),
        ("page.bin", pdf([[Line(72, 700, "From the PDF")]])),
        ("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(50)),
        ("all.zip", zipped({"in/a.txt": "Packed.", "b.exe": b"MZ\0"})),
        ("preis-ä.csv", b"part,price,size\nmast,90,3\n"),
    ):
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    found = load(tmp_path, "a.eml", bytes(message))
    names = ["terms.docx", "page.bin", "photo.png", "all.zip", "preis-ä.csv"]
    assert found.metadata["attachments"] == names
    assert blocks(found) == [
        *HEADERS,
        *TEXT,
        ("h2", "Attachment: terms.docx"),
        ("h3", "Terms"),
        ("paragraph", "Pay in May."),
        ("h2", "Attachment: page.bin"),
        ("paragraph", "From the PDF"),
        (
            "paragraph",
            "Attachment photo.png is not read: damaged: it cannot be opened as a picture.",
        ),
        ("h2", "Attachment: all.zip"),
        (
            "paragraph",
            "Attachment b.exe is not read: this kind of file isn't supported: Windows program.",
        ),
        ("h3", "Attachment: in/a.txt"),
        ("paragraph", "Packed."),
        ("h2", "Attachment: preis-ä.csv"),
        ("row", "part: mast; price: 90; size: 3"),
    ]


def test_messages_in_messages_only_so_deep(tmp_path, message):
    for depth in range(4):
        outer = EmailMessage()
        outer["Subject"] = f"Outer {depth}"
        outer.set_content(f"Text {depth}.")
        if depth % 2:
            outer.add_attachment(message)
        else:
            data = bytes(message)
            outer.add_attachment(data, maintype="application", subtype="x", filename="inner.eml")
        message = outer
    found = load(tmp_path, "a.eml", bytes(message))
    read = [text for text in texts(found, "paragraph") if text.startswith("Text")]
    assert read == ["Text 3.", "Text 2.", "Text 1."]
    assert found.text.endswith("is not read: more than 3 messages in one another.")


def test_many_attachments(tmp_path, message):
    for index in range(103):
        message.add_attachment(f"file {index}", filename=f"{index}.txt")
    found = load(tmp_path, "a.eml", bytes(message))
    assert len(found.metadata["attachments"]) == 100
    assert found.text.endswith("3 more attachments are not read.")


@pytest.mark.parametrize(
    ("subject", "meant"),
    [
        (b"Subject: gr\xfc\xdfe", "grüße"),
        ("Subject: grüße".encode(), "grüße"),
        (
            b"Subject: =?utf-8?q?gr=C3=BC=C3=9Fe?= =?nonsense?q?x?=",
            "=?utf-8?q?gr=C3=BC=C3=9Fe?= =?nonsense?q?x?=",
        ),
        (b"Subject: folded\r\n over lines", "folded over lines"),
        (b"X: none", None),
    ],
)
def test_damaged_headers(tmp_path, subject, meant):
    found = load(tmp_path, "a.eml", b"From: a@b.c\r\n" + subject + b"\r\n\r\nHello.\r\n")
    assert found.title == meant
    assert found.text.endswith("Hello.")


def test_charset_that_is_not_the_declared_one(tmp_path):
    head = b"From: a@b.c\nContent-Type: text/plain; charset=%s\n\n"
    for declared, data in ((b"us-ascii", "Grüße".encode()), (b"no-such", "Grüße".encode("cp1252"))):
        found = load(tmp_path, "a.eml", head % declared + data)
        assert found.text.endswith("Grüße")


def test_absurd_nesting(tmp_path):
    levels = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (index, index)
        for index in range(3000)
    )
    with pytest.raises(BrokenFile, match="nested too deeply"):
        load(tmp_path, "a.eml", b"From: a@b.c\n" + levels + b"\n\ntext")


def test_a_mailbox(tmp_path, message):
    second = EmailMessage()
    second["From"] = "bo@example.org"
    second.set_content("Thanks.\n\n>From here on, no ropes.\n", cte="8bit")
    second.add_attachment(b"# Knots", maintype="text", subtype="x", filename="knots.md")
    data = b"".join(
        b"From x@y.z Wed May  1 09:30:00 2024\n" + bytes(each) + b"\n" for each in (message, second)
    )
    found = load(tmp_path, "archive.mbox", data)
    assert found.kind == "mbox"
    assert blocks(found) == [
        ("h1", "The mast – its price"),
        *HEADERS,
        *TEXT,
        ("h1", "(no subject)"),
        ("row", "From: bo@example.org"),
        ("paragraph", "Thanks."),
        ("paragraph", "From here on, no ropes."),
        ("h3", "Attachment: knots.md"),
        ("h4", "Knots"),
    ]


def test_a_table_that_only_the_html_of_a_message_has(tmp_path):
    message = EmailMessage()
    message["From"] = "ann@example.org"
    message.set_content("It comes in May. Mast and sail are white.")
    message.add_alternative(
        "<p>It comes in May.</p><table><tr><th>Part<th>Count<tr><td>Mast<td>40</table>"
        "<table><tr><td>Mast<td>white<tr><td>sail<td>white</table>",
        subtype="html",
    )
    found = load(tmp_path, "a.eml", message.as_bytes())
    assert texts(found, "row") == ["From: ann@example.org", "Part: Mast; Count: 40"]
