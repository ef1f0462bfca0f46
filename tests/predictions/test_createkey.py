"""`manage.py createkey USER`."""

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from predictions.keys import living


def test_prints_a_working_key_alone_on_a_line(alice, capsys):
    call_command('createkey', 'alice')
    out = capsys.readouterr().out
    assert out.endswith('\n') and out.count('\n') == 1
    assert living(out.strip()).get().user == alice
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f'Bearer {out.strip()}')
    assert client.get('/api/projects/').status_code == 200


def test_an_unknown_user(db):
    with pytest.raises(CommandError, match='There is no user “bob”'):
        call_command('createkey', 'bob')
