"""“Try the sentiment example”: the lesson's 72 sentences as a project, as labelled as they are when its page opens."""

from django.utils import timezone

from classifier.lesson.draws import draw
from classifier.lesson.sentences import LABELS, SENTENCES
from classifier.lesson.toy import CORPUS, FIRST
from projects import limits
from projects.actions import create_project, tell
from projects.errors import Refused
from projects.facts import Facts
from projects.models import Project, Sample
from projects.text_actions import Row, add_some


def create(owner_id: int) -> Project:
    """Eight sentences in two categories; all others wait in the inbox. Raises LimitReached or DiskFull."""
    room = limits.Room(owner_id, kind=Project.Kind.TEXT)
    room.check(len(SENTENCES))
    project = create_project(owner_id, 'Film reviews', reversed(LABELS), Project.Kind.TEXT)
    labelled = set(draw(CORPUS, FIRST.choice, (FIRST.seed,)).labelled.tolist())
    categories = {category.name: category for category in project.categories.all()}
    rows = [
        Row(str(place), sentence, categories[label] if place in labelled else None, Facts(Sample.Source.EXAMPLE))
        for place, (label, sentence) in enumerate(SENTENCES)
    ]
    try:
        if stopped := add_some(project, rows, room).stopped:
            raise stopped
    except Refused:
        Project.objects.filter(pk=project.pk).update(deleted_at=timezone.now())  # half an example is none
        raise
    tell(project)
    return project
