"""Which photos are nearly the same one: near-duplicates, and photos taken together."""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from classifier.fingerprint import bits_apart
from classifier.heads import Bools, Floats, Ints, Tick

NEIGHBOURS = 10  # the distance to this neighbour, by rank, is a photo's scale; fewer in sets below 40
LEAST_SCALE = 0.01  # of how far two photos usually are apart: of more than ten copies the tenth neighbour is one too
MOST_BITS = 20  # two of one scene are near-duplicates up to here, in bits of the hash ...
BITS_A_SCALE = 40  # ... plus the distance of their features, where a whole scale counts as so many bits
SAME_COLOURS = 0.5  # cosine of tints: another white balance or contrast stays above, another colour mostly does not
UNKNOWN_BITS = 16  # where a hash is not known: then only features that are almost equal are believed
BLOCK = 256  # rows compared with all others at once
TOGETHER_SECONDS = 2.0
SAMPLED = 1000  # photos that tell how far apart two usually are


def find(
    features: Floats, hashes: NDArray[np.uint64] | None, tick: Tick, tints: Floats | None = None
) -> list[list[int]]:
    """Clusters of near-duplicates, each the rows of its photos, ascending: copies that were compressed, scaled, dimmed,
    mirrored or slightly cropped, and shots of one scene from one place.

    `features` (n, d) are rows of length one, `hashes` (n,) perceptual hashes, 0 where one is not known. How close
    features are means little by itself: in a uniform set nine photos in ten have a neighbour at a cosine above .9.
    So their distance is taken relative to how far each photo's tenth neighbour is, and the hash must agree; and, since
    both overlook that a thing has another colour, so must `colour.tints` (n, c) where given. All of a cluster are near
    one of them, so that a chain of small steps does not swallow a category.
    """
    count = len(features)
    if count < 2:
        return []
    values = np.asarray(features, np.float32)
    known = np.zeros(count, np.uint64) if hashes is None else hashes
    least = np.float32(LEAST_SCALE * _usual(features))
    scales = np.zeros(count, np.float32)
    parts = []
    for start in range(0, count, BLOCK):
        tick()
        block = slice(start, start + BLOCK)
        distances = _distances(values, block)
        scales[block] = np.maximum(_scales(distances), least)
        rows, others = np.nonzero(distances < scales[block, None] * MOST_BITS / BITS_A_SCALE)
        parts.append((rows + start, others, distances[rows, others]))
    rows, others, distance = (np.concatenate(part) for part in zip(*parts, strict=True))
    shares = distance / np.maximum(np.minimum(scales[rows], scales[others]), 1e-12)
    near = _bits_apart(known[rows], known[others]) + BITS_A_SCALE * shares <= MOST_BITS
    if tints is not None:
        near &= np.einsum('ij,ij->i', tints[rows], tints[others]) >= SAME_COLOURS
    return _stars(rows[near], others[near])


def but_copies(test: Bools, clusters: list[list[int]]) -> Bools:
    """Those of a test split (n,) that are nearly the same as no sample learned from; all of it, where none is left."""
    copies = np.zeros(len(test), dtype=bool)
    for cluster in clusters:
        copies[cluster] = not test[cluster].all()
    others: Bools = test & ~copies
    return others if others.any() else test


def taken_together(features: Floats, seconds: Floats) -> list[list[int]]:
    """Bursts: chains of photos, each taken within two seconds of the one before and alike, as rows, ascending.

    `seconds` (n,) say when each was taken, NaN where that is not known. Alike are features at less than half of the
    distance that two photos of the set usually have: the camera did not turn to something else meanwhile.
    """
    order = np.argsort(seconds, kind='stable')[: int(np.isfinite(seconds).sum())]
    if len(order) < 2:
        return []
    usual = _usual(features)
    before, after = order[:-1], order[1:]
    distances = 1 - np.einsum('ij,ij->i', features[before], features[after])
    chained = (seconds[after] - seconds[before] <= TOGETHER_SECONDS) & (distances < usual / 2)
    chains = np.split(order, np.flatnonzero(~chained) + 1)
    return [sorted(chain.tolist()) for chain in chains if len(chain) > 1]


def merged_groups(groups: Ints | None, clusters: list[list[int]], count: int) -> Ints:
    """Groups (count,) in which the rows of each cluster belong together, and so do those of one given group."""
    _, given = np.unique(np.arange(count) if groups is None else groups, return_inverse=True)
    pairs = [(given[cluster[0]], given[row]) for cluster in clusters for row in cluster[1:]]
    links = np.array(pairs, np.int64).reshape(-1, 2).T
    size = int(given.max(initial=-1)) + 1
    graph = coo_array((np.ones(len(pairs)), (links[0], links[1])), shape=(size, size))
    merged: Ints = connected_components(graph, directed=False)[1].astype(np.int64)[given]
    return merged


def _usual(features: Floats) -> float:
    """How far two photos usually are apart: the median of one minus the cosine."""
    some = features[:: -(-len(features) // SAMPLED)]
    return float(np.median((1 - some @ some.T)[~np.eye(len(some), dtype=bool)]))


def _distances(values: NDArray[np.float32], block: slice) -> NDArray[np.float32]:
    """One minus the cosine of each row of the block to all (rows, n); infinite to itself."""
    distances: NDArray[np.float32] = np.maximum(1 - values[block] @ values.T, 0)
    rows = np.arange(len(distances))
    distances[rows, rows + block.start] = np.inf
    return distances


def _scales(distances: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far the tenth neighbour is, in a small set an earlier one: the tenth is of another category there."""
    place = min(NEIGHBOURS, max(2, distances.shape[1] // 4), distances.shape[1] - 1) - 1
    found: NDArray[np.float32] = np.partition(distances, place, axis=1)[:, place]
    return found


def _bits_apart(some: NDArray[np.uint64], others: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """The same, where hashes may be unknown."""
    return np.where((some == 0) | (others == 0), np.uint8(UNKNOWN_BITS), bits_apart(some, others))


def _stars(rows: Ints, others: Ints) -> list[list[int]]:
    """Clusters from near pairs: a photo with those near it, the one with most first; each photo is in one at most."""
    near: dict[int, set[int]] = defaultdict(set)
    for row, other in zip(rows.tolist(), others.tolist(), strict=True):
        near[row].add(other)
        near[other].add(row)
    clusters, used = [], set[int]()
    for centre in sorted(near, key=lambda row: (-len(near[row]), row)):
        cluster = {centre, *near[centre]} - used
        if centre not in used and len(cluster) > 1:
            clusters.append(sorted(cluster))
            used |= cluster
    return sorted(clusters)
