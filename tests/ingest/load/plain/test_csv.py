"""Separated values: rows that can be quoted alone, under the right names."""

from __future__ import annotations

import csv

import pytest

from tests.ingest.load.samples import load, texts


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separator_is_found(tmp_path, separator):
    rows = [["Part", "Price", "Note"], ["Mast", "90", "tall"], ["Sail", "45", "white"]]
    data = "\r\n".join(separator.join(row) for row in rows)
    found = load(tmp_path, "a.csv", data)
    assert (found.kind, found.title) == ("csv", None)
    assert texts(found, "row") == [
        "Part: Mast; Price: 90; Note: tall",
        "Part: Sail; Price: 45; Note: white",
    ]


def test_quotes_commas_and_line_ends_in_cells(tmp_path):
    data = 'part,note,price\nmast,"tall, white\nand ""new""",90\n'
    assert texts(load(tmp_path, "a.csv", data), "row") == [
        'part: mast; note: tall, white and "new"; price: 90'
    ]


def test_an_unmatched_quote_is_a_character(tmp_path):
    data = 'part\tsize\tprice\nmast\t12"\t90\nsail\t9\t45\n'
    assert texts(load(tmp_path, "a.tsv", data), "row") == [
        'part: mast; size: 12"; price: 90',
        "part: sail; size: 9; price: 45",
    ]


def test_separator_that_excel_declares_and_another_charset(tmp_path):
    data = "sep=;\r\nTeil;Preis, €;Maß\r\nGroßmast;90;3\r\n".encode("cp1252")
    assert texts(load(tmp_path, "a.csv", data), "row") == [
        "Teil: Großmast; Preis, €: 90; Maß: 3",
    ]


def test_decimal_commas_do_not_separate(tmp_path):
    data = "part;price;weight\nmast;90,50;3,1\nsail;45,00;2,2\n"
    assert texts(load(tmp_path, "a.csv", data), "row")[0] == "part: mast; price: 90,50; weight: 3,1"


def test_a_column_of_words(tmp_path):
    assert texts(load(tmp_path, "a.csv", "red\ngreen\nblue\n"), "row") == ["red", "green", "blue"]


def test_a_very_wide_row(tmp_path):
    found = load(tmp_path, "a.csv", ",".join(["x"] * 200_000))
    assert len(found.blocks) == 1


def test_reading_a_small_table_leaves_the_limit_of_other_readers_of_csv_alone(tmp_path):
    load(tmp_path, "a.csv", "name,price\nmast,90\nsail,40\n")
    assert list(csv.reader(["x" * 1000])) == [["x" * 1000]]
