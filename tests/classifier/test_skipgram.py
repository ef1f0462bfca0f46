import numpy as np
import pytest

from classifier.text import skipgram
from classifier.text.skipgram import WordVectors, learn, learn_many, loss_and_gradients


def planted(count, topics=2, words=12, length=4, seed=0):
    """Sentences whose words come from one topic each: t0w3 t0w7 …"""
    rng = np.random.default_rng(seed)
    return [[f't{topic}w{word}' for word in rng.integers(0, words, length)] for topic in rng.integers(0, topics, count)]


def share_near_own_kind(vectors: WordVectors) -> float:
    """Of how many words the nearest other one is of the same topic."""
    unit = vectors.vectors / np.linalg.norm(vectors.vectors, axis=1, keepdims=True)
    likeness = unit @ unit.T
    np.fill_diagonal(likeness, -2)
    topics = [word.split('w')[0] for word in vectors.words]
    return float(np.mean([topics[row] == topics[near] for row, near in enumerate(likeness.argmax(axis=1))]))


def test_gradients_are_those_of_finite_differences():
    rng = np.random.default_rng(0)
    own, company = rng.normal(size=(2, 7, 3))
    centres, targets = rng.integers(0, 7, 20), rng.integers(0, 7, (20, 4))  # the same word meets itself, and twice
    _, *found = loss_and_gradients(own, company, centres, targets)
    for matrix, slopes in zip((own, company), found, strict=True):
        for place in np.ndindex(matrix.shape):
            losses = []
            for step in (1e-5, -2e-5):
                matrix[place] += step
                losses.append(loss_and_gradients(own, company, centres, targets)[0])
            matrix[place] += 1e-5
            assert slopes[place] == pytest.approx((losses[0] - losses[1]) / 2e-5, abs=1e-6)


def test_the_loss_is_mikolovs():
    own, company = np.random.default_rng(1).normal(size=(2, 5, 3))
    loss, *_ = loss_and_gradients(own, company, np.array([2]), np.array([[0, 3, 4]]))
    log_sigmoid = -np.log1p(np.exp(-(company @ own[2]) * np.array([1, 1, 1, -1, -1])))
    assert loss == pytest.approx(-(log_sigmoid[0] + log_sigmoid[3] + log_sigmoid[4]))


def test_large_scores_stay_finite():
    far = np.full((2, 2), 100, np.float32)
    loss, *slopes = loss_and_gradients(far, far, np.array([0]), np.array([[1, 0]]))
    assert loss == pytest.approx(20000) and all(np.isfinite(each).all() for each in slopes)


def test_words_of_the_same_company_end_near_each_other():
    assert share_near_own_kind(learn(planted(62), 4, seed=0)) > 0.95
    shuffled = np.random.default_rng(0).permutation(np.array(planted(62)).ravel()).reshape(62, 4).tolist()
    assert share_near_own_kind(learn(shuffled, 4, seed=0)) < 0.8


def test_the_same_seed_gives_the_same_bits():
    first, same, other = (learn(planted(30), 4, seed=seed) for seed in (3, 3, 4))
    assert first.words == same.words and first.vectors.tobytes() == same.vectors.tobytes()
    assert first.vectors.tobytes() != other.vectors.tobytes()


def test_corpora_learned_at_once_never_meet():
    corpora = [planted(62, seed=seed) for seed in range(4)]
    together = learn_many(corpora, 4, seed=0)
    assert [set(each.words) for each in together] == [{w for s in sentences for w in s} for sentences in corpora]
    assert np.mean([share_near_own_kind(each) for each in together]) > 0.95
    blocks = [skipgram._Block.of(sentences, 5, 1) for sentences in corpora]
    company = skipgram._Company.of(blocks)
    drawn = company.draw(np.random.default_rng(0), np.arange(len(company.block)))
    assert (company.block[drawn] == company.block[:, None]).all()


def test_made_up_company_comes_by_flattened_frequency():
    block = skipgram._Block.of([['a'] * 81, ['b'] * 16], 5, 1)
    drawn = skipgram._Company.of([block]).draw(np.random.default_rng(0), np.zeros(20_000, np.int64))
    assert (drawn == 0).mean() == pytest.approx(27 / 35, abs=0.01)


def test_company_ends_at_the_window_and_at_the_sentence():
    block = skipgram._Block.of([['a', 'b', 'c'], ['d', 'a']], 1, 1)
    pairs = sorted(block.words[left] + block.words[right] for left, right in block.pairs)
    assert pairs == ['ab', 'ad', 'ba', 'bc', 'cb', 'da']


def test_rare_words_are_left_out_where_that_is_asked_for():
    vectors = learn([['a', 'b'], ['a', 'c'], ['c', 'a']], 2, 0, least=2)
    assert vectors.words == ('a', 'c')


@pytest.mark.parametrize('sentences', [[], [[]], [['alone']], [['a'], ['b']]])
def test_nothing_to_learn_from(sentences):
    vectors = learn(sentences, 4, 0)
    assert vectors.vectors.shape == (len(vectors.words), 4) and np.isfinite(vectors.vectors).all()
    assert [len(each.words) for each in learn_many([sentences, planted(9, words=2, topics=1)], 4, 0)][1] == 2


def test_a_sentence_is_the_mean_of_its_known_words():
    vectors = WordVectors(('good', 'film'), np.array([[1, 2], [3, 6]], np.float32))
    np.testing.assert_array_equal(vectors.sentence(['good', 'film', 'new', 'good']), np.float32([5 / 3, 10 / 3]))
    np.testing.assert_array_equal(vectors.sentence(['new']), np.float32([0, 0]))
    assert vectors.unknown(['new', 'good', 'rare', 'new']) == ['new', 'rare']


def test_every_step_is_told():
    seen = []
    final = learn(planted(30), 3, 0, on_step=lambda step, steps, vectors: seen.append((step, steps, vectors.copy())))
    assert [step for step, _, _ in seen] == list(range(1, seen[0][1] + 1))
    np.testing.assert_array_equal(seen[-1][2], final.vectors)
    assert not np.array_equal(seen[0][2], seen[-1][2])


def test_a_large_corpus_is_passed_over_less_often(monkeypatch):
    def steps_of(sentences):
        seen = []
        learn(sentences, 2, 0, on_step=lambda step, steps, _: seen.append(steps))
        return seen[0]

    sentences, pairs = planted(100), 100 * 4 * 3
    monkeypatch.setattr(skipgram, 'PAIRS', 5 * pairs)
    assert steps_of(sentences) == 5 * skipgram.FEWEST_STEPS
    monkeypatch.setattr(skipgram, 'PAIRS', 1)
    assert steps_of(sentences) == skipgram.FEWEST_STEPS
    monkeypatch.setattr(skipgram, 'BATCH', 10)
    assert steps_of(sentences) == pairs // 10
