"""An encoder as a torch module: token ids in, the mean over the tokens after its last layer out. Imports torch.

BERT (Devlin et al. 2019) as Hugging Face names its tensors, without the pooler, which sentence encoders do not use.
"""

from pathlib import Path
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor, nn

from classifier.tables import Encoder
from classifier.text import encoding

TOKENS, POSITIONS, TYPES = 30_522, 512, 2
WIDTH, HEADS, INNER = 384, 12, 1536
EPSILON = 1e-12
HIDDEN = -1e9  # added to the attention on padding


class Embeddings(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(TOKENS, WIDTH)
        self.position_embeddings = nn.Embedding(POSITIONS, WIDTH)
        self.token_type_embeddings = nn.Embedding(TYPES, WIDTH)
        self.LayerNorm = nn.LayerNorm(WIDTH, EPSILON)

    def forward(self, ids: Tensor) -> Tensor:
        places = self.position_embeddings.weight[: ids.shape[1]]
        embedded: Tensor = self.LayerNorm(self.word_embeddings(ids) + places + self.token_type_embeddings.weight[0])
        return embedded


class Layer(nn.Module):
    """Attention, then two linear layers, each added to what came in. Built of plain modules for the tensors' names."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.ModuleDict(
            {
                'self': nn.ModuleDict({name: nn.Linear(WIDTH, WIDTH) for name in ('query', 'key', 'value')}),
                'output': nn.ModuleDict({'dense': nn.Linear(WIDTH, WIDTH), 'LayerNorm': nn.LayerNorm(WIDTH, EPSILON)}),
            }
        )
        self.intermediate = nn.ModuleDict({'dense': nn.Linear(WIDTH, INNER)})
        self.output = nn.ModuleDict({'dense': nn.Linear(INNER, WIDTH), 'LayerNorm': nn.LayerNorm(WIDTH, EPSILON)})

    def forward(self, tokens: Tensor, hidden: Tensor) -> Tensor:
        count, length, _ = tokens.shape
        inner, outer = self.attention['self'], self.attention['output']
        query, key, value = (
            inner[name](tokens).reshape(count, length, HEADS, -1).transpose(1, 2)  # type: ignore[index]
            for name in ('query', 'key', 'value')
        )
        shares = (query @ key.transpose(2, 3) / (WIDTH // HEADS) ** 0.5 + hidden).softmax(3)
        seen = (shares @ value).transpose(1, 2).reshape(count, length, WIDTH)
        tokens = outer['LayerNorm'](tokens + outer['dense'](seen))  # type: ignore[index]
        wide = nn.functional.gelu(self.intermediate['dense'](tokens))
        found: Tensor = self.output['LayerNorm'](tokens + self.output['dense'](wide))
        return found


class Bert(nn.Module):
    """Token ids and mask (n, length) -> the mean over tokens (n, 384) after the last layer, its only cut."""

    def __init__(self, backbone: Encoder) -> None:
        super().__init__()
        self.embeddings = Embeddings()
        self.encoder = nn.ModuleDict({'layer': nn.ModuleList([Layer() for _ in range(backbone.layers)])})

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor]:
        tokens = self.embeddings(ids)
        seen = mask.unsqueeze(2).to(tokens.dtype)
        hidden = (1 - seen)[:, None, None, :, 0] * HIDDEN
        for layer in cast(nn.ModuleList, self.encoder['layer']):
            tokens = layer(tokens, hidden)
        return ((tokens * seen).sum(1) / seen.sum(1),)


def create(backbone: Encoder, weights: dict[str, Tensor] | None = None) -> Bert:
    """With `weights` as Hugging Face names them, or untrained where there are none."""
    network = Bert(backbone)
    if weights is not None:
        network.load_state_dict(weights, strict=True)
    return network.eval().requires_grad_(False)


def build(backbone: Encoder, path: Path) -> Bert:
    """The encoder with the weights of a converted safetensors file."""
    return create(backbone, load_file(path))


def runner(network: Bert) -> encoding.Run:
    """What runs batches of tokens through it, on whatever device it lies."""
    device = network.embeddings.LayerNorm.weight.device

    def run(*tokens: NDArray[np.int64]) -> list[NDArray[np.float32]]:
        with torch.inference_mode():
            return [each.cpu().numpy() for each in network(*(torch.from_numpy(one).to(device) for one in tokens))]

    return run


def example() -> tuple[Tensor, Tensor]:
    """Two texts of six tokens: what the exporter traces."""
    ids = torch.tensor([[101, 2023, 2003, 1037, 3231, 102], [101, 2023, 102, 0, 0, 0]])
    return ids, (ids > 0).long()
