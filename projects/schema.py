"""What the API takes and answers where no serializer of the views says it: for the OpenAPI document alone."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from projects.models import Sample
from projects.openapi import query
from projects.serializers import (
    CategorySerializer,
    EditSerializer,
    MoveSerializer,
    SampleSerializer,
    TextsSerializer,
)

WITH_SAMPLES = query('samples', 'Delete its samples too; else one that holds some is refused.', enum=['delete'])
FILTERS = [
    query('category', 'Only those in the category of this name.'),
    query('category_id', 'Only those in the category of this id, whatever it is called by now.', int),
    query('unlabelled', 'Only those in no category.', enum=['true']),
]
SEARCH = query('search', 'Only texts that hold each of these words.')
REJECTED = {'rejected': {'type': 'array', 'items': {'$ref': '#/components/schemas/Rejected'}}}


def ids() -> serializers.ListField:
    return serializers.ListField(child=serializers.IntegerField())


class RejectedSerializer(serializers.Serializer[Any]):
    """A file or text that was not taken, and why; of a text the name is its number in what was sent, from 1."""

    name = serializers.CharField()
    code = serializers.ChoiceField(
        ['not_an_image', 'unsupported_format', 'truncated', 'too_large', 'too_many_pixels', 'too_small', 'empty',
         'not_text', 'duplicate', 'limit_reached', 'disk_full']
    )  # fmt: skip
    message = serializers.CharField()


class UploadSerializer(serializers.Serializer[Any]):
    """New samples. `category` is a name, and made where it is new; without either they wait unlabelled."""

    files = serializers.ListField(child=serializers.FileField())
    category = serializers.CharField(required=False)
    category_id = serializers.IntegerField(required=False)
    source = serializers.ChoiceField(['upload', 'webcam', 'feedback'], required=False)
    group = serializers.CharField(max_length=200, required=False)
    split = serializers.ChoiceField(['test'], required=False)


class AddTextsSerializer(TextsSerializer):
    """For a project of texts. What is longer than a text may be is cut, and says so."""

    category = serializers.CharField(required=False)
    category_id = serializers.IntegerField(required=False)
    source = serializers.ChoiceField(['upload', 'feedback'], required=False)
    group = serializers.CharField(max_length=200, required=False)
    split = serializers.ChoiceField(['test'], required=False)


class KnownSerializer(serializers.Serializer[Any]):
    known = serializers.ListField(child=serializers.CharField())


class UploadedSerializer(serializers.Serializer[Any]):
    added = SampleSerializer(many=True)
    rejected = RejectedSerializer(many=True)


class MovedSerializer(MoveSerializer):
    """With `label_checked` a sample may stay where it is: then it is right there, and not doubted again."""

    label_checked = serializers.BooleanField(required=False, allow_null=True)


class ChangedSampleSerializer(EditSerializer, MovedSerializer):
    """Either may be left out, or both said. An edited text is looked at anew."""

    category = serializers.CharField(max_length=settings.NANOWEB_MAX_CATEGORY_NAME, allow_null=True, required=False)


class MovedFromSerializer(serializers.Serializer[Any]):
    category = serializers.CharField(allow_null=True)
    category_id = serializers.IntegerField(allow_null=True)
    label_checked = serializers.BooleanField()
    samples = ids()


class MovedManySerializer(serializers.Serializer[Any]):
    """What was moved, by where it was: moving it back there undoes it."""

    moved = MovedFromSerializer(many=True)


class ChangedSerializer(serializers.Serializer[Any]):
    changed = ids()


class DeletedSerializer(serializers.Serializer[Any]):
    deleted = ids()


class RestoredSerializer(serializers.Serializer[Any]):
    restored = ids()


class CategoriesSerializer(serializers.Serializer[Any]):
    categories = CategorySerializer(many=True)


class IndexSerializer(serializers.Serializer[Any]):
    """The same place in each list is the same sample."""

    ids = ids()
    categories = serializers.ListField(child=serializers.IntegerField(allow_null=True))
    sources = serializers.ListField(child=serializers.ChoiceField(Sample.Source.choices))
    names = serializers.ListField(child=serializers.CharField(allow_blank=True))
    splits = serializers.ListField(child=serializers.ChoiceField(['test'], allow_null=True))
