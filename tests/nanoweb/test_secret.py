import stat
from concurrent.futures import ThreadPoolExecutor

from nanoweb.env import env_secret


def test_the_secret_is_made_once_and_is_nobody_elses(tmp_path):
    file = tmp_path / 'secret_key'
    with ThreadPoolExecutor(8) as threads:
        made = set(threads.map(lambda _: env_secret('NANOWEB_NO_SUCH', file), range(32)))
    assert len(made) == 1
    assert len(made.pop()) >= 50
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ['secret_key']


def test_the_environment_comes_first(tmp_path, monkeypatch):
    monkeypatch.setenv('NANOWEB_SECRET', 'chosen')
    assert env_secret('NANOWEB_SECRET', tmp_path / 'secret_key') == 'chosen'
    assert not list(tmp_path.iterdir())
