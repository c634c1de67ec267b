"""What an LLM wrote, without what could act: links, pictures, HTML, and the words of its rules.

Documents may hold instructions, and an LLM may follow them. So nothing that it writes loads or
leads anywhere: no picture at all; no link but to hosts that the settings allow, while an address
that stands in the passages may stay as text; no HTML; nothing that is invisible; and no run of the
words that it was instructed with. (Markers that were not given are dropped in
``rag_app.grounding.citations``; the page escapes what it shows, besides.)

``Guard.clean`` is for the whole text, ``SafeStream`` for the parts as they come: it holds back
what may become any of this.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

LEFT_OUT = "(link left out)"
# Zero-width and direction signs, soft hyphens, controls, and the tags that spell invisible text.
INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\x00-\x08\x0b-\x1f\x7f-\x9f\ue000-\uf8ff\U000e0000-\U000e0fff]"
)
_TOP = (
    "com|net|org|io|co|ru|cn|info|biz|dev|app|xyz|site|online|top|ai|me|tk|link|click|example|test"
)
ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,15}://|//(?=\w)"
    r"|(?<![a-z0-9])(?:javascript|data|mailto|vbscript|tel|file|blob|sms|magnet):(?=\S)"
    r"|www\.(?=\w))[^\s<>\"'`|)\]}]*"
    r"|(?<![\w.-])[\w.+-]+(?:@[\w-]+(?:\.[\w-]+)+)+(?:/[^\s<>\"'`|)\]}]*)?"
    rf"|(?<![\w./-])(?:[a-z0-9-]+\.)+(?:[a-z]{{2,}}/[^\s<>\"'`|)\]}}]*|(?:{_TOP})(?![\w-]))",
    re.IGNORECASE,
)
IMAGE = re.compile(r"!\s*\[([^\[\]]*)\](?:\(([^()]*(?:\([^()]*\)[^()]*)*)\)?|\s?\[[^\]]*\])?")
LINK = re.compile(r"\[([^\[\]]*)\]\(([^()]*(?:\([^()]*\)[^()]*)*)\)?")
REFERENCE = re.compile(r"\[(?=[\d\s,;]*+[^\d\s,;\[\]])([^\[\]]*+)\]\s?\[([^\]]*)\]")
DEFINITION = re.compile(r"^[ >*-]*\[([^\[\]]+)\]:[ \t]*(?=\S*(?:[:/]|\.\w))", re.MULTILINE)
TAG = re.compile(r"<!--.*?-->|</?[a-z][^<>]*>|<[!?/][^<>]*>", re.IGNORECASE | re.DOTALL)
TAG_BEGINS = re.compile(r"<(?=[a-z/!?])", re.IGNORECASE)
# What a tag is replaced by nothing for; any other is shown with other brackets.
ELEMENTS = re.compile(
    r"<[/!?]?\s*(?:a|abbr|b|base|body|br|button|code|details|div|em|embed|font|form|h[1-6]|head|hr"
    r"|html|i|iframe|img|input|li|link|math|meta|object|ol|p|pre|q|s|script|select|small|span"
    r"|strong|style|sub|summary|sup|svg|table|tbody|td|template|textarea|th|thead|title|tr|u|ul"
    r"|video|audio|--)(?![\w-])",
    re.IGNORECASE,
)
TRAILS = ".,;:!?*_~"
# So many words of the rules in a row are no chance.
RUN = 8
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
LAST_WORD_ALONE = re.compile(r"(?<!\S)\S*+\Z")
LAST_WORD = re.compile(rf"(?:!\s)?{LAST_WORD_ALONE.pattern}")
# How long the beginning of a link or tag is held back, in characters; then it is made harmless.
LONGEST_HELD = 2000
OPENS = re.compile(r"!?\s?\[|<(?=[a-z/!?]|$)", re.IGNORECASE)


class Guard:
    """Knows what one answer may hold. ``removed`` counts what the last ``clean`` left out."""

    def __init__(
        self,
        passages: Iterable[str] = (),
        instructions: Iterable[str] = (),
        hosts: Iterable[str] = (),
    ) -> None:
        """``passages`` are the texts that the LLM was given, ``instructions`` its rules, ``hosts``
        the names that links may lead to, such as ``intranet.example``; theirs are with them."""
        texts = list(passages)
        self._known = {_trimmed(match[0]) for text in texts for match in ADDRESS.finditer(text)}
        self._hosts = tuple(host.lower().lstrip(".") for host in hosts)
        given = {run for text in texts for run in _runs(_words(text))}
        self._rules = {run for text in instructions for run in _runs(_words(text))} - given
        self.removed: Counter[str] = Counter()

    def clean(self, text: str, after: Sequence[str] = ()) -> str:
        """The text without what it may not hold; cleaning it again changes nothing.

        ``after`` are the words shown before it, with which its own must not make a run either.
        """
        self.removed.clear()
        for _ in range(10):
            before = text
            text = self._clean_once(text, after)
            if text == before:
                return text
        # What makes something new of itself ten times is no answer to anything.
        return re.sub(r"[\[\]<>!&@:/.]", " ", text)

    def _clean_once(self, text: str, after: Sequence[str]) -> str:
        text = INVISIBLE.sub("", html.unescape(text.replace("\r\n", "\n")))
        text = TAG.sub(self._tag, text)
        text = TAG_BEGINS.sub("‹", text)
        text = IMAGE.sub(self._image, text)
        text = LINK.sub(self._link, text)
        text = REFERENCE.sub(self._reference, text)
        text = DEFINITION.sub(r"\1: ", text)
        text = ADDRESS.sub(self._address, text)
        return self._without_rules(text, after)

    def _tag(self, match: re.Match[str]) -> str:
        self.removed["HTML tag"] += 1
        if ELEMENTS.match(match[0]):
            return ""
        return f"‹{match[0][1:-1]}›"

    def _image(self, match: re.Match[str]) -> str:
        if re.fullmatch(r"!\s*\[[\d\s,;–-]*\]", match[0]):
            # "Look! [1]" is none.
            return match[0].replace("![", "! [")
        self.removed["picture"] += 1
        return match[1]

    def _link(self, match: re.Match[str]) -> str:
        shown, address = match[1].strip(), match[2].strip()
        if shown.isdigit():
            shown = f"[{shown}] "
        if not ADDRESS.match(address) and " " in address:
            # "[2] (see below)" without its space.
            return f"{shown.rstrip()} ({address})" if shown else f"({address})"
        self.removed["link"] += 1
        target = address.split()[0].strip("<>") if address else ""
        return f"{shown} ({target})" if self._allowed(target) and target != shown else shown

    def _reference(self, match: re.Match[str]) -> str:
        self.removed["link"] += 1
        number = match[2].strip()
        return f"{match[1]} [{number}]" if number.isdigit() else match[1]

    def _address(self, match: re.Match[str]) -> str:
        address = _trimmed(match[0])
        if not address or self._allowed(address):
            return match[0]
        self.removed["link"] += 1
        return LEFT_OUT + match[0][len(address) :]

    def _allowed(self, address: str) -> bool:
        if address in self._known:
            return True
        if not address.lower().startswith(("http://", "https://")):
            return False
        try:
            host = (urlsplit(address).hostname or "").lower()
        except ValueError:
            return False
        return any(host == one or host.endswith(f".{one}") for one in self._hosts)

    def _without_rules(self, text: str, after: Sequence[str]) -> str:
        """The text without runs of eight and more words of the rules, unless a passage has them."""
        words = list(WORD.finditer(text))
        plain = [*after, *(match[0].lower() for match in words)]
        taken = [False] * len(plain)
        for place, run in enumerate(_runs(plain)):
            if run in self._rules:
                taken[place : place + RUN] = [True] * RUN
        del taken[: len(after)]
        if not any(taken):
            return text
        parts: list[str] = []
        end = 0
        for place, match in enumerate(words):
            if not taken[place]:
                continue
            if place == 0 or not taken[place - 1]:
                parts.append(text[end : match.start()])
                self.removed["piece of the instructions"] += 1
            end = match.end()
        return "".join(parts).rstrip(" ") + text[end:]

    def could_go_on(self, text: str) -> int:
        """Where the words at the end of a text begin that are, or may become, a run of the rules;
        the length of the text, if there are none."""
        words = list(WORD.finditer(text))
        plain = [match[0].lower() for match in words]
        begins = len(words)
        for place in range(max(0, len(words) - RUN), len(words)):
            tail = tuple(plain[place:-1])
            if any(run[: len(tail)] == tail and run[len(tail)].startswith(plain[-1])
                   for run in self._rules):  # fmt: skip
                begins = place
                break
        else:
            return len(text)
        # What is a run already stays together with what goes on with it.
        while begins > 0 and any(
            tuple(plain[first : first + RUN]) in self._rules
            for first in range(max(0, begins - RUN + 1), begins)
        ):
            begins -= 1
        return words[begins].start()

    def notes(self) -> tuple[str, ...]:
        """What the last ``clean`` left out, each as a sentence."""
        return tuple(
            f"{count} {what}{'' if count == 1 else 's'} {'was' if count == 1 else 'were'} left out."
            for what, count in self.removed.items()
        )


class SafeStream:
    """Parts of a text as they come, cleaned: what may become a link, a picture, HTML or a run of
    the rules is held back until it is known."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._held = ""
        # The last words shown: what was left out between them and the next may have parted a run.
        self._after: list[str] = []

    def feed(self, part: str) -> str:
        """What can be shown now that a part has come."""
        self._held += part
        cut = self._safe_until()
        ready, self._held = self._held[:cut], self._held[cut:]
        if len(self._held) > LONGEST_HELD:
            # Nobody waits longer for a bracket to close: without brackets it is only text.
            ready += re.sub(r"[\[\]<>!]", " ", self._held) + " "
            self._held = ""
        return self._clean(ready)

    def end(self) -> str:
        """What is left when nothing more comes."""
        ready, self._held = self._held, ""
        return self._clean(ready)

    def _clean(self, ready: str) -> str:
        if not ready:
            return ""
        shown = self._guard.clean(ready, self._after)
        self._after = [*self._after, *_words(shown)][-(RUN - 1) :]
        return shown

    def _safe_until(self) -> int:
        text = self._held
        # The last word may go on; and a "!" before it may be the picture's.
        cut = len(text) - len(LAST_WORD.search(text)[0])  # type: ignore[index]
        for opened in OPENS.finditer(text, 0, cut):
            if opened[0].endswith("<"):
                sign = "-->" if text.startswith("<!--", opened.start()) else ">"
                closed = text.find(sign, opened.start())
                complete = 0 <= closed < cut
            else:
                complete = self._bracket_closed(text, opened.end(), cut)
            if not complete:
                cut = opened.start()
                break
        cut = min(cut, self._guard.could_go_on(text))
        # Never inside a word: its parts would be harmless, and the word not.
        return LAST_WORD_ALONE.search(text, 0, cut).start()  # type: ignore[union-attr]

    @staticmethod
    def _bracket_closed(text: str, start: int, cut: int) -> bool:
        closed = text.find("]", start)
        if not 0 <= closed < cut - 1:
            return False
        after = re.match(r"\(|\s?\[|:", text[closed + 1 :])
        if not after:
            return True
        if after[0] == "(":
            return 0 <= text.find(")", closed) < cut
        if after[0] == ":":
            return bool(re.match(r":[ \t]*\S+\s", text[closed + 1 : cut]))
        return 0 <= text.find("]", closed + 1 + len(after[0])) < cut


Runs = Sequence[tuple[str, ...]]


def _words(text: str) -> list[str]:
    return [word.lower() for word in WORD.findall(text)]


def _runs(words: Sequence[str]) -> Runs:
    return [tuple(words[place : place + RUN]) for place in range(len(words) - RUN + 1)]


def _trimmed(address: str) -> str:
    return address.rstrip(TRAILS)
