"""A new password: changed, or chosen with a link that came by mail or from the operator."""

import re
from contextlib import suppress
from unittest.mock import Mock

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import Permission, User
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts import passwords, tasks
from accounts.audit import Kind
from tests.accounts.test_signin import noted, try_to_sign_in
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
CHANGE, FORGOTTEN = '/accounts/password/', '/accounts/password/forgotten/'
NEW = {'new_password1': 'quite-a-new-one', 'new_password2': 'quite-a-new-one'}


def change(client, password: str = 'alice-likes-blue', **more: str):
    return client.post(CHANGE, {'password': password} | NEW | more)


class TestChanging:
    def test_it_ends_all_other_sessions(self, alice):
        here, there = signed_in(alice), signed_in(alice)
        assert change(here).url == reverse('account')
        assert here.get('/').status_code == 200
        assert there.get('/').status_code == 302
        assert noted(Kind.PASSWORD_CHANGED) == [('alice', 'alice')]
        assert try_to_sign_in(there, password='quite-a-new-one').status_code == 302

    def test_it_asks_for_the_old_one_and_stops_guessing(self, as_alice, settings):
        settings.AXES_FAILURE_LIMIT = 2
        page = change(as_alice, 'wrong').content.decode()
        assert 'This is not your password.' in page
        assert 'aria-describedby="id_password_error"' in page
        assert change(as_alice, 'wrong').status_code == 429
        assert change(as_alice).status_code == 429
        assert User.objects.get().check_password('alice-likes-blue')

    @pytest.mark.parametrize(
        ('one', 'two', 'said'),
        [
            ('short', 'short', 'too short'),
            ('password', 'password', 'too common'),
            ('alice123', 'alice123', 'too similar'),
            ('quite-a-new-one', 'quite-another', 'The two passwords differ.'),
        ],
    )
    def test_a_bad_new_one_is_refused(self, as_alice, one, two, said):
        page = change(as_alice, new_password1=one, new_password2=two).content.decode()
        assert said in page
        assert noted(Kind.PASSWORD_CHANGED) == []


class TestForgottenWithMail:
    @pytest.fixture(autouse=True)
    def mail_is_set_up(self, settings, alice, monkeypatch):
        settings.NANOWEB_EMAIL_URL, settings.DEFAULT_FROM_EMAIL = 'smtp://mail.example', 'nanoweb@mail.example'
        User.objects.update(email='Alice@mail.example')
        monkeypatch.setattr(tasks.mail_password_link, 'delay', tasks.mail_password_link.run)
        cache.clear()

    def test_a_link_comes_and_works_once(self, client):
        AccessAttempt.objects.create(username='alice', ip_address='127.0.0.1', failures_since_start=99)
        assert client.post(FORGOTTEN, {'email': 'alice@mail.example'}).url == reverse('login')
        [sent] = mail.outbox
        assert (sent.to, sent.from_email) == (['Alice@mail.example'], 'nanoweb@mail.example')
        path = re.search(r'http://testserver(/\S+)', sent.body)[1]
        form = client.get(path, follow=True)
        assert 'Choose a new password' in form.content.decode()
        assert client.post(form.request['PATH_INFO'], NEW).url == reverse('login')
        assert noted(Kind.PASSWORD_CHANGED) == [('alice', 'alice')]
        assert noted(Kind.RESET_LINK_MADE) == [('', 'alice')]
        assert try_to_sign_in(client, password='quite-a-new-one').status_code == 302  # and the lock is off
        assert client.get(path).status_code == 410

    def test_the_answer_is_the_same_for_an_address_that_nobody_has(self, client):
        known, unknown = (
            client.post(FORGOTTEN, {'email': address}, follow=True).content.decode()
            for address in ('alice@mail.example', 'nobody@mail.example')
        )
        assert [to for sent in mail.outbox for to in sent.to] == ['Alice@mail.example']
        without_token = [re.sub(r'(csrf\w*" (content|value)|nonce)="[^"]+"', '', page) for page in (known, unknown)]
        assert without_token[0] == without_token[1]
        assert 'a mail with a link is on its way' in known

    def test_nobody_s_box_is_filled(self, client):
        for _ in range(3):
            client.post(FORGOTTEN, {'email': 'alice@mail.example'})
        assert len(mail.outbox) == 1

    def test_what_failed_may_be_asked_for_again_at_once(self, client, monkeypatch, settings):
        client.raise_request_exception = False
        with monkeypatch.context() as down:
            down.setattr(tasks.mail_password_link, 'delay', Mock(side_effect=ConnectionError('no broker')))
            assert client.post(FORGOTTEN, {'email': 'alice@mail.example'}).status_code == 500
        with monkeypatch.context() as refused:
            refused.setattr('accounts.forms.send_mail', Mock(side_effect=OSError('no mail server')))
            with suppress(OSError):
                client.post(FORGOTTEN, {'email': 'alice@mail.example'})
        client.post(FORGOTTEN, {'email': 'alice@mail.example'})
        assert len(mail.outbox) == 1

    def test_who_was_put_off_gets_none(self, client):
        User.objects.update(is_active=False)
        client.post(FORGOTTEN, {'email': 'alice@mail.example'})
        assert mail.outbox == []


