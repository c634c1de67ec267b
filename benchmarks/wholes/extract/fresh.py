"""Eight more documents of four makers, written after the half that was set aside had been counted
and its errors read; counted once."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.wholes.extract import contracts, invoices
from benchmarks.wholes.extract.layouts import Block, Written, h, items, p, pairs, table


def _carrier(one: invoices.Filling) -> tuple[list[Block], dict[str, str | None]]:
    number = f"CR/{one.number}/26"
    return [
        h("Freight invoice"),
        pairs("lines", ("Invoice number", number), ("Date of invoice", f"{one.day:%d %b %Y}"),
              ("Carrier (supplier)", one.supplier), ("Charged to", one.customer),
              ("Payment due date", f"{one.due:%d %b %Y}")),
        table(("Position", "Weight", "Charge"), (invoices.GOODS[one.number % 10], "310 kg",
              f"{one.first:.2f}"), ("Fuel", "", f"{one.second:.2f}"),
              ("Net sum (EUR)", "", f"{one.net:.2f}"), ("VAT 20% (EUR)", "", f"{one.vat:.2f}"),
              ("Total payable (EUR)", "", f"{one.total:.2f}")),
    ], one.gold(number, "EUR")  # fmt: skip


def _clinic(one: invoices.Filling) -> tuple[list[Block], dict[str, str | None]]:
    number = f"HC-{9000 + one.number}"
    return [
        p(f"Invoice {number}"),
        pairs("grid", ("Issued on", f"{one.day:%B %d, %Y}"), ("Pay by", f"{one.due:%B %d, %Y}"),
              ("Invoice from", one.supplier), ("Invoice for", one.customer)),
        items(f"{invoices.GOODS[one.number % 10]}, ${one.first:,.2f}",
              f"Consultation, ${one.second:,.2f}"),
        p(f"Subtotal ${one.net:,.2f}. Sales tax ${one.vat:,.2f}. Amount due ${one.total:,.2f}."),
    ], one.gold(number, "USD")  # fmt: skip


def _hosting(one: contracts.Filling) -> tuple[list[Block], dict[str, str | None]]:
    renews = (
        "The contract is renewed automatically for another year unless it is terminated."
        if one.renews
        else "The contract is not renewed automatically."
    )
    return [
        h("Hosting contract"),
        pairs("grid", ("Host (provider)", one.provider), ("Client", one.client)),
        h("Period"),
        p(f"The contract takes effect on {one.start:%d %B %Y} and expires on "
          f"{one.end:%d %B %Y}. {renews}"),
        h("Prices"),
        p(f"The monthly fee for the services amounts to {one.fee:,}.00 EUR."),
        h("Termination"),
        p(f"The period of notice is {one.days} days. Notice must be given in writing."),
        h("Final provisions"),
        p(f"The law of {one.law} shall govern this contract. Oral agreements are void."),
    ], one.gold("EUR")  # fmt: skip


def _retainer(one: contracts.Filling) -> tuple[list[Block], dict[str, str | None]]:
    return [
        h("Retainer agreement"),
        table(("Term", "Value"), ("Service provider", one.provider), ("Client", one.client),
              ("Begins", f"{one.start:%Y-%m-%d}"), ("Ends", f"{one.end:%Y-%m-%d}"),
              ("Retainer fee", f"${one.fee:,}.00"), ("Notice", f"{one.days} days"),
              ("Governing law", one.law), ("Renews automatically", "yes" if one.renews else "no")),
        p("The provider answers requests within two days. Unused hours lapse after 3 months."),
    ], one.gold("USD")  # fmt: skip


def fresh() -> Iterator[Written]:
    """All of them, each maker's twice and in two formats."""
    suffixes = ("txt", "pdf", "docx", "md", "html")
    number = 2
    for layout in (_carrier, _clinic):
        for _ in range(2):
            blocks, gold = layout(invoices.Filling(number))
            suffix = suffixes[number % 5]
            yield Written(f"invoice-{20 + number}", "invoice", "fresh", suffix, blocks, gold)
            number += 3
    for terms in (_hosting, _retainer):
        for _ in range(2):
            blocks, gold = terms(contracts.Filling(number))
            suffix = suffixes[number % 5]
            yield Written(f"contract-{20 + number}", "contract", "fresh", suffix, blocks, gold)
            number += 3
