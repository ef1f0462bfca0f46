"""REST for what a model looked at."""

from typing import Any

from django.conf import settings
from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from classifier import images
from classifier.errors import BadImage
from predictions import predictor, schema, sent
from predictions.access import category_names, get_version
from predictions.api import Predictions, asked_version
from predictions.batching import Picture
from predictions.sent import fields
from projects.access import get_sample
from projects.actions import read_stored, unreadable
from projects.api import whole_number
from projects.errors import UserError
from projects.models import Project, Sample
from projects.openapi import documented
from training.models import ModelVersion, Run
from training.snapshot import edited, samples_of

LEARNED = 'It has learned from this photo since.'
NO_PLACES = 'This version reads texts. A heat map shows the places of a photo that counted, and a text has none.'


class Heatmaps(Predictions):
    """Counted as a prediction, and found by key and version as one; a key for predictions alone reads no samples."""

    predicts = False

    @documented(
        'What did it look at?',
        {
            200: schema.HeatmapSerializer,
            400: f'too_many_files unknown_category {schema.UNREADABLE}',
            409: f'{schema.CANNOT_ANSWER} no_map unreadable',
        },
        {'multipart/form-data': schema.AskHeatmapSerializer, 'application/json': schema.AskSampleHeatmapSerializer},
        query=[schema.VERSION],
        tag='predictions',
    )
    def post(self, request: Request, pk: int) -> Response:
        version = self.version or get_version(request.user, pk, asked_version(request))
        if version.kind == Project.Kind.TEXT:  # type: ignore[attr-defined]
            raise UserError(NO_PLACES, 'no_map', 409)
        sample = asked_sample(request, pk)
        picture = sent_photo(request) if sample is None else stored(sample)
        category = asked_category(request, version)
        if category is None:
            category = int(predictor.predict(version, [picture])[0].confidences.argmax())
        heat = predictor.heat(version, picture, category)
        rows, columns = heat.values.shape
        return Response(
            {
                'version': version.pk,
                'category': category_names(version)[category],
                'rows': rows,
                'columns': columns,
                'values': heat.values.round(3).tolist(),
                'how': f'{heat.how} {LEARNED}' if sample and learned_from(version, sample) else heat.how,
                'rest': heat.rest,
            }
        )


def asked_sample(request: Request, project: int) -> Sample | None:
    """None where none is asked for; Http404 where it is not in the project."""
    if 'sample' not in fields(request):
        return None
    sample = get_sample(request.user, whole_number(fields(request)['sample'], 'sample'))
    if sample.project_id != project:
        raise Http404
    return sample


def sent_photo(request: Request) -> Picture:
    """Raises UserError with the code of a rejected sample where it is no readable picture."""
    photo: Any = sent.readable(sent.file(sent.one_file(request)))
    found: Picture = photo.sample
    return found


def stored(sample: Sample) -> Picture:
    """Raises UserError `unreadable` where its file was lost or damaged."""
    try:
        return images.square(images.open_image(read_stored(sample), max_pixels=settings.NANOWEB_MAX_PIXELS))
    except BadImage as error:
        raise unreadable() from error


def learned_from(version: ModelVersion, sample: Sample) -> bool:
    """Whether the sample, as it is, was among those that the version learned from."""
    run = Run.objects.filter(version=version.pk).only('snapshot').first()
    taken = samples_of(run and run.snapshot)
    known = sample.pk in taken and not edited(taken, sample.pk, sample.content_hash)
    return known and taken[sample.pk]['split'] != 'test'


def asked_category(request: Request, version: ModelVersion) -> int | None:
    """Its place among the version's outputs."""
    name = fields(request).get('category')
    if name is None:
        return None
    try:
        return category_names(version).index(name)
    except ValueError:
        raise UserError('This version knows no category of that name.', 'unknown_category') from None
