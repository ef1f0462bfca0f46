"""Which samples are perhaps labelled wrong: by what heads say of them that had not seen them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.heads import Floats, Ints

LEAST = 0.15  # suspicion from which a sample is worth a look
MANY = 0.015  # the same where there are many: of 20 % planted it lists 82 %, and 89 % of the list is wrong
LEAST_PROBABILITY = 1e-12

# Logistic regression on photos of which 5 % or none had got a wrong label:
# `python -m benchmarks.suspects --draws 4 --fit`.
WEIGHTS, INTERCEPT = (1.14, -1.02, -1.11), -1.07


@dataclass(frozen=True)
class Suspect:
    """A sample that perhaps belongs elsewhere."""

    row: int
    suggested: int  # category
    score: float  # suspicion, 0..1


def suspicion(together: Floats, labels: Ints) -> tuple[Floats, Ints]:
    """How likely each sample (n,) is labelled wrong, and the category (n,) that it seems to belong to."""
    seen, suggested = signals(together, labels)
    return 1 / (1 + np.exp(-(seen @ np.array(WEIGHTS) + INTERCEPT))), suggested


def signals(together: Floats, labels: Ints) -> tuple[Floats, Ints]:
    """What tells wrong labels (n, 3), and the likeliest other category (n,).

    `together` (n, k) are probabilities of samples held out. Evidence is how much likelier another category is than the
    label (out-of-fold self-confidence as in confident learning, Northcutt et al. 2021; as a ratio, since all k share
    the doubt). Two categories that are mixed up all the time explain it without a wrong label: so it counts for less
    by how much of the suggested category usually goes to samples of that label. Fewer samples make more cautious
    probabilities, and the same ratio then tells more.
    """
    rows = np.arange(len(labels))
    logs = np.log(np.maximum(together, LEAST_PROBABILITY))
    others = logs.copy()
    others[rows, labels] = -np.inf
    suggested = others.argmax(axis=1)
    evidence = logs[rows, suggested] - logs[rows, labels]
    usual = np.log(_mixed_up(together, labels))
    usually = usual[labels, suggested] - usual[suggested, suggested]
    return np.column_stack([evidence, usually, np.full(len(labels), np.log(len(labels)))]), suggested


def find(together: Floats, labels: Ints, least: float = LEAST) -> list[Suspect]:
    """The samples that are worth a look, most suspicious first; none where there is little evidence.

    Of 5 % planted wrong labels at 20 per category four in five are listed, and four in five of the list are wrong.
    """
    score, suggested = suspicion(together, labels)
    order = np.argsort(-score, kind='stable')
    return [Suspect(int(row), int(suggested[row]), float(score[row])) for row in order if score[row] >= least]


def _mixed_up(together: Floats, labels: Ints) -> NDArray[np.float64]:
    """Probability (k, k) that samples of a label (rows) give to each category, with one pseudo-sample of doubt."""
    categories = together.shape[1]
    sums = np.zeros((categories, categories))
    np.add.at(sums, labels, together)
    shares: Floats = (sums + 1 / categories) / (sums.sum(axis=1, keepdims=True) + 1)
    return shares
