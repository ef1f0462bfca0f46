"""The one-time sign-in link, so that nobody types a password to try the program."""

from django.contrib.auth import get_user_model, login
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.views.decorators.cache import never_cache


class SignInTokens(PasswordResetTokenGenerator):
    """A token holds until it is used (signing in changes `last_login`, which is signed too), for three days at most."""

    key_salt = 'projects.signin'


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
    login(request, user, 'django.contrib.auth.backends.ModelBackend')
    return redirect('dashboard')