class TestForgottenWithoutMail:
    def test_the_page_says_who_can_help(self, client, alice):
        for page in (client.get(FORGOTTEN), client.post(FORGOTTEN, {'email': 'alice@mail.example'})):
            assert 'This NanoWeb sends no mail.' in page.content.decode()
            assert 'name="email"' not in page.content.decode()
        assert mail.outbox == []

    def test_the_command_prints_a_link(self, client, alice, capsys):
        call_command('passwordlink', 'alice')
        path = re.fullmatch(r'http://127.0.0.1:8000(/\S+)\n', capsys.readouterr().out)[1]
        assert 'Choose a new password' in client.get(path, follow=True).content.decode()
        assert noted(Kind.RESET_LINK_MADE) == [('', 'alice')]

    def test_behind_a_proxy_it_holds_the_name_that_others_use(self, alice, capsys, settings):
        settings.CSRF_TRUSTED_ORIGINS = ['https://*.example', 'https://nanoweb.example']
        call_command('passwordlink', 'alice')
        assert capsys.readouterr().out.startswith('https://nanoweb.example/accounts/password/')

    def test_a_name_that_nobody_has_is_told(self, db):
        with pytest.raises(CommandError, match='There is no user “nobody”'):
            call_command('passwordlink', 'nobody')


class TestInTheAdmin:
    @pytest.fixture
    def as_operator(self, db):
        return signed_in(User.objects.create_superuser('operator', password='operates-all-day'))

    def act(self, client, action, *users):
        data = {'action': action, '_selected_action': [user.pk for user in users]}
        return client.post(reverse('admin:auth_user_changelist'), data)

    def test_an_action_shows_a_link(self, as_operator, client, alice, bob):
        page = self.act(as_operator, 'make_password_link', alice, bob).content.decode()
        links = re.findall(r'value="http://testserver(/accounts/password/[^"]+)"', page)
        assert len(links) == 2
        assert client.get(links[0], follow=True).status_code == 200
        assert sorted(noted(Kind.RESET_LINK_MADE)) == [('operator', 'alice'), ('operator', 'bob')]

    @pytest.fixture
    def clerk(self, db):
        """May change users, and is none that may do everything."""
        clerk = User.objects.create_user('clerk', is_staff=True)
        clerk.user_permissions.set(Permission.objects.filter(codename__in=['change_user', 'view_user']))
        return clerk

    def test_nobody_makes_himself_a_superuser_by_it(self, clerk, as_operator):
        operator = User.objects.get(username='operator')
        response = self.act(signed_in(clerk), 'make_password_link', operator)
        assert response.status_code == 302
        assert noted(Kind.RESET_LINK_MADE) == []

    def test_nor_by_a_superuser_s_password_or_a_tick(self, clerk, as_operator, alice):
        operator, as_clerk = User.objects.get(username='operator'), signed_in(clerk)
        new = {'password1': 'quite-a-new-one', 'password2': 'quite-a-new-one'}
        paths = {user: reverse('admin:auth_user_password_change', args=[user.pk]) for user in (operator, alice)}
        assert [as_clerk.post(path, new).status_code for path in paths.values()] == [403, 302]
        dates = {'date_joined_0': '2026-01-01', 'date_joined_1': '00:00'}
        said = {'username': 'clerk', 'is_active': '1', 'is_superuser': '1', 'is_staff': '1'} | dates
        path = reverse('admin:auth_user_change', args=[clerk.pk])
        assert as_clerk.post(path, said).status_code == 302
        assert User.objects.get(pk=clerk.pk).is_superuser is False
        assert as_operator.post(path, said).status_code == 302
        assert User.objects.get(pk=clerk.pk).is_superuser is True

    def test_a_password_set_there_is_noted_and_unlocks(self, as_operator, alice):
        AccessAttempt.objects.create(username='alice', ip_address='127.0.0.1', failures_since_start=99)
        as_operator.post(
            reverse('admin:auth_user_password_change', args=[alice.pk]),
            {'password1': 'quite-a-new-one', 'password2': 'quite-a-new-one', 'usable_password': 'true'},
        )
        assert noted(Kind.PASSWORD_CHANGED) == [('operator', 'alice')]
        assert not AccessAttempt.objects.exists()


def test_a_link_ends_with_a_sign_in(client, alice):
    path = passwords.link_path(alice)
    try_to_sign_in(client)
    assert client.get(path).status_code == 410
