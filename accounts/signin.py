"""Signing in: with name and password, or with the one-time link that the first start prints."""

import math
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import get_user_model, login, views
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.views.decorators.cache import never_cache

from accounts.audit import network_of
from accounts.forms import SignInForm

BACKEND = 'django.contrib.auth.backends.ModelBackend'  # of two it must be named: axes' only watches


class SignIn(views.LoginView):
    form_class = SignInForm
    redirect_authenticated_user = True

    def get_redirect_url(self) -> str:  # type: ignore[override]  # the stubs are of a later Django
        """Not to this page again: Django answers with a 500 where who is signed in would be led round and round."""
        url: str = super().get_redirect_url()
        return '' if url == self.request.path else url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            may_sign_up=settings.NANOWEB_SIGNUP == 'open',
            first=not User.objects.exclude(last_login=None).exists(),
            to_join=is_to_join(self.get_redirect_url()),
            **kwargs,
        )


def is_to_join(path: str) -> bool:
    """Whether this is the address of an invitation to a project, which an app above knows by this name."""
    try:
        return resolve(path).url_name == 'join'
    except Resolver404:
        return False


def locked_out(request: HttpRequest, *args: Any) -> HttpResponse:
    """What django-axes answers with after too many wrong passwords."""
    name = (getattr(request, 'axes_credentials', None) or {}).get('username')
    tried = AccessAttempt.objects.filter(username=name, ip_address=network_of(request))
    last = tried.aggregate(last=Max('attempt_time'))['last'] or timezone.now()
    seconds = max(1, math.ceil((last + settings.AXES_COOLOFF_TIME - timezone.now()).total_seconds()))
    response = render(request, 'accounts/locked_out.html', {'minutes': math.ceil(seconds / 60)}, status=429)
    response['Retry-After'] = str(seconds)
    return response


class SignInTokens(PasswordResetTokenGenerator):
    """A token holds until it is used (signing in changes `last_login`, which is signed too), for three days at most."""

    key_salt = 'accounts.signin'


tokens = SignInTokens()


def link_path(user: User) -> str:
    """The path that signs `user` in, once."""
    return reverse('signin_link', args=[urlsafe_base64_encode(force_bytes(user.pk)), tokens.make_token(user)])


@never_cache
def use_link(request: HttpRequest, uidb64: str, token: str) -> HttpResponse:
    try:
        user = get_user_model().objects.filter(pk=urlsafe_base64_decode(uidb64).decode(), is_active=True).first()
    except ValueError:
        user = None
    if user is None or not tokens.check_token(user, token):
        return render(request, 'registration/link_used.html', status=410)
    login(request, user, BACKEND)
    return redirect('dashboard')
