"""The official source: the authors' or timm's weights on the model hub, under HF_ENDPOINT where that is set.

The hub's client says where a file lies and what it is. The bytes are taken here, because the client throws away what it
has when it is interrupted; here the next call goes on where the last one stopped.
"""

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from classifier.tables import Pretrained
from classifier.weights.files import Report, SourceError, digest

if TYPE_CHECKING:
    from huggingface_hub import HfFileMetadata

FILE = 'model.safetensors'
CONNECT_SECONDS = 5.0  # then this computer counts as cut off from the hub
READ_SECONDS = 15.0
TRIES = 3
CHUNK = 2**20


def download(backbone: Pretrained, folder: Path, report: Report) -> Path:
    """The official weight file, in `folder`; SourceError, soon, where the hub cannot be reached."""
    import httpx2
    from huggingface_hub import get_hf_file_metadata, hf_hub_url
    from huggingface_hub.errors import HfHubHTTPError

    url = hf_hub_url(backbone.hub_id, FILE, endpoint=os.environ.get('HF_ENDPOINT'))
    try:
        known = get_hf_file_metadata(url, timeout=CONNECT_SECONDS)
        return download_known(known, folder, report)
    except (HfHubHTTPError, httpx2.HTTPStatusError) as error:
        raise SourceError(f'the model hub answered {error.response.status_code} for {backbone.hub_id}') from error
    except (httpx2.HTTPError, OSError) as error:
        raise SourceError(f'the model hub cannot be reached ({type(error).__name__})') from error


def download_known(known: 'HfFileMetadata', folder: Path, report: Report) -> Path:
    """Take the bytes, continuing what an earlier call left behind, and check them as far as the hub describes them."""
    import httpx2

    if known.etag is None or known.size is None:
        raise SourceError('the model hub does not say what the file is')
    target = folder / f'{hashlib.sha256(known.etag.encode()).hexdigest()[:16]}.{FILE}'
    part = target.with_name(target.name + '.part')
    for attempt in range(1, TRIES + 1):
        try:
            stream(known, part, report)
            break
        except httpx2.TransportError:
            if attempt == TRIES:
                raise
    # A large file's etag is its sha256; a small one's is not, and then its size must do.
    hashed = re.fullmatch('[0-9a-f]{64}', known.etag)
    if part.stat().st_size != known.size or (hashed and digest(part) != known.etag):
        part.unlink()
        raise SourceError('what came from the model hub is damaged')
    return part.rename(target)


def stream(known: 'HfFileMetadata', part: Path, report: Report) -> None:
    """Append to `part` the bytes that it still lacks."""
    import httpx2
    from huggingface_hub import get_session

    size, done = int(known.size or 0), part.stat().st_size if part.exists() else 0
    if done == size:
        return
    headers = {'Accept-Encoding': 'identity'} | ({'Range': f'bytes={done}-'} if 0 < done < size else {})
    timeout = httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    with get_session().stream('GET', known.location, headers=headers, timeout=timeout) as response:
        response.raise_for_status()
        done = done if response.status_code == httpx2.codes.PARTIAL_CONTENT else 0
        with part.open('ab' if done else 'wb') as file:
            for chunk in response.iter_bytes(CHUNK):
                file.write(chunk)
                done += len(chunk)
                report(done, size)
