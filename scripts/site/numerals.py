"""Formats numbers for readers, with the same digits as `src/report/numbers.rs` (test_build.py compares them)."""

import math

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def plain(value):
    """Formats a number with four significant digits: 0.02, 1500, 2×10⁻⁷."""
    return digits(value, 4)


def digits(value, count):
    """Formats a number with at most `count` significant digits, and with a power of ten if it is very large or small."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    after = max(count, 1) - 1
    lead, exponent = f"{value:.{after}e}".split("e")
    exponent = int(exponent)
    if not -4 <= exponent < 6:
        lead, power = signed(trimmed(lead)), "10" + str(exponent).translate(RAISED)
        return power if lead == "1" else f"{lead}×{power}"
    return signed(grouped(trimmed(f"{value:.{max(after - exponent, 0)}f}")))


def trimmed(text):
    return text.rstrip("0").rstrip(".") if "." in text else text


def grouped(text):
    """Inserts commas between thousands, from 10,000 on."""
    whole, dot, rest = text.partition(".")
    if len(whole.lstrip("-")) < 5:
        return text
    return f"{int(whole):,}{dot}{rest}"


def signed(text):
    return text.replace("-", "−")


def number(cell):
    """Returns the number in a cell of a CSV file, or None."""
    try:
        return float({"inf": "inf", "-inf": "-inf", "NaN": "nan"}.get(cell, cell))
    except ValueError:
        return None


def bound(text):
    """Formats a claim's bound with few digits: "= 2.302585 ± 10⁻⁶". A sign and its number stay on one line."""
    sign, _, rest = text.partition(" ")
    if sign != "=":
        return f"{sign}\u00a0{plain(float(rest))}"
    value, _, tolerance = rest.partition(" ± ")
    shown = f"=\u00a0{digits(float(value), 7)}"
    return shown if not tolerance or float(tolerance) == 0 else f"{shown} ±\u00a0{plain(float(tolerance))}"


def measurement(measured, low, high, bound):
    """Formats a claim's measured value, with its interval if it has one."""
    if math.isnan(measured):
        return "not measured"
    if low == high:
        return digits(measured, 7 if bound.startswith("=") else 4)
    return f"{plain(measured)} [{plain(low)}, {plain(high)}]"
