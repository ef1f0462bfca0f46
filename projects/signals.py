"""News that travels upward: listeners in other apps act on it, this app knows none of them."""

from django.dispatch import Signal

# Sent after commit, with project_id: samples were added, moved, deleted or brought back.
samples_changed = Signal()

# Sent after commit, with project_id: the project was deleted.
project_deleted = Signal()
