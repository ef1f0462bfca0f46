import pytest

from projects import signin

pytestmark = pytest.mark.django_db


def test_the_link_signs_in_once(client, alice):
    path = signin.link_path(alice)
    assert client.get(path).url == '/'
    assert client.get('/').status_code == 200
    client.logout()
    assert client.get(path).status_code == 410
    assert client.get('/').status_code == 302


@pytest.mark.parametrize('change', [lambda path: path[:-3] + 'xx/', lambda path: path.replace('link/', 'link/x', 1)])
def test_a_changed_link_signs_nobody_in(client, alice, change):
    assert client.get(change(signin.link_path(alice))).status_code in (404, 410)
    assert client.get('/').status_code == 302


def test_a_link_of_someone_who_left_is_void(client, alice):
    path = signin.link_path(alice)
    alice.is_active = False
    alice.save()
    assert client.get(path).status_code == 410
