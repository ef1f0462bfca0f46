"""What the environment's variables make of the settings."""

from nanoweb.settings import database


def test_a_database_address_keeps_all_that_it_says():
    made = database('postgresql://ann:p%40ss@db.example:5433/nanoweb?sslmode=verify-full&sslrootcert=%2Fca.pem')
    assert [made[name] for name in ('USER', 'PASSWORD', 'HOST', 'PORT', 'NAME')] == [
        'ann', 'p@ss', 'db.example', 5433, 'nanoweb',
    ]  # fmt: skip
    assert (made['OPTIONS']['sslmode'], made['OPTIONS']['sslrootcert']) == ('verify-full', '/ca.pem')


def test_a_worker_s_threads_all_get_a_connection():
    three_tasks, their_heartbeats, reaper, main = 3, 3, 1, 1
    assert database('postgresql:///nanoweb')['OPTIONS']['pool']['max_size'] >= (
        three_tasks + their_heartbeats + reaper + main
    )
