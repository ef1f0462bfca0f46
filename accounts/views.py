"""The page of one's own account: who I am, what I have, and how all of it goes with me or goes away."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import actions
from accounts import export as exports
from accounts.audit import Kind, note
from accounts.forms import DeleteForm, EmailForm, mail_is_set_up


def belongings(user: Any) -> dict[str, int]:
    """What goes when the account goes. Projects and keys belong to apps above: reverse relations need no import."""
    own = user.projects.aggregate(
        projects=Count('pk', filter=Q(deleted_at=None), distinct=True),
        deleted=Count('pk', filter=~Q(deleted_at=None), distinct=True),
        photos=Count('samples', filter=Q(samples__deleted_at=None, deleted_at=None)),
    )
    return {**own, 'shared': user.memberships.count(), 'keys': user.api_keys.filter(revoked_at=None).count()}


@require_GET
@never_cache
@login_required
def account(request: HttpRequest) -> HttpResponse:
    return render(request, 'accounts/account.html', {'has': belongings(request.user), 'by_mail': mail_is_set_up()})


@sensitive_post_parameters()
@require_http_methods(['GET', 'POST'])
@never_cache
@login_required
def change_email(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form = EmailForm(request.POST or None, request=request, initial={'email': user.email})
    if not form.is_valid():
        return render(request, 'accounts/email.html', {'form': form})
    User.objects.filter(pk=user.pk).update(email=form.cleaned_data['email'])
    note(Kind.EMAIL_CHANGED, '', request)
    messages.success(request, 'Your e-mail address is changed.' if form.cleaned_data['email'] else 'It is taken out.')
    return redirect('account')


@require_POST
@never_cache
@login_required
def export(request: HttpRequest) -> StreamingHttpResponse:
    user: Any = request.user
    note(Kind.ACCOUNT_EXPORTED, '', request)
    name = f'nanoweb-{timezone.now():%Y-%m-%d}.zip'
    headers = {'Content-Disposition': f'attachment; filename="{name}"'}
    parts = exports.streamed(exports.zipped(exports.entries(user)))
    return StreamingHttpResponse(parts, content_type='application/zip', headers=headers)


@sensitive_post_parameters()
@require_http_methods(['GET', 'POST'])
@never_cache
@login_required
def delete(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    last = actions.is_last_operator(user)
    form = DeleteForm(request.POST or None, request=request)
    if last or not form.is_valid():
        status = 409 if last and request.method == 'POST' else 200
        context = {'form': form, 'has': belongings(user), 'last': last}
        return render(request, 'accounts/delete.html', context, status=status)
    actions.delete_account(User.objects.get(pk=user.pk), by=user, request=request)
    request.session.flush()
    messages.success(request, 'Your account and everything in it is gone.')
    return redirect('login')
