"""What comes with a photo, beside what can be seen in it."""

from dataclasses import asdict, dataclass
from datetime import datetime

from projects.models import Sample


@dataclass(frozen=True)
class Facts:
    """By the names of a sample's fields."""

    source: str = Sample.Source.UPLOAD
    group: str = ''
    split: str | None = None
    creator: str = ''
    licence: str = ''
    licence_url: str = ''
    landing_page: str = ''
    label_checked: bool = False
    taken_at: datetime | None = None  # None: as the file says
    content_hash: str = ''  # of the file that was sent once, where a copy drawn since is added

    def note(self, sample: Sample) -> None:
        """Tell the sample what is known."""
        for name, value in asdict(self).items():
            if value not in ('', None):
                setattr(sample, name, value)


UNKNOWN = Facts()
