"""The API's objects, as clients see them."""

import unicodedata
from typing import Any, TypedDict

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from projects.errors import UserError
from projects.models import Category, Project, Role, Sample
from projects.names import name_key

LARGEST_ID = 2**63 - 1  # what its column takes
MOST_IDS = 10_000  # a camera that stood still leaves thousands of near-duplicates


class Done(TypedDict):
    done: int
    total: int


def validated(kind: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    """What a request's body says, as `kind` reads it. Raises ValidationError."""
    serializer = kind(data=data)
    serializer.is_valid(raise_exception=True)
    found: dict[str, Any] = serializer.validated_data
    return found


class TextOrNull(serializers.CharField):
    """A text to read, null where it is empty."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, allow_null=True, **options)

    def to_representation(self, value: Any) -> Any:
        return super().to_representation(value) or None


class NameField(serializers.CharField):
    """A name that a person can see: not only of spaces, control characters and characters without width."""

    default_error_messages = {'unseen': 'Give a name of letters, digits or signs.'}

    def to_internal_value(self, data: Any) -> str:
        name: str = super().to_internal_value(data)
        if all(unicodedata.category(character)[0] in 'CZ' for character in name):
            self.fail('unseen')
        return name


@extend_schema_field(serializers.ChoiceField(Project.Kind.values))
class KindField(serializers.CharField):
    """Says itself, by `validate_kind`, which kinds are not there yet."""


class CategorySerializer(serializers.ModelSerializer[Category]):
    name = NameField(max_length=settings.NANOWEB_MAX_CATEGORY_NAME)
    sample_count = serializers.SerializerMethodField()

    class Meta:
        model = Category
        fields = ['id', 'name', 'sample_count']

    def get_sample_count(self, category: Category) -> int:
        counted = getattr(category, 'sample_count', None)
        return category.samples.alive().count() if counted is None else counted


class ProjectSerializer(serializers.ModelSerializer[Project]):
    name = NameField(max_length=settings.NANOWEB_MAX_PROJECT_NAME)
    kind = KindField(default=Project.Kind.IMAGE)
    categories = serializers.SerializerMethodField()
    sample_count = serializers.SerializerMethodField()
    features = serializers.SerializerMethodField()
    current_version = serializers.SerializerMethodField()
    role = serializers.SerializerMethodField()

    class Meta:
        model = Project
        fields = [
            'id', 'name', 'kind', 'role', 'categories', 'sample_count', 'features', 'current_version', 'created_at',
        ]  # fmt: skip
        read_only_fields = ['id', 'created_at']

    def validate_kind(self, kind: str) -> str:
        if kind not in Project.Kind.values:
            raise UserError(f'There are no projects of kind “{kind}”. Use “image” or “text”.', 'unsupported_kind')
        return kind

    @extend_schema_field(CategorySerializer(many=True))
    def get_categories(self, project: Project) -> list[dict[str, Any]]:
        return CategorySerializer(project.categories.all(), many=True).data  # type: ignore[return-value]

    def get_sample_count(self, project: Project) -> int:
        counted = getattr(project, 'sample_count', None)
        return project.samples.alive().count() if counted is None else counted

    def get_features(self, project: Project) -> Done:
        return {'done': features_done(project), 'total': self.get_sample_count(project)}

    def get_current_version(self, project: Project) -> int | None:
        current = [version for version in project.versions.all() if version.is_current]
        return current[0].pk if current else None

    @extend_schema_field(serializers.ChoiceField(Role.labels))
    def get_role(self, project: Project) -> str:
        """Of who asks. Who has just made it, owns it."""
        return Role(getattr(project, 'role', Role.OWNER)).label


def features_done(project: Project) -> int:
    """How many samples have the features of every installed backbone."""
    counted = getattr(project, 'features_done', None)
    return project.samples.alive().looked_at(project.kind).distinct().count() if counted is None else counted


class SampleSerializer(serializers.ModelSerializer[Sample]):
    category = serializers.CharField(source='category.name', default=None, allow_null=True)
    name = TextOrNull()
    text = TextOrNull()
    thumbnail_url = serializers.SerializerMethodField()

    class Meta:
        model = Sample
        fields = [
            'id', 'name', 'category', 'category_id', 'text', 'cut', 'width', 'height', 'thumbnail_url', 'source',
            'created_at',
        ]  # fmt: skip
        read_only_fields = ['cut']

    def get_thumbnail_url(self, sample: Sample) -> str | None:
        return reverse('sample_thumbnail', args=[sample.pk]) if sample.file else None


class SampleDetailSerializer(SampleSerializer):
    """A sample by itself: also what it is a part of, and whose it is."""

    class Meta(SampleSerializer.Meta):
        fields = [
            *SampleSerializer.Meta.fields, 'group', 'split', 'taken_at', 'creator', 'licence', 'licence_url',
            'landing_page',
        ]  # fmt: skip


class MoveSerializer(serializers.Serializer[Any]):
    """Where a sample goes, or a new one comes: a category's name, or null for none."""

    category = serializers.CharField(max_length=settings.NANOWEB_MAX_CATEGORY_NAME, allow_null=True)


class AddSerializer(serializers.Serializer[Any]):
    """Where new samples go: a category that is made where there is none of that name."""

    category = NameField(max_length=settings.NANOWEB_MAX_CATEGORY_NAME)


class FactsSerializer(serializers.Serializer[Any]):
    """What is known of new samples: `group` is the same for those that belong together, a burst or a sender's; those of
    the split `test` are never learned from, and the model is tried on them."""

    group = serializers.CharField(max_length=200, required=False, allow_blank=True)
    split = serializers.ChoiceField(['test'], required=False, allow_blank=True)

    def validate_split(self, split: str) -> str | None:
        return split or None


class TextsSerializer(serializers.Serializer[Any]):
    """New texts. `category` is a name, and made where it is new; without either they wait unlabelled."""

    # Anything may stand in the list: what is no text is rejected by its number, and the others go on.
    texts = serializers.ListField(child=serializers.JSONField(allow_null=True), allow_empty=False)


class EditSerializer(serializers.Serializer[Any]):
    """What a sample is changed into; what is left out stays. Only a text has another `text`."""

    text = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)


