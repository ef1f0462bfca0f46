"""What a report says for given numbers."""

from typing import Any

import pytest

from training import report_words as words
from training.report_next import next_step

POINT = {'per_category': 10, 'accuracy': 0.91, 'low': 0.83, 'high': 0.96}
CURVE = {'measured': [POINT], 'forecast': [], 'more': [20, 35], 'target': 0.94, 'flat': False, 'neediest': 'plastic'}


def candidate(backbone: str, accuracy: float, chosen: bool = False, head: str = 'linear', ms: float | None = 41.0):
    return {
        'backbone': backbone, 'cut': 'final', 'head': head, 'accuracy': accuracy, 'low': 0.83, 'high': 0.96,
        'ms_per_sample': ms, 'chosen': chosen,
    }  # fmt: skip


TOGETHER = 'dinov2_vits14 + tiny_vit_5m + colour'


@pytest.mark.parametrize(
    ('candidates', 'said'),
    [
        (
            [
                candidate('tiny_vit_5m', 0.7),
                candidate('dinov2_vits14', 0.88),
                candidate('colour', 0.6),
                candidate(TOGETHER, 0.91, chosen=True),
            ],
            'DINOv2 + TinyViT + colour, linear heads: 91\u202f% (83–96), 3 points better than the best single one, '
            '41 ms a photo.',
        ),
        (
            [candidate('dinov2_vits14', 0.912), candidate(TOGETHER, 0.91, chosen=True, ms=None)],
            'DINOv2 + TinyViT + colour, linear heads: 91\u202f% (83–96), not better than the best single one.',
        ),
        (
            [candidate('colour', 0.91, chosen=True, head='prototype'), candidate('dinov2_vits14', 0.88)],
            'Colour, nearest average head: 91\u202f% (83–96), 41 ms a photo.',
        ),
        (
            [
                candidate('colour', 0.91, head='prototype'),
                candidate('colour', 0.9),
                candidate('colour', 0.95, head='linear + prototype', chosen=True),
            ],
            'Colour, linear and nearest average heads: 95\u202f% (83–96), 4 points better than the best single one, '
            '41 ms a photo.',
        ),
        ([], ''),
    ],
    ids=['better together', 'no better', 'one alone', 'two heads on one cut', 'nothing'],
)
def test_the_evidence_is_one_sentence(candidates, said):
    assert words.evidence(candidates) == said


@pytest.mark.parametrize(('low', 'luck'), [(0.83, ', which on so few photos may be chance'), (0.9, '')])
def test_the_evidence_says_first_why_a_combination_answers_that_got_fewer_right(low, luck):
    said = words.evidence([candidate('tiny_vit_5m', 0.96) | {'low': low}, candidate(TOGETHER, 0.88, chosen=True)])
    assert said.startswith(f'TinyViT alone got 8 points more{luck}. Several answer together all the same: ')
    assert said.endswith('linear heads: 88\u202f% (83–96), 41 ms a photo.')


def test_fast_is_the_single_one_that_training_would_choose_where_that_is_quicker():
    slow = candidate('dinov2_vits14', 0.9, ms=40.0)
    quick = candidate('efficientnet_lite0', 0.85, ms=12.0)
    together = candidate('dinov2_vits14 + efficientnet_lite0', 0.92, chosen=True, ms=52.0)
    dinov2, lite0 = ([one['backbone'], one['cut'], one['head']] for one in (slow, quick))
    assert words.fast([slow, quick, together], 52.0, dinov2)['name'] == 'DINOv2'
    assert words.fast([slow, quick, together], 52.0, lite0)['name'] == 'Lite0'
    assert words.fast([slow | {'chosen': True}, quick], 40.0, dinov2) is None
    assert not words.fast([slow, quick, together], 52.0, dinov2)['outdone']
    assert words.fast([slow, quick | {'accuracy': 0.9}, together], 52.0, dinov2)['outdone']  # as good, and quicker
    assert words.fast([slow, quick | {'accuracy': 0.91}, together], 52.0, dinov2)['outdone']
    assert words.fast([slow, together], 40.0, dinov2) is None
    assert words.fast([slow | {'ms_per_sample': None}, together], 52.0, dinov2) is None
    assert words.fast([slow, quick, together], 52.0, None) is None


