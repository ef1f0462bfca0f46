"""Making an account: closed, by invitation, or open."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import signup
from accounts.audit import Kind
from accounts.models import AuditEntry, SignupInvitation, hashed
from tests.accounts.test_signin import LOGIN, noted
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
SIGNUP, INVITATIONS = '/accounts/signup/', '/accounts/invitations/'
DORA = {'username': 'dora', 'email': '', 'password1': 'dora-likes-it-all', 'password2': 'dora-likes-it-all'}


@pytest.fixture
def as_operator(db):
    return signed_in(User.objects.create_superuser('operator', password='operates-all-day'))


@pytest.fixture
def invitation(as_operator, settings) -> str:
    """The path of an invitation's link."""
    settings.NANOWEB_SIGNUP = 'invited'
    page = as_operator.post(INVITATIONS, {'note': 'Dora', 'days': '7'}).content.decode()
    assert 'shown only now' in page
    return page.partition('value="http://testserver')[2].partition('"')[0]


def token_of(path: str) -> str:
    return path.partition('invitation=')[2]


class TestClosed:
    def test_it_is_the_default(self, client, settings):
        assert settings.NANOWEB_SIGNUP == 'closed'
        assert client.get(SIGNUP).status_code == client.post(SIGNUP, DORA).status_code == 404
        assert not User.objects.exists()
        assert 'Make an account' not in client.get(LOGIN).content.decode()

    def test_an_invitation_does_not_open_it(self, client, invitation, settings):
        settings.NANOWEB_SIGNUP = 'closed'
        assert client.get(invitation).status_code == 404

    def test_none_is_made_that_would_not_work(self, as_operator):
        page = as_operator.get(INVITATIONS).content.decode()
        assert 'NANOWEB_SIGNUP=invited' in page and 'Make a link' not in page
        page = as_operator.post(INVITATIONS, {'note': 'Dora', 'days': '7'}).content.decode()
        assert 'Send this link' not in page
        assert not SignupInvitation.objects.exists()


