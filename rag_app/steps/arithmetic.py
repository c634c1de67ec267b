"""Arithmetic, exact: an expression of numbers, read by Python's parser and computed in fractions.

Nothing is evaluated: each node of the tree is a number or one of six operations, or is refused.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction

# Bits of a numerator or denominator, and the largest power: more is no question of a reader's.
MOST_BITS = 512
MOST_POWER = 64
DIGITS = 15
# No exponents: 1e999999999 is short, and its value is not.
NUMBER = re.compile(r"\d++(?:\.\d*+)?|\.\d++")
THOUSANDS = re.compile(r"(?<=\d),(?=\d\d\d(?!\d))")

_BINARY: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


class NotComputed(Exception):
    """An expression that cannot be computed; says why."""


def computed(expression: str) -> str:
    """The value of an expression such as ``(1250 - 980) / 980 * 100``, in decimal notation: exact,
    or with 15 significant digits and "about" before it. Raises NotComputed."""
    plain = (
        THOUSANDS.sub("", expression)
        .strip()
        .replace("×", "*")
        .replace("÷", "/")
        .replace("−", "-")
        .replace("^", "**")
    )
    try:
        tree = ast.parse(plain, mode="eval")
        value = _value(tree.body, plain)
    except ZeroDivisionError:
        raise NotComputed("division by zero") from None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise NotComputed("this is no arithmetic with numbers") from None
    return _decimal(value)


def _value(node: ast.expr, text: str) -> Fraction:
    match node:
        case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
            written = ast.get_source_segment(text, node) or ""
            if not NUMBER.fullmatch(written):
                raise NotComputed("numbers are written with digits and a point")
            value = Fraction(written)  # as it is written: 0.1 is a tenth
        case ast.UnaryOp(op=ast.USub()):
            value = -_value(node.operand, text)
        case ast.UnaryOp(op=ast.UAdd()):
            value = _value(node.operand, text)
        case ast.BinOp(op=ast.Pow()):
            base, power = _value(node.left, text), _value(node.right, text)
            if power.denominator != 1 or abs(power) > MOST_POWER:
                raise NotComputed(f"powers are whole numbers up to {MOST_POWER}")
            value = base ** int(power)
        case ast.BinOp() if type(node.op) in _BINARY:
            value = _BINARY[type(node.op)](_value(node.left, text), _value(node.right, text))
        case _:
            raise NotComputed("this is no arithmetic with numbers")
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MOST_BITS:
        raise NotComputed("the numbers are too large")
    return value


def _decimal(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    with localcontext(prec=2 * MOST_BITS):
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        if Fraction(exact) == value and len(exact.normalize().as_tuple().digits) <= DIGITS:
            return f"{exact.normalize():f}"
    with localcontext(prec=DIGITS):
        return f"about {(Decimal(value.numerator) / Decimal(value.denominator)):f}"
