"""Macros and environments of LaTeX, by what they are to a reader, and what they take."""

from __future__ import annotations

from typing import Any

from pylatexenc.latexwalker import get_default_latex_context_db
from pylatexenc.macrospec import EnvironmentSpec, MacroSpec

LEVELS = {
    name: level
    for level, names in enumerate(
        ("part chapter", "section", "subsection", "subsubsection", "paragraph", "subparagraph"), 1
    )
    for name in names.split()
}
LISTS = frozenset("itemize enumerate description".split())
TABLES = frozenset("tabular tabular* tabularx tabulary longtable array supertabular".split())
CODE = frozenset("verbatim verbatim* lstlisting minted alltt Verbatim".split())
EQUATIONS = frozenset(
    f"{name}{star}"
    for name in "equation align gather multline eqnarray displaymath math flalign alignat".split()
    for star in ("", "*")
)
NOTES = frozenset("footnote footnotetext thanks marginpar".split())
REFERENCES = frozenset("ref eqref pageref autoref cref Cref nameref".split())
CITATIONS = frozenset("cite citep citet parencite textcite autocite citealp footcite".split())
# What says nothing to a reader: where things stand, what they are called, how they look.
SILENT = frozenset(
    """
    label index vspace hspace vspace* hspace* vskip hskip setlength addtolength setcounter
    addtocounter pagestyle thispagestyle bibliographystyle hline cline toprule midrule
    bottomrule cmidrule centering maketitle tableofcontents newpage clearpage cleardoublepage
    noindent newcommand renewcommand providecommand newenvironment renewenvironment
    DeclareMathOperator def usepackage documentclass graphicspath color pagecolor linespread
    addcontentsline phantomsection arraystretch raggedright raggedleft small footnotesize large
    Large tiny normalsize bfseries itshape ttfamily appendix listoffigures listoftables
    selectlanguage hyphenation newtheorem definecolor lstset hypersetup geometry theoremstyle
    numberwithin nocite protect bibliography printbibliography
    """.split()
)
INCLUDED = frozenset("input include subfile includegraphics".split())
METADATA = {"title": "title", "author": "author", "date": "created"}
# What macros take, in pylatexenc's words, for those that it does not know or not well enough.
ARGUMENTS = {
    name: spec
    for spec, names in {
        "*[{": "part chapter section subsection subsubsection paragraph subparagraph caption "
        "includegraphics",
        "[{": "title author date footnote footnotetext thanks marginpar usepackage documentclass "
        "cmidrule",
        "*[[{": " ".join(CITATIONS),
        "*{": "ref eqref pageref autoref cref Cref nameref label index pagestyle thispagestyle "
        "bibliographystyle vspace hspace color",
        "{": "cline graphicspath usetikzlibrary nocite hyphenation geometry hypersetup lstset "
        "bibliography theoremstyle selectlanguage input include subfile url textsuperscript "
        "textsubscript sout st bibitem",
        "{{": "setlength addtolength setcounter addtocounter href textcolor numberwithin resizebox",
        "{{{": "multicolumn addcontentsline definecolor",
        "*{[[{": "newcommand renewcommand providecommand DeclareMathOperator",
        "*{[[{{": "newenvironment renewenvironment",
        "*{[{[": "newtheorem",
        "[{[{[{": "multirow",
        "[": "item",
    }.items()
    for name in names.split()
}
WITH_ARGUMENTS = {
    "tabular": "[{", "array": "[{", "longtable": "[{", "supertabular": "[{", "tabular*": "{[{",
    "tabularx": "{[{", "tabulary": "{[{", "minipage": "[{", "thebibliography": "{", "figure": "[",
    "table": "[", "figure*": "[", "table*": "[", "multicols": "{", "alignat": "{", "alignat*": "{",
}  # fmt: skip


def context() -> Any:
    """What pylatexenc is to know of macros and environments."""
    known = get_default_latex_context_db()
    known.add_context_category(
        "ours",
        macros=[MacroSpec(name, spec) for name, spec in ARGUMENTS.items()],
        environments=[EnvironmentSpec(name, spec) for name, spec in WITH_ARGUMENTS.items()],
        prepend=True,
    )
    return known
