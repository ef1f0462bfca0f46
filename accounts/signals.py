"""News for the apps above, which know accounts while it knows none of them."""

from django.dispatch import Signal

# `user`: whose data is exported. A receiver answers with an iterable of (path in the zip, content), the content as
# bytes, or as a callable that reads them when their turn comes; an OSError from it becomes a line in missing.txt.
exporting = Signal()

# `user`: whose account is about to go, as `request` asks. A receiver removes what is much, in small transactions, so
# that nobody else waits for the one that removes the rest.
leaving = Signal()
