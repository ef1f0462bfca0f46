"""What the lesson's toy is worth: `python -m benchmarks.toy`, a quarter of an hour on a shared core.

Generated sentences, 200 corpora with a random choice each, 8 sentences labelled and 200 tested: the five arms, with
twelve or twice as many words of praise and of blame; then from no sentence without a label to 500. Beside them the
lesson's own 72 sentences, and real ones of films (../shared/data/text), which the toy cannot tell apart.
"""

import argparse
import csv
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.tables import header, mean, points, row
from classifier.backbones import installed
from classifier.lesson import arms
from classifier.lesson.draws import Choice, Corpus, Draw, draw
from classifier.lesson.toy import CORPUS
from classifier.lesson.verdict import NAMES, verdict
from classifier.networks import open_network

Right = dict[str, NDArray[np.bool_]]  # arm -> (draws, tested)

SIZE, LABELLED, UNLABELLED, TESTED = 4, 8, 62, 200
POOLS, VOCABULARIES = (0, 10, 30, 62, 125, 250, 500), (12, 24)
AT_ONCE = 25  # draws
FILMS = Path('../shared/data/text/uci_sentiment_sentences/data.csv')
WORDS = """
warm funny clever joyful graceful bright wonderful superb tender honest witty lively
charming gripping thrilling brilliant touching heartfelt moving beautiful rich dazzling fresh elegant
dull slow boring stale stiff wooden lazy shallow hollow clumsy flat annoying
noisy messy pointless forced bland empty ugly cheap lifeless tired weak confused
"""
PRAISE, BLAME = WORDS.split()[:24], WORDS.split()[24:]
NEUTRAL = """
film story plot ending cast music hero villain script dialogue
camera scene song drama comedy thriller actor director picture tale
"""
NOUNS = NEUTRAL.split()
TEMPLATES = ('{0} {1} {x} {y}', '{x} {0} {y} {1}', '{0} {1} {2} {x}', '{x} {0} {1} {2} {y}', '{0} {x} {1} {y} {2}')


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--draws', type=int, default=200)
    draws = parser.parse_args(arguments).draws
    for line in (*five_arms(draws), *pools(draws), *real(draws)):
        print(line, flush=True)


def generated(vocabulary: int, count: int, rng: np.random.Generator) -> Corpus:
    """`count` sentences of either sort, with two or three words of praise or blame in each."""
    tokens = []
    for words in (BLAME[:vocabulary], PRAISE[:vocabulary]):
        for _ in range(count):
            x, y = rng.choice(NOUNS, 2, replace=False)
            template = TEMPLATES[rng.integers(len(TEMPLATES))]
            tokens.append(template.format(*rng.choice(words, 3, replace=False), x=x, y=y).split())
    return Corpus(tokens, np.repeat([0, 1], count))


