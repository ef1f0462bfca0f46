"""Making an account: off, with an operator's invitation, or for everybody, as NANOWEB_SIGNUP says."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.views import RedirectURLMixin
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django.views.generic.edit import FormView

from accounts import audit
from accounts.audit import Kind
from accounts.forms import InvitationForm, SignUpForm
from accounts.models import AuditEntry, SignupInvitation, hashed, new_token
from accounts.signin import BACKEND
from accounts.staff import staff_only

SHOWN = 100
MOST_AN_HOUR = 30  # accounts that whoever comes may make from one network: a class behind one router gets in


class AlreadyUsed(Exception):
    """Another took the invitation a moment before."""


def good_invitations() -> QuerySet[SignupInvitation]:
    return SignupInvitation.objects.filter(used_at=None, expires_at__gt=timezone.now())


def made_lately(request: HttpRequest) -> int:
    """How many accounts were made from this network in the last hour: the audit log knows."""
    since = timezone.now() - timedelta(hours=1)
    found = AuditEntry.objects.filter(kind=Kind.SIGNED_UP, at__gt=since).values_list('address', flat=True)
    here = audit.network_of(request)
    return sum(audit.network(address) == here for address in found)


@method_decorator([sensitive_post_parameters(), never_cache], name='dispatch')
class SignUp(RedirectURLMixin, FormView):
    """`?next=` leads on afterwards, on this host only: to a project that one was invited to."""

    form_class = SignUpForm
    template_name = 'accounts/signup.html'
    next_page = 'dashboard'
    token = ''

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return redirect(self.get_success_url())
        if settings.NANOWEB_SIGNUP == 'closed':
            return render(request, 'accounts/signup_closed.html', status=404)
        if settings.NANOWEB_SIGNUP == 'invited':
            self.token = request.POST.get('invitation') or request.GET.get('invitation', '')
            if not good_invitations().filter(hash=hashed(self.token)).exists():
                return self.refused()
        return super().dispatch(request, *args, **kwargs)

    def refused(self) -> HttpResponse:
        return render(self.request, 'accounts/signup_closed.html', {'by_link': True}, status=410)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(invitation=self.token, next=self.get_redirect_url(), **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        if settings.NANOWEB_SIGNUP == 'open' and made_lately(self.request) >= MOST_AN_HOUR:
            return self.too_many(form)
        try:
            with transaction.atomic():
                user = form.save()
                note = self.claim(user)
        except AlreadyUsed:
            return self.refused()
        except IntegrityError:  # somebody took the name since the form looked
            form.add_error('username', SignUpForm.Meta.error_messages['username']['unique'])
            return self.form_invalid(form)
        audit.record(Kind.SIGNED_UP, by=user, subject=note, request=self.request)
        login(self.request, user, BACKEND)
        return redirect(self.get_success_url())

    def too_many(self, form: Any) -> HttpResponse:
        form.add_error(None, 'Many accounts were made from your network just now. Try again in an hour.')
        response = self.form_invalid(form)
        response.status_code, response['Retry-After'] = 429, '3600'
        return response

    def claim(self, user: Any) -> str:
        """Use the invitation up; whom it says it was for. Raises AlreadyUsed where another was faster."""
        if not self.token:
            return ''
        found = good_invitations().filter(hash=hashed(self.token))
        if not found.update(used_at=timezone.now(), used_by=user):
            raise AlreadyUsed
        return SignupInvitation.objects.get(hash=hashed(self.token)).note


@require_http_methods(['GET', 'POST'])
@never_cache
@staff_only
def invitations(request: HttpRequest) -> HttpResponse:
    """A new one's link is shown in the answer itself, once, and kept nowhere. None is made that would not work."""
    closed = settings.NANOWEB_SIGNUP == 'closed'
    form, link = None if closed else InvitationForm(request.POST or None), ''
    if form and form.is_valid():
        token = invite(request, **form.cleaned_data)
        link = request.build_absolute_uri(f'{reverse("signup")}?invitation={token}')
        form = InvitationForm()
    made = SignupInvitation.objects.select_related('created_by', 'used_by')[:SHOWN]
    context = {'form': form, 'link': link, 'made': made, 'now': timezone.now(), 'mode': settings.NANOWEB_SIGNUP}
    return render(request, 'accounts/invitations.html', context)


def invite(request: HttpRequest, note: str, days: int) -> str:
    """The token of a new invitation, which nobody can read again."""
    token = new_token()
    user: Any = request.user
    expires_at = timezone.now() + timedelta(days=days)
    SignupInvitation.objects.create(hash=hashed(token), note=note, created_by=user, expires_at=expires_at)
    audit.note(Kind.INVITED, note, request)
    return token


@require_POST
@staff_only
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(SignupInvitation, pk=pk, used_at=None)
    audit.note(Kind.INVITATION_ENDED, invitation.note, request)
    invitation.delete()
    return redirect('signup_invitations')
