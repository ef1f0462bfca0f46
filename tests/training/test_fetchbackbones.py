"""`manage.py fetchbackbones`: how it speaks and when it tries; getting the weights is tested with the core."""

import io
import signal

import pytest
from django.core.management import CommandError, call_command

from classifier import weights
from classifier.backbones import ENCODERS, PRETRAINED, VISION, WEIGHTS
from classifier.errors import BackboneMissing
from tests.backbones import backbones_folder
from training.management.commands.fetchbackbones import ProgressLine
from training.models import Backbone

NAMES = list(PRETRAINED)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def source(settings, tmp_path, monkeypatch):
    """A source in place of the network: `source['has']` is what can be had there, `source['asked']` what was asked."""
    settings.BACKBONES_DIR = tmp_path / 'backbones'
    settings.BACKBONES_DIR.mkdir()
    state = {'has': set(NAMES), 'asked': []}

    def fetch(backbone, folder, on_progress):
        state['asked'].append(backbone.name)
        on_progress({'kind': 'stage', 'stage': 'download', 'title': f'Download {backbone.title}'})
        if backbone.name not in state['has']:
            raise BackboneMissing(f'{backbone.title} could not be installed: no network.')
        on_progress({'kind': 'progress', 'stage': 'download', 'done': 5_000_000, 'total': 5_000_000})
        (folder / backbone.name).symlink_to(backbones_folder() / backbone.name)

    monkeypatch.setattr(weights, 'fetch', fetch)
    before = signal.getsignal(signal.SIGTERM)
    yield state
    signal.signal(signal.SIGTERM, before)


@pytest.mark.django_db
def test_all_are_fetched_once(source, capsys):
    call_command('fetchbackbones')
    assert 'Download DINOv2 ViT-S/14 …\n  5 of 5 MB\n' in capsys.readouterr().out
    assert list(Backbone.objects.order_by('pk').values_list('name', flat=True)) == [*VISION, 'colour', *ENCODERS]
    call_command('fetchbackbones')
    assert source['asked'] == NAMES


@pytest.mark.django_db
def test_only_the_named_ones(source):
    call_command('fetchbackbones', 'efficientnet_lite0')
    assert source['asked'] == ['efficientnet_lite0']


@pytest.mark.django_db
def test_what_is_missing_is_said_and_is_no_failure(source, capsys):
    source['has'] = set(NAMES) - {'dinov2_vits14'}
    call_command('fetchbackbones')
    said = capsys.readouterr().out
    assert 'DINOv2 ViT-S/14 could not be installed: no network.' in said
    assert 'Missing: DINOv2 ViT-S/14. Everything works without' in said


@pytest.mark.django_db
def test_a_start_tries_only_once(source, capsys):
    source['has'] = {'efficientnet_lite0'}
    call_command('fetchbackbones', '--unless-tried')
    source['asked'].clear()
    call_command('fetchbackbones', '--unless-tried')
    assert source['asked'] == []
    assert 'Missing: TinyViT-5M, DINOv2 ViT-S/14, MiniLM, GTE-small.' in capsys.readouterr().out
    call_command('fetchbackbones')  # a person who asks for it gets it
    assert source['asked'] == NAMES[1:]


@pytest.mark.django_db
def test_a_start_goes_on_where_the_weights_are_kept(source, settings):
    source['has'] = {'efficientnet_lite0'}
    call_command('fetchbackbones', '--unless-tried')
    source['asked'].clear()
    own = settings.BACKBONES_DIR / 'tiny_vit_5m'
    own.mkdir()
    (own / WEIGHTS).touch()
    call_command('fetchbackbones', '--unless-tried')
    assert source['asked'] == ['tiny_vit_5m']


@pytest.mark.django_db
def test_without_lite0_it_fails_and_the_next_start_tries_again(source):
    source['has'] = {'tiny_vit_5m'}
    for _ in range(2):
        with pytest.raises(CommandError, match='EfficientNet-Lite0'):
            call_command('fetchbackbones', '--unless-tried')
    assert source['asked'].count('efficientnet_lite0') == 2


@pytest.mark.django_db
def test_an_unknown_name(source):
    with pytest.raises(CommandError, match='No backbone is called resnet'):
        call_command('fetchbackbones', 'resnet')


def test_a_terminal_gets_a_bar_that_is_drawn_over():
    out = Terminal()
    line = ProgressLine(out)
    line({'kind': 'stage', 'title': 'Download'})
    for done in range(0, 101, 10):
        line({'kind': 'progress', 'done': done * 10**6, 'total': 100 * 10**6})
    line({'kind': 'log', 'message': 'Ready.'})
    last = out.getvalue().rpartition('\r')[2]
    assert last == f'  {"█" * 30} 100 of 100 MB \nReady.\n'
    assert out.getvalue().count('\n') == 3


def test_a_log_gets_few_lines():
    out = io.StringIO()
    line = ProgressLine(out)
    for done in range(1000):
        line({'kind': 'progress', 'done': (done + 1) * 10**6, 'total': 10**9})
    assert out.getvalue().count('\n') == 2