@pytest.mark.parametrize(
    ('changes', 'said'),
    [
        ({}, 'About 20–35 more photos in all would bring 91\u202f% to 94\u202f%. plastic needs them most.'),
        ({'more': [20, 20], 'neediest': None}, 'About 20 more photos in all would bring 91\u202f% to 94\u202f%.'),
        ({'target': 0.912}, 'Cannot tell yet whether more photos would help.'),
        ({'more': None, 'target': None}, 'Cannot tell yet whether more photos would help.'),
        (
            {'more': None, 'target': None, 'flat': True},
            'More photos like these will not help here; a different pretrained model might.',
        ),
    ],
)
def test_advice_on_more_photos(changes, said):
    assert words.curve_advice(CURVE | changes) == said


@pytest.mark.parametrize('cause', words.FAULTS)
def test_advice_on_a_fault_has_its_share_and_range_where_it_has_one(cause):
    known = {'wrong_label', 'head', 'backbone', 'unclear', 'too_few'}
    parts = {name: dict.fromkeys(known, share) for name, share in (('shares', 0.6), ('low', 0.4), ('high', 0.8))}
    said = words.fault_advice({'cause': cause, 'confidence': 0.8, **parts})
    assert said.startswith('60\u202f% (40–80) of its mistakes') == (cause in known)
    assert '{' not in said


@pytest.mark.parametrize('cause', words.ALL_THE_SAME)
def test_a_fault_that_no_single_mistake_shows_claims_no_share(cause):
    nothing = {'shares': {cause: 0.0}, 'low': {cause: 0.0}, 'high': {cause: 0.1}}
    assert '%' not in words.fault_advice({'cause': cause, 'confidence': 0.8, **nothing})


def found(mistakes: dict[str, list[tuple[str, str]]] | None = None, **changes: Any) -> dict[str, Any]:
    """A report with mistakes of each cause: (category, predicted)."""
    listed = [
        {'sample': number, 'category': category, 'predicted': predicted, 'cause': cause}
        for number, (cause, (category, predicted)) in enumerate(
            (cause, pair) for cause, pairs in (mistakes or {}).items() for pair in pairs
        )
    ]
    rows = [{'category': name, 'samples': 50} for name in ('glass', 'metal', 'plastic')]
    categories = [{'id': place, 'name': row['category'], 'position': place} for place, row in enumerate(rows)]
    return {
        'mistakes': listed, 'per_category': rows, 'categories': categories, 'learning_curve': None, 'suspects': None,
        'near_duplicates': None, 'overlaps': None, 'worst_mixup': None,
    } | changes  # fmt: skip


ENOUGH = dict(enumerate([0, 1, 2] * 50))
GLASS = ('glass', 'plastic')


def suspects(*samples: int) -> list[dict[str, Any]]:
    return [{'sample': sample, 'category': 'glass', 'suggested': 'plastic', 'score': 1.0} for sample in samples]


def test_labels_first_where_most_mistakes_are_wrong_labels():
    made = next_step(found({'wrong_label': [GLASS] * 4, 'too_few': [GLASS]}, suspects=suspects(0, 1, 2)), ENOUGH)
    assert (made['code'], made['title']) == ('check_labels', 'Check 3 labels')
    assert made['text'].startswith('3 of 5 mistakes')
    settled = next_step(found({'wrong_label': [GLASS] * 4}, suspects=[]), ENOUGH)
    assert settled['code'] == 'test'


