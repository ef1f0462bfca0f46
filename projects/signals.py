"""News that travels upward: listeners in other apps act on it, this app knows none of them."""

from django.dispatch import Signal

# Sent after commit, with project_id: samples were added, moved, deleted or brought back.
samples_changed = Signal()

# Sent after commit, with project_id: the project was deleted.
project_deleted = Signal()

# Sent after commit, with project_id: a deleted project was brought back.
project_restored = Signal()

# Sent inside the transaction that made them, with copies: the ids of samples -> the ids of their copies.
samples_copied = Signal()

# Sent by a worker about once a minute: what has had its time may go.
purging = Signal()
