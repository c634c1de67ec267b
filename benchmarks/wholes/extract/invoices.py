"""Twenty invoices of ten makers; the five makers of the set aside were written before anything was
tuned, and looked at once, at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

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
    "invoice number": {"kind": "text"},
    "invoice date": {"kind": "date"},
    "due date": {"kind": "date", "description": "when payment is due"},
    "supplier": {"kind": "name", "description": "who issued the invoice"},
    "customer": {"kind": "name", "description": "who is billed"},
    "net amount": {"kind": "money", "description": "subtotal before tax"},
    "tax": {"kind": "money", "description": "VAT or sales tax"},
    "total": {"kind": "money", "description": "amount to pay, including tax"},
}

FIRMS = (
    "Alder & Finch Ltd", "Brightwater Logistics GmbH", "Corbel Studio LLC", "Dunmore Paper Co.",
    "Eastgate Dental Practice", "Fenwick Robotics Inc.", "Glasshouse Catering Ltd",
    "Harrow Legal LLP", "Ironbridge Tools PLC", "Juniper Health Trust", "Kestrel Analytics Ltd",
    "Larkspur Events Ltd", "Marlowe Printing Co.", "Northgate Cycles Ltd", "Oakhurst School",
    "Pemberton Wines Ltd", "Quayside Marine Ltd", "Redfern Security Inc.", "Stonecroft Homes Ltd",
    "Thistle Media GmbH",
)  # fmt: skip
GOODS = (
    "Oak shelving", "Freight, 3 pallets", "Logo design", "Copy paper A4", "Scanner service",
    "Servo motors", "Lunch buffet", "Contract review", "Torque wrenches", "Flu vaccines",
)  # fmt: skip


class Filling:
    """The facts of one invoice."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.day = date(2026, 1 + number % 9, 1 + number * 7 % 27)
        self.due = self.day + timedelta(days=(14, 21, 30, 45)[number % 4])
        self.supplier, self.customer = FIRMS[number], FIRMS[(number * 3 + 7) % 20]
        if self.customer == self.supplier:
            self.customer = FIRMS[(number + 1) % 20]
        self.first, self.second = Decimal(120 + 37 * number), Decimal("48.50") * (number + 2)
        self.net = self.first + self.second
        self.vat = (self.net * Decimal("0.2")).quantize(Decimal("0.01"))
        self.total = self.net + self.vat

    def gold(self, invoice: str, unit: str, *without: str) -> dict[str, str | None]:
        gold: dict[str, str | None] = {
            "invoice number": invoice,
            "invoice date": self.day.isoformat(),
            "due date": self.due.isoformat(),
            "supplier": self.supplier,
            "customer": self.customer,
            "net amount": f"{self.net:.2f} {unit}",
            "tax": f"{self.vat:.2f} {unit}",
            "total": f"{self.total:.2f} {unit}",
        }
        return gold | dict.fromkeys(without)


Layout = Callable[[Filling], Content]


def _pounds(amount: Decimal) -> str:
    return f"£{amount:,.2f}"


def _dollars(amount: Decimal) -> str:
    return f"${amount:,.2f}"


def _euros(amount: Decimal) -> str:
    return f"{amount:,.2f} EUR"


def _plain(one: Filling) -> tuple[list[Block], dict[str, str | None]]:
    number = f"INV-{1000 + one.number}"
    return [
        h("Invoice"),
        pairs("lines", ("Invoice No", number), ("Invoice date", f"{one.day:%d %B %Y}"),
              ("Due date", f"{one.due:%d %B %Y}"), ("From", one.supplier),
              ("Bill to", one.customer)),
        table(("Item", "Qty", "Amount"), (GOODS[one.number % 10], "4", _pounds(one.first)),
              ("Delivery", "1", _pounds(one.second))),
        pairs("lines", ("Subtotal", _pounds(one.net)), ("VAT (20%)", _pounds(one.vat)),
              ("Total due", _pounds(one.total))),
    ], one.gold(number, "GBP")  # fmt: skip


