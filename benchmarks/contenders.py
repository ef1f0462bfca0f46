"""Who is compared: NanoWeb's learning core in three forms, and Teachable Machine's recipe, on the same cached features.

fastai, which needs packages of its own, is measured by `benchmarks.fine_tune` on the same draws.
"""

import time
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks import teachable_machine
from benchmarks.calibration import chance_error, error
from benchmarks.cases import CORE, Case, Measurement
from benchmarks.draws import balanced
from benchmarks.results import KEPT, Results, text_hash
from classifier import candidates, training
from classifier.combination import Combination
from classifier.holdout import hold_out
from classifier.progress import Progress, ignore


def ours(case: Case) -> dict[str, Any]:
    """NanoWeb as it comes, and what it states about itself."""
    began = time.perf_counter()
    result = training.train(case.learn, seed=case.seed)
    seconds = time.perf_counter() - began
    answers = result.model.predict(case.unseen)
    loss = -np.log(np.maximum(answers[np.arange(len(case.truth)), case.truth], 1e-12))
    sure, right = answers.max(axis=1), answers.argmax(axis=1) == case.truth
    return {
        'accuracy': balanced(answers, case.truth),
        'seconds': seconds,
        'stated': result.accuracy.value,
        'low': result.accuracy.low,
        'high': result.accuracy.high,
        'tested': len(case.truth),
        'loss': float(loss.mean()),
        'ece': error(sure, right),
        'ece_by_chance': chance_error(sure, case.seed),
        'members': [f'{one.backbone} {one.cut} {one.head}' for one in result.model.members],
    }


def fast(case: Case) -> dict[str, Any]:
    """The best single candidate, as NanoWeb chooses it."""
    began = time.perf_counter()
    model = training.train(case.learn, seed=case.seed, fast=True).model
    seconds = time.perf_counter() - began
    [member] = model.members
    chosen = f'{member.backbone} {member.cut} {member.head}'
    return {'accuracy': balanced(model.predict(case.unseen), case.truth), 'seconds': seconds, 'members': [chosen]}


def oracle(case: Case) -> dict[str, Any]:
    """The best single candidate, as only the answers to the test can tell."""
    data = case.learn
    with threadpool_limits(limits=1, user_api='blas'):
        task = hold_out(data.labels, len(data.categories), data.groups, case.seed)
        progress = Progress(ignore, 0)
        tried = candidates.try_all(data.features, task, progress)
        scores = {}
        for key in tried.judged:
            alone = candidates.fit(data.categories, tried, Combination((key,), (1.0,)), progress)
            scores[' '.join(key)] = balanced(alone.predict(case.unseen), case.truth)
    best = max(scores, key=lambda name: scores[name])
    return {'accuracy': scores[best], 'members': [best], 'all': scores}


def teach(case: Case, backbone: str) -> dict[str, Any]:
    """Teachable Machine's recipe on a backbone's last layer."""
    features = case.learn.features[backbone]['final']
    began = time.perf_counter()
    network = teachable_machine.learn(features, case.learn.labels, len(case.learn.categories), case.seed)
    seconds = time.perf_counter() - began
    answers = teachable_machine.answers(network, case.unseen[backbone]['final'])
    return {'accuracy': balanced(answers, case.truth), 'seconds': seconds}


_core = text_hash(*CORE.glob('*.py'))
_recipe = text_hash(Path(teachable_machine.__file__))
CONTENDERS = {
    'ours': Measurement('NanoWeb', Results('ours', _core), ours),
    'fast': Measurement('NanoWeb “fast”', Results('fast', _core), fast),
    'oracle': Measurement('oracle: best single candidate on the test', Results('oracle', _core), oracle),
    'teachable': Measurement(
        'Teachable Machine', Results('teachable', _recipe), lambda case: teach(case, 'efficientnet_lite0')
    ),
    'fastai': Measurement('fastai fine_tune', Results('fastai', folder=KEPT), None),
    'teachable_dinov2': Measurement(
        'Teachable Machine given DINOv2',
        Results('teachable_dinov2', _recipe),
        lambda case: teach(case, 'dinov2_vits14'),
    ),
}
