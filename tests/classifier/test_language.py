"""Whether texts look English, and what is said where they do not."""

import pytest

from classifier.text.language import COUNTED, NOT_ENGLISH, UNCOUNTED, note

ENGLISH = [
    'Where is my card? I have waited for two weeks.',
    'The exchange rate was wrong.',
    'I lost my phone, what now?',
]
GERMAN = [
    'Wo ist meine Karte? Ich warte seit zwei Wochen.',
    'Der Wechselkurs war falsch.',
    'Ich habe mein Handy verloren.',
]
CHINESE = ['我的卡在哪里？', '汇率错了。', '我丢了手机，怎么办？']


@pytest.mark.parametrize('texts', [GERMAN, CHINESE, [*GERMAN * 3, *ENGLISH[1:2]]])
def test_other_languages_are_said(texts):
    assert note(texts, counted=True) == NOT_ENGLISH + COUNTED


@pytest.mark.parametrize('texts', [ENGLISH, [*ENGLISH * 3, *GERMAN[:1]], ['card declined'], ['!!', '???'], ['']])
def test_english_and_nothing_are_not(texts):
    assert note(texts, counted=True) is None


def test_a_long_table_is_looked_at_throughout():
    assert note([*ENGLISH * 100, *GERMAN * 3000], counted=True) == NOT_ENGLISH + COUNTED


def test_counted_words_are_not_named_where_none_are_counted():
    assert note(GERMAN, counted=False) == NOT_ENGLISH + UNCOUNTED
