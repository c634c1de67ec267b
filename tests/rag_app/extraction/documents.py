"""Documents of different makers, and the fields that are asked of them."""

from __future__ import annotations

SCHEMA = {
    "number": {"kind": "text", "description": "invoice number"},
    "due date": {"kind": "date", "description": "when payment is due"},
    "total": {"kind": "money", "description": "amount to pay, including tax"},
    "paid": "yes/no",
}
DOCUMENTS = {
    "invoices/plain.txt": (
        "INVOICE\n\nInvoice number ..... A-17\nDue date ........... 30 April 2026\n"
        "Subtotal ........... £100.00\nVAT ................ £20.00\nTotal .............. £120.00\n"
        "Paid ............... no\n"
    ),
    "invoices/table.md": (
        "# Invoice\n\n| Invoice # | Payable by | Paid |\n|---|---|---|\n"
        "| B/2026/4 | 2026-05-01 | yes |\n\n| Item | Total |\n|---|---|\n| Saw | 416.00 EUR |\n"
        "| Drill | 485.00 EUR |\n\nTotal incl. VAT: 1,081.20 EUR\n"
    ),
    "invoices/letter.md": (
        "# Our work in May\n\nVAT comes to £111.80, so the total amount to pay is £670.80.\n\n"
        "This letter was written on 2 June 2026. Payment is due by 30 June 2026.\n"
    ),
    "contract.md": (
        "# Services Agreement\n\nThis agreement is made between Fenwick Robotics Inc. (the "
        "“Provider”) and Corbel Studio LLC (the “Client”).\n\n## Term\n\nThe agreement begins on "
        "15 January 2026 and ends on 28 June 2027. It does not renew automatically.\n\n"
        "## Termination\n\nEither party may terminate with 30 days' notice in writing.\n"
    ),
}
