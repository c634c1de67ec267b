"""What a message quotes, and its signature: kept in the text, and told from the sender's words."""

from __future__ import annotations

import time
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.ingest.load.samples import blocks, check, load

HEAD = (
    "From: Ann Lee <ann@example.org>\nTo: Bo Berg <bo@example.org>\n"
    "Subject: Re: The mast\nIn-Reply-To: <1@example.org>\n\n"
)
OWN = "It comes in May.\n\n"


def said(tmp_path: Path, message: str | EmailMessage) -> tuple[list[str], list[str]]:
    """The texts that can be answers, and those that cannot, below the header lines."""
    data = message if isinstance(message, str) else message.as_bytes()
    found = load(tmp_path, "a.eml", data)
    check(found)
    of_text = [(kind, text) for kind, text in blocks(found) if kind != "row"]
    own = [text for kind, text in of_text if kind != "context"]
    return own, [text for kind, text in of_text if kind == "context"]


def html(body: str, subject: str = "Re: The mast") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ann Lee <ann@example.org>"
    message["To"] = "Bo Berg <bo@example.org>"
    message["Subject"] = subject
    message.set_content(body, subtype="html")
    return message


def test_marked_lines_the_line_above_them_and_the_signature(tmp_path: Path) -> None:
    text = (
        "It comes in May.\n\nBo wrote:\n> When does it come?\n> You said April.\n>> Send two.\n\n"
        "And it is white.\n\n-- \nAnn Lee\nExample Ltd\n"
    )
    own, context = said(tmp_path, HEAD + text)
    assert own == ["It comes in May.", "And it is white."]
    assert context == [
        "Bo wrote:",
        "> When does it come? You said April.",
        "> > Send two.",
        "--\nAnn Lee\nExample Ltd",
    ]


@pytest.mark.parametrize(
    "above",
    [
        "On Mon, 2 Mar 2026 at 10:15, Bo Berg <bo@example.org> wrote:",
        "On Mon, 2 Mar 2026 at 10:15, Bo Berg\n<bo@example.org> wrote:",
        "Am 02.03.2026 um 10:15 schrieb Bo Berg <bo@example.org>:",
        "Le lun. 2 mars 2026 à 10:15, Bo Berg <bo@example.org> a écrit :",
        "El lun, 2 mar 2026 a las 10:15, Bo Berg (<bo@example.org>) escribió:",
        "Den mån 2 mars 2026 kl 10:15 skrev Bo Berg <bo@example.org>:",
        "W dniu 2.03.2026 o 10:15, Bo Berg <bo@example.org> pisze:",
        "2026年3月2日(月) 10:15 Bo Berg <bo@example.org>:",
        "-----Original Message-----\nFrom: Bo Berg\nSent: Monday, March 2, 2026 10:15 AM\n"
        "To: Ann Lee\nSubject: The mast\n",
        "________________________________\nVon: Bo Berg <bo@example.org>\n"
        "Gesendet: Montag, 2. März 2026 10:15\nAn: Ann Lee <ann@example.org>\nBetreff: The mast\n",
        "De : Bo Berg <bo@example.org>\nEnvoyé : lundi 2 mars 2026 10:15\nÀ : Ann Lee\n"
        "Objet : The mast\n",
        "*From:* Bo Berg <bo@example.org>\n*Date:* Monday, 2 March 2026\n*To:* Ann Lee\n",
        "发件人: Bo Berg <bo@example.org>\n发送时间: 2026年3月2日 10:15\n"
        "收件人: Ann Lee\n主题: The mast\n",
    ],
)
@pytest.mark.parametrize("mark", ["", "> "])
def test_the_message_below_in_many_languages(tmp_path: Path, above: str, mark: str) -> None:
    quoted = f"{above}\n\n{mark}It comes in April.\n{mark}It costs 90 pounds.\n"
    own, context = said(tmp_path, HEAD + OWN + quoted)
    assert own == ["It comes in May."]
    assert f"{mark}It comes in April. It costs 90 pounds." in context


