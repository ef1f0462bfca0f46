"""Signing in and out, what stops guessing, and what the log keeps of it."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from accounts import audit, signin
from accounts.audit import Kind
from accounts.models import AuditEntry

pytestmark = pytest.mark.django_db
LOGIN = '/accounts/login/'
NOT_TOGETHER = 'This name and this password do not belong together.'


def try_to_sign_in(client: Client, name: str = 'alice', password: str = 'alice-likes-blue', **more: str):
    return client.post(LOGIN, {'username': name, 'password': password} | more)


def noted(kind: Kind) -> list[tuple[str, str]]:
    """(by whom, what) of all entries of a kind, newest first."""
    return list(AuditEntry.objects.filter(kind=kind).values_list('username', 'subject'))


@pytest.fixture
def three_tries(settings):
    settings.AXES_FAILURE_LIMIT = 3
    return 3


def test_with_name_and_password(client, alice):
    assert try_to_sign_in(client).url == reverse('dashboard')
    assert client.get('/').status_code == 200
    assert client.post(reverse('logout')).url == LOGIN
    assert client.get('/').status_code == 302
    assert noted(Kind.SIGNED_IN) == noted(Kind.SIGNED_OUT) == [('alice', '')]
    assert AuditEntry.objects.filter(address='127.0.0.1').count() == 2


@pytest.mark.parametrize(('name', 'subject'), [('alice', 'alice'), ('alice-likes-blue', 'a name that nobody has')])
def test_a_wrong_password_says_nothing_of_the_name(client, alice, name, subject):
    """The log neither: what nobody is called may be a password in the wrong field."""
    response = try_to_sign_in(client, name, 'wrong')
    assert response.status_code == 200
    assert NOT_TOGETHER in response.content.decode()
    assert noted(Kind.SIGN_IN_FAILED) == [('', subject)]


@pytest.mark.parametrize(
    ('asked', 'goes_to'),
    [('/join/abc/', '/join/abc/'), ('https://elsewhere.example/', '/'), ('//elsewhere.example/', '/'), ('', '/')],
)
def test_it_leads_on_to_where_one_wanted_on_this_host(client, alice, asked, goes_to):
    page = client.get(LOGIN, {'next': asked}).content.decode()
    assert f'name="next" value="{goes_to if goes_to != "/" else ""}"' in page
    assert try_to_sign_in(client, next=asked).url == goes_to


def test_who_is_signed_in_already_is_not_led_round_and_round(as_alice):
    assert as_alice.get(LOGIN, {'next': LOGIN}).url == '/'


def test_the_first_starts_link_is_told_until_somebody_has_signed_in(client, alice):
    said = 'The first start prints a link'
    assert said in client.get(LOGIN).content.decode()
    try_to_sign_in(client)
    assert said not in Client().get(LOGIN).content.decode()


@pytest.mark.parametrize(('signup', 'otherwise'), [('closed', 'ask whoever invited you'), ('open', 'make one first')])
def test_who_was_invited_is_told_why_to_sign_in(db, client, settings, signup, otherwise):
    settings.NANOWEB_SIGNUP = signup
    page = client.get(LOGIN, {'next': '/join/a-b_c/'}).content.decode()
    assert f'You were invited to a project. Sign in to join; if you have no account, {otherwise}.' in page
    assert 'You were invited' not in client.get(LOGIN, {'next': '/projects/trash/'}).content.decode()


def test_too_many_wrong_passwords_lock_the_name_at_that_address(client, alice, bob, three_tries):
    for _ in range(three_tries - 1):
        assert try_to_sign_in(client, password='wrong').status_code == 200
    locked = try_to_sign_in(client, password='wrong')
    assert locked.status_code == 429
    assert 890 <= int(locked['Retry-After']) <= 900
    assert 'for 15 minutes' in locked.content.decode()
    assert try_to_sign_in(client).status_code == 429  # also with the right one
    assert len(noted(Kind.SIGN_IN_FAILED)) == three_tries  # further ones do not fill the log
    assert try_to_sign_in(client, 'bob', 'bob-likes-black').status_code == 302
    elsewhere = Client(REMOTE_ADDR='192.0.2.7')
    assert try_to_sign_in(elsewhere).status_code == 302


def test_an_ipv6_network_is_one_address(alice, three_tries):
    """But what is an IPv4 address in truth is that one."""
    tries = [try_to_sign_in(Client(REMOTE_ADDR=f'2001:db8::{n}:1'), password='wrong') for n in range(three_tries + 1)]
    assert [each.status_code for each in tries] == [200, 200, 429, 429]
    assert 890 <= int(tries[-1]['Retry-After']) <= 900
    assert try_to_sign_in(Client(REMOTE_ADDR='2001:db8:0:1::1')).status_code == 302
    assert audit.network('::ffff:192.0.2.7') == '192.0.2.7'


def test_a_name_that_nobody_has_is_locked_alike(client, alice, three_tries):
    for _ in range(three_tries):
        last = try_to_sign_in(client, 'nobody', 'wrong')
    assert last.status_code == 429


def test_a_lock_ends_by_itself_and_tries_meanwhile_do_not_prolong_it(client, alice, three_tries):
    for _ in range(three_tries + 2):
        try_to_sign_in(client, password='wrong')
    attempt = AccessAttempt.objects.get()
    assert attempt.failures_since_start == three_tries
    AccessAttempt.objects.update(attempt_time=attempt.attempt_time - timedelta(minutes=14))
    assert int(try_to_sign_in(client)['Retry-After']) <= 60
    AccessAttempt.objects.update(attempt_time=attempt.attempt_time - timedelta(minutes=15))
    assert try_to_sign_in(client).status_code == 302


def test_a_sign_in_forgets_the_failures_before_it(client, alice, three_tries):
    for _ in range(2):
        try_to_sign_in(client, password='wrong')
        assert try_to_sign_in(client, password='wrong').status_code == 200
        assert try_to_sign_in(client).status_code == 302
        client.logout()


def test_djangos_admin_counts_too(client, alice, three_tries):
    for _ in range(three_tries):
        last = client.post(reverse('admin:login'), {'username': 'alice', 'password': 'wrong'})
    assert last.status_code == 429
    assert try_to_sign_in(client).status_code == 429


def test_what_is_kept_of_an_attempt_holds_no_secret(client, alice):
    client.post(
        f'{LOGIN}?next=/join/secret-1/', {'username': 'alice', 'password': 'secret-2', 'next': '/join/secret-3/'}
    )
    kept = AccessAttempt.objects.get()
    assert 'secret' not in kept.get_data + kept.post_data + kept.path_info


# ---------------------------------------------------------------- the one-time link


def test_the_link_signs_in_once(client, alice):
    path = signin.link_path(alice)
    assert client.get(path).url == '/'
    assert client.get('/').status_code == 200
    client.logout()
    assert client.get(path).status_code == 410
    assert client.get('/').status_code == 302
    assert noted(Kind.SIGNED_IN) == [('alice', '')]


@pytest.mark.parametrize('change', [lambda path: path[:-3] + 'xx/', lambda path: path.replace('link/', 'link/x', 1)])
def test_a_changed_link_signs_nobody_in(client, alice, change):
    assert client.get(change(signin.link_path(alice))).status_code in (404, 410)
    assert client.get('/').status_code == 302


def test_a_link_of_someone_who_left_is_void(client, alice):
    path = signin.link_path(alice)
    alice.is_active = False
    alice.save()
    assert client.get(path).status_code == 410


def test_who_was_put_off_is_told_no_more_than_a_stranger(client, alice):
    User.objects.update(is_active=False)
    assert NOT_TOGETHER in try_to_sign_in(client).content.decode()