class HashesSerializer(serializers.Serializer[Any]):
    """SHA-256 of files, in hexadecimal."""

    hashes = serializers.ListField(child=serializers.RegexField(r'^[0-9a-f]{64}$'), max_length=1000)


class CheckSerializer(serializers.Serializer[Any]):
    """Whether its owner looked at a doubtful sample and settled where it belongs."""

    label_checked = serializers.BooleanField(default=None, allow_null=True)


class SampleIdsField(serializers.ListField):
    """Ids of samples."""

    def __init__(self) -> None:
        super().__init__(
            child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID), min_length=1, max_length=MOST_IDS
        )


class MoveManySerializer(MoveSerializer, CheckSerializer):
    """Where many samples go."""

    samples = SampleIdsField()


class SplitManySerializer(serializers.Serializer[Any]):
    """`test`: never learned from, the model is tried on them; null: learned from."""

    samples = SampleIdsField()
    split = serializers.ChoiceField(['test'], allow_null=True)


class DeleteManySerializer(serializers.Serializer[Any]):
    """The samples to delete."""

    samples = SampleIdsField()


class KeepSerializer(serializers.Serializer[Any]):
    """Of near-duplicates: the sample to keep, and those to delete."""

    keep = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    delete = SampleIdsField()

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if data['keep'] in data['delete']:
            raise serializers.ValidationError({'delete': 'The photo to keep is among those to delete.'})
        return data


class RestoreSerializer(serializers.Serializer[Any]):
    """The deleted samples to bring back."""

    samples = SampleIdsField()


class CategoryIdField(serializers.IntegerField):
    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_ID, **options)


class OrderSerializer(serializers.Serializer[Any]):
    """Each category of the project once, in the order to show them."""

    categories = serializers.ListField(child=CategoryIdField(), min_length=1, max_length=MOST_IDS)


class MergeSerializer(serializers.Serializer[Any]):
    """The category that the photos move into."""

    into = CategoryIdField()


class CategoryIdSerializer(serializers.Serializer[Any]):
    category = CategoryIdField()


def category_by_id(project: Project, pk: int) -> Category:
    """Raises UserError `unknown_category`."""
    found = project.categories.filter(pk=pk).first()
    if found is None:
        raise UserError('There is no category with this id in this project.', 'unknown_category')
    return found


def category_named(project: Project, name: str | None) -> Category | None:
    """The category of that name; None for null. Raises UserError `unknown_category`."""
    if name is None:
        return None
    found = project.categories.filter(key=name_key(name)).first()
    if found is None:
        raise UserError(f'There is no category “{name}” in this project.', 'unknown_category')
    return found
