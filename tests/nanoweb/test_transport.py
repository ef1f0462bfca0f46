"""Messages on files: a worker sees them whole or not at all."""

from queue import Empty

import pytest
from kombu import Connection

from nanoweb.celery import app


@pytest.fixture
def channel(tmp_path):
    assert app  # which says what filesystem:// means
    folders = {name: str(tmp_path / name) for name in ('messages', 'processed', 'control')}
    for name in folders:
        (tmp_path / name).mkdir()
    options = {
        'data_folder_in': folders['messages'],
        'data_folder_out': folders['messages'],
        'processed_folder': folders['processed'],
        'control_folder': folders['control'],
        'store_processed': True,
    }
    with Connection('filesystem://localhost', transport_options=options) as connection:
        yield connection.channel()


def test_a_message_arrives(channel):
    channel._put('training', {'run': 7})
    assert channel._size('training') == 1
    assert channel._get('training') == {'run': 7}
    with pytest.raises(Empty):
        channel._get('training')


def test_nobody_sees_a_message_that_is_being_written(channel):
    class Looks:
        """Part of a message: looks for one while that is written."""

        def __json__(self):
            with pytest.raises(Empty):
                channel._get('training')
            return 'looked'

    channel._put('training', {'says': Looks()})
    assert channel._get('training') == {'says': 'looked'}


def test_a_full_disk_is_an_error_of_the_channel(channel, tmp_path):
    (tmp_path / 'messages').rmdir()
    with pytest.raises(channel.connection.client.channel_errors, match='cannot be written'):
        channel._put('training', {})
