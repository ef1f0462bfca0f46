"""The page where a person makes API keys and ends them. A key itself is shown once, and stored nowhere."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.audit import Kind, note
from accounts.forms import Styled
from predictions.models import ApiKey
from projects.access import found_or_404, projects_of
from projects.models import Project
from projects.words import thing

MOST = 100  # living keys of a person
LASTS = [('30', '30 days'), ('90', '90 days'), ('365', 'a year'), ('', 'ever, until you end it')]
SCOPES = [
    (ApiKey.Scope.PREDICT, 'Only predict, as an app needs it'),
    (ApiKey.Scope.FULL, 'Do everything that you may do'),
]


class KeyForm(Styled, forms.Form):
    name = forms.CharField(
        max_length=100, label='Name', widget=forms.TextInput(attrs={'placeholder': 'shop app', 'autocomplete': 'off'})
    )
    scope = forms.ChoiceField(
        choices=SCOPES, label='It may', help_text='Give a program that others can read a key that only predicts.'
    )
    lasts = forms.ChoiceField(choices=LASTS, label='It works for', initial='365', required=False)


@require_http_methods(['GET', 'HEAD', 'POST'])
@login_required
@never_cache
def keys(request: HttpRequest) -> HttpResponse:
    """The answer to the form shows the new key: after a redirect somebody would have had to keep it meanwhile."""
    form = KeyForm(request.POST) if request.method == 'POST' else KeyForm()
    living = ApiKey.objects.filter(user=request.user.pk, revoked_at=None)
    made, key = None, ''
    if form.is_bound and living.count() >= MOST:
        messages.error(request, f'You have {MOST} keys. End one that is not needed any more.')
    elif form.is_bound and form.is_valid():
        made, key = make(request, form.cleaned_data)
        form = KeyForm()
    context = {'form': form, 'keys': living, 'made': made, 'key': key} | (to_try(request) if made else {})
    return render(request, 'predictions/keys.html', context)


def make(request: HttpRequest, said: dict[str, Any]) -> tuple[ApiKey, str]:
    user: Any = request.user  # login_required: nobody else gets here
    ends = timezone.now() + timedelta(days=int(said['lasts'])) if said['lasts'] else None
    made, key = ApiKey.make(user, ' '.join(said['name'].split()), said['scope'], ends)
    note(Kind.KEY_MADE, made, request)
    return made, key


def to_try(request: HttpRequest) -> dict[str, str]:
    """Where to try a key: the predictions of the newest project that can answer, or of any; and what it is asked."""
    projects = projects_of(request.user).order_by(F('versions__is_current').desc(nulls_last=True), '-pk')
    pk, kind = projects.values_list('pk', 'kind').first() or (1, Project.Kind.IMAGE)
    return {'address': request.build_absolute_uri(reverse('api_predictions', args=[pk])), 'asked': thing(kind)}


@require_POST
@login_required
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """One that has ended already may be taken off the list so, too."""
    key = found_or_404(ApiKey.objects.filter(user=request.user.pk, pk=pk))
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
        note(Kind.KEY_REVOKED, key, request)
        messages.success(request, f'“{key.name}” has ended. Programs that send it get no answer any more.')
    return redirect('keys')
