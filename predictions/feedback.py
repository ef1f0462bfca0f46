"""What people say to answers that were kept: the right category makes a sample, and all of it can be taken back."""

import time
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone

from accounts.connections import give_back
from classifier.errors import BadImage
from predictions.later import later
from predictions.models import Prediction
from projects import actions, storage
from projects.access import EDITOR, User, reach
from projects.errors import UserError
from projects.facts import Facts
from projects.models import Category, Project, Sample

ELSEWHERE = (0.1, 0.2)  # seconds: another process, which gave the answer, is about to write it


def find(user: User, pk: UUID) -> Prediction:
    """One that is kept, with its project, also right after its answer. PermissionDenied where `user` may only look.

    Raises UserError `not_kept`, alike for what never was, what is past its time, and what others keep.
    """
    give_back()
    later.settle()
    for pause in (*ELSEWHERE, None):
        try:
            found = reach(Prediction.objects.select_related('version'), user, pk, EDITOR)
        except Http404:
            if pause is None:
                break
            give_back()
            time.sleep(pause)
        else:
            if found.is_kept:
                return found
            break
    raise not_kept()


def not_kept() -> UserError:
    message = (
        'This answer is not kept: add the photo or text to its category instead. The project’s settings say how long.'
    )
    return UserError(message, 'not_kept', 409)


def give(prediction: Prediction, category: Category, from_queue: bool = False) -> tuple[Sample, Category | None]:
    """The sample of the photo or text, now in the category: a new one, or the one that was there already; and in which
    other category that one was.

    Raises UserError where it cannot be kept, where its copy was lost, or where the category was deleted meanwhile.
    """
    there, undo = sample_of(prediction), prediction.undo
    before = there.category if there else None
    if there is None:
        there = added(prediction, category)
        undo = {'sample': there.pk, 'made': True}
    else:
        # Who corrects a correction takes both back at once.
        undo = undo or {'sample': there.pk, 'made': False, 'category': there.category_id}
        actions.move_sample(there, category)
    right = not prediction.none_of_these and prediction.confidences[0]['id'] == category.pk
    say(prediction, corrected=category, right=right, from_queue=from_queue, undo=undo)
    return there, before if before != category else None


def discard(prediction: Prediction, request: Any, rightly_none: bool = False) -> None:
    """Out of the queue without a sample; one that was made goes. `request` tells the audit log who did it.

    `rightly_none`: “none of these” was the right answer. Else nothing is said about right or wrong.
    """
    if prediction.undo:
        take_back(prediction, request)
    right = True if rightly_none and prediction.none_of_these else None
    say(prediction, corrected=None, right=right, from_queue=True, undo=None)


def take_back(prediction: Prediction, request: Any) -> None:
    """As if nothing had been said: a sample made of it goes, one that was there already goes back where it was; unless
    another answer to the same was corrected, too."""
    undo, project = prediction.undo or {'sample': 0}, prediction.project
    sample = project.samples.alive().filter(pk=undo['sample']).first()
    other = last_correction(sample, prediction) if sample else None
    if sample and other:
        actions.move_sample(sample, other.corrected)
        if undo['made']:
            say(other, undo=undo, reviewed_at=other.reviewed_at)
    elif sample and undo['made']:
        actions.delete_samples(project, [sample])
        actions.note_deleted(project, 1, request)
    elif sample:
        actions.move_sample(sample, project.categories.filter(pk=undo['category']).first())
    say(prediction, corrected=None, right=None, from_queue=False, undo=None, reviewed_at=None)


def last_correction(sample: Sample, beside: Prediction) -> Prediction | None:
    """What was said last to another answer to the sample's photo or text."""
    same = Prediction.objects.filter(project=beside.project, content_hash=beside.content_hash, undo__sample=sample.pk)
    return same.exclude(pk=beside.pk).exclude(corrected=None).order_by('-reviewed_at').first()


def say(prediction: Prediction, **said: Any) -> None:
    """Only these columns: it may be purged meanwhile."""
    Prediction.objects.filter(pk=prediction.pk).update(**{'reviewed_at': timezone.now()} | said)


def sample_of(prediction: Prediction) -> Sample | None:
    """The living sample of the same photo or text."""
    return (
        prediction.project.samples.alive()
        .filter(content_hash=prediction.content_hash)
        .select_related('category')
        .first()
    )


def added(prediction: Prediction, category: Category) -> Sample:
    project = prediction.project
    if project.kind == Project.Kind.TEXT:
        return added_text(prediction, category)
    # The copy says neither when it was taken nor what was sent.
    facts = Facts(Sample.Source.FEEDBACK, taken_at=prediction.taken_at, content_hash=prediction.content_hash)
    try:
        sample = actions.add_sample(project, category, prediction.name, read_copy(prediction), facts)
    except BadImage as error:
        if error.code != 'duplicate':
            raise actions.unreadable() from error
        return moved_there(prediction, category)
    actions.tell(project)
    return sample


def added_text(prediction: Prediction, category: Category) -> Sample:
    outcome = actions.add_texts(prediction.project, category, [prediction.text], source=Sample.Source.FEEDBACK)
    if outcome.added:
        return outcome.added[0]
    refused = outcome.rejected[0]
    if refused['code'] != 'duplicate':
        raise UserError(refused['message'], refused['code'], 409)
    return moved_there(prediction, category)


def moved_there(prediction: Prediction, category: Category) -> Sample:
    """It was added at the same moment."""
    there = sample_of(prediction)
    if there is None:
        raise actions.unreadable()
    actions.move_sample(there, category)
    return there


def read_copy(prediction: Prediction) -> bytes:
    """The copy that is kept. Raises UserError `not_kept` where it was lost."""
    try:
        return storage.read(prediction.file)
    except OSError as error:
        raise not_kept() from error
