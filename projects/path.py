"""The path through a project: Categories, Images or Texts, Train, Test; how far it is, and the one thing to do now."""

import json
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from projects.enough import lacks, short_of
from projects.learned import news, with_sums
from projects.models import Category, Project
from projects.words import accuracy_text, thing, things

Step = dict[str, Any]


@dataclass(frozen=True)
class Standing:
    """How far a project is: its categories with their counts, its newest run, and the version that answers."""

    named: list[Category]
    samples: int
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


def steps(project: Project) -> list[Step]:
    """The four with their state and what each lacks."""
    now, here = standing(project), reverse('project', args=[project.pk])
    found = [
        _step('categories', 'Categories', _named(len(now.named)), f'{here}#categories', done=len(now.named) > 1),
        _samples_step(project.kind, now, here),
        _train_step(project, now),
    ]
    found.append(_test_step(project, now.version, said=found[-1]['state'] == 'done'))
    return found


def _step(code: str, title: str, text: str, url: str = '', done: bool = False, state: str = '') -> Step:
    """A step without an address cannot be taken yet."""
    state = state or ('done' if done else '' if url else 'off')
    return {'code': code, 'title': title, 'text': text, 'url': url, 'state': state}


def _named(number: int) -> str:
    """The project page's script says the same of this and of the next step (static/js/enough.js)."""
    return f'{number} named' if number > 1 else f'{number} named, needs {"one" if number else "two"} more'


def _samples_step(kind: str, now: Standing, url: str) -> Step:
    lack, there = _samples_short(now.named), things(kind, now.samples)
    title = 'Texts' if kind == Project.Kind.TEXT else 'Images'
    found = _step('images', title, f'{there}, needs {lack} more' if lack else there, url, done=not lacks(now.named))
    # The project page's script takes them from here: the path is drawn anew whenever something changed.
    return found | {'apart': json.dumps({each.pk: each.test_count for each in now.named if each.test_count})}


def _samples_short(named: list[Category]) -> int:
    return sum(map(short_of, named))


def _needs(named: list[Category], kind: str = Project.Kind.IMAGE) -> str:
    """What is missing to train, in few words; '' for nothing."""
    if lack := _samples_short(named):
        return f'Needs {lack} more {thing(kind)}{"s" if lack > 1 else ""}'
    return '' if len(named) > 1 else 'Needs more categories'


def _train_step(project: Project, now: Standing) -> Step:
    run, version = now.run, now.version
    url = reverse('train', args=[project.pk]) if run else ''
    if run and run.under_way:
        return _step('train', 'Train', 'Under way', url, state='run')
    if needs := _needs(now.named, project.kind):
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
