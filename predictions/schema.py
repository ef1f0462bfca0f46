"""What predictions take and answer: for the OpenAPI document alone."""

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers

from projects.openapi import query
from projects.schema import ids
from projects.serializers import SampleSerializer

UNREADABLE = 'not_an_image unsupported_format truncated too_many_pixels too_small not_text empty'
CANNOT_ANSWER = 'no_version version_damaged backbone_missing'
VERSION = query('version', 'The id of the version that shall answer; left out: the current one.', int)


class ShareSerializer(serializers.Serializer[Any]):
    category = serializers.CharField()
    confidence = serializers.FloatField(min_value=0, max_value=1)


class PredictionSerializer(serializers.Serializer[Any]):
    """`confidences` are sorted and sum to 1."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    category = serializers.CharField(allow_null=True, help_text='null when none of the categories fits.')
    confidence = serializers.FloatField(help_text='Of the most confident category, in any case.')
    none_of_these = serializers.BooleanField()
    familiarity = serializers.FloatField(
        allow_null=True, help_text='The share of held-out known samples that are less familiar than this one.'
    )
    confidences = ShareSerializer(many=True)
    ms = serializers.FloatField()
    cut = serializers.BooleanField(
        required=False, help_text='Of a text alone, and only true: it was over the limit, and was read up to there.'
    )


class NamedPredictionSerializer(PredictionSerializer):
    name = serializers.CharField(help_text='The file’s; of a text its number, from "1".')


class ReasonSerializer(serializers.Serializer[Any]):
    code = serializers.ChoiceField([*UNREADABLE.split(), 'too_large'])
    message = serializers.CharField()


class NamedErrorSerializer(serializers.Serializer[Any]):
    """A file or text of a batch that could not be read; the others are answered all the same."""

    name = serializers.CharField()
    error = ReasonSerializer()


class ResultsSerializer(serializers.Serializer[Any]):
    """Of `files` or `texts`: one for each, in the order sent."""

    results = PolymorphicProxySerializer(
        component_name='Result',
        serializers=[NamedPredictionSerializer, NamedErrorSerializer],
        resource_type_field_name=None,
        many=True,
    )


class PhotoSerializer(serializers.Serializer[Any]):
    """One photo in `file`, or several in `files`; of a project that tells photos apart."""

    file = serializers.FileField(required=False)
    files = serializers.ListField(child=serializers.FileField(), required=False)
    fast = serializers.ChoiceField(
        ['0', '1'], required=False, help_text='1: the quickest backbone answers alone, as for a live camera.'
    )
    keep = serializers.ChoiceField(['0', '1'], required=False, help_text='0: do not keep it for review.')


class UrlSerializer(serializers.Serializer[Any]):
    """The address of a picture on the web, no private one; of a project that tells photos apart."""

    url = serializers.CharField()
    fast = serializers.ChoiceField(['0', '1'], required=False)
    keep = serializers.ChoiceField(['0', '1'], required=False)


class TextSerializer(serializers.Serializer[Any]):
    """One text, of a project that tells texts apart. Over 10,000 characters it is cut."""

    text = serializers.CharField()
    fast = serializers.BooleanField(required=False, help_text='The quickest encoder answers alone, as while one types.')
    keep = serializers.BooleanField(required=False, help_text='false: do not keep it for review.')


class TextsSerializer(serializers.Serializer[Any]):
    """Several texts at once, 1,000 at most."""

    texts = serializers.ListField(child=serializers.CharField())
    fast = serializers.BooleanField(required=False)
    keep = serializers.BooleanField(required=False)


ASKED = PolymorphicProxySerializer(
    component_name='SampleToPredict',
    serializers=[TextSerializer, TextsSerializer, UrlSerializer],
    resource_type_field_name=None,
)
ANSWER = PolymorphicProxySerializer(
    component_name='Answer', serializers=[PredictionSerializer, ResultsSerializer], resource_type_field_name=None
)


class AskHeatmapSerializer(serializers.Serializer[Any]):
    """Of a photo in `file`, or of a `sample` of the project; for its most confident category, or the one named."""

    file = serializers.FileField(required=False)
    sample = serializers.IntegerField(required=False)
    category = serializers.CharField(required=False)


class AskSampleHeatmapSerializer(serializers.Serializer[Any]):
    sample = serializers.IntegerField()
    category = serializers.CharField(required=False)


class HeatmapSerializer(serializers.Serializer[Any]):
    """`values`, row by row: how much each place spoke for the category, from 0 to 1."""

    version = serializers.IntegerField()
    category = serializers.CharField()
    rows = serializers.IntegerField()
    columns = serializers.IntegerField()
    values = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))
    how = serializers.CharField()
    rest = serializers.CharField(allow_blank=True, help_text='What else answers, but is not drawn.')


class SuggestionSerializer(serializers.Serializer[Any]):
    """`category_id` is null where the category was deleted since the training."""

    sample = serializers.IntegerField()
    category = serializers.CharField()
    category_id = serializers.IntegerField(allow_null=True)
    confidence = serializers.FloatField()
    none_of_these = serializers.BooleanField()


class SuggestionsSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    suggestions = SuggestionSerializer(many=True)
    pending = ids()


class SharedSerializer(serializers.Serializer[Any]):
    """`password` where the link has one."""

    file = serializers.FileField()
    password = serializers.CharField(required=False)
    fast = serializers.ChoiceField(['0', '1'], required=False)


class SharedTextSerializer(serializers.Serializer[Any]):
    """Of a link to a project that tells texts apart; `password` where the link has one."""

    text = serializers.CharField()
    password = serializers.CharField(required=False)
    fast = serializers.BooleanField(required=False)


class FeedbackSerializer(serializers.Serializer[Any]):
    """The category that would have been right."""

    category = serializers.CharField()
    from_queue = serializers.BooleanField(required=False)


class LearnedSampleSerializer(SampleSerializer):
    """`moved_from`: the category where the project had it already."""

    moved_from = serializers.CharField(allow_null=True)

    class Meta(SampleSerializer.Meta):
        fields = [*SampleSerializer.Meta.fields, 'moved_from']
