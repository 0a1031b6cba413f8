"""From times to ratios and verdicts."""
import math
from statistics import median


def quartiles(values):
    """Lower quartile, median, upper quartile, between neighbours where they fall there."""
    ordered = sorted(values)

    def at(share):
        place = share * (len(ordered) - 1)
        low = math.floor(place)
        high = min(low + 1, len(ordered) - 1)
        return ordered[low] + (place - low) * (ordered[high] - ordered[low])
    return at(0.25), at(0.5), at(0.75)


def median_interval(values, confidence=0.95):
    """An interval for the median that supposes nothing of the distribution: from the k-th smallest to the k-th largest, with the
    largest k that keeps the confidence (binomial); the whole range where there are too few values for any."""
    ordered, n = sorted(values), len(values)
    k, missed = 1, 2 * 0.5**n
    while k < n // 2:
        more = missed + 2 * math.comb(n, k) * 0.5**n
        if more > 1 - confidence:
            break
        k, missed = k + 1, more
    return ordered[k - 1], ordered[n - k]


def ratio(theirs, ours):
    """Their time over ours, round by round, so that what slows a whole round cancels: median and its interval."""
    pairs = [a / b for a, b in zip(theirs, ours)]
    return median(pairs), *median_interval(pairs)


def verdict(low, high, target):
    """Whether a ratio with its whole interval reaches a target."""
    if target is None:
        return ""
    if low >= target:
        return "reached"
    return "not reached" if high < target else "cannot tell"


def agree(check, ours, same):
    """Whether a side did the same work as ours."""
    return abs(check - ours) <= same * max(abs(ours), 1e-300) or check == ours
