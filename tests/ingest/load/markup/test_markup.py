"""Texts with marks: headings, lists, tables, equations, and what is not read."""

from __future__ import annotations

import pytest

from ingest.errors import BrokenFile
from ingest.load.read import load_bytes
from ingest.records import LoadedDocument


def blocks(document: LoadedDocument) -> list[tuple[str, str]]:
    return [
        (f"h{b.level}" if b.kind == "heading" else b.kind, document.text[b.start : b.end])
        for b in document.blocks
    ]


LATEX = r"""\documentclass{article}
\usepackage{amsmath}
\newcommand{\foo}[1]{bar #1}
\title{On Pumps \& Hoses}
\author{J\"urgen M\"uller}
\begin{document}\maketitle
\section{Results}\label{r}
The efficiency of the \emph{new} pump is $\eta = 0.87$~\cite{a}\footnote{At 20 degrees.}. % was 0.79
It is \textbf{12\%} better, 10\textsuperscript{6} cycles.

\begin{equation}E = mc^2\end{equation}
\subsection{Stra\ss e}
\begin{enumerate}\item first \item second\begin{itemize}\item inner\end{itemize}\end{enumerate}
\begin{table}\caption{Flow}\begin{tabular}{lrr}\toprule Pump & \multicolumn{2}{c}{Flow} \\
 & H1 & H2 \\ \midrule P1 & 12 & 13 \\ P2 & 15 & 16 \\ \bottomrule\end{tabular}\end{table}
\begin{verbatim}
x = {1}
\end{verbatim}
\input{other}\includegraphics[width=3cm]{x.png}
\mymacro{keeps its text}
\end{document}
"""


def test_latex() -> None:
    document = load_bytes(LATEX.encode(), "paper.tex")
    assert (document.kind, document.title) == ("latex", "On Pumps & Hoses")
    assert document.metadata == {"author": "Jürgen Müller"}
    assert document.notes == ("1 included file, 1 picture not read",)
    assert blocks(document) == [
        ("h1", "On Pumps & Hoses"),
        ("row", "Author: Jürgen Müller"),
        ("h2", "Results"),
        (
            "paragraph",
            r"The efficiency of the new pump is $\eta = 0.87$ [a]. It is 12% better, 10⁶ cycles.",
        ),
        ("paragraph", "Note: At 20 degrees."),
        ("paragraph", r"\begin{equation}E = mc^2\end{equation}"),
        ("h3", "Straße"),
        ("item", "1. first"),
        ("item", "2. second"),
        ("item", "inner"),
        ("paragraph", "Flow"),
        ("row", "Pump: P1; Flow H1: 12; Flow H2: 13"),
        ("row", "Pump: P2; Flow H1: 15; Flow H2: 16"),
        ("code", "x = {1}"),
        ("paragraph", "keeps its text"),
    ]


RST = r"""===========
Pump manual
===========
:Author: Anna

The *red* lamp means **low oil** [1]_, see :ref:`limits <lim>` and H\ :sub:`2`\ O.

.. [1] Not on P2.

Limits
======

- first
- second

3. three
4. four

+-------+-------------+
| Pump  | Flow        |
|       +------+------+
|       | H1   | H2   |
+=======+======+======+
| P1    | 12   | 13   |
+-------+------+------+

Deep
----

.. code-block:: python
   :caption: Example
   :linenos:

   print(1)

.. versionadded:: 2.1
   The flow is limited.

.. note:: Restart after change.

.. math:: \eta = 0.87

.. include:: /etc/passwd

.. raw:: html

   <b>raw</b>
"""


def test_restructured_text() -> None:
    document = load_bytes(RST.encode(), "manual.rst")
    assert (document.kind, document.title) == ("rst", "Pump manual")
    assert document.metadata == {"author": "Anna"}
    assert document.notes == ("1 included file not read",)
    assert blocks(document) == [
        ("h1", "Pump manual"),
        ("row", "Author: Anna"),
        ("paragraph", "The red lamp means low oil [1], see limits and H₂O."),
        ("paragraph", "[1] Not on P2."),
        ("h2", "Limits"),
        ("item", "first"),
        ("item", "second"),
        ("item", "3. three"),
        ("item", "4. four"),
        ("row", "Pump: P1; Flow H1: 12; Flow H2: 13"),
        ("h3", "Deep"),
        ("paragraph", "Example"),
        ("code", "print(1)"),
        ("paragraph", "versionadded: 2.1 The flow is limited."),
        ("paragraph", "Note: Restart after change."),
        ("paragraph", r"\eta = 0.87"),
    ]


ORG = r"""#+TITLE: Plan
#+AUTHOR: Anna
* TODO Order pumps :buy:
:PROPERTIES:
:ID: 7
:END:
The *red* lamp, +not+ $\eta = 0.87$, [[https://x.example][a link]].
** Details
| Pump | Qty |
|------+-----|
| P1   |   3 |
- [X] done
  and more
1. one
# a comment
#+BEGIN_SRC sh
ls
#+END_SRC
"""


def test_org() -> None:
    document = load_bytes(ORG.encode(), "plan.org")
    assert (document.kind, document.title, document.metadata) == ("org", "Plan", {"author": "Anna"})
    assert blocks(document) == [
        ("paragraph", "Plan"),
        ("h1", "TODO Order pumps (buy)"),
        ("paragraph", r"The red lamp, ~~not~~ $\eta = 0.87$, a link (https://x.example)."),
        ("h2", "Details"),
        ("row", "Pump: P1; Qty: 3"),
        ("item", "[X] done and more"),
        ("item", "1. one"),
        ("code", "ls"),
    ]


ASCIIDOC = r"""= Guide
:author: Anna
:limit: 50 MB

== Limits
The *red* lamp, stem:[\eta = 0.87], see https://x.example[the list] and {limit}.

[cols="1,1"]
|===
|Name |Limit

|Upload
|{limit}

|Users
.2+|20
|Admins
|===

NOTE: Restart after change.

* one
** two

. first
. second

Flow:: how much

[source,sh]
----
ls *
----
// a comment
include::other.adoc[]
"""


def test_asciidoc() -> None:
    document = load_bytes(ASCIIDOC.encode(), "guide.adoc")
    assert (document.kind, document.title) == ("asciidoc", "Guide")
    assert document.metadata == {"author": "Anna"}
    assert document.notes == ("1 included file not read",)
    assert blocks(document) == [
        ("h1", "Guide"),
        ("h2", "Limits"),
        (
            "paragraph",
            r"The red lamp, \eta = 0.87, see the list (https://x.example) and 50 MB.",
        ),
        ("row", "Name: Upload; Limit: 50 MB"),
        ("row", "Name: Users; Limit: 20"),
        ("row", "Name: Admins; Limit: 20"),
        ("paragraph", "NOTE: Restart after change."),
        ("item", "one"),
        ("item", "two"),
        ("item", "1. first"),
        ("item", "2. second"),
        ("item", "Flow: how much"),
        ("code", "ls *"),
    ]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.tex", "{" * 20_000),
        ("a.adoc", "\n".join("=" * (n + 4) for n in range(1200))),
        ("a.rst", "\n".join("  " * n + "* x\n" for n in range(600))),
    ],
)
def test_what_is_nested_absurdly(name: str, data: str) -> None:
    with pytest.raises(BrokenFile, match="nested too deeply"):
        load_bytes(f"Text.\n\n{data}".encode(), name)
