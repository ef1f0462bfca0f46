"""Why a version goes wrong, as its report's page shows it: causes and their shares of the mistakes."""

from typing import TYPE_CHECKING, Any

import numpy as np
from django.urls import reverse

from classifier.intervals import effective_count, wilson
from projects.words import counted, hundredths
from training.report_parts import CAUSES
from training.report_photos import WRONG_SHOWN

if TYPE_CHECKING:
    from training.report_page import ReportPage

FEW = 5  # mistakes; of fewer, shares say nothing that the photos themselves do not


def why(page: 'ReportPage') -> dict[str, Any] | None:
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
    said = [{'cause': page.cause(code), 'share': share, 'mend': mend(page, code)} for code, share in rows]
    return {'advice': found['advice'], 'rows': said}


def mend(page: 'ReportPage', code: str | None) -> dict[str, Any] | None:
    """The button that goes about mistakes of that cause, or a `text` where there is nothing to press."""
    if code == 'wrong_label' and page.suspects:
        return {'label': f'Check {counted(len(page.suspects), "label")}', 'url': '#labels'}
    if code in ('head', 'too_few') and page.project.may_edit:
        return {'label': f'Add {page.thing}s', 'url': reverse('project', args=[page.project.pk])}
    if code == 'unclear':
        return {'label': 'Look at them', 'url': all_wrong(page)}
    if code == 'backbone' and page.known.alone:
        return together(page) if page.project.may_edit else None
    return {'text': 'Nothing here: all models that are installed were tried'} if code == 'backbone' else None


def together(page: 'ReportPage') -> dict[str, Any]:
    """Trains again so that not one model answers alone."""
    url = reverse('train', args=[page.project.pk])
    return {'label': 'Back to all together', 'url': url, 'post': True, 'prefer': 'accuracy'}


def all_wrong(page: 'ReportPage') -> str:
    """Where on the report all that it got wrong stand."""
    return '?mistakes=all#wrong' if len(page.mistakes) > WRONG_SHOWN else '#wrong'


def _worth(page: 'ReportPage') -> float:
    """How many independent mistakes all of them are worth, as those without a cause lie among them."""
    seen, mistakes = page.known.seen, page.found['mistakes']
    return effective_count(np.array([float(one['cause'] is None) for one in mistakes]), seen.groups[seen.wrong])
