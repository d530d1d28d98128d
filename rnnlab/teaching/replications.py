"""`published(...)`: a published number, its source, ours, and the band in which we call it reproduced."""

from __future__ import annotations

import math
from typing import Any

from rnnlab.teaching.display import emit

MIME = "application/vnd.rnnlab.published+json"


def published(
    what: str, value: float | str, source: str, ours: float, band: tuple[float, float], digits: int = 3
) -> None:
    """Sets a published `value` beside `ours`; reproduced when `ours` lies in `band`, ends included.

    Where the source has a finding and no number, `value` is a word or two of it.
    The build collects these rows, the failures too, into one table that ships with the course.
    """
    low, high = map(float, band)
    numbers = (ours, low, high) if isinstance(value, str) else (value, ours, low, high)
    if not all(math.isfinite(float(number)) for number in numbers):
        raise ValueError(f"published {what!r}: value {value}, ours {ours}, band {band} must all be finite")
    if low > high:
        raise ValueError(
            f"published {what!r}: the band runs from {low} down to {high}; give the lower end first"
        )
    row: dict[str, Any] = {
        "what": what,
        "value": value if isinstance(value, str) else f"{value:.{digits}g}",
        "source": source,
        "ours": f"{ours:.{digits}g}",
        "band": [f"{low:.{digits}g}", f"{high:.{digits}g}"],
        "reproduced": bool(low <= float(ours) <= high),
    }
    verdict = "reproduced" if row["reproduced"] else "not reproduced"
    text = f"{what}: published {row['value']} ({source}) · ours {row['ours']}"
    emit({"text/plain": f"{text} · band {row['band'][0]} to {row['band'][1]} · {verdict}", MIME: row})