def corpora(vocabulary: int, choice: Choice, draws: int) -> Iterator[tuple[Corpus, list[Draw]]]:
    """Some corpora at a time, joined, and the draw of each as rows of all."""
    half = -(-(choice.labelled + choice.unlabelled + choice.tested) // 2)
    for first in range(0, draws, AT_ONCE):
        seeds = range(first, min(first + AT_ONCE, draws))
        each = [generated(vocabulary, half, np.random.default_rng((vocabulary, seed))) for seed in seeds]
        whole = Corpus([text for one in each for text in one.tokens], np.concatenate([one.labels for one in each]))
        drawn = [draw(one, choice, (seed,)) for one, seed in zip(each, seeds, strict=True)]
        yield whole, [moved(one, 2 * half * number) for number, one in enumerate(drawn)]


def moved(one: Draw, by: int) -> Draw:
    return replace(one, labelled=one.labelled + by, unlabelled=one.unlabelled + by, tested=one.tested + by)


def joined(parts: list[Right]) -> Right:
    return {arm: np.concatenate([part[arm] for part in parts]) for arm in parts[0]}


def outcomes(corpus: Corpus, draws: list[Draw]) -> Right:
    said = arms.answer(corpus, draws, SIZE, seed=0)
    return {arm: arms.right(corpus, draws, answers) for arm, answers in said.items()}


def five_arms(draws: int) -> Iterator[str]:
    choice = Choice(LABELLED, UNLABELLED, TESTED)
    sets = {
        f'{vocabulary} + {vocabulary} words': joined([outcomes(*part) for part in corpora(vocabulary, choice, draws)])
        for vocabulary in VOCABULARIES
    }
    sets['the 72 sentences'] = joined(
        [
            outcomes(CORPUS, [draw(CORPUS, Choice(), (seed,)) for seed in range(first, min(first + AT_ONCE, draws))])
            for first in range(0, draws, AT_ONCE)
        ]
    )
    yield f'\n{LABELLED} labelled, {UNLABELLED} not, {draws} draws: right in %; none, one, both of two in %'
    yield header(['', *sets])
    for arm in arms.ARMS:
        yield row(NAMES[arm], *(cell(right[arm]) for right in sets.values()))
    yield row('**learned from the unlabelled, less the best without**', *(against_best(each) for each in sets.values()))


def cell(right: NDArray[np.bool_]) -> str:
    """'91.9 ± 1.2 (1, 15, 84)': the first two tested of each draw stand for the lesson's two."""
    middle, half = mean(right.mean(axis=1).tolist())
    shares = np.bincount(right[:, :2].sum(axis=1), minlength=3) / len(right)
    return f'{100 * middle:.1f} ± {100 * half:.1f} ({", ".join(f"{100 * share:.0f}" for share in shares)})'


def against_best(right: Right) -> str:
    found = verdict(right)
    differences = right[arms.PRETRAINED].mean(axis=1) - right[found.rival].mean(axis=1)
    return f'{points(mean(differences.tolist()))} ({found.rival})'


def pools(draws: int) -> Iterator[str]:
    yield f'\nHow many sentences without a label: right in %, {draws} draws'
    yield header(['words', 'bag of words', *map(str, POOLS)])
    for vocabulary in VOCABULARIES:
        cells = [pool(vocabulary, count, draws) for count in POOLS]
        yield row(f'{vocabulary} + {vocabulary}', cells[0][arms.BAG], *(each[arms.PRETRAINED] for each in cells))


def pool(vocabulary: int, unlabelled: int, draws: int) -> dict[str, str]:
    parts = []
    for corpus, drawn in corpora(vocabulary, Choice(LABELLED, unlabelled, TESTED), draws):
        said = arms.answer_beside(corpus, drawn, SIZE, 0)
        parts.append({arm: arms.right(corpus, drawn, answers) for arm, answers in said.items()})
    shares = {arm: mean(right.mean(axis=1).tolist()) for arm, right in joined(parts).items()}
    return {arm: f'{100 * middle:.1f} ± {100 * half:.1f}' for arm, (middle, half) in shares.items()}


def real(draws: int) -> Iterator[str]:
    """Sentences about films that people wrote, with the encoders that are installed."""
    if not FILMS.is_file():
        yield f'\nNo real sentences in {FILMS}'
        return
    with FILMS.open(encoding='utf-8') as file:
        rows = [line for line in csv.DictReader(file) if line['split'] == 'imdb']
    corpus = Corpus.of([line['text'] for line in rows], [int(line['label'] == 'positive') for line in rows])
    drawn = [draw(corpus, Choice(LABELLED, UNLABELLED, TESTED), (seed,)) for seed in range(draws)]
    right = joined([outcomes(corpus, drawn[first : first + AT_ONCE]) for first in range(0, draws, AT_ONCE)])
    right = {NAMES[arm]: answers for arm, answers in right.items()}
    for ready in installed(Path(os.environ.get('NANOWEB_DATA', 'var')) / 'backbones', 'text'):
        features = open_network(ready, threads=1).features([line['text'] for line in rows])['final'].astype(np.float64)
        unit = features / np.linalg.norm(features, axis=1, keepdims=True)
        labels = corpus.labels
        said = [arms.by_features(unit[one.labelled], labels[one.labelled], unit[one.tested]) for one in drawn]
        right[ready.backbone.title] = arms.right(corpus, drawn, np.array(said))
    of_each = f'{LABELLED} labelled, {UNLABELLED} not, {TESTED} tested'
    yield f'\n{len(rows)} real sentences about films, {draws} draws of {of_each}'
    yield header(['', 'right in %; none, one, both of two'])
    for name, answers in right.items():
        yield row(name, cell(answers))


if __name__ == '__main__':
    main()