def test_a_signature_without_its_mark(tmp_path: Path) -> None:
    text = "It comes in May.\n\nViele Grüße,\nAnn\nExample Ltd\nTel. 123 456\n\n> When?\n"
    own, context = said(tmp_path, HEAD + text)
    assert own == ["It comes in May."]
    assert context == ["Viele Grüße,\nAnn\nExample Ltd\nTel. 123 456", "> When?"]
    own, context = said(tmp_path, HEAD + "Ask Ann.\n\nAnn\n\nP.S. It is now white.\n")
    assert own[-1] == "P.S. It is now white."


def test_what_is_no_quotation_stays(tmp_path: Path) -> None:
    own_words = [
        "The plan:\n\nWhen: 2 March 2026 10:15\nWhere: Room 4\nWho: bo@example.org\n",
        "On 2 March 2026 at 10:15 these came from bo@example.org:\n\ntwo masts and a sail\n",
        "Please note:\n\nthe price is fixed.\n",
    ]
    for words in own_words:
        message = f"From: Ann <ann@example.org>\nSubject: Plan of the week\n\n{words}"
        assert said(tmp_path, message)[1] == []


def test_what_is_handed_on_is_what_the_message_says(tmp_path: Path) -> None:
    forwarded = (
        "---------- Forwarded message ---------\nFrom: Cy <cy@example.net>\n"
        "Date: Mon, 2 Mar 2026 at 10:15\nSubject: The mast\nTo: <ann@example.org>\n\n"
        "It costs 90 pounds.\n"
    )
    head = HEAD.replace("Re: The mast", "Fwd: The mast")
    for words in ("", "See below.\n\n"):
        own, context = said(tmp_path, head + words + forwarded)
        assert "It costs 90 pounds." in own and context == []
    own, context = said(tmp_path, HEAD + "> It costs 90 pounds.\n")
    assert own == ["> It costs 90 pounds."] and context == []


@pytest.mark.parametrize(
    "quoted",
    [
        "<blockquote type=cite>{}</blockquote>",
        '<div class="gmail_quote"><div class="gmail_attr">On Mon, Bo wrote:<br></div>'
        '<blockquote class="gmail_quote"><ul><li>{}</ul></blockquote></div>',
        '<div class="yahoo_quoted"><p>{}</p></div>',
        '<div class="moz-cite-prefix">Am 02.03.2026 um 10:15 schrieb Bo:</div>'
        "<blockquote><table><tr><td>{}<td>x</tr><tr><td>y<td>z</tr></table></blockquote>",
        '<hr><div id="divRplyFwdMsg"><b>From:</b> Bo &lt;bo@example.org&gt;<br>'
        "<b>Sent:</b> Monday, 2 March 2026<br><b>To:</b> Ann<br><b>Subject:</b> The mast</div>"
        "<div>{}</div>",
        '<div style="border-top:solid 1pt"><p><b>Von:</b> Bo<br><b>Gesendet:</b> Montag, 2. März '
        "2026 10:15<br><b>An:</b> Ann<br><b>Betreff:</b> The mast</p></div><p>{}</p><h2>More</h2>",
    ],
)
def test_html_that_quotes(tmp_path: Path, quoted: str) -> None:
    body = (
        "<p>It comes in May.</p><div class=gmail_signature>Ann Lee<br>Example Ltd</div>"
        + quoted.format("It comes in April.")
    )
    own, context = said(tmp_path, html(body))
    assert own == ["It comes in May."]
    assert any("It comes in April." in text for text in context)


def test_html_that_is_handed_on(tmp_path: Path) -> None:
    body = (
        '<p>FYI</p><div class="gmail_quote">From: Cy &lt;cy@example.net&gt;<br>Date: 2 March 2026'
    )
    body += "<br>Subject: The mast<p>It costs 90 pounds.</p></div>"
    own, context = said(tmp_path, html(body, "Fwd: The mast"))
    assert "It costs 90 pounds." in own and context == []


def test_a_hostile_message_takes_no_longer(tmp_path: Path) -> None:
    began = time.perf_counter()
    for words in (
        "a" * 300_000 + ":",
        "x: " * 100_000,
        "a:\n\n> b\n" * 20_000,
        "\n" * 300_000 + "> a",
    ):
        load(tmp_path, "a.eml", HEAD + words)
    assert time.perf_counter() - began < 20
