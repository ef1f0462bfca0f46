"""What templates say in one word: icons, accuracies with their range, and the path through a project."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from projects import words
from projects.enough import in_sentence
from projects.models import Project
from projects.path import standing, steps
from projects.words import Accuracy

register = template.Library()
FILTERS = (
    *(words.hundredths, words.percent, words.confidence, words.milliseconds, words.seconds, words.ago, words.figure),
    *(words.accuracy_range, words.accuracy_text, words.samples, words.views, words.categories, words.sized),
    *(words.thing, words.things, in_sentence),
)
for word in FILTERS:
    register.filter(word)


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
    """The path on top; `current` is categories, images, train, test or '' on a page beside them."""
    return {'steps': steps(project), 'current': current}