def _boxes(one: Filling) -> tuple[list[Block], dict[str, str | None]]:
    number = f"2026/{300 + one.number}"
    return [
        h(one.supplier),
        pairs("stack", ("Invoice number", number), ("Date of issue", f"{one.day:%b %d, %Y}"),
              ("Payment due", f"{one.due:%b %d, %Y}")),
        pairs("stack", ("Seller", one.supplier), ("Customer", one.customer)),
        table(("Description", "Price"), (GOODS[one.number % 10], _dollars(one.first)),
              ("Shipping", _dollars(one.second))),
        pairs("grid", ("Net", _dollars(one.net)), ("Sales tax", _dollars(one.vat)),
              ("Amount due", _dollars(one.total))),
        p("Thank you for your business. Please quote the invoice number with your payment."),
    ], one.gold(number, "USD")  # fmt: skip


def _letter(one: Filling) -> tuple[list[Block], dict[str, str | None]]:
    number = f"R{26000 + one.number}"
    return [
        h(f"Invoice {number}"),
        p(f"{one.supplier}, 12 Mill Lane, Hereford"),
        p(f"Billed to: {one.customer}"),
        p(f"Dear client, for the work done in the past month we charge {_pounds(one.net)} "
          f"before tax. VAT at 20% comes to {_pounds(one.vat)}, so the total amount to pay is "
          f"{_pounds(one.total)}."),
        p(f"This invoice was issued on {one.day:%d %B %Y}. Payment is due by {one.due:%d %B %Y}. "
          "Late payments bear interest of 4% a year."),
    ], one.gold(number, "GBP")  # fmt: skip


def _till(one: Filling) -> tuple[list[Block], dict[str, str | None]]:
    number = f"{77000 + one.number}"
    return [
        p("TAX INVOICE"),
        pairs("dots", ("Document no.", number), ("Issued", f"{one.day:%d.%m.%Y}"),
              ("Sold by", one.supplier), ("Sold to", one.customer)),
        pairs("dots", (GOODS[one.number % 10], f"{one.first:.2f}"),
              ("Handling", f"{one.second:.2f}")),
        pairs("dots", ("Sub-total EUR", f"{one.net:.2f}"), ("Tax 20 % EUR", f"{one.vat:.2f}"),
              ("Grand total EUR", f"{one.total:.2f}")),
        p("Paid in cash. No return without this receipt."),
    ], one.gold(number, "EUR", "due date")  # fmt: skip


def _wide(one: Filling) -> tuple[list[Block], dict[str, str | None]]:
    number = f"NW-{one.number:04}-B"
    return [
        h("INVOICE"),
        table(("Invoice #", "Date", "Terms", "Payable by"),
              (number, f"{one.day:%Y-%m-%d}", "net", f"{one.due:%Y-%m-%d}")),
        table(("Vendor", "Client"), (one.supplier, one.customer)),
        table(("Line", "Unit price", "Total"),
              (GOODS[one.number % 10], _euros(one.first), _euros(one.first)),
              ("Installation", _euros(one.second), _euros(one.second))),
        pairs("grid", ("Total excl. VAT", _euros(one.net)), ("VAT", _euros(one.vat)),
              ("Total incl. VAT", _euros(one.total))),
    ], one.gold(number, "EUR")  # fmt: skip


def _aside_agency(one: Filling) -> tuple[list[Block], dict[str, str | None]]:
    number = f"AG{one.number}26"
    return [
        h("Statement of fees"),
        pairs("grid", ("Our reference", "JM/44"), ("Invoice ref", number),
              ("Tax point", f"{one.day:%d/%m/%Y}".replace("/", ".")),
              ("Please pay before", f"{one.due:%d.%m.%Y}")),
        pairs("lines", ("Issued by", one.supplier), ("Invoice to", one.customer)),
        items(f"{GOODS[one.number % 10]}: {_pounds(one.first)}",
              f"Expenses: {_pounds(one.second)}"),
        pairs("grid", ("Fees and expenses, net", _pounds(one.net)),
              ("Value added tax", _pounds(one.vat)), ("Balance payable", _pounds(one.total))),
        p("Bank: Lloyds, sort code 30-00-00, account 12345678."),
    ], one.gold(number, "GBP")  # fmt: skip


