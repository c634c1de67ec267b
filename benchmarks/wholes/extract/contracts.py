"""Twenty contracts of ten makers; the five makers of the set aside were written before anything
was tuned, and looked at once, at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from benchmarks.wholes.extract.invoices import FIRMS
from benchmarks.wholes.extract.layouts import (
    Block,
    Content,
    Written,
    h,
    items,
    p,
    pairs,
    table,
    twice_each,
)

SCHEMA = {
    "provider": {"kind": "name", "description": "who provides the services"},
    "client": {"kind": "name", "description": "who receives and pays for the services"},
    "start date": {"kind": "date", "description": "when the contract begins"},
    "end date": {"kind": "date", "description": "when the contract ends"},
    "fee": {"kind": "money", "description": "price of the services"},
    "notice period": {"kind": "number", "description": "notice to terminate"},
    "governing law": {"kind": "name", "description": "law of which country applies"},
    "automatic renewal": {"kind": "yes/no", "description": "renews automatically"},
}
LAWS = ("England", "Ireland", "Germany", "New York", "Scotland")


class Filling:
    """The facts of one contract."""

    def __init__(self, number: int) -> None:
        self.provider, self.client = FIRMS[(number + 5) % 20], FIRMS[(number * 7 + 2) % 20]
        if self.client == self.provider:
            self.client = FIRMS[(number + 6) % 20]
        self.start = date(2026, 1 + number % 12, 1 if number % 2 else 15)
        self.end = date(2027 + number % 3, 1 + (number + 5) % 12, 28)
        self.fee = 1200 + 250 * number
        self.days = (30, 60, 90, 45)[number % 4]
        self.law = LAWS[number % 5]
        self.renews = number % 2 == 0

    def gold(self, unit: str, *without: str, notice: str = "") -> dict[str, str | None]:
        gold: dict[str, str | None] = {
            "provider": self.provider,
            "client": self.client,
            "start date": self.start.isoformat(),
            "end date": self.end.isoformat(),
            "fee": f"{self.fee}.00 {unit}",
            "notice period": notice or f"{self.days} days",
            "governing law": self.law,
            "automatic renewal": "yes" if self.renews else "no",
        }
        return gold | dict.fromkeys(without)


Layout = Callable[[Filling], Content]


def _services(one: Filling) -> tuple[list[Block], dict[str, str | None]]:
    renews = (
        "It renews automatically for further terms of one year."
        if one.renews
        else "It does not renew automatically."
    )
    return [
        h("Services Agreement"),
        p(f"This agreement is made between {one.provider} (the “Provider”) and {one.client} "
          "(the “Client”)."),
        h("1. Term"),
        p(f"The agreement begins on {one.start:%d %B %Y} and ends on {one.end:%d %B %Y}. {renews}"),
        h("2. Fees"),
        p(f"The Client pays a fee of £{one.fee:,} a month. Invoices are payable within 14 days."),
        h("3. Termination"),
        p(f"Either party may terminate with {one.days} days' notice in writing."),
        h("4. Governing law"),
        p(f"This agreement is governed by the laws of {one.law}."),
    ], one.gold("GBP")  # fmt: skip


def _sheet(one: Filling) -> tuple[list[Block], dict[str, str | None]]:
    return [
        h("Contract summary"),
        pairs("grid", ("Provider", one.provider), ("Client", one.client),
              ("Start date", f"{one.start:%Y-%m-%d}"), ("End date", f"{one.end:%Y-%m-%d}"),
              ("Monthly fee", f"{one.fee:,} EUR"), ("Notice period", f"{one.days} days"),
              ("Governing law", one.law), ("Automatic renewal", "Yes" if one.renews else "No")),
        h("Terms"),
        items("Invoices are paid within 30 days of receipt.",
              "Liability is limited to the fees of 12 months.",
              "Neither party is liable for events beyond its control."),
    ], one.gold("EUR")  # fmt: skip


def _consulting(one: Filling) -> tuple[list[Block], dict[str, str | None]]:
    renews = (
        "Upon expiry this Agreement shall be renewed automatically for one year."
        if one.renews
        else "There is no automatic renewal of this Agreement."
    )
    return [
        h("CONSULTING AGREEMENT"),
        pairs("lines", ("Consultant", one.provider), ("Customer", one.client)),
        items(
            f"Commencement. The Consultant starts work on {one.start:%B %d, %Y}.",
            f"Expiry. This Agreement expires on {one.end:%B %d, %Y}. {renews}",
            f"Remuneration. The Customer shall pay the Consultant ${one.fee:,}.00 per month.",
            f"Termination. Each party may end this Agreement on {one.days} days' written notice.",
            f"Applicable law. The law of {one.law} applies.",
            "Confidentiality. The Consultant keeps all information secret for 5 years.",
        ),
    ], one.gold("USD")  # fmt: skip


def _maintenance(one: Filling) -> tuple[list[Block], dict[str, str | None]]:
    return [
        h("Maintenance contract"),
        pairs("stack", ("Service provider", one.provider), ("Client", one.client)),
        h("Duration"),
        p(f"The contract starts on {one.start:%d %B %Y}. It runs for an indefinite period."),
        h("Price"),
        p(f"The yearly price of the maintenance services is EUR {one.fee:,}."),
        h("Notice"),
        p(f"The contract can be cancelled at any time with a notice period of {one.days} days."),
        h("Law"),
        p(f"The contract is subject to the law of {one.law}."),
    ], one.gold("EUR", "end date", "automatic renewal")  # fmt: skip


def _order(one: Filling) -> tuple[list[Block], dict[str, str | None]]:
    return [
        h("Order form"),
        table(("Supplier", "Client", "Effective from", "Valid until"),
              (one.provider, one.client, f"{one.start:%d %b %Y}", f"{one.end:%d %b %Y}")),
        table(("Service", "Service fee", "Renewal", "Notice"),
              ("Support, gold", f"${one.fee:,}.00",
               "automatic" if one.renews else "none", f"{one.days} days")),
        p("The general terms of the supplier apply. Prices are net of tax."),
        p(f"Governing law: {one.law}"),
    ], one.gold("USD")  # fmt: skip


def _aside_lease(one: Filling) -> tuple[list[Block], dict[str, str | None]]:
    renews = (
        "On that day the agreement is extended automatically by a year."
        if one.renews
        else "The agreement is not extended automatically."
    )
    return [
        h("Agreement for cleaning services"),
        p(f"between {one.provider}, hereinafter “the Provider”, and {one.client}, hereinafter "
          "“the Client”"),
        h("§ 1 Duration"),
        p(f"Services commence on {one.start:%d %B %Y}. The agreement terminates on "
          f"{one.end:%d %B %Y}. {renews}"),
        h("§ 2 Price"),
        p(f"For the services the Client pays {one.fee:,} EUR per quarter, plus VAT."),
        h("§ 3 Cancellation"),
        p(f"Notice of cancellation must be given {one.days} days in advance."),
        h("§ 4 Miscellaneous"),
        p(f"The laws of {one.law} shall apply. Changes must be made in writing."),
    ], one.gold("EUR")  # fmt: skip


def _aside_key(one: Filling) -> tuple[list[Block], dict[str, str | None]]:
    return [
        h("Key terms"),
        pairs("dots", ("Service Provider", one.provider), ("Customer", one.client),
              ("Commencement Date", f"{one.start:%d.%m.%Y}"),
              ("Expiry Date", f"{one.end:%d.%m.%Y}"),
              ("Charges", f"£{one.fee:,} per month"),
              ("Termination notice", f"{one.days} days"), ("Jurisdiction", one.law),
              ("Auto-renews", "yes" if one.renews else "no")),
        p("The parties agree to the key terms above and to the standard conditions. Payment is "
          "due 30 days after an invoice is received. Claims lapse after 2 years."),
    ], one.gold("GBP")  # fmt: skip


def _aside_software(one: Filling) -> tuple[list[Block], dict[str, str | None]]:
    months = one.days // 15
    renews = (
        "Thereafter, the Agreement shall automatically renew for successive terms of 12 months."
        if one.renews
        else "The Agreement shall not renew unless the parties so agree in writing."
    )
    return [
        h("Software Services Agreement"),
        p(f"This Software Services Agreement is entered into as of {one.start:%B %d, %Y} (the "
          f"“Effective Date”) by and between {one.provider} (“Provider”) and {one.client} "
          "(“Client”)."),
        items(
            f"Term. This Agreement shall remain in force until {one.end:%B %d, %Y}. {renews}",
            f"Fees. In consideration of the Services, Client shall pay an annual fee of "
            f"${one.fee:,}.00.",
            f"Termination. Either party may terminate this Agreement for convenience upon "
            f"{months} months' prior written notice.",
            f"Governing Law. This Agreement shall be construed in accordance with the laws of "
            f"{one.law}.",
            "Warranty. Provider warrants the software for 90 days.",
        ),
    ], one.gold("USD", notice=f"{months} months")  # fmt: skip


def _aside_letter(one: Filling) -> tuple[list[Block], dict[str, str | None]]:
    return [
        p(f"{one.provider} confirms to {one.client} the engagement that we discussed."),
        p(f"We start on {one.start:%d %B %Y}. Our fee is £{one.fee:,} for the whole project."),
        p(f"You can end the engagement by giving us {one.days} days' notice."),
        p(f"This letter is governed by the law of {one.law}."),
    ], one.gold("GBP", "end date", "automatic renewal")  # fmt: skip


def _aside_table(one: Filling) -> tuple[list[Block], dict[str, str | None]]:
    return [
        h("Framework agreement: particulars"),
        table(("Item", "Agreed"), ("Name of the provider", one.provider),
              ("Name of the client", one.client), ("Date of commencement",
              f"{one.start:%d %B %Y}"), ("Date of termination", f"{one.end:%d %B %Y}"),
              ("Fee per year", f"{one.fee:,}.00 EUR"), ("Period of notice", f"{one.days} days"),
              ("Law", one.law),
              ("Renewed automatically?", "Yes" if one.renews else "No")),
        p("Orders under this agreement are placed in writing. The provider answers within 3 days."),
    ], one.gold("EUR")  # fmt: skip


OPEN: tuple[Layout, ...] = (_services, _sheet, _consulting, _maintenance, _order)
ASIDE: tuple[Layout, ...] = (
    _aside_lease, _aside_key, _aside_software, _aside_letter, _aside_table,
)  # fmt: skip


def contracts() -> Iterator[Written]:
    """All of them, each maker's twice and in two formats."""
    suffixes = ("docx", "txt", "html", "pdf", "md")
    return twice_each("contract", suffixes, Filling, OPEN, ASIDE)
