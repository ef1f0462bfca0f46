"""REST for many samples at once, as the gallery and the upload of folders need it."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects import actions, bulk, gallery
from projects.access import EDITOR, get_project
from projects.openapi import documented
from projects.schema import (
    SEARCH,
    ChangedSerializer,
    DeletedSerializer,
    IndexSerializer,
    KnownSerializer,
    MovedManySerializer,
    RestoredSerializer,
)
from projects.serializers import (
    DeleteManySerializer,
    HashesSerializer,
    KeepSerializer,
    MoveManySerializer,
    RestoreSerializer,
    SplitManySerializer,
    category_named,
    validated,
)


class SampleIndex(APIView):
    """All samples of a project in one compact answer: lists of equal length, newest first."""

    @documented(
        'All samples in one compact answer: lists of equal length, newest first', {200: IndexSerializer}, query=[SEARCH]
    )
    def get(self, request: Request, pk: int) -> Response:
        project = get_project(request.user, pk)
        samples = gallery.found(project.samples.alive(), request.query_params.get('search', ''))
        return Response(gallery.index(samples, project.kind))


class MoveSamples(APIView):
    """Move samples to a category, or with null out of all. Ids that are not the project's are left out.

    The answer says what was moved and from where, so that moving it back by the answer undoes it.
    """

    @documented(
        'Move samples to a category, or out of all',
        {200: MovedManySerializer, 400: 'unknown_category'},
        MoveManySerializer,
    )
    def post(self, request: Request, pk: int) -> Response:
        project = get_project(request.user, pk, EDITOR)
        data = validated(MoveManySerializer, request.data)
        category = category_named(project, data['category'])
        moved = bulk.move_samples(project, data['samples'], category, data['label_checked'])
        names: dict[int | None, str] = dict(project.categories.values_list('pk', 'name'))
        return Response(
            {
                'moved': [
                    {
                        'category': names.get(one.category),
                        'category_id': one.category,
                        'label_checked': one.label_checked,
                        'samples': one.samples,
                    }
                    for one in moved
                ]
            }
        )


class SplitSamples(APIView):
    """Keep samples apart for testing, or with null learn from them again, together with those of the same `group`. Ids
    that are not the project's are left out."""

    @documented('Keep samples apart for testing, or learn from them', {200: ChangedSerializer}, SplitManySerializer)
    def post(self, request: Request, pk: int) -> Response:
        project = get_project(request.user, pk, EDITOR)
        said = validated(SplitManySerializer, request.data)
        changed = bulk.keep_apart(project, said['samples'], said['split'])
        actions.note_split(project, len(changed), said['split'], request)
        return Response({'changed': changed})


class DeleteSamples(APIView):
    """Delete samples; `samples/restore/` brings them back. Ids that are not the project's are left out."""

    @documented('Delete samples; for some days they can be restored', {200: DeletedSerializer}, DeleteManySerializer)
    def post(self, request: Request, pk: int) -> Response:
        project = get_project(request.user, pk, EDITOR)
        said = validated(DeleteManySerializer, request.data)
        deleted = bulk.delete_many(project, said['samples'])
        actions.note_deleted(project, len(deleted), request)
        return Response({'deleted': deleted})


class KeepDuplicate(APIView):
    """Of near-duplicates keep one, delete the others."""

    @documented(
        'Keep one of near-duplicates, delete the others',
        {200: DeletedSerializer, 409: 'kept_is_gone'},
        KeepSerializer,
        tag='samples',
    )
    def post(self, request: Request, pk: int) -> Response:
        project = get_project(request.user, pk, EDITOR)
        said = validated(KeepSerializer, request.data)
        deleted = bulk.keep_one(project, said['keep'], said['delete'])
        actions.note_deleted(project, len(deleted), request)
        return Response({'deleted': deleted})


class RestoreSamples(APIView):
    """The undo of a deletion."""

    @documented('Undo the deletion of samples', {200: RestoredSerializer}, RestoreSerializer)
    def post(self, request: Request, pk: int) -> Response:
        project = get_project(request.user, pk, EDITOR)
        said = validated(RestoreSerializer, request.data)
        return Response({'restored': actions.restore_samples(project, said['samples'], request)})


class KnownSamples(APIView):
    """Which files need not be sent, told by their SHA-256: those of a folder that was chosen again."""

    @documented('Which files are there already', {200: KnownSerializer}, HashesSerializer)
    def post(self, request: Request, pk: int) -> Response:
        project = get_project(request.user, pk, EDITOR)
        hashes = validated(HashesSerializer, request.data)['hashes']
        there = project.samples.alive().order_by().filter(content_hash__in=hashes)
        return Response({'known': sorted(there.values_list('content_hash', flat=True))})
