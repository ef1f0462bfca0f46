import pytest

from classifier.text.tokens import STOP_WORDS, words


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('A warm, FUNNY film!', ['a', 'warm', 'funny', 'film']),
        ('It’s Anna\'s "well-made" film', ["it's", "anna's", 'well', 'made', 'film']),
        ("'quoted' rock 'n' roll", ['quoted', 'rock', 'n', 'roll']),
        ('Straße, ＷＩＤＥ, Cafe\u0301', ['strasse', 'wide', 'café']),  # one spelling of what looks the same
        ('10 von 2_3', ['10', 'von', '2', '3']),
        ('这部电影很好看 2024', ['这', '部', '电', '影', '很', '好', '看', '2024']),
        ('とても良いfilm', ['と', 'て', 'も', '良', 'い', 'film']),
        ('한국 영화', ['한국', '영화']),
        ('हिन्दी फ़िल्म', ['हिन्दी', 'फ\u093cिल\u094dम']),  # vowels and marks stay with their letters
        ('… 🎬 --', []),
        ('', []),
    ],
)
def test_words(text, expected):
    assert words(text) == expected


def test_stop_words_are_words_and_turn_no_meaning_round():
    assert all(words(word) == [word] for word in STOP_WORDS)
    assert not STOP_WORDS & {'not', 'no', 'never', 'nothing', 'without'}
    assert {'the', 'a', 'is', "it's", 'and'} <= STOP_WORDS