def test_more_photos_where_the_forecast_mends_most():
    worst = {'category': 'glass', 'predicted': 'plastic', 'count': 5, 'back': 2}
    planted = {'wrong_label': [GLASS] * 4, 'too_few': [GLASS] * 3 + [('glass', 'metal')] * 7}
    made = next_step(found(planted, learning_curve=CURVE, worst_mixup=worst, suspects=suspects(0, 1, 2, 3)), ENOUGH)
    assert made == {
        'code': 'add_photos',
        'title': 'Add about 20–35 photos, first of plastic',
        'text': '7 of 14 mistakes are between glass and plastic: show what differs.',
        'expected': '91\u202f% becomes 94\u202f%.',
    }  # 3 % of 150 photos are 4.5 mistakes, more than the 4 labels
    less = next_step(
        found(planted, learning_curve=CURVE | {'target': 0.93}, worst_mixup=worst, suspects=suspects(0, 1, 2, 3)),
        ENOUGH,
    )
    assert less['code'] == 'check_labels'


def test_contradicting_near_duplicates():
    today = {**ENOUGH, 200: 0, 201: 1, 202: 0, 203: 0, 204: None}
    clusters = [[200, 201], [202, 203], [203, 204]]
    made = next_step(found({'unclear': [GLASS]}, near_duplicates=clusters), today)
    assert (made['code'], made['title']) == ('keep_one', 'Settle a photo that stands in two categories')
    assert next_step(found({None: [GLASS]}, near_duplicates=clusters[1:]), today)['code'] == 'test'


def test_categories_that_overlap():
    overlaps = [
        {'categories': ['glass', 'metal'], 'share': 0.9, 'low': 0.5, 'high': 1.0},
        {'categories': ['plastic', 'glass'], 'share': 0.5, 'low': 0.2, 'high': 0.7},
    ]
    planted = {'unclear': [('glass', 'plastic')] * 3 + [('plastic', 'glass')] * 3 + [('glass', 'metal')]}
    made = next_step(found(planted, overlaps=overlaps), ENOUGH)
    assert (made['code'], made['title']) == ('overlap', 'Decide whether glass and plastic differ')
    assert made['text'].startswith('6 of 7 mistakes are between these two.')
    assert 'one category' in made['text']
    two = found(planted, overlaps=overlaps)
    two['categories'].pop()
    assert 'one category' not in next_step(two, ENOUGH)['text']


def test_the_smallest_category_where_nothing_more_can_be_told():
    made = next_step(found({None: [GLASS]}), dict(enumerate([0] * 20 + [1] * 4 + [2] * 20)))
    assert (made['code'], made['title']) == ('add_photos', 'Add 6 photos to metal')
    several = next_step(found({None: [GLASS]}), dict(enumerate([0] * 20 + [1] * 4 + [2] * 9)))
    assert several['title'] == 'Add photos until each category has 10'
    assert several['text'].startswith('metal has only 4.')
    same = next_step(found({None: [GLASS]}), dict(enumerate([0] * 20 + [1] * 4 + [2] * 4)))
    assert same['text'].startswith('2 categories have only 4.')
    one = next_step(found({None: [GLASS]}), dict(enumerate([0] * 20 + [1] * 9)))
    assert one['text'].startswith('plastic is empty.')
    assert next_step(found({None: [GLASS]}), dict(enumerate([0] * 20)))['text'].startswith('2 categories are empty.')


@pytest.mark.parametrize(
    ('count', 'wrong', 'said'),
    [(3, 5, '3 of 5 mistakes'), (5, 5, 'All 5 mistakes'), (2, 2, 'Both mistakes'), (1, 1, 'Its one mistake')],
)
def test_mistakes_are_counted_as_a_person_would(count, wrong, said):
    worst = {'category': '6', 'predicted': '4', 'count': count, 'back': 0}
    pairs = [('6', '4')] * count + [GLASS] * (wrong - count)
    planted = found({'too_few': pairs}, learning_curve=CURVE, worst_mixup=worst)
    verb = 'are' if count > 1 else 'is'
    assert next_step(planted, ENOUGH)['text'] == f'{said} {verb} between “6” and “4”: show what differs.'


def test_of_two_categories_it_goes_without_saying_between_which():
    worst = {'category': 'glass', 'predicted': 'plastic', 'count': 3, 'back': 0}
    planted = found({'too_few': [GLASS] * 3}, learning_curve=CURVE, worst_mixup=worst)
    planted['categories'].pop(1)
    assert next_step(planted, ENOUGH)['text'] == 'Show what differs between glass and plastic.'


