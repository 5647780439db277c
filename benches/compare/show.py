"""Numbers as the tables show them: three significant digits."""

from statistics import median


def number(value):
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 1e-3 or not value else f"{value:.1e}"


def duration(seconds):
    return f"{number(seconds)} s" if seconds >= 0.2 else f"{number(seconds * 1000)} ms"


def spread(values, show=duration):
    """Median, and in brackets the range of several runs."""
    middle = show(median(values))
    if len(values) == 1:
        return middle
    return f"{middle} ({show(min(values))} – {show(max(values))})"
