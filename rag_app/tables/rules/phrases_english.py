"""How English asks for an operation over a table."""

# ruff: noqa: E501 (a phrase is one line)
from __future__ import annotations

import re
from typing import cast

from rag_app.tables.plan import Test
from rag_app.tables.words import key

I = re.IGNORECASE  # noqa: E741
AMOUNT = r"(?:(?:us\$|[$€£])\s?)?\d[\d.,]*"
LESS = (
    r"(?:less|fewer|lower|smaller|cheaper|shorter|lighter|younger|slower|lesser|narrower|thinner)"
)
OF = r"(?: (?:an? |the )?[^\W\d]+ of)?"  # "at least an attendance of 500"
NEW = r"(?:before|earlier than|prior to|older than)"
# What stands before (or after) a number, and the test that it asks for; the first that fits.
COMPARISONS: tuple[tuple[re.Pattern[str], Test], ...] = tuple(
    (re.compile(pattern, I), cast("Test", test))
    for pattern, test in (
        (rf"\b(?:between|from|in the range(?: of)?)\s+(?P<a>{AMOUNT})[^\d]{{0,12}}?\s*(?:and|to|-|–)\s*(?P<b>{AMOUNT})", "between"),
        (rf"\b(?:at least{OF}|no(?:t)? (?:less|fewer|lower) than|a minimum of|not under|≥|>=)\s*(?P<a>{AMOUNT})", ">="),
        (rf"\b(?:at most{OF}|no(?:t)? (?:more|higher|greater) than|up to|a maximum of|not over|≤|<=)\s*(?:,\s*)?(?P<a>{AMOUNT})", "<="),
        (rf"(?<![\d.,$€£])(?P<a>{AMOUNT})(?P<mid>\s?[^\W\d]{{0,12}})\s+(?:or|and) (?:more|higher|greater|over|above|older|longer|later|up|after)\b", ">="),
        (rf"(?<![\d.,$€£])(?P<a>{AMOUNT})(?P<mid>\s?[^\W\d]{{0,12}})\s+or (?:less|fewer|lower|under|below|younger|shorter|earlier|before)\b", "<="),
        (rf"(?:\b{LESS} than|\bunder|\bbelow|\bbeneath|<)\s*(?P<a>{AMOUNT})", "<"),
        (rf"(?:\b(?:more|greater|other|\w{{3,}}er) than|\bover|\babove|\bexceed(?:s|ed|ing)?|\bin excess of|>)\s*(?P<a>{AMOUNT})", ">"),
        (rf"\b(?:exactly|equal(?:s)?(?: to)?|is|are|was|of|=)\s+(?P<a>{AMOUNT})(?=\W|$)", "="),
    )
)  # fmt: skip
DATED: tuple[tuple[re.Pattern[str], Test], ...] = tuple(
    (
        re.compile(rf"\b{pattern}\s+(?:the\s+)?(?:year\s+|start of\s+|end of\s+)?$", I),
        cast("Test", test),
    )
    for pattern, test in (
        (r"no(?:t)? (?:earlier|sooner) than", ">="),
        (r"no(?:t)? later than", "<="),
        (r"(?:on or after|since|starting(?: from| in)?|from)", ">="),
        (r"(?:on or before|until|till|up to|by|through)", "<="),
        (r"(?:before|prior to|previous to|earlier than|older than)", "<"),
        (r"(?:after|later than|newer than|following)", ">"),
        (r"(?:in|during|on|of|for|dated|at)", "="),
    )
)
BETWEEN_DATES = re.compile(r"\b(?:between|from)\s+(?:the\s+)?$", I)
SPANS = re.compile(r"^\s*(?:and|to|until|till|-|–|through)\s+$", I)
SCALED = re.compile(r"\s?(thousand|million|billion|[mb]n|k)\b", I)
COUNT = re.compile(
    r"\b(?:how many|(?<!most )(?<!highest )(?<!largest )(?<!greatest )(?<!least )(?<!lowest )(?<!smallest )(?<!fewest )"
    r"(?:number|count) of|count)\b", I)  # fmt: skip
