"""Pretrained weights: getting, verifying, converting and exporting them. `fetch` is what others use."""

from classifier.weights.install import fetch

__all__ = ['fetch']
