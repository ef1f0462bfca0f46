"""Texts that are the same, or nearly so."""

import numpy as np

from classifier import duplicates
from classifier.text.counts import learn
from classifier.text.fingerprint import similarity_hash, text_hash


def test_case_spaces_and_forms_do_not_tell_texts_apart():
    assert text_hash('Where is\tmy  card? ') == text_hash('where is my CARD?') == text_hash('ｗhere is my card?')
    assert text_hash('Where is my card?') != text_hash('Where is my card!')
    assert text_hash('STRASSE') == text_hash('straße')


def test_bits_differ_less_the_more_texts_share():
    text = 'I am still waiting for my new card, which should have come last week.'
    hashed = similarity_hash(text)
    bits = [
        (hashed ^ similarity_hash(other)).bit_count()
        for other in (
            'i am still waiting for my new card which should have come last week',
            'I am still waiting for my new card, which should have come last month.',
            'Can the exchange rate be locked in before a trip abroad?',
        )
    ]
    assert bits[0] == 0
    assert 0 < bits[1] <= 16 < bits[2]


def test_anything_has_a_hash():
    assert all(0 < similarity_hash(text) < 2**64 for text in ('', 'a', '!?', '東京', '\ud800', 'x' * 10_000))


def test_texts_without_words_are_told_apart_by_what_they_have():
    """Encoders may read all of them as the same unknown sign."""
    texts = ['\U0001f44d', '\U0001f44e', '?', '\u2665\u2665\u2665', ':-(', '\U0001f44d', *'abcdefgh']
    features = np.eye(14)[[0] * 6 + list(range(6, 14))]
    hashes = np.array([similarity_hash(text) for text in texts], np.uint64)
    assert duplicates.find(features, hashes, lambda: None) == [[0, 5]]


def test_near_duplicates_are_found_by_the_code_for_photos():
    texts = [
        f'Sentence {word} tells of {word} things and {other} ways.'
        for word, other in zip(
            ('blue', 'loud', 'early', 'cheap', 'rainy', 'noble', 'tiny', 'slow', 'fresh', 'odd', 'calm', 'wild'),
            ('long', 'short', 'wide', 'new', 'old', 'far', 'near', 'deep', 'high', 'low', 'hot', 'cold'),
            strict=True,
        )
    ]
    texts += [
        'My parcel was opened before it reached me, who did that?',
        'My parcel was opened before it reached me. Who did that',
    ]
    features = learn('letters', texts).features(texts).astype(float)
    hashes = np.array([similarity_hash(text) for text in texts], np.uint64)
    assert [12, 13] in duplicates.find(features, hashes, lambda: None)
