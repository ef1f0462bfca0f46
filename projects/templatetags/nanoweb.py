"""What templates say in one word: icons, accuracies with their range, and the path through a project."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from projects import limits
from projects.enough import LEAST, in_sentence, lacks
from projects.learned import news, with_sums
from projects.models import Category, Project

register = template.Library()
register.filter('in_sentence', in_sentence)

Accuracy = dict[str, Any]  # value, low, high in 0..1
Step = dict[str, Any]


@register.simple_tag
def icon(name: str, classes: str = '') -> SafeString:
    """One of Lucide's drawings; decorative, so a word or a name for screen readers stands beside it."""
    sprite = static('vendor/lucide/icons.svg')
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', f'i {classes}'.strip(), sprite, name
    )


@register.simple_tag
def example_picture(place: int) -> str:
    """The address of one of the drawn dresses on the first visit's page, 1 to 8."""
    return static(f'img/example-{place}.jpg')


@register.filter
def hundredths(share: float) -> int:
    """0.865 -> 87: a half goes up, as in the pages' scripts, so that both say the same."""
    return int(100 * share + 0.5)


@register.filter
def percent(share: float) -> str:
    """0.92 -> '92 %', the space narrow and unbreakable."""
    return f'{hundredths(share)}\u202f%'


@register.filter
def confidence(share: float) -> str:
    """A confidence is never quite certain: '>99 %', '<1 %'."""
    if share > 0.99:
        return '>99\u202f%'
    return '<1\u202f%' if share < 0.01 else percent(share)


@register.filter
def milliseconds(ms: float) -> str:
    """'41 ms', '1.2 s', '<1 ms'."""
    if ms < 1:
        return '<1 ms'
    return f'{ms:.0f} ms' if ms < 1000 else f'{ms / 1000:.1f} s'


@register.filter
def seconds(number: float) -> str:
    """'41 s', '3 min', '2 h', '5 days'."""
    for unit, factor in (('days', 86_400), ('h', 3600), ('min', 60)):
        if number >= 2 * factor:
            return f'{number / factor:.0f} {unit}'
    return f'{number:.0f} s' if number >= 10 or number == int(number) else f'{number:.1f} s'


@register.filter
def ago(moment: datetime) -> str:
    """How long ago, or how long since: '41 s', '3 min'."""
    return seconds(max(0, round((timezone.now() - moment).total_seconds())))


@register.filter
def accuracy_range(accuracy: Accuracy) -> str:
    """'84–97', in percent."""
    return f'{hundredths(accuracy["low"])}–{hundredths(accuracy["high"])}'


@register.filter
def accuracy_text(accuracy: Accuracy) -> str:
    """'92 % (84–97)': no accuracy without its range."""
    return f'{percent(accuracy["value"])} ({accuracy_range(accuracy)})'


def axis_floor(accuracy: Accuracy) -> float:
    """Where the axis of a single accuracy begins: at a half, unless the range reaches below."""
    return 0.5 if accuracy['low'] >= 0.5 else 0.0


def on_axis(share: float, start: float) -> str:
    """Where `share` stands on an axis from `start` to 1."""
    return f'{100 * min(1.0, max(0.0, (share - start) / (1 - start))):.1f}%'


@register.simple_tag
def interval(
    accuracy: Accuracy, best: bool = False, lines: Sequence[int] = (), chance: float | None = None, big: bool = False
) -> SafeString:
    """The dot-and-band drawing. `lines` are those of its axis in percent, the first where it begins; `chance` draws the
    dotted line of always guessing the commonest. It is decoration: the same figures stand beside it as text."""
    start = lines[0] / 100 if lines else axis_floor(accuracy)
    upright = '<line class="{0}" x1="{1}" x2="{1}" y1="{2}" y2="{3}"/>'
    grid = format_html_join('', upright, [('iv-grid', on_axis(line / 100, start), 0, '100%') for line in lines[1:-1]])
    reference = '' if chance is None else format_html(upright, 'iv-ref', on_axis(chance, start), '-2', '120%')
    return format_html(
        '<svg class="iv{}{}" aria-hidden="true"><line class="iv-track" x1="0" x2="100%" y1="50%" y2="50%"/>{}{}'
        '<line class="iv-range" x1="{}" x2="{}" y1="50%" y2="50%"/>'
        '<circle class="iv-dot" cx="{}" cy="50%" r="{}"/></svg>',
        ' best' if best else '',
        ' big' if big else '',
        grid,
        reference,
        *(on_axis(accuracy[name], start) for name in ('low', 'high', 'value')),
        7 if big else 5.5,
    )


@register.simple_tag
def ruler(lines: Sequence[int]) -> SafeString:
    """The labels over or under the lines of an axis, in percent."""
    labels = [
        (on_axis(line / 100, lines[0] / 100), 'start' if line == lines[0] else 'end' if line == 100 else 'middle', line)
        for line in lines
    ]
    texts = format_html_join(
        '',
        '<text x="{}" y="12" text-anchor="{}">{}</text>',
        [(place, anchor, f'{line}\u202f%' if line == 100 else line) for place, anchor, line in labels],
    )
    return format_html('<svg class="axis-l" aria-hidden="true">{}</svg>', texts)


