"""Imports and searches in JSON."""

from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from collecting.models import Import, Rejection, Search, WebPhoto
from projects.schema import RejectedSerializer
from projects.serializers import MOST_IDS, CategoryIdField, NameField, TextOrNull

SHOWN = 1000  # rejections: whoever has more has read the reasons by then


class IntoSerializer(serializers.Serializer[Any]):
    """Where what goes that says no category: a name, made where it is new, or an id; else it waits without one."""

    category = NameField(max_length=settings.NANOWEB_MAX_CATEGORY_NAME, required=False)
    category_id = CategoryIdField(required=False)


class ImportFileSerializer(IntoSerializer):
    """A file. `category` or `category_id`: where goes what lies in no folder; else it waits without one."""

    archive = serializers.FileField()


class PreviewedSerializer(serializers.Serializer[Any]):
    """The file, or its first million bytes."""

    archive = serializers.FileField()


class ColumnsSerializer(serializers.Serializer[Any]):
    """Of a table of texts. Columns are said by their numbers, from 1, or by the names on top; 0: there is none. Those
    not said are known by their names. `category`: where texts go that say none; else they wait without one."""

    text_column = serializers.CharField(required=False)
    category_column = serializers.CharField(required=False)
    split_column = serializers.CharField(required=False)
    group_column = serializers.CharField(required=False)
    header = serializers.ChoiceField(['yes', 'no'], required=False)


class TableFileSerializer(ImportFileSerializer, ColumnsSerializer):
    """A zip or a table; which column holds what is asked of texts alone."""


class PreviewColumnsSerializer(serializers.Serializer[Any]):
    """Their numbers, from 1, or null. `header`: the first row holds names."""

    header = serializers.BooleanField()
    text = serializers.IntegerField(allow_null=True)
    category = serializers.IntegerField(allow_null=True)
    split = serializers.IntegerField(allow_null=True)
    group = serializers.IntegerField(allow_null=True)


class PreviewSerializer(serializers.Serializer[Any]):
    """The first rows of a table, and which column seems to hold what; `clear`: their names say so. `new_categories`: of
    each column, the names in its first rows that the project lacks, should it hold the categories."""

    rows = serializers.ListField(child=serializers.ListField(child=serializers.CharField(allow_blank=True)))
    columns = PreviewColumnsSerializer()
    clear = serializers.BooleanField()
    encoding = serializers.CharField(allow_blank=True)
    expected = serializers.IntegerField()
    new_categories = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))


class AddressSerializer(serializers.Serializer[Any]):
    url = serializers.CharField(max_length=2000)
    category = NameField(max_length=settings.NANOWEB_MAX_CATEGORY_NAME, required=False)


class AddressesSerializer(IntoSerializer):
    """`category` or `category_id`: where links go which say none; else they wait without one."""

    links = AddressSerializer(many=True, allow_empty=False, max_length=1000)


class NotTakenSerializer(RejectedSerializer):
    """What an import names and did not take: it has more reasons than an upload."""

    code = serializers.CharField()


class ImportSerializer(serializers.ModelSerializer[Import]):
    error = TextOrNull()
    error_code = TextOrNull()
    pause = serializers.IntegerField(read_only=True)
    rejected = serializers.SerializerMethodField()

    class Meta:
        model = Import
        fields = [
            'id', 'project', 'kind', 'name', 'status', 'done', 'total', 'added_count', 'cut_count', 'rejected',
            'error', 'error_code', 'run', 'pause', 'created_at', 'finished_at',
        ]  # fmt: skip

    @extend_schema_field(NotTakenSerializer(many=True))
    def get_rejected(self, row: Import) -> list[dict[str, str]]:
        shown = getattr(row, 'shown_rejections', None)
        return NotTakenSerializer(row.rejections.all()[:SHOWN] if shown is None else shown, many=True).data


def with_rejections() -> QuerySet[Import]:
    """Imports for a list: their rejections in one query."""
    shown = Prefetch('rejections', Rejection.objects.all()[:SHOWN], to_attr='shown_rejections')
    return Import.objects.prefetch_related(shown).defer('items')  # some MB each


class WebPhotoSerializer(serializers.ModelSerializer[WebPhoto]):
    """`mark` says why it is not chosen: `here` (the project has it), `twice` (it was found before), `unlike` (the rest
    of the search), `gone` (it cannot be fetched). Null while its thumbnail is not here yet."""

    mark = serializers.SerializerMethodField()
    chosen = serializers.SerializerMethodField()
    thumbnail_url = serializers.SerializerMethodField()

    class Meta:
        model = WebPhoto
        fields = [
            'id', 'provider', 'title', 'creator', 'licence', 'licence_url', 'landing_page', 'width', 'height',
            'thumbnail_url', 'mark', 'chosen',
        ]  # fmt: skip

    @extend_schema_field(serializers.ChoiceField(['', *WebPhoto.Mark.values], allow_null=True))
    def get_mark(self, photo: WebPhoto) -> str | None:
        return photo.mark if photo.file or photo.mark else None

    def get_chosen(self, photo: WebPhoto) -> bool:
        return bool(photo.file) and not photo.mark

    def get_thumbnail_url(self, photo: WebPhoto) -> str | None:
        return reverse('web_photo', args=[photo.pk]) if photo.file else None


class SearchSerializer(serializers.ModelSerializer[Search]):
    error = TextOrNull()
    error_code = TextOrNull()
    photos = WebPhotoSerializer(many=True)

    class Meta:
        model = Search
        fields = [
            'id', 'project', 'category_id', 'text', 'commercial', 'modification', 'status', 'done', 'total', 'pages',
            'more', 'found_count', 'wait', 'error', 'error_code', 'photos', 'created_at', 'finished_at',
        ]  # fmt: skip


class TermsSerializer(serializers.Serializer[Any]):
    """`commercial`: only photos that may be used commercially; `modification`: only those that may be changed."""

    commercial = serializers.BooleanField(required=False, default=False)
    modification = serializers.BooleanField(required=False, default=False)


class AskedSerializer(serializers.Serializer[Any]):
    """What to search for, for a category of the project."""

    category_id = serializers.IntegerField(min_value=1)
    text = NameField(max_length=200)


class AskSerializer(AskedSerializer, TermsSerializer):
    """That for one category, with what the photos may be used for."""


class BuildSerializer(TermsSerializer):
    """What to search for, for each category."""

    searches = AskedSerializer(many=True, allow_empty=False)


class ChosenSerializer(serializers.Serializer[Any]):
    photos = serializers.ListField(child=serializers.IntegerField(min_value=1), allow_empty=False, max_length=MOST_IDS)