DISTINCT = re.compile(r"\b(?:different|distinct|unique)\b", I)
SUM = re.compile(r"\b(?:total|sum|altogether|combined|in all|add(?:ed)? up|overall|in total)\b", I)
# Not a verb, as in "What does it mean?".
MEAN = re.compile(r"\b(?:averaged?|(?:the|a|arithmetic) mean|mean(?= (?!to\b|by\b|that\b|when\b|if\b|for\b|in\b|on\b)[^\W\d]))\b", I)  # fmt: skip
HOW_MUCH = re.compile(r"\bhow much\b", I)
DIFFERENCE = re.compile(
    r"\b(?:the )?(?:difference|gap|differ)\b|\bhow (?:many|much)\s+(?:\w+\s+){0,3}?(?:more|less|fewer|higher|lower|\w+er)\b"
    # "How many cost more than 100?" is counted.
    rf".*\bthan\b(?!\s*{AMOUNT})|\bhow (?:many|much) (?:more|less|fewer)\b",
    I,
)
RATIO = re.compile(r"\bratio\b|\bhow many times\b.*\b(?:as|than)\b|\btimes as\b|\bdivided by\b", I)
SHARE = re.compile(r"\b(?:what |which )?(?:percentage|percent|share|proportion|fraction)\b(?! change| increase| decrease| growth| point)", I)  # fmt: skip
CHANGE = re.compile(r"\b(?:percent(?:age)?|%|relative)\s+(?:change|increase|decrease|growth|decline|difference)\b|\bgrowth rate\b|\bby what percent", I)  # fmt: skip
CHANGED = re.compile(r"\b(?:change|increase|decrease|growth|decline|rise|drop|fall)\b", I)
EACH = re.compile(
    r"\b(?:per|for each|for every|in each|of each|by each|by|each|every|grouped by|broken down by)\s+(?P<what>[\w -]{2,40})",
    I,
)
TOP = re.compile(r"\b(?:top|first|last|bottom)\s+(?P<n>\d+|two|three|four|five|six|seven|eight|nine|ten)\b|\b(?P<m>\d+|two|three|four|five|six|seven|eight|nine|ten)\s+(?:most|least|highest|lowest|(?!best\b)\w{3,}est|newest|best)\b"
    r"|\b(?P<k>\d+|two|three|four|five|six|seven|eight|nine|ten)\s+(?:\w+\s+){1,3}?(?:with|having|that have|by|have|had|cost|are|were|got|took|made|sold|weigh) (?:the )?(?:most|least|fewest|highest|lowest|\w{3,}est)\b", I)  # fmt: skip
SMALL = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}  # fmt: skip
MOST = re.compile(
    r"\b(?P<word>(?:most|least|fewest)(?:\s+(?!of\b|in\b|to\b|is\b|are\b)(?P<adj>\w+))?|maximum|minimum|max|min|top|bottom"
    r"|(?!(?:interest|request|rest|test|guest|west|east|forest|contest|protest|harvest|nearest)\b)[a-z]{2,}est)\b", I)  # fmt: skip
NUMBER_OF = re.compile(r"\s(?:number|amount|count) of\b", I)
# Of these, dates have most or least.
IN_TIME = re.compile(
    r"latest|earliest|newest|oldest|youngest|recent|most recent|soonest|maximum|minimum|max|min", I
)
FIRST = re.compile(
    r"\b(?P<word>first|last|final|initial|earliest|latest|most recent|newest|oldest)\b", I
)
DOWN = frozenset("less fewer lower smaller cheaper younger shorter lighter slower earlier worse first narrower least fewest lowest smallest minimum min bottom cheapest youngest shortest lightest slowest worst earliest narrowest thinnest shallowest nearest coldest poorest closest oldest".split())  # fmt: skip
UP = frozenset("most highest largest biggest greatest maximum max top longest tallest heaviest fastest best latest newest expensive recent widest deepest richest hottest strongest".split())  # fmt: skip
NEXT = re.compile(
    r"\b(?:(?:right |directly |immediately |just |comes? |came |next |listed |ranked |finished |is ){1,4}(?:after|below|following)|next|(?:listed )?below|after)\b", I)  # fmt: skip
PREVIOUS = re.compile(
    r"\b(?:(?:right |directly |immediately |just |comes? |came |listed |ranked |finished |is ){1,4}(?:before|above|previous to|prior to)|previous|(?:listed )?above|before|prior to)\b", I)  # fmt: skip
COMPARED = re.compile(r"\b(?P<word>more|less|fewer|first|earlier|later|last|(?!other|rather|either|whether|after|under|over|number|never)\w{3,}er)\b", I)  # fmt: skip
THAN_WHICH = re.compile(r"^\W*(?:which|what|who)\b", I)
YES_NO = re.compile(r"^(?:is|are|was|were|do|does|did|has|have|had|can|could)\b", I)
NOT = re.compile(r"\b(?:not|other than|except(?: for)?|besides|excluding|without|isn't|aren't|wasn't|weren't|no)\s+(?:\w+\s+){0,2}$", I)  # fmt: skip
OR = re.compile(r"^\W*(?:or|and|,)\W*(?:the\s+)?$", I)
LIST = re.compile(r"^(?:please\s+)?(?:list|show|name|give|which|what|who|find|all|every|tell|select|display|where|when)\b", I)  # fmt: skip
COMMAND = re.compile(
    r"^(?:please\s+)?(?:list|show|name|give|find|tell|select|display)(?:\s+(?:me|us))?\b", I
)
ALL = re.compile(r"^(?:please\s+)?(?:list|show|name|give|wh(?:ich|at)(?!\s+(?:is|was|do|does|did|has|had|can|could|will|would|should|must|may|happens?)\b)|find|all|every|select|display)\b", I)  # fmt: skip
ASKED = re.compile(
    r"\b(?:(?P<who>who (?:is|was|are|were|will be))(?: the)?(?= (?:first|last|next|only|\w+est|most|top)\b)|which|what(?: (?:is|was|are|were))?(?: the)?(?: name(?:s)? of)?(?: the)?|list(?: the| all)*|name(?: the| all)*|show(?: me)?(?: the| all)*|whose|give(?: me)?(?: the)?)\s+", I)  # fmt: skip
