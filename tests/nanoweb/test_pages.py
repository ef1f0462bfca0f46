"""What people see where they are signed out in the middle of something, or open an address that only takes forms."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

SAID = 'You had been signed out; nothing was saved.'


def test_an_address_of_a_form_opened_as_a_page_says_so(as_alice: Client, client: Client):
    for visitor in (as_alice, client):
        answer = visitor.get(reverse('project_new'))
        assert (answer.status_code, answer['Allow']) == (405, 'POST')
        assert 'Nothing was changed' in answer.content.decode()


@pytest.mark.parametrize(
    ('referer', 'goes_to'),
    [
        ('http://testserver/projects/7/?photo=3', '/projects/7/?photo=3'),
        ('http://elsewhere.example/projects/7/', '/'),
        ('http://testserver/accounts/login/', '/'),
        ('', '/'),
    ],
)
def test_a_form_sent_after_signing_out_leads_back_to_its_page(db, client: Client, referer: str, goes_to: str):
    answer = client.post(reverse('project_new'), {'this': 'a', 'that': 'b'}, headers={'referer': referer})
    assert answer.status_code == 302
    assert parse_qs(urlsplit(answer.url).query) == {'next': [goes_to]}
    assert SAID in client.get(answer.url).content.decode()


def test_who_only_looks_is_led_on_to_what_was_asked_for(db, client: Client):
    answer = client.get(reverse('trash'), headers={'referer': 'http://testserver/'})
    assert parse_qs(urlsplit(answer.url).query) == {'next': [reverse('trash')]}
    assert SAID not in client.get(answer.url).content.decode()
