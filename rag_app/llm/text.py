"""Text of an LLM: without its thinking, in whole characters, its tokens estimated.

A part of ``rag_app.llm.client``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ingest.text.unicode import paired

# How reasoning models mark their thinking in the content, where the server leaves it there:
# DeepSeek, Qwen and most others; variants; Magistral.
_NAMES = ("think", "thinking", "thought", "reasoning")
MARKS = {
    **{f"<{name}>": f"</{name}>" for name in _NAMES},
    "[THINK]": "[/THINK]",
    "<seed:think>": "</seed:think>",  # Seed-OSS
    "<|think|>": "<|/think|>",
    "<|channel>": "<channel|>",  # Gemma
    "<|START_THINKING|>": "<|END_THINKING|>",  # Command
    "◁think▷": "◁/think▷",  # Kimi
}
_END = re.compile("|".join(re.escape(end) for end in MARKS.values()))

# The format of gpt-oss, "harmony": messages with a header, which names a channel, and a body.
# https://cookbook.openai.com/articles/openai-harmony
_CONTROLS = tuple(
    f"<|{name}|>" for name in ("start", "channel", "message", "constrain", "end", "return", "call")
)
_CONTROL = re.compile("|".join(re.escape(control) for control in _CONTROLS))
_OPENING = _CONTROLS[:3]

BYTES_PER_TOKEN = 4


def whole_characters(contents: Iterator[str]) -> Iterator[str]:
    """The content without halves of surrogate pairs, also where one is in two parts: some servers
    escape what they send, and cut it anywhere."""
    held = ""
    for content in contents:
        text, held = held + content, ""
        if "\ud800" <= text[-1:] <= "\udbff":
            text, held = text[:-1], text[-1]
        if text:
            yield paired(text)
    if held:
        yield paired(held)


def without_thinking(contents: Iterator[str]) -> Iterator[str]:
    """The content without leading <think>...</think>, however the tags are split."""
    held, thought, answering = "", False, False
    for content in contents:
        if answering:
            yield content
            continue
        held += content
        while mark := next((mark for mark in MARKS if held.lstrip().startswith(mark)), None):
            _, end, rest = held.partition(MARKS[mark])
            if not end:
                break
            held, thought = rest, True
        if thought:
            held = held.lstrip()
        start = held.lstrip()
        if not any(mark.startswith(start) or start.startswith(mark) for mark in MARKS):
            answering = True
            yield held
    if held.strip() and not answering and not held.lstrip().startswith(tuple(MARKS)):
        yield held


def final_channel(contents: Iterator[str]) -> Iterator[str]:
    """The content, or the final channel of one that begins as harmony does, however it is split.

    A text without a channel's name belongs to the answer; so does all of one that begins
    differently.
    """
    held, harmony = "", False
    header, said = "", True  # None of a header while it is a body
    for content in contents:
        held += content
        start = held.lstrip()
        if not harmony:
            if not start or any(mark.startswith(start) for mark in _OPENING):
                continue
            if not start.startswith(_OPENING):
                yield held
                yield from contents
                return
            harmony = True
        pieces, held = _whole_controls(held)
        for piece in pieces:
            if piece == "<|message|>":
                said = _is_final(header)
                header = ""
            elif piece in _CONTROLS:
                header += f" {piece} "
            elif header:
                header += piece
            elif said and (text := piece):
                yield text
    if held and not (harmony and (header or not said)):
        yield held


def _is_final(header: str) -> bool:
    channel = header.partition("<|channel|>")[2].split()
    return not channel or channel[0] == "final"


def _whole_controls(text: str) -> tuple[list[str], str]:
    """The text in pieces, controls by themselves, and what may be the begin of one."""
    cut = text.rfind("<")
    rest = text[cut:] if cut >= 0 else ""
    if not (rest and any(mark.startswith(rest) and mark != rest for mark in _CONTROLS)):
        cut, rest = len(text), ""
    pieces, at = [], 0
    for found in _CONTROL.finditer(text, 0, cut):
        pieces += [text[at : found.start()], found[0]]
        at = found.end()
    return [piece for piece in [*pieces, text[at:cut]] if piece], rest


def answer_only(text: str) -> str:
    """The answer in a whole text. Some models think without having said that they begin to: their
    prompt's end says it for them. What stands before an end of thinking is no answer."""
    *thought, answer = _END.split(text)
    if not thought or any(mark in text for mark in MARKS):
        return text
    return answer.lstrip()


def estimated_tokens(text_bytes: int) -> int:
    """About how many tokens so many bytes of UTF-8 are.

    A token is about four letters of English (https://help.openai.com/en/articles/4936856); in
    bytes that also serves for Cyrillic and Chinese, which have two and three for a letter. Tables
    and code have up to twice as many tokens.
    """
    return -(-text_bytes // BYTES_PER_TOKEN)


def json_object(said: str) -> dict[str, Any] | None:
    """The JSON object of an answer, whatever words or fence stand around it; None if there is
    none."""
    try:
        read = json.loads(said[said.find("{") : said.rfind("}") + 1])
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None
