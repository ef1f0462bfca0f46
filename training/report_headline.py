"""What a report's page says beside the accuracy: how far it tells anything, and why it is less than was counted."""

from projects.words import hundredths, things
from training.report_photos import ReportPhotos

NARROW = 0.2  # range of an accuracy that is known well: more photos would not make it better than guessing
HALF = 0.005  # of a point: less is not seen in whole percent


def unsure(page: ReportPhotos) -> dict[str, str] | None:
    """`why` guessing cannot be told from it, and what it `gets` of new photos; None where it is clearly better.

    The run's page says the same (static/js/run_words.js).
    """
    accuracy, may = page.found['accuracy'], 'it may get anything between'
    if not page.measured or accuracy['low'] > page.chance:
        return None
    if accuracy['high'] < page.chance:
        return {'why': 'It is not better than guessing.', 'gets': 'it gets between'}
    if accuracy['high'] - accuracy['low'] <= NARROW:
        return {'why': 'It is not clearly better than guessing.', 'gets': 'it gets between'}
    if 'too few groups' in accuracy['method']:
        return {'why': f'These {page.thing}s come from too few groups to tell.', 'gets': may}
    are = 'is' if page.measured == 1 else 'are'
    return {'why': f'{things(page.project.kind, page.measured)} {are} too few to tell.', 'gets': may}


def lowered(page: ReportPhotos) -> dict[str, bool] | None:
    """Why the stated accuracy is less than what was counted: `choice` on the same photos, photos of one group
    (`together`), or both. None where it is not, and where photos are missing since.

    Versions of before do not say, and had no other reason than choice.
    """
    accuracy = page.found['accuracy']
    if page.measured != accuracy.get('samples', page.version.sample_count):
        return None
    if hundredths(page.counted) <= hundredths(accuracy['value']):
        return None
    if 'lowered' not in accuracy:
        return {'choice': True, 'together': False}
    choice = accuracy['lowered'] or 0.0
    together = page.counted - choice - accuracy['value'] >= HALF
    return {'choice': choice >= HALF or not together, 'together': together}
