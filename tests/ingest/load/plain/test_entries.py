"""Calendars, contacts, subtitles, notebooks and feeds: what a person would read, not the file."""

from __future__ import annotations

import json

import pytest

from ingest.errors import BrokenFile
from tests.ingest.load.samples import blocks, load, texts


def test_a_calendar(tmp_path):
    found = load(
        tmp_path,
        "a.ics",
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Europe/Berlin:20250414T090000\r\n"
        "SUMMARY:Mast\\, hall 3\r\nDESCRIPTION:Bring the con\r\n tract.\\nAsk Bo.\r\n"
        "ATTENDEE;CN=Bo:mailto:bo@example.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    )
    assert texts(found, "row") == [
        "Start: 2025-04-14 09:00 (Europe/Berlin); Summary: Mast, hall 3; "
        "Description: Bring the contract. Ask Bo.; Attendee: Bo (bo@example.org)"
    ]


def test_contacts(tmp_path):
    found = load(
        tmp_path,
        "a.vcf",
        "BEGIN:VCARD\nFN:Bo Lee\nitem1.TEL;TYPE=CELL:+49 170\nADR:;;Kai 1;Ulm;;89073;\n"
        "NOTE;ENCODING=QUOTED-PRINTABLE:Pr=C3=BCfer\nPHOTO;ENCODING=b:AAAA\n AAAA\nEND:VCARD\n"
        "BEGIN:VCARD\nFN:Ann\nEND:VCARD\n",
    )
    assert texts(found, "row") == [
        "Name: Bo Lee; Telephone: +49 170; Address: Kai 1, Ulm, 89073; Note: Prüfer",
        "Name: Ann",
    ]
    assert found.notes == ("1 picture not read",)


SRT = """1\n00:00:01,000 --> 00:00:04,000\n<i>Welcome to the\n
2\n00:00:04,000 --> 00:00:07,500\nmeeting.</i>\n
3\n01:01:07,000 --> 01:01:10,000\nThe mast is tall.\n"""


def test_subtitles_are_sentences_with_their_times(tmp_path):
    expected = ["[00:01] Welcome to the meeting.", "[1:01:07] The mast is tall."]
    assert texts(load(tmp_path, "a.srt", SRT), "paragraph") == expected
    voices = "WEBVTT\n\nNOTE x\n\n00:01.000 --> 00:04.000\n<v Ann>Is it tall\n\n"
    voices += "00:05.000 --> 00:06.000\n<v Bo>Yes.\n"
    assert texts(load(tmp_path, "a.vtt", voices), "paragraph") == [
        "[00:01] Ann: Is it tall",
        "[00:05] Bo: Yes.",
    ]


def test_a_notebook(tmp_path):
    cells = [
        {"cell_type": "markdown", "source": ["# Mast\n", "It is tall."]},
        {
            "cell_type": "code",
            "source": "print(6 * 7)",
            "outputs": [{"text": ["42\n"]}, {"data": {"image/png": "AAAA"}}],
        },
    ]
    found = load(tmp_path, "a.ipynb", json.dumps({"cells": cells}))
    assert blocks(found) == [
        ("h1", "Mast"),
        ("paragraph", "It is tall."),
        ("code", "print(6 * 7)"),
        ("code", "42"),
    ]
    assert (found.title, found.notes) == ("Mast", ("1 picture not read",))


@pytest.mark.parametrize("name", ["a.xml", "a.rss"])
def test_a_feed(tmp_path, name):
    feed = (
        "<?xml version='1.0'?><rss><channel><title>News</title><item><title>Recall</title>"
        "<description>&lt;p&gt;From &lt;b&gt;1 May&lt;/b&gt;.&lt;/p&gt;</description>"
        "<pubDate>Tue, 04 Mar 2025</pubDate></item></channel></rss>"
    )
    assert blocks(load(tmp_path, name, feed)) == [
        ("h1", "News"),
        ("h2", "Recall"),
        ("row", "Date: Tue, 04 Mar 2025"),
        ("paragraph", "From 1 May."),
    ]


@pytest.mark.parametrize("name", ["a.ics", "a.vcf", "a.srt", "a.vtt", "a.rss"])
def test_a_file_that_is_something_else_is_damaged(tmp_path, name):
    with pytest.raises(BrokenFile, match="damaged"):
        load(tmp_path, name, "hello")
