"""What a report's page is made of: photos with what was said of them, squares of the matrix, things to clean.

A text stands where a photo stands: `photo` is the sample.
"""

from dataclasses import dataclass, field

from projects.models import Sample

CAUSES = {
    'wrong_label': ('Perhaps labelled wrong', 'Other {thing}s like it, and most models, say what it said'),
    'head': ('{Thing}s like it are right', 'The pretrained model sees the likeness; the small part on top errs'),
    'backbone': ('Another model gets it right', 'The features of the pretrained model do not show what differs here'),
    'unclear': ('{Thing} is unclear', 'It was nearly right, or all models take it for the same other thing'),
    'too_few': ('Too few like it', 'It was nearly right: more {thing}s like it would probably settle it'),
}
CANNOT_TELL = ('Cannot tell', 'Nothing that was looked at tells where it comes from')


@dataclass(frozen=True)
class Shown:
    """A category under its name of today. One that was deleted keeps its last name, and has no number."""

    pk: int
    name: str
    colour: int
    number: int | None


@dataclass(frozen=True)
class Bar:
    category: Shown
    share: float

    @property
    def width(self) -> str:
        return f'{100 * self.share:.1f}%'


@dataclass(frozen=True)
class Cause:
    code: str
    label: str
    hint: str

    @classmethod
    def of(cls, code: str, thing: str) -> 'Cause':
        """In words: `thing` is photo or text."""
        said = (words.format(thing=thing, Thing=thing.capitalize()) for words in CAUSES.get(code, CANNOT_TELL))
        return cls(code, *said)


@dataclass
class Looked:
    """A photo and what was said of it: `said` by the user before the training, `called` by the version."""

    photo: Sample
    said: Shown | None = None
    called: Shown | None = None
    bars: list[Bar] = field(default_factory=list)
    nearest: list[Sample] = field(default_factory=list)
    cause: Cause | None = None
    since: str = ''  # what became of it after the training; '' for nothing
    untried: str = ''  # why it counts for nothing in the accuracy; '' for what does

    @property
    def alt(self) -> str:
        if self.said is None or self.called is None:
            return self.photo.title
        verdict = 'recognised' if self.said == self.called else f'taken for {self.called.name}'
        return f'{self.photo.title}: {self.said.name} {verdict}'


@dataclass(frozen=True)
class Suspect:
    """A photo whose label is doubted: in `said`, but it looks more like `suggested`."""

    photo: Sample
    said: Shown
    suggested: Shown

    @property
    def alt(self) -> str:
        return f'{self.photo.title}, in {self.said.name}'


@dataclass(frozen=True)
class Twin:
    """One of several photos that are nearly the same; its category of today, None if the version does not know it."""

    photo: Sample
    category: Shown | None


@dataclass(frozen=True)
class Cluster:
    """Photos that are nearly the same, the oldest first."""

    twins: list[Twin]

    @property
    def across(self) -> bool:
        """Whether they stand in different categories, so that somebody must say which is right."""
        return len({twin.photo.category_id for twin in self.twins}) > 1


@dataclass(frozen=True)
class Cell:
    """A square of the matrix: how many photos of category `row` were called `column`."""

    row: int
    column: int
    count: int
    of: int
    said: Shown
    called: Shown

    @property
    def tone(self) -> str:
        """Red deepens with the share, green is right."""
        if self.row == self.column:
            return 'ok'
        if not self.count:
            return ''
        share = self.count / self.of if self.of else 0
        return 'e3' if share > 0.15 else 'e2' if share > 0.05 else 'e1'