class TestOpen:
    @pytest.fixture(autouse=True)
    def opened(self, settings):
        settings.NANOWEB_SIGNUP = 'open'

    def test_whoever_comes_has_an_account_and_goes_on(self, client):
        """To where they were invited: `next` comes along from the sign-in page to the form and through it."""
        page = client.get(LOGIN, {'next': '/join/a-b_c/'}).content.decode()
        assert f'href="{SIGNUP}?next=%2Fjoin%2Fa-b_c%2F"' in page
        page = client.get(f'{SIGNUP}?next=%2Fjoin%2Fa-b_c%2F').content.decode()
        assert 'name="next" value="/join/a-b_c/"' in page
        assert f'href="{LOGIN}?next=%2Fjoin%2Fa-b_c%2F"' in page
        assert client.post(SIGNUP, DORA | {'next': '/join/a-b_c/'}).url == '/join/a-b_c/'
        assert client.get('/').status_code == 200
        made = User.objects.get()
        assert (made.username, made.is_staff, made.check_password('dora-likes-it-all')) == ('dora', False, True)
        assert noted(Kind.SIGNED_UP) == noted(Kind.SIGNED_IN) == [('dora', '')]

    def test_from_one_address_come_only_so_many_an_hour(self, client, monkeypatch):
        monkeypatch.setattr(signup, 'MOST_AN_HOUR', 1)
        assert client.post(SIGNUP, DORA).status_code == 302
        answer = Client().post(SIGNUP, DORA | {'username': 'emil'})
        assert (answer.status_code, answer['Retry-After']) == (429, '3600')
        assert 'Try again in an hour.' in answer.content.decode()
        assert Client(REMOTE_ADDR='10.1.2.3').post(SIGNUP, DORA | {'username': 'emil'}).status_code == 302
        AuditEntry.objects.update(at=timezone.now() - timedelta(hours=2))
        assert Client().post(SIGNUP, DORA | {'username': 'frida'}).status_code == 302

    def test_an_ipv6_network_is_one_address(self, client, monkeypatch):
        monkeypatch.setattr(signup, 'MOST_AN_HOUR', 1)
        assert Client(REMOTE_ADDR='2001:db8::1').post(SIGNUP, DORA).status_code == 302
        emil = DORA | {'username': 'emil'}
        assert Client(REMOTE_ADDR='2001:db8::2:3:4:5').post(SIGNUP, emil).status_code == 429
        assert Client(REMOTE_ADDR='2001:db8:0:1::1').post(SIGNUP, emil).status_code == 302

    def test_it_leads_to_no_other_host(self, client):
        assert client.post(SIGNUP, DORA | {'next': 'https://elsewhere.example/'}).url == '/'

    @pytest.mark.parametrize(
        ('change', 'said'),
        [
            ({'username': 'Alice'}, 'This name is taken. Choose another one.'),
            ({'username': 'dora!'}, 'letters, numbers'),
            ({'username': '\u0430dmin'}, 'of one alphabet'),  # its first letter is Cyrillic
            ({'username': '@'}, 'of one alphabet'),
            ({'username': 'd' * 151}, 'at most 150 characters'),
            ({'email': 'dora'}, 'valid email'),
            ({'password2': 'other'}, 'The two passwords differ.'),
            ({'password1': 'qwertyuiop', 'password2': 'qwertyuiop'}, 'too common'),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field(self, client, alice, change, said):
        page = client.post(SIGNUP, DORA | change).content.decode()
        assert said in page
        assert 'class="field-error"' in page
        assert User.objects.count() == 1

    def test_a_letter_that_has_no_name_is_a_letter(self, client):
        assert client.post(SIGNUP, DORA | {'username': '\U00017000\u0430'}).url == '/'  # Tangut

    def test_who_is_signed_in_needs_none(self, as_alice):
        assert as_alice.get(SIGNUP).url == '/'


class TestByInvitation:
    def test_a_link_makes_one_account(self, client, invitation):
        assert 'Make an account' in client.get(invitation).content.decode()
        assert client.post(SIGNUP, DORA | {'invitation': token_of(invitation)}).url == '/'
        client.logout()
        assert client.get(invitation).status_code == 410
        second = client.post(SIGNUP, DORA | {'username': 'erik', 'invitation': token_of(invitation)})
        assert second.status_code == 410
        assert not User.objects.filter(username='erik').exists()
        used = SignupInvitation.objects.get()
        assert used.used_by.username == 'dora'
        assert (noted(Kind.INVITED), noted(Kind.SIGNED_UP)) == ([('operator', 'Dora')], [('dora', 'Dora')])

    def test_of_two_at_once_one_gets_it(self, client, invitation, monkeypatch):
        """The other had seen the form while it was good; no account stays behind."""
        from accounts import signup

        SignupInvitation.objects.update(used_at=timezone.now())
        everything, real = SignupInvitation.objects.all(), signup.good_invitations
        answers = iter([everything])
        monkeypatch.setattr(signup, 'good_invitations', lambda: next(answers, None) or real())
        assert client.post(SIGNUP, DORA | {'invitation': token_of(invitation)}).status_code == 410
        assert not User.objects.filter(username='dora').exists()

    @pytest.mark.parametrize('query', ['', '?invitation=', '?invitation=made-up'])
    def test_without_one_there_is_no_form(self, client, invitation, query):
        response = client.get(SIGNUP + query)
        assert response.status_code == 410
        assert 'password1' not in response.content.decode()

    def test_it_runs_out(self, client, invitation):
        SignupInvitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert client.get(invitation).status_code == 410

    def test_only_its_hash_is_kept(self, invitation):
        kept = SignupInvitation.objects.get()
        assert kept.hash == hashed(token_of(invitation))
        assert timedelta(days=6) < kept.expires_at - timezone.now() <= timedelta(days=7)

    def test_it_can_be_taken_back_until_it_is_used(self, client, as_operator, invitation):
        revoke = reverse('signup_invitation_revoke', args=[SignupInvitation.objects.get().pk])
        assert as_operator.post(revoke).url == INVITATIONS
        assert client.get(invitation).status_code == 410
        assert as_operator.post(revoke).status_code == 404


class TestTheList:
    def test_it_takes_few_queries_however_many(self, as_operator, alice, django_assert_max_num_queries):
        for number in range(12):
            SignupInvitation.objects.create(
                hash=str(number), note=f'person {number}', expires_at=timezone.now(), created_by=alice, used_by=alice
            )
        with django_assert_max_num_queries(3):
            page = as_operator.get(INVITATIONS).content.decode()
        assert 'person 11' in page

    def test_it_says_where_invitations_do_not_work(self, as_operator):
        assert 'Sign-up is off' in as_operator.get(INVITATIONS).content.decode()

    def test_a_note_may_not_be_missing(self, as_operator, settings):
        settings.NANOWEB_SIGNUP = 'invited'
        assert 'field-error' in as_operator.post(INVITATIONS, {'days': '7'}).content.decode()
        assert as_operator.post(INVITATIONS, {'note': 'x', 'days': '9999'}).status_code == 200
        assert not SignupInvitation.objects.exists()