def test_labels_that_were_corrected_are_trained_first_and_count_for_nothing_else():
    planted = found({'wrong_label': [GLASS] * 2, 'too_few': [GLASS]}, suspects=[], learning_curve=CURVE)
    made = next_step(planted, ENOUGH, moved={0, 1})
    assert (made['code'], made['title']) == ('train', 'Train again: 2 labels were corrected')
    assert made['text'].startswith('2 of 3 mistakes are settled by that.')
    assert next_step(planted, ENOUGH, moved={0})['title'] == 'Train again: 1 label was corrected'
    nowhere = {**ENOUGH, 0: None, 1: None}
    assert next_step(planted, nowhere, moved={0, 1})['code'] == 'add_photos'
    few = dict(enumerate([0, 1, 2] * 3))
    doubted = found({'wrong_label': [GLASS] * 2, 'too_few': [GLASS]}, suspects=suspects(0, 1))
    assert next_step(doubted, few, moved={0, 1}, answers=False)['code'] == 'add_photos'


def test_photos_rather_than_labels_where_most_mistakes_are_of_too_few():
    planted = {'wrong_label': [GLASS], 'too_few': [GLASS] * 2}
    few = dict(enumerate([0, 1, 2] * 3))
    assert next_step(found(planted, suspects=suspects(0)), few)['code'] == 'add_photos'
    assert next_step(found(planted, suspects=suspects(0)), ENOUGH)['code'] == 'check_labels'
    planted = {'wrong_label': [GLASS] * 2, 'too_few': [GLASS]}
    assert next_step(found(planted, suspects=suspects(0, 1)), few)['code'] == 'check_labels'


def test_nothing_to_do():
    assert next_step(found(), ENOUGH)['text'].startswith('It got none wrong of 150 photos.')
    assert next_step(found({None: [GLASS]}), ENOUGH)['text'].startswith('Nothing that is known here')


@pytest.mark.parametrize(
    ('cause', 'alone', 'code', 'title', 'said'),
    [
        (
            'head',
            False,
            'add_photos',
            'Add photos like those it got wrong',
            'The photos most like both mistakes are in',
        ),
        ('backbone', True, 'together', 'Let all models answer together', 'Another pretrained model gets both mistakes'),
        (
            'backbone',
            False,
            'test',
            'Show it new photos',
            'The pretrained models hardly see what differs there, and all',
        ),
        ('unclear', False, 'look', 'Look at 2 unclear photos', 'Both mistakes are unclear. Where you can tell'),
    ],
)
def test_the_commonest_cause_that_no_figure_speaks_of_asks_for_one_step(cause, alone, code, title, said):
    made = next_step(found({cause: [GLASS] * 2}), ENOUGH, alone=alone)
    assert (made['code'], made['title']) == (code, title)
    assert made['text'].startswith(said)
    unmeasured = next_step(found(mistakes=None, per_category=None) | {'mistakes': None}, ENOUGH)
    assert 'none wrong' not in unmeasured['text']


def test_a_mistake_whose_photo_was_moved_since_was_one_all_the_same():
    moved = next_step(found({'unclear': [GLASS]}), {**ENOUGH, 0: None}, moved={0})
    assert (moved['code'], moved['text'][:26]) == ('test', 'Nothing that is known here')
    older = next_step(found({'unclear': [GLASS]}), {**ENOUGH, 0: 2}, moved={0}, answers=False)
    assert 'none wrong' not in older['text']


def test_notes_say_what_is_missing_and_why():
    assert words.notes({'notes': ['Too few.']}, deleted=0, test=False, measured=5) == ['Too few.']
    assert words.notes({'notes': []}, deleted=1, test=False, measured=5) == [
        '1 photo was deleted since: still counted in the accuracy, and nowhere else here.'
    ]
    assert len(words.notes({}, deleted=2, test=True, measured=0)) == 4
