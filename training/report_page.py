"""A version's report as its page shows it: the figures of `training.report`, joined with names, colours and photos."""

import itertools
import math
from functools import cached_property
from typing import Any

from django.urls import reverse

from projects.path import standing
from projects.words import accuracy_range, accuracy_text, counted, hundredths, milliseconds, percent
from training import names, report_headline, report_sources
from training.models import ModelVersion
from training.report_models import Candidate, Member, Plot, axis_lines, candidate, candidates, foremost, members, plot
from training.report_parts import Cluster, Suspect, Twin
from training.report_photos import ReportPhotos
from training.report_why import why
from training.report_words import capital, is_one, names_of, quicker

LOOKED_AT = 3
OVERLAPS_SHOWN = 5


class ReportPage(ReportPhotos):
    """What the template asks for, each thing by its name."""

    # ---------------------------------------------------------------- to clean

    @cached_property
    def suspects(self) -> list[Suspect]:
        """Those that can be moved to where they seem to belong: that category is still there."""
        found = []
        for suspect in self.found['suspects'] or []:
            said, suggested = self.by_name[suspect['category']], self.by_name[suspect['suggested']]
            if suggested.number is not None:
                found += [Suspect(photo, said, suggested) for photo in self.alive([suspect['sample']])]
        return found

    @cached_property
    def clusters(self) -> list[Cluster]:
        """Near-duplicates that are still two or more."""
        by_id = {shown.pk: shown for shown in self.shown}
        found = (self.alive(cluster) for cluster in self.found['near_duplicates'] or [])
        twins = ([Twin(photo, by_id.get(photo.category_id or 0)) for photo in photos] for photos in found)
        return [Cluster(photos) for photos in twins if len(photos) > 1]

    @cached_property
    def overlaps(self) -> list[dict[str, Any]]:
        """Pairs of categories that can hardly be told apart, the most mixed up first: `pair`, two Shown, `interval`."""
        found = sorted(self.found['overlaps'] or [], key=lambda overlap: -overlap['share'])
        return [
            overlap
            | {'pair': [self.by_name[name] for name in overlap['categories']]}
            | {'interval': {'value': overlap['share'], 'low': overlap['low'], 'high': overlap['high']}}
            for overlap in found
        ]

    @property
    def overlapping(self) -> int:
        """How many pairs there are: of very many only the worst are kept."""
        return max(len(self.overlaps), self.version.evaluation.get('overlapping', 0))

    @property
    def overlaps_first(self) -> list[dict[str, Any]]:
        return self.overlaps[:OVERLAPS_SHOWN]

    @property
    def overlaps_rest(self) -> list[dict[str, Any]]:
        return self.overlaps[OVERLAPS_SHOWN:]

    # ---------------------------------------------------------------- figures

    @cached_property
    def axis(self) -> list[int]:
        """Of the headline."""
        return axis_lines([self.chance, self.found['accuracy']['low']])

    @cached_property
    def unsure(self) -> dict[str, str] | None:
        return report_headline.unsure(self)

    @cached_property
    def lowered(self) -> dict[str, bool] | None:
        return report_headline.lowered(self)

    @property
    def measured_on(self) -> str:
        """Whose photos it was measured on, where some are from the web."""
        test = bool(self.found['accuracy'].get('test'))
        return report_sources.measured_on(self.found['sources'], test, self.thing)

    @property
    def own_alone(self) -> bool:
        """Whether photos from the web were only learned from."""
        return report_sources.own_alone(self.found['sources'], bool(self.found['accuracy'].get('test')))

    @property
    def distance(self) -> dict[str, str] | None:
        """How far photos from the web are from own ones."""
        return report_sources.distance(self.found['sources'], self.thing)

    @property
    def corrected(self) -> bool:
        """Whether the accuracies are lowered by what choosing on the same photos flatters them."""
        return self.found['accuracy'].get('lowered') is not None

    @cached_property
    def categories(self) -> list[dict[str, Any]]:
        """Worst first: `shown`, `samples`, `precision` (None where it never said so), and `accuracy` as an interval."""
        rows = [
            {
                'shown': self.by_name[row['category']],
                'samples': row['samples'],
                'precision': row['precision'],
                'accuracy': {'value': row['recall'], 'low': row['low'], 'high': row['high']},
            }
            for row in self.found['per_category'] or []
        ]
        return sorted(rows, key=lambda row: row['accuracy']['value'])

    @cached_property
    def categories_axis(self) -> list[int]:
        return axis_lines(row['accuracy']['low'] for row in self.categories)

    @property
    def same_size(self) -> int | None:
        """How many photos each category was measured on, where all have as many."""
        sizes = {row['samples'] for row in self.categories}
        return sizes.pop() if len(sizes) == 1 else None

    @cached_property
    def candidates(self) -> list[Candidate]:
        return candidates(self.found['candidates'])

    @cached_property
    def for_speed(self) -> dict[str, Any] | None:
        """The candidate that would answer if one chose speed, as the report has it."""
        fast = self.found['fast']
        return fast and next(one for one in self.found['candidates'] if is_one(one, fast))

    @cached_property
    def quick(self) -> Candidate | None:
        """Its row."""
        order = names.strongest_first(self.found['candidates'])
        return candidate(self.for_speed, order) if self.for_speed else None

    @cached_property
    def foremost(self) -> list[Candidate]:
        """With the one that “Choose speed” means, which need not be the best of its pretrained model."""
        best = foremost(self.candidates)
        return [row for row in self.candidates if row in best or row == self.quick]

    @cached_property
    def others(self) -> list[Candidate]:
        return [row for row in self.candidates if row not in self.foremost]

    @cached_property
    def candidates_axis(self) -> list[int]:
        return axis_lines(row.accuracy['low'] for row in self.candidates)

    @cached_property
    def plot(self) -> Plot | None:
        return plot(foremost(self.candidates))

    @cached_property
    def choice(self) -> dict[str, str] | None:
        """The other way to choose: fast, or as accurate as it gets. None where both are the same."""
        if self.known.alone:
            text = 'The best single model answers, because you chose speed.'
            return {'text': text, 'button': 'Back to all together', 'prefer': 'accuracy', 'icon': 'layers'}
        fast = self.found['fast']
        if not fast:
            return None
        lost = hundredths(self.found['accuracy']['value']) - hundredths(fast['accuracy'])
        cost = f'and about {counted(lost, "point")} less accurate' if lost > 0 else 'and about as accurate'
        if lost < 0:
            cost = f'and here {counted(-lost, "point")} more accurate, maybe by luck'
        was, now = milliseconds(self.version.ms_per_sample), milliseconds(fast['ms_per_sample'])
        text = f'{capital(fast["name"])} alone would be quicker, {now} instead of {was} a {self.thing}, {cost}: '
        text += f'{percent(fast["accuracy"])}.'
        if fast['outdone']:
            text += f' Of the single ones its confidences can be believed most{self.as_quick}.'
        return {'text': text, 'button': 'Choose speed', 'prefer': 'speed', 'icon': 'zap'}

    @property
    def as_quick(self) -> str:
        """', though Lite0 got as many right in 36 ms': why somebody might wonder at what speed chooses."""
        chosen = self.for_speed
        other = chosen and quicker(self.found['candidates'], chosen)
        if not chosen or not other:
            return ''
        much = 'as much' if hundredths(other['accuracy']) == hundredths(chosen['accuracy']) else 'more'
        return f', though {names_of(other, [])} got {much} right in {milliseconds(other["ms_per_sample"])}'

    @cached_property
    def plot_text(self) -> str:
        points = self.plot.points if self.plot else []
        rows = sorted((point.candidate for point in points), key=lambda row: row.ms or 0)
        said = [f'{row.label}: {accuracy_text(row.accuracy)} in {milliseconds(row.ms or 0)}' for row in rows]
        return f'Accuracy and time of a {self.thing}, the fastest first. {"; ".join(said)}.'

    @cached_property
    def fault(self) -> dict[str, Any] | None:
        return why(self)

    share_axis = [0, 25, 50, 75, 100]

    @cached_property
    def curve(self) -> dict[str, Any] | None:
        """None where it has one point only: that is the headline."""
        found: dict[str, Any] | None = self.found['learning_curve']
        return found if found and len(found['measured']) > 1 else None

    @cached_property
    def curve_rows(self) -> list[dict[str, Any]]:
        """The points of the curve as a table: as intervals with `value`, how many photos and how it is known."""
        if not self.curve:
            return []
        now = self.curve['measured'][-1]['per_category']
        ahead = [point for point in self.curve['forecast'] or [] if point['per_category'] > now]
        known = [('measured', self.curve['measured']), ('forecast', ahead)]
        return [{**point, 'known': word} for word, points in known for point in points]

    @cached_property
    def curve_text(self) -> str:
        """What the drawing shows, for who does not see it."""
        first, *_, last = (self.curve or {})['measured']
        each = f'{self.thing}s in each category'
        text = (
            f'Accuracy goes from {percent(first["accuracy"])} at {first["per_category"]} {each} to '
            f'{percent(last["accuracy"])} at {last["per_category"]}.'
        )
        forecast = (self.curve or {})['forecast']
        if not forecast:
            return text
        end = forecast[-1]
        return f'{text} Forecast for {end["per_category"]}: {percent(end["accuracy"])} ({accuracy_range(end)}).'

    # ---------------------------------------------------------------- what was learned

    @cached_property
    def members(self) -> list[Member]:
        return members(self.found['parameters']['members'])

    @property
    def other_parameters(self) -> int:
        return self.version.parameters - sum(member.parameters for member in self.members)

    @property
    def learned_side(self) -> float:
        """The side of the learned square where the frozen one has side 1."""
        return math.sqrt(self.version.parameters / max(1, self.version.frozen_parameters))

    # ---------------------------------------------------------------- the page

    @property
    def notes(self) -> list[str]:
        """The learning core speaks of samples and networks, this page of photos and pretrained models."""
        return [
            note.replace('sample', self.thing).replace('a network,', 'a pretrained model')
            for note in self.found['notes']
        ]

    @property
    def next(self) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.found['next']
        return found

    @cached_property
    def current(self) -> ModelVersion | None:
        return ModelVersion.objects.filter(project=self.project, is_current=True).only('number').first()

    @cached_property
    def changed(self) -> bool:
        """Whether a training would learn from other photos or categories than the version that answers."""
        return bool(standing(self.project).changed)

    @cached_property
    def looked_at(self) -> list[dict[str, Any]]:
        """Photos for “What it looked at”: the most certain mistake, then one of each category that is right."""
        right = (self.cell_photos(place, place)[:1] for place in range(len(self.counts)))
        found = itertools.chain(self.wrong[:1], itertools.chain.from_iterable(right))
        photos = itertools.islice(found, LOOKED_AT)
        return [
            {
                'sample': looked.photo.pk,
                'name': looked.photo.title,
                'url': reverse('sample_thumbnail', args=[looked.photo.pk]),
                'category': looked.said.name if looked.said else '',
                'predicted': looked.called.name if looked.called else '',
            }
            for looked in photos
        ]
