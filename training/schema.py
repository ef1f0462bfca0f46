"""What a version's report holds, for the OpenAPI document alone: training.report makes it."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from projects.schema import ids
from training.report_parts import CAUSES

STEPS = ('train', 'check_labels', 'keep_one', 'add_photos', 'overlap', 'together', 'look', 'test')


class AccuracySerializer(serializers.Serializer[Any]):
    """Of samples that it had not seen. `low` and `high` are a 95 % interval of `value`.

    Versions of before lack `samples`, `chance`, `lowered`, `groups` and `test`.
    """

    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    level = serializers.FloatField()
    balanced = serializers.FloatField(help_text='The mean over the categories.')
    method = serializers.CharField(help_text='How it was measured, and corrected for choosing.')
    samples = serializers.IntegerField(required=False, help_text='On how many.')
    chance = serializers.FloatField(required=False, help_text='What always naming their largest category gets.')
    lowered = serializers.FloatField(
        required=False, allow_null=True, help_text='What was taken off for having chosen on the same samples.'
    )
    groups = serializers.IntegerField(
        required=False, allow_null=True, help_text='Of two and more that belong together; null: each is its own.'
    )
    test = serializers.BooleanField(required=False, help_text='Whether learning never touched the samples.')


class VersionMemberSerializer(serializers.Serializer[Any]):
    backbone = serializers.CharField()
    cut = serializers.CharField()
    head = serializers.CharField()
    weight = serializers.FloatField()
    parameters = serializers.IntegerField()


class MeasuredSerializer(serializers.Serializer[Any]):
    """A category, as far as it was measured. `low` and `high` are of the recall."""

    category = serializers.CharField()
    samples = serializers.IntegerField()
    precision = serializers.FloatField(allow_null=True)
    recall = serializers.FloatField()
    f1 = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class ConfusionSerializer(serializers.Serializer[Any]):
    """Rows are true, columns predicted."""

    categories = serializers.ListField(child=serializers.CharField())
    counts = serializers.ListField(child=ids())
    samples = serializers.ListField(child=serializers.ListField(child=ids()))


class MistakeSerializer(serializers.Serializer[Any]):
    sample = serializers.IntegerField()
    category = serializers.CharField()
    predicted = serializers.CharField()
    confidence = serializers.FloatField()
    nearest = serializers.ListField(child=serializers.IntegerField(), allow_null=True)
    cause = serializers.ChoiceField(list(CAUSES), allow_null=True)


class MixupSerializer(serializers.Serializer[Any]):
    category = serializers.CharField()
    predicted = serializers.CharField()
    count = serializers.IntegerField()
    of = serializers.IntegerField()
    back = serializers.IntegerField()
    back_of = serializers.IntegerField()
    samples = ids()


class CandidateSerializer(serializers.Serializer[Any]):
    """One backbone × cut × head that was tried."""

    backbone = serializers.CharField()
    cut = serializers.CharField()
    head = serializers.CharField()
    accuracy = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    seconds = serializers.FloatField()
    ms_per_sample = serializers.FloatField(allow_null=True)
    chosen = serializers.BooleanField()


class PointSerializer(serializers.Serializer[Any]):
    per_category = serializers.IntegerField()
    accuracy = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class CurveSerializer(serializers.Serializer[Any]):
    measured = PointSerializer(many=True)
    forecast = PointSerializer(many=True)
    more = serializers.ListField(
        child=serializers.IntegerField(), allow_null=True, help_text='Samples to add in all: from, to.'
    )
    target = serializers.FloatField(allow_null=True, help_text='The accuracy that `more` is for.')
    flat = serializers.BooleanField()
    neediest = serializers.CharField(allow_null=True)
    advice = serializers.CharField()


SharesSerializer = type(
    'SharesSerializer', (serializers.Serializer,), {one: serializers.FloatField() for one in CAUSES}
)


class FaultSerializer(serializers.Serializer[Any]):
    cause = serializers.ChoiceField([*CAUSES, 'none', 'cannot_tell'])
    shares = SharesSerializer()
    low = SharesSerializer()
    high = SharesSerializer()
    confidence = serializers.FloatField()
    advice = serializers.CharField()


class SuspectSerializer(serializers.Serializer[Any]):
    sample = serializers.IntegerField()
    category = serializers.CharField()
    suggested = serializers.CharField()
    score = serializers.FloatField()


class OverlapSerializer(serializers.Serializer[Any]):
    categories = serializers.ListField(child=serializers.CharField())
    share = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


# `from` is no name that a class may give a field
ReliabilitySerializer = type(
    'ReliabilitySerializer',
    (serializers.Serializer,),
    {
        'from': serializers.FloatField(),
        'to': serializers.FloatField(),
        'count': serializers.IntegerField(),
        'right': serializers.IntegerField(),
        'of_100': serializers.IntegerField(allow_null=True),
    },
)


class ApartSerializer(serializers.Serializer[Any]):
    """How many more of one's own samples are right when it learns from own ones instead of as many from the web.

    A share of all: `own` less `web`, which are those two accuracies, on own samples that it had not seen. `low` and
    `high` are a 95 % interval of `value`. `verdict` is `apart` where all of that is above 0, `alike` where it ends
    below 0.1.
    """

    verdict = serializers.ChoiceField(['apart', 'alike', 'cannot_tell'])
    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    own = serializers.FloatField()
    web = serializers.FloatField()


class SourcesSerializer(serializers.Serializer[Any]):
    """Where the samples are from that it learned from, without the test samples; null where none is from the web.

    It is measured on one's own alone where there are enough; then those from the web are only learned from.
    """

    own = serializers.IntegerField()
    web = serializers.IntegerField()
    counted = serializers.IntegerField(help_text='On how many the accuracy was measured.')
    apart = ApartSerializer(allow_null=True, help_text='null: too few to tell.')


class VersionShortSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    number = serializers.IntegerField()
    sample_count = serializers.IntegerField()


class CategoryTodaySerializer(serializers.Serializer[Any]):
    """`position` is null for one that was deleted since."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    colour = serializers.IntegerField()
    position = serializers.IntegerField(allow_null=True)