def _aside_saas(one: Filling) -> tuple[list[Block], dict[str, str | None]]:
    number = f"SUB-{one.number:05}"
    return [
        h("Your invoice"),
        pairs("stack", ("Invoice ID", number), ("Billed on", f"{one.day:%B %d, %Y}"),
              ("Due on", f"{one.due:%B %d, %Y}")),
        pairs("stack", ("Provider", one.supplier), ("Account holder", one.customer)),
        p(f"Subscription, team plan: {_dollars(one.first)}. Extra seats: {_dollars(one.second)}."),
        pairs("lines", ("Subtotal", _dollars(one.net)), ("Tax", _dollars(one.vat)),
              ("Total", _dollars(one.total)), ("Paid so far", "$0.00")),
    ], one.gold(number, "USD")  # fmt: skip


def _aside_builder(one: Filling) -> tuple[list[Block], dict[str, str | None]]:
    number = f"{500 + one.number}"
    return [
        h(f"Invoice no. {number} of {one.day:%d %B %Y}"),
        pairs("dots", ("Contractor", one.supplier), ("Client", one.customer),
              ("Site", "4 Hill Road, Leeds")),
        table(("Work", "Hours", "Amount"), (GOODS[one.number % 10], "11", _pounds(one.first)),
              ("Materials", "", _pounds(one.second)), ("Net total", "", _pounds(one.net)),
              ("VAT 20%", "", _pounds(one.vat)), ("Gross total", "", _pounds(one.total))),
        p(f"Kindly settle this invoice no later than {one.due:%d %B %Y}."),
    ], one.gold(number, "GBP")  # fmt: skip


def _aside_mail(one: Filling) -> tuple[list[Block], dict[str, str | None]]:
    number = f"M-{one.number}-{one.number * 13}"
    return [
        p(f"Hello, please find below our invoice {number} dated {one.day:%d %B %Y}, from "
          f"{one.supplier} to {one.customer}."),
        p(f"The net price of the goods is {_euros(one.net)}. We add VAT of {_euros(one.vat)}, "
          f"which makes {_euros(one.total)} in total."),
        p(f"The sum has to be in our account by {one.due:%d %B %Y}."),
    ], one.gold(number, "EUR")  # fmt: skip


def _aside_shop(one: Filling) -> tuple[list[Block], dict[str, str | None]]:
    number = f"{one.day:%Y%m}-{one.number:03}"
    return [
        h("Order receipt and invoice"),
        pairs("lines", ("Order", "A-5521"), ("Invoice", number),
              ("Date", f"{one.day:%d %b %Y}"), ("Merchant", one.supplier)),
        table(("Product", "Price", "Quantity"), (GOODS[one.number % 10], _dollars(one.first), "1"),
              ("Gift wrap", _dollars(one.second), "1")),
        pairs("dots", ("Items before tax", _dollars(one.net)),
              ("Sales tax (20%)", _dollars(one.vat)), ("Order total", _dollars(one.total))),
        p("Charged to the card ending in 4411."),
    ], one.gold(number, "USD", "due date", "customer")  # fmt: skip


OPEN: tuple[Layout, ...] = (_plain, _boxes, _letter, _till, _wide)
ASIDE: tuple[Layout, ...] = (
    _aside_agency, _aside_saas, _aside_builder, _aside_mail, _aside_shop,
)  # fmt: skip


def invoices() -> Iterator[Written]:
    """All of them, each maker's twice and in two formats."""
    suffixes = ("md", "pdf", "docx", "txt", "html")
    return twice_each("invoice", suffixes, Filling, OPEN, ASIDE)
