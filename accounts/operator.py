"""Two of the operator's pages: the audit log, and the limits of a person."""

import csv
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts import limits
from accounts.audit import Kind, note
from accounts.export import streamed
from accounts.models import AuditEntry, Limits
from accounts.staff import staff_only

PAGE = 50
AT_ONCE = 500  # lines of the file
GIGABYTE = 10**9
FORMULA = tuple('=+-@\t\r\n＝＋－＠')  # the wide ones count in East Asian spreadsheets
COLUMNS = ('when', 'what', 'who', 'to what', 'address')


class Filter(forms.Form):
    kind = forms.ChoiceField(label='What', required=False, choices=[('', 'everything'), *Kind.choices])
    person = forms.CharField(label='Who, or to what', required=False, max_length=150)
    since = forms.DateField(label='From', required=False, widget=forms.DateInput(attrs={'type': 'date'}))
    until = forms.DateField(label='To', required=False, widget=forms.DateInput(attrs={'type': 'date'}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in self.fields.values():
            each.widget.attrs['class'] = 'field'

    def entries(self) -> QuerySet[AuditEntry]:
        """Those that fit; a field that makes no sense is told beside it, and leaves the others to choose."""
        found, said = AuditEntry.objects.all(), self.cleaned_data
        if said.get('kind'):
            found = found.filter(kind=said['kind'])
        if said.get('person'):
            found = found.filter(username__icontains=said['person']) | found.filter(subject__icontains=said['person'])
        if said.get('since'):
            found = found.filter(at__gte=moment(said['since'], time.min))
        if said.get('until'):
            found = found.filter(at__lte=moment(said['until'], time.max))
        return found


def moment(day: date, of_day: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, of_day))


@require_GET
@staff_only
def audit_log(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """`?format=csv`: all that fit, as a file."""
    form = Filter(request.GET)
    form.is_valid()
    if request.GET.get('format') == 'csv':
        return as_csv(form.entries())
    entries = Paginator(form.entries(), PAGE).get_page(request.GET.get('page'))
    chosen = request.GET.copy()
    chosen.pop('page', None)
    return render(request, 'accounts/audit.html', {'form': form, 'entries': entries, 'query': chosen.urlencode()})


def as_csv(entries: QuerySet[AuditEntry]) -> StreamingHttpResponse:
    response = StreamingHttpResponse(streamed(lines(entries)), content_type='text/csv; charset=utf-8')
    response['Content-Disposition'] = f'attachment; filename="audit-{timezone.now():%Y-%m-%d}.csv"'
    return response


class Echo:
    """What csv writes to: it hands each line back."""

    def write(self, line: str) -> str:
        return line


def lines(entries: QuerySet[AuditEntry]) -> Iterator[str]:
    """Some at a time, each with a query of its own: a connection is not held while they are sent."""
    writer = csv.writer(Echo())
    yield writer.writerow(COLUMNS)
    some = list(entries.order_by('-id')[:AT_ONCE])
    while some:
        yield ''.join(writer.writerow(cells(entry)) for entry in some)
        some = list(entries.order_by('-id').filter(id__lt=some[-1].pk)[:AT_ONCE])


def cells(entry: AuditEntry) -> list[str]:
    told = (entry.get_kind_display(), entry.username, entry.subject, entry.address or '')
    return [entry.at.isoformat(timespec='seconds'), *(harmless(cell) for cell in told)]


def harmless(cell: str) -> str:
    """People choose names: one that begins so would be a formula in whoever's spreadsheet."""
    return f"'{cell}" if cell[:1] in FORMULA else cell


class LimitsForm(forms.ModelForm):  # type: ignore[type-arg]
    gigabytes = forms.DecimalField(label='Gigabytes', required=False, min_value=0, max_value=10**6)

    class Meta:
        model = Limits
        fields = ['projects', 'samples', 'runs_per_hour']
        labels = {'projects': 'Projects', 'samples': 'Photos and texts', 'runs_per_hour': 'Trainings an hour'}

    field_order = ['projects', 'samples', 'gigabytes', 'runs_per_hour']

    def __init__(self, data: Any, instance: Limits) -> None:
        held = None if instance.bytes is None else f'{Decimal(instance.bytes) / GIGABYTE:f}'
        super().__init__(data, instance=instance, initial={'gigabytes': held})
        for each in self.fields.values():
            each.widget.attrs |= {'class': 'field', 'aria-describedby': 'what'}

    def save(self, commit: bool = True) -> Limits:
        gigabytes = self.cleaned_data['gigabytes']
        self.instance.bytes = None if gigabytes is None else int(gigabytes * GIGABYTE)
        saved: Limits = super().save(commit)
        return saved


@require_http_methods(['GET', 'POST'])
@staff_only
def person_limits(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    held = Limits.objects.filter(user=person).first() or Limits(user=person)
    form = LimitsForm(request.POST or None, held)
    if request.method == 'POST' and form.is_valid():
        form.save()
        note(Kind.LIMITS_CHANGED, f'{person}: {said(held)}', request)
        messages.success(request, f'The limits of {person} are saved.')
        return redirect('operator')
    return render(request, 'accounts/limits.html', {'person': person, 'form': form, 'default': limits.defaults()})


def said(held: Limits) -> str:
    """'projects 5, samples as all, bytes without limit, …': for the audit log."""
    values = {name: getattr(held, name) for name in limits.SETTINGS}
    words = {None: 'as all', 0: 'without limit'}
    return ', '.join(f'{name.replace("_", " ")} {words.get(value, value)}' for name, value in values.items())
