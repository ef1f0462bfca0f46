"""The quick peer: Teachable Machine's recipe for images, on features that NanoWeb has cached.

One hidden layer of 100 with ReLU and a softmax without bias, Adam at .001, batches of 16, 50 epochs: the defaults of
its page and of `@teachablemachine/image` (github.com/googlecreativelab/teachablemachine-community). It sets aside 15 %
of the photos to draw its curves with; here it learns from all.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

HIDDEN, RATE, BATCH, EPOCHS = 100, 1e-3, 16, 50


def learn(features: NDArray[np.float32], labels: NDArray[np.int64], categories: int, seed: int) -> nn.Module:
    """A network from features (n, d) to scores (n, categories)."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    network = nn.Sequential(nn.Linear(features.shape[1], HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, categories, bias=False))
    for layer in (network[0], network[2]):
        nn.init.kaiming_normal_(layer.weight, mode='fan_in', nonlinearity='linear')  # its 'varianceScaling'
    nn.init.zeros_(network[0].bias)
    inputs, targets = torch.from_numpy(features), torch.from_numpy(labels)
    adam = torch.optim.Adam(network.parameters(), lr=RATE)
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(targets)).split(BATCH):
            adam.zero_grad()
            nn.functional.cross_entropy(network(inputs[rows]), targets[rows]).backward()
            adam.step()
    return network


def answers(network: nn.Module, features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities (n, categories)."""
    with torch.no_grad():
        return network(torch.from_numpy(features)).softmax(1).numpy()
