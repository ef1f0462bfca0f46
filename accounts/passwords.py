"""A new password: changed by who knows the old one, or chosen by who was given a link because it was forgotten."""

from typing import Any

from axes.utils import reset
from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts import tasks
from accounts.audit import Kind, record
from accounts.forms import ChangePasswordForm, ForgottenForm, NewPasswordForm, mail_is_set_up

PAUSE = 5 * 60  # seconds in which no second mail goes to the same address


def link_path(user: User) -> str:
    """The path where `user` chooses a new password. It works once, for three days, unless they sign in meanwhile."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse('password_reset_confirm', args=[uid, default_token_generator.make_token(user)])


def password_was_set(user: User, request: HttpRequest, by: Any = None) -> None:
    """`by`: another one than `user`, who did it for them."""
    record(Kind.PASSWORD_CHANGED, by=by or user, subject=user.get_username(), request=request)
    reset(username=user.get_username())  # who was locked out may sign in again


class Change(views.PasswordChangeView):
    """All other sessions end: the password's hash is signed into each."""

    form_class: Any = ChangePasswordForm
    template_name = 'accounts/password_change.html'
    success_url = reverse_lazy('account')

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {'request': self.request}

    def form_valid(self, form: Any) -> HttpResponse:
        password_was_set(form.user, self.request)
        messages.success(self.request, 'Your password is changed. You are signed out everywhere but here.')
        return super().form_valid(form)


class Forgotten(views.PasswordResetView):
    """Where mail is set up, one with a link; the answer is the same whether or not the address is known."""

    form_class = ForgottenForm
    template_name = 'accounts/forgotten.html'
    success_url = reverse_lazy('login')

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(*args, **kwargs) if mail_is_set_up() else self.get(*args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(by_mail=mail_is_set_up(), **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        email = form.cleaned_data['email']
        with tasks.or_again(email):
            if cache.add(tasks.mailed(email), 1, PAUSE):
                tasks.mail_password_link.delay(email, self.request.get_host(), self.request.is_secure())
        said = 'If an account has this address, a mail with a link is on its way to it. Look among the spam too.'
        messages.success(self.request, said)
        return super(views.PasswordResetView, self).form_valid(form)  # leave out Django's, which sends the mail itself


class Choose(views.PasswordResetConfirmView):
    form_class = NewPasswordForm
    template_name = 'accounts/password_choose.html'
    success_url = reverse_lazy('login')

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        password_was_set(form.user, self.request)
        messages.success(self.request, 'Your new password is set. Sign in with it.')
        return response

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        return super().render_to_response(context, status=200 if self.validlink else 410, **kwargs)
