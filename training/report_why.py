"""Why a version goes wrong, as its report's page shows it: causes and their shares of the mistakes."""

from typing import Any

import numpy as np

from classifier.intervals import effective_count, wilson
from projects.words import hundredths
from training.report_parts import CAUSES
from training.report_photos import ReportPhotos
from training.snapshot import samples_of, together

FEW = 5  # mistakes; of fewer, shares say nothing that the photos themselves do not


def why(page: ReportPhotos) -> dict[str, Any] | None:
    """`advice`, and `rows` of a cause and its share as an interval, the commonest first; last the ones without."""
    found = page.found['fault']
    if not found or page.wrong_count < FEW:
        return None
    shares = {code: share for code, share in found['shares'].items() if code in CAUSES and share > 0}
    rows: list[tuple[str | None, Any]] = [
        (code, {'value': share, 'low': found['low'][code], 'high': found['high'][code]})
        for code, share in sorted(shares.items(), key=lambda pair: -pair[1])
    ]
    rest = 1 - sum(shares.values())
    if rows and hundredths(rest):
        low, high = wilson(rest, _worth(page))
        rows.append((None, {'value': rest, 'low': low, 'high': high}))
    said = [{'cause': page.cause(code), 'share': share} for code, share in rows]
    return {'advice': found['advice'], 'rows': said}


def _worth(page: ReportPhotos) -> float:
    """How many independent mistakes all of them are worth, as those without a cause lie among them."""
    taken, mistakes = samples_of(page.version.run and page.version.run.snapshot), page.found['mistakes']
    units = np.unique([together(taken[one['sample']]) for one in mistakes], return_inverse=True)[1].astype(np.int64)
    return effective_count(np.array([float(one['cause'] is None) for one in mistakes]), units)
