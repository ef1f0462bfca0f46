"""Forms of signing in and of the account, in plain words."""

import unicodedata
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, PasswordResetForm, SetPasswordForm, UserCreationForm
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string

from accounts.audit import Kind, record

GOOD_PASSWORD = 'At least 8 characters, none of the common passwords, and unlike your name.'  # noqa: S105
LOOK_LIKE_LATIN = {'CYRILLIC', 'GREEK', 'ARMENIAN', 'CHEROKEE', 'COPTIC'}
DIFFER: dict[str, Any] = {'password_mismatch': 'The two passwords differ. Type the same one twice.'}


class Styled:
    """Gives the fields the look of the house; templates/accounts/field.html shows one."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs['class'] = 'field'


def password_field(label: str = 'Password', autocomplete: str = 'current-password', hint: str = '') -> forms.CharField:
    widget = forms.PasswordInput(attrs={'autocomplete': autocomplete})
    return forms.CharField(label=label, strip=False, widget=widget, help_text=hint)


class SignInForm(AuthenticationForm):
    error_messages = {
        'invalid_login': 'This name and this password do not belong together. Capital and small letters differ.',
        'inactive': 'This name and this password do not belong together. Capital and small letters differ.',
    }


class PasswordAsked(Styled, forms.Form):
    """Of somebody who is signed in, once more: whoever sits down at an open browser does not know it.

    It goes the way that a sign-in goes, so guessing here is counted and stopped like guessing there.
    """

    password = password_field('Your password')

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        password: str = self.cleaned_data['password']
        if authenticate(self.request, username=self.request.user.get_username(), password=password) is None:
            raise ValidationError('This is not your password.')
        return password


class EmailForm(PasswordAsked):
    email = forms.EmailField(
        label='E-mail address',
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={'autocomplete': 'email'}),
        help_text='Only used to send you a link, should you forget your password. Leave it empty to have none.',
    )
    field_order = ['email', 'password']


class NewPasswordForm(Styled, SetPasswordForm):
    error_messages = DIFFER
    new_password1 = password_field('New password', 'new-password', GOOD_PASSWORD)
    new_password2 = password_field('New password again', 'new-password')


class ChangePasswordForm(PasswordAsked, NewPasswordForm):
    field_order = ['password', 'new_password1', 'new_password2']


class DeleteForm(PasswordAsked):
    name = forms.CharField(
        label='Your name, as you sign in with it', widget=forms.TextInput(attrs={'autocomplete': 'off'})
    )
    field_order = ['name', 'password']

    def clean_name(self) -> str:
        name: str = self.cleaned_data['name']
        if name != self.request.user.get_username():
            raise ValidationError('This is not the name that you are signed in with.')
        return name


class SignUpForm(Styled, UserCreationForm):
    error_messages = DIFFER
    password1 = password_field('Password', 'new-password', GOOD_PASSWORD)
    password2 = password_field('Password again', 'new-password')

    class Meta(UserCreationForm.Meta):
        fields = ('username', 'email')
        labels = {'username': 'Name', 'email': 'E-mail address (may be left out)'}
        help_texts = {
            'username': 'You sign in with it. Letters, digits and @ . + - _',
            'email': 'Only used to send you a link, should you forget your password.',
        }
        error_messages = {'username': {'unique': 'This name is taken. Choose another one.'}}
        widgets = {'email': forms.EmailInput(attrs={'autocomplete': 'email'})}

    def clean_username(self) -> Any:
        """Two alphabets in one name are there to be taken for somebody else, and a name of signs tells nobody."""
        name = super().clean_username()  # None where it is taken
        letters = [letter for letter in name or 'a' if letter.isalnum()]
        # Some letters, all of Tangut's, have no name there.
        alphabets = {(unicodedata.name(letter, '') or '?').split()[0] for letter in letters if letter.isalpha()}
        if not letters or ('LATIN' in alphabets and alphabets & LOOK_LIKE_LATIN):
            raise ValidationError('Take a name of letters or digits, of one alphabet.')
        return name


class ForgottenForm(Styled, PasswordResetForm):
    email = forms.EmailField(
        label='E-mail address',
        max_length=254,
        widget=forms.EmailInput(attrs={'autocomplete': 'email', 'autofocus': True}),
    )

    def send_mail(
        self,
        subject_template_name: str,
        email_template_name: str,
        context: dict[str, Any],
        from_email: str | None,
        to_email: str,
        html_email_template_name: str | None = None,
    ) -> None:
        """Called for each account with the address that was given. Unlike Django's it fails where no mail could go."""
        user: User = context['user']
        record(Kind.RESET_LINK_MADE, subject=user.get_username())
        subject = ''.join(render_to_string(subject_template_name, context).splitlines())
        send_mail(subject, render_to_string(email_template_name, context), from_email, [to_email])


class InvitationForm(Styled, forms.Form):
    note = forms.CharField(label='For whom', max_length=200, help_text='Only you and other operators see it.')
    days = forms.IntegerField(label='Days that the link is good for', min_value=1, max_value=90, initial=7)


def mail_is_set_up() -> bool:
    return bool(settings.NANOWEB_EMAIL_URL)
