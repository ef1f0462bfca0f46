"""Tables of texts for tests, and what became of them."""

import io
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from collecting import actions
from collecting.models import Import
from projects.models import Project
from tests.collecting.conftest import to_its_end

Found = list[tuple[str, str | None]]


def file(content: bytes | str, name: str = 'films.csv', encoding: str = 'utf-8') -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode(encoding) if isinstance(content, str) else content)


def brought(project: Project, upload: SimpleUploadedFile, **said: Any) -> Import:
    row = to_its_end(actions.begin(project, upload, said=said))
    assert (row.status, row.error) == ('succeeded', '')
    return row


def texts(project: Project) -> Found:
    return list(project.samples.alive().order_by('id').values_list('text', 'category__name'))


def rejected(row: Import) -> list[tuple[str, str]]:
    return list(row.rejections.values_list('name', 'code'))


def workbook(*rows: list[Any], **sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name, some in sheets.items():
        sheet = book.create_sheet(name)
        for row in some:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def preview(client, project: Project, upload: Any):
    return client.post(reverse('api_import_preview', args=[project.pk]), {'archive': upload})
