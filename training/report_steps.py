"""What a report's page offers to do next, and where on it things stand."""

from typing import Any

from django.urls import reverse

from training.report_page import ReportPage
from training.report_why import all_wrong, together

SECTIONS = (
    ('how-good', 'How good', None),
    ('worst', 'Worst mix-up', 'worst'),
    ('wrong', '{Thing}s it got wrong', 'mistakes'),
    ('next', 'What to do next', 'next'),
    ('labels', 'Labels to check', 'suspects'),
    ('twins', 'Nearly the same', 'clusters'),
    ('overlaps', 'Overlapping', 'overlaps'),
    ('more', 'More {thing}s?', 'curve'),
    ('candidates', 'Models compared', None),
    ('categories', 'Each category', 'categories'),
    ('mix-ups', 'All mix-ups', 'cells'),
    ('looked', 'What it looked at', 'places'),
    ('learned', 'What it learned', None),
)


def sections(page: ReportPage) -> list[tuple[str, str]]:
    """(anchor, words) of those that the page has."""
    found = [(anchor, words) for anchor, words, needs in SECTIONS if needs is None or getattr(page, needs)]
    return [(anchor, words.format(thing=page.thing, Thing=page.thing.capitalize())) for anchor, words in found]


def buttons(page: ReportPage) -> list[dict[str, Any]]:
    """Of the next step: the one that it asks for first, then the runner-up."""
    project = page.project.pk
    labels, twins = len(page.suspects), sum(len(cluster.twins) - 1 for cluster in page.clusters)
    offers: dict[str, dict[str, Any]] = {}
    if page.project.may_edit and page.next and page.next['code'] == 'train':
        offers['train'] = {'label': 'Train again', 'url': reverse('train', args=[project]), 'post': True}
    if page.project.may_edit and page.next and page.next['code'] == 'together':
        offers['together'] = together(page)
    if page.project.may_edit:
        offers['add_photos'] = {
            'label': f'Add {page.thing}s',
            'url': reverse('project', args=[project]),
            'icon': 'plus',
        }
    if labels:
        offers['check_labels'] = {'label': f'Check {labels} label{"s" if labels > 1 else ""}', 'url': '#labels'}
    if twins:
        offers['keep_one'] = {'label': f'See {twins} near-duplicate{"s" if twins > 1 else ""}', 'url': '#twins'}
    if page.overlaps:
        offers['overlap'] = {'label': 'See what overlaps', 'url': '#overlaps'}
    if page.next and page.next['code'] == 'look':
        offers['look'] = {'label': 'See them', 'url': reverse('report', args=[page.version.pk]) + all_wrong(page)}
    offers['test'] = {'label': f'Show it a {page.thing}', 'url': reverse('test', args=[project])}
    if page.places:
        offers['test']['icon'] = 'camera'
    wanted = page.next['code'] if page.next else ''
    order = sorted(offers, key=lambda code: code != wanted)
    return [offers[code] for code in order[:2]]