WHO, WHEN, WHERE = (
    re.compile(rf"\b{word}\b", I) for word in ("who(?:m)?", "when|what (?:year|date)", "where")
)
LATER = re.compile(r"\b(?:after|later|newer|following)\b", I)
# What a word says that no column is called: the words of columns that may mean it.
MONEY = frozenset(map(key, "price cost fee charge expensive cheap".split()))
MEANS: dict[str, frozenset[str]] = {
    key(word): frozenset(map(key, names.split()))
    for words, names in (
        ("cost costs expensive cheap cheapest cheaper priced costing costlier", "price cost fee amount rate charge"),
        ("earn earns earned earning paid pay pays", "salary wage income pay earnings amount"),
        ("old older oldest young youngest younger age aged", "age birth born founded built year established"),
        ("tall taller tallest high", "height elevation size altitude"),
        ("long longer longest short shortest shorter", "length duration distance time size"),
        ("large larger largest big biggest bigger small smallest", "size area population capacity total number"),
        ("heavy heavier heaviest weigh weighs weighing light lightest", "weight mass"),
        ("fast fastest quick quickest slow slowest faster", "time speed duration"),
        ("populous people inhabitants live lives", "population inhabitants residents"),
        ("recent latest newest earliest new newer late", "date year season added"),
        ("spectators attended fans crowd", "attendance spectators"),
        ("best worst ranked rank place placed finish finished", "rank position place pos finish result rating score"),
        ("won win", "winner champion wins result"),
        ("sold sell sales", "sales units sold revenue quantity"),
        ("scored score", "score points goals result"),
        ("wide widest", "width"), ("deep deepest", "depth"),
        ("distance far farthest", "distance length"),
        ("hired joined started employed", "hired start joined date since"),
        ("released published issued", "released release date year published"),
        ("stocked available", "stock quantity"),
        ("own owns owned", "owner"),
    )
    for word in words.split()
}  # fmt: skip
# What rows are called where no column is called so, and how their column is called then.
THINGS = frozenset(map(key, "product article good thing item".split()))
NAMES_OF_THINGS = frozenset(map(key, "item product article name description".split()))
PEOPLE = frozenset(map(key, "name player person driver athlete employee competitor rider winner artist author actor candidate member director swimmer coach champion nominee recipient contact customer incumbent title owner".split()))  # fmt: skip
PLACES = frozenset(
    map(
        key,
        "place city location venue country site town state stadium region address office room".split(),
    )
)
TIMES = frozenset(map(key, "date year season day time month born".split()))
ORDINALS = frozenset(
    map(key, "rank place position pos no number # year season round week day id nr".split())
)
# What asks for more than one step, or for what no cell says.
NEEDS_MORE = re.compile(r"\bsame\b(?:(?!\bsame\b).)*\bas\b|\bthe same\b|\bconsecutive(?:ly)?\b|\bin a row\b|\beven[- ]numbered\b|\bodd[- ]numbered\b|\bbegin(?:s|ning)? with\b|\bstart(?:s|ing)? with\b|\bhow (?:long|old)\b|\b(?:more|less|fewer|better|(?!other|rather)\w{3,}er) than (?!\d)(?!\D{0,12}\d)", I)  # fmt: skip
# What there are no groups for.
PERIODS = re.compile(
    r"\b(?:which|what) (?:month|decade|century|quarter|weekday|day of the week)\b", I
)
# Words that say nothing of which rows or columns are meant.
EMPTY = frozenset(
    map(
        key,
        """list show table row rows entry entries record records value values total number count sum
    average mean median maximum minimum highest lowest largest smallest greatest biggest least fewest
    most top bottom first last best worst between amount each every per group different distinct unique least exactly equal
    please name named called compute calculate add altogether combined overall many much how all
    more less fewer higher lower greater over above under below than before after since until during
    year month column there give display find sorted descending ascending times date dates later
    earlier among amongst differ divided compared to chart together data sheet file document item
    items listed result only both either whose worked out""".split(),
    )
)
# Words of an operation say nothing else, if it is the one that is planned.
OF_OPERATIONS: dict[str, frozenset[str]] = {
    key(word): frozenset(operations.split())
    for words, operations in (
        ("change changed increase increased decrease decreased growth", "change difference share"),
        ("ratio", "ratio share"),
        ("percentage percent share", "share change ratio rows"),
        ("difference", "difference change"),
    )
    for word in words.split()
}
