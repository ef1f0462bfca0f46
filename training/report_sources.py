"""What a report says of photos from the web beside one's own: on which it was measured, and how far apart they are."""

from typing import Any

from projects.models import Sample
from projects.words import counted, hundredths
from training.models import ModelVersion
from training.snapshot import edited, samples_of

MORE = 'Add {thing}s of your own, they teach more; and see that those from the web are in the right categories.'

Sources = dict[str, Any] | None


def own_alone(sources: Sources, test: bool) -> bool:
    """Whether it was measured on own photos, and those from the web were only learned from."""
    return bool(sources and not test and 0 < sources['own'] == sources['counted'])


def measured_on(sources: Sources, test: bool, thing: str = 'photo') -> str:
    """'Measured on your own 40 photos; 60 from the web were only learned from.' '' where there is nothing to say.

    Of test photos, and of too few own ones, a note says it.
    """
    if not sources or test:
        return ''
    web = sources['web']
    if not sources['own']:
        return f'Measured on {counted(web, thing)} from the web: how it does on your own, nobody knows. Add some.'
    if not own_alone(sources, test):
        return ''
    were = 'was' if web == 1 else 'were'
    return f'Measured on your own {counted(sources["counted"], thing)}; {web:,} from the web {were} only learned from.'


def untried(version: ModelVersion, photo: Sample, thing: str = 'photo') -> str:
    """Why a photo counts for nothing in the version's accuracy, in a sentence."""
    samples = samples_of(version.run and version.run.snapshot)
    mine, whose = samples.get(photo.pk), f'Version {version.number}'
    if mine is None:
        return f'{whose} does not know this {thing}: it came, or was given a category, after that training.'
    if edited(samples, photo.pk, photo.content_hash):
        return f'{whose} does not know this {thing}: it was changed after that training.'
    if photo.pk not in version.held_out.get('samples', []):
        return f'{whose} was not tried on this {thing}.'
    if mine['split'] == 'test':
        return f'{whose} learned from a {thing} nearly the same as this one, so this one is not measured.'
    if any(sample['split'] == 'test' for sample in samples.values()):
        return f'{whose} learned from this {thing}. Its accuracy is measured on the {thing}s kept apart for testing.'
    if mine.get('web') and not mine.get('counts', True):
        return (
            f'{whose} learned from this {thing}. It is from the web: accuracy is measured on your own {thing}s alone.'
        )
    return f'{whose} learned from this {thing}, and does not count it in its accuracy.'


def distance(sources: Sources, thing: str = 'photo') -> dict[str, str] | None:
    """`before`, `term` and `after` of a sentence on how far photos from the web are from own ones; None without both.

    It says what either would teach: another look by itself need not matter.
    """
    if not sources or not sources['own']:
        return None
    apart = sources['apart']
    both = f'Your {thing}s and those from the web'
    if apart is None:
        before = f'Nobody can tell yet whether {_small(both)}'
        return {'before': before, 'term': 'look alike', 'after': ': there are too few of them.'}
    said = {
        'apart': (both, 'look different', f' to it: {_compared(apart)} {MORE.format(thing=thing)}'),
        'alike': (both, 'look alike', f' to it: {_compared(apart)}'),
        'cannot_tell': (f'These are too few to tell whether {_small(both)}', 'look alike', f': {_compared(apart)}'),
    }
    return dict(zip(('before', 'term', 'after'), said[apart['verdict']], strict=True))


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _compared(apart: dict[str, Any]) -> str:
    own, web = hundredths(apart['own']), hundredths(apart['web'])
    seen = f'of 100 of yours it gets {web} right when it learns from the web’s alone, and {own} from as many of yours.'
    return f'{seen} In truth yours most likely bring {_span(apart["low"], apart["high"])}.'


def _span(low: float, high: float) -> str:
    """'from 12 to 34 more', 'from 3 fewer to 7 more': shares as hundredths."""
    ends = round(100 * low), round(100 * high)
    if ends[0] < 0 < ends[1]:
        return f'from {-ends[0]} fewer to {ends[1]} more'
    near, far = sorted(map(abs, ends))
    return f'from {near} to {far} {"fewer" if ends[0] < 0 else "more"}'
