"""A backbone as a torch module: uint8 pictures in; pooled features of four cuts, and a map, out. Imports torch."""

import math
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from classifier.tables import Vision
from classifier.weights import torchvision_ops

torchvision_ops.ensure()

import timm  # noqa: E402 - only now can it be imported everywhere


class Features(nn.Module):
    """Normalises uint8 images (n, 224, 224, 3); gives four pooled cuts (n, numbers), shallow to deep, and the map.

    The map (n, high, wide, numbers) holds what averages to the final cut, place by place; of a network with tokens how
    strongly the class token attends to each place: one number. All float32.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, backbone: Vision, network: nn.Module) -> None:
        super().__init__()
        self.network: Any = network
        self.stages, self.tokens = list(backbone.stages), backbone.tokens
        self.register_buffer('mean', torch.tensor(backbone.mean) * 255, persistent=False)
        self.register_buffer('scale', 1 / (torch.tensor(backbone.std) * 255), persistent=False)

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        pixels = ((images.float() - self.mean) * self.scale).permute(0, 3, 1, 2)
        return self.token_cuts(pixels) if self.tokens else self.map_cuts(pixels)

    def map_cuts(self, pixels: Tensor) -> tuple[Tensor, ...]:
        final, maps = self.network.forward_intermediates(pixels, indices=self.stages)
        pooled = self.network.forward_head(final, pre_logits=True)
        return *(each.mean((2, 3)) for each in maps), pooled, self.places(final)

    def places(self, final: Tensor) -> Tensor:
        """The map before pooling (n, d, high, wide) -> (n, high, wide, d), whose mean over the places is the final cut.

        A LayerNorm behind the pooling is applied to each place, with the deviation of the pooled features.
        """
        places = final.permute(0, 2, 3, 1)
        norm = getattr(getattr(self.network, 'head', None), 'norm', None)
        if norm is None:
            return places
        variance = places.mean((1, 2), keepdim=True).var(3, correction=0, keepdim=True)
        scaled = (places - places.mean(3, keepdim=True)) / (variance + norm.eps).sqrt()
        normed: Tensor = scaled * norm.weight + norm.bias
        return normed

    def token_cuts(self, pixels: Tensor) -> tuple[Tensor, ...]:
        network = self.network
        last = len(network.blocks) - 1
        final, blocks = network.forward_intermediates(
            pixels, indices=[*self.stages, last - 1], output_fmt='NLC', return_prefix_tokens=True
        )
        *earlier, before = (torch.cat([prefix, patches], 1) for patches, prefix in blocks)
        cuts = (torch.cat([each[:, 0], each[:, 1:].mean(1)], 1) for each in (*map(network.norm, earlier), final))
        return *cuts, self.attention(before)

    def attention(self, tokens: Tensor) -> Tensor:
        """How strongly the class token attends to each patch in the last block, over its heads: (n, high, wide, 1)."""
        block = self.network.blocks[-1]
        count, length, _ = tokens.shape
        joined = block.attn.qkv(block.norm1(tokens)).reshape(count, length, 3, block.attn.num_heads, -1)
        queries, keys = joined[:, :1, 0].transpose(1, 2), joined[:, :, 1].permute(0, 2, 3, 1)
        shares: Tensor = (queries * block.attn.scale @ keys).softmax(3)  # (n, heads, 1, tokens)
        side = math.isqrt(length - 1)
        return shares[:, :, 0, 1:].mean(1).reshape(count, side, side, 1)


def create(backbone: Vision, weights: dict[str, Tensor] | None = None) -> nn.Module:
    """timm's network without its classifier, with `weights` (timm's key names), or untrained where there are none."""
    options: dict[str, Any] = {'img_size': backbone.size} if backbone.tokens else {}
    network: Any = timm.create_model(backbone.timm_name, pretrained=False, num_classes=0, **options)
    if weights is not None:
        if backbone.tokens:
            side = math.isqrt(network.patch_embed.num_patches)
            weights = weights | {'pos_embed': resize_positions(weights['pos_embed'], side)}
        network.load_state_dict(weights, strict=True)
    frozen: nn.Module = network.eval().requires_grad_(False)
    return frozen


def build(backbone: Vision, path: Path) -> Features:
    """The backbone with the weights of a converted safetensors file."""
    return Features(backbone, create(backbone, load_file(path))).eval()


def resize_positions(positions: Tensor, side: int) -> Tensor:
    """Position embeddings (1, 1 + grid², d) for a grid of `side` by `side`, resized as DINOv2's authors resize them.

    Bicubic, with their offset of 0.1 in the scale (`interpolate_pos_encoding` in github.com/facebookresearch/dinov2).
    timm's own resizing antialiases and has no offset, which moves the features by 8 %.
    """
    grid = math.isqrt(positions.shape[1] - 1)
    places = positions[:, 1:].reshape(1, grid, grid, -1).permute(0, 3, 1, 2)
    places = nn.functional.interpolate(places, scale_factor=(side + 0.1) / grid, mode='bicubic')
    if places.shape[2:] != (side, side):
        raise ValueError(f'positions were resized to {tuple(places.shape[2:])}, not to {side} by {side}')
    return torch.cat([positions[:, :1], places.flatten(2).transpose(1, 2)], 1)