def counted(number: int, noun: str, plural: str = '') -> str:
    """'1 photo', '1,940 photos'."""
    return f'{number:,} {noun if number == 1 else plural or noun + "s"}'


@register.filter
def photos(number: int) -> str:
    return counted(number, 'photo')


@register.filter
def figure(number: int) -> str:
    """'1,940'."""
    return f'{number:,}'


@register.filter
def views(number: int) -> str:
    return counted(number, 'view')


@register.filter
def categories(number: int) -> str:
    return counted(number, 'category', 'categories')


register.filter('sized', limits.sized)


@dataclass(frozen=True)
class Standing:
    """How far a project is: its categories with their counts, its newest run, and the version that answers."""

    named: list[Category]
    pictures: int
    run: Any
    version: Any
    changed: str  # what changed since the version learned, in words; '' for nothing

    @property
    def move(self) -> str:
        """The one thing to do now: train, test, or '' where neither can be done yet."""
        under_way = self.run is not None and self.run.under_way
        if not under_way and not _needs(self.named) and (self.version is None or self.changed):
            return 'train'
        return 'test' if self.version else ''


def standing(project: Project) -> Standing:
    """Four queries, once for a page: its top, the path and the button at its end all ask."""
    found: Standing | None = project.__dict__.get('_standing')
    if found is None:
        named = list(with_sums(Category.objects.filter(project=project)))
        # Reverse relations of apps above this one: they need no import.
        run = project.runs.only('project', 'status').order_by('-id').first()
        version = project.versions.filter(is_current=True).defer('held_out', 'candidates').first()
        changed = news(project, named, version) if version else ''
        found = Standing(named, project.samples.alive().count(), run, version, changed)
        project.__dict__['_standing'] = found
    return found


@register.simple_tag
def current_version(project: Project) -> int | None:
    """The id of the version that answers."""
    version = standing(project).version
    return version.pk if version else None


@register.simple_tag
def next_move(project: Project) -> str:
    """The one thing to do now: train, test, or '' where neither can be done yet; who may not train can test at most."""
    now = standing(project)
    return now.move if project.may_edit else 'test' if now.version else ''


@register.inclusion_tag('projects/path.html')
def path_bar(project: Project, current: str) -> dict[str, Any]:
    """The four steps with their state and what each lacks; `current` is categories, images, train, test or '' on a page
    beside them."""
    now, here = standing(project), reverse('project', args=[project.pk])
    steps = [
        _step('categories', 'Categories', _named(len(now.named)), f'{here}#categories', done=len(now.named) > 1),
        _images_step(now.named, now.pictures, here),
        _train_step(project, now),
    ]
    steps.append(_test_step(project, now.version, said=steps[-1]['state'] == 'done'))
    return {'steps': steps, 'current': current}


def _step(code: str, title: str, text: str, url: str = '', done: bool = False, state: str = '') -> Step:
    """A step without an address cannot be taken yet."""
    state = state or ('done' if done else '' if url else 'off')
    return {'code': code, 'title': title, 'text': text, 'url': url, 'state': state}


def _named(number: int) -> str:
    """The project page's script says the same of this and of the next two steps (static/js/enough.js)."""
    return f'{number} named' if number > 1 else f'{number} named, needs {"one" if number else "two"} more'


def _images_step(named: list[Category], there: int, url: str) -> Step:
    lack = _photos_short(named)
    text = f'{photos(there)}, needs {lack} more' if lack else photos(there)
    return _step('images', 'Images', text, url, done=not lacks(named))


def _photos_short(named: list[Category]) -> int:
    return sum(max(0, LEAST - category.sample_count) for category in named)


def _needs(named: list[Category]) -> str:
    """What is missing to train, in few words; '' for nothing."""
    if lack := _photos_short(named):
        return f'Needs {lack} more photo{"s" if lack > 1 else ""}'
    return '' if len(named) > 1 else 'Needs more categories'


def _train_step(project: Project, now: Standing) -> Step:
    run, version = now.run, now.version
    url = reverse('train', args=[project.pk]) if run else ''
    if run and run.under_way:
        return _step('train', 'Train', 'Under way', url, state='run')
    if needs := _needs(now.named):
        return _step('train', 'Train', needs, url)
    if version is None:
        stopped = run and run.status == 'failed'
        return _step('train', 'Train', 'Stopped' if stopped else 'Ready', url, state='ready')
    if now.changed:
        return _step('train', 'Train', f'Ready, {now.changed}', url, state='ready')
    return _step('train', 'Train', accuracy_text(version.accuracy), url, done=True)


def _test_step(project: Project, version: Any, said: bool) -> Step:
    """`said`: the step before says already how accurate the version is."""
    if version is None:
        return _step('test', 'Test', 'After training')
    text = f'Version {version.number}' if said else f'Version {version.number}, {accuracy_text(version.accuracy)}'
    return _step('test', 'Test', text, reverse('test', args=[project.pk]), state='ready')