class FastSerializer(serializers.Serializer[Any]):
    """The best single backbone, where it is quicker than the version."""

    name = serializers.CharField()
    outdone = serializers.BooleanField()
    backbone = serializers.CharField()
    cut = serializers.CharField()
    head = serializers.CharField()
    accuracy = serializers.FloatField()
    ms_per_sample = serializers.FloatField()


class LearnedSerializer(serializers.Serializer[Any]):
    backbone = serializers.CharField()
    cut = serializers.CharField()
    head = serializers.CharField()
    parameters = serializers.IntegerField()
    formula = serializers.CharField(allow_blank=True)


class ParametersSerializer(serializers.Serializer[Any]):
    learned = serializers.IntegerField()
    frozen = serializers.IntegerField()
    ratio = serializers.FloatField(allow_null=True)
    members = LearnedSerializer(many=True)


class NextSerializer(serializers.Serializer[Any]):
    """The one thing that would mend most mistakes."""

    code = serializers.ChoiceField(STEPS)
    title = serializers.CharField()
    text = serializers.CharField()
    expected = serializers.CharField(allow_null=True)


@extend_schema_field({'type': 'array', 'items': {'type': 'array', 'items': {'type': 'integer'}}, 'nullable': True})
class ClustersField(serializers.JSONField):
    """Samples that look the same, cluster by cluster."""


class ReportSerializer(serializers.Serializer[Any]):
    """Everything known about how good a version is. What a project is too small for is null, the reason in `notes`."""

    version = VersionShortSerializer()
    accuracy = AccuracySerializer()
    sources = SourcesSerializer(allow_null=True)
    categories = CategoryTodaySerializer(many=True)
    per_category = MeasuredSerializer(many=True, allow_null=True)
    confusion = ConfusionSerializer(allow_null=True)
    mistakes = MistakeSerializer(many=True, allow_null=True)
    worst_mixup = MixupSerializer(allow_null=True)
    candidates = CandidateSerializer(many=True)
    learning_curve = CurveSerializer(allow_null=True)
    fault = FaultSerializer(allow_null=True)
    suspects = SuspectSerializer(many=True, allow_null=True)
    near_duplicates = ClustersField()
    overlaps = OverlapSerializer(many=True, allow_null=True)
    reliability = ReliabilitySerializer(many=True, allow_null=True)
    parameters = ParametersSerializer()
    evidence = serializers.CharField(allow_blank=True)
    fast = FastSerializer(allow_null=True)
    notes = serializers.ListField(child=serializers.CharField())
    next = NextSerializer()


class FlipSerializer(serializers.Serializer[Any]):
    sample = serializers.IntegerField()
    category = serializers.CharField(help_text='Where it is today.')
    before = serializers.CharField(help_text='What the older version said.')
    after = serializers.CharField()


class DifferenceSerializer(serializers.Serializer[Any]):
    """How many more the newer version gets right, of these and of as many samples like them."""

    value = serializers.IntegerField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    level = serializers.FloatField()


class ComparisonSerializer(serializers.Serializer[Any]):
    """Two versions on the samples that were held out from both: the older one comes first."""

    versions = ids()
    samples = serializers.IntegerField()
    right = ids()
    difference = DifferenceSerializer()
    newly_right = FlipSerializer(many=True)
    newly_wrong = FlipSerializer(many=True)
    otherwise_wrong = FlipSerializer(many=True, help_text='Wrong from both, but not called the same.')
    deleted = serializers.IntegerField(help_text='Samples that do not count: deleted since, or with another text.')
    notes = serializers.ListField(child=serializers.CharField())
