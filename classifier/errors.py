"""What can go wrong in the learning core, each with a text that a user can act on."""


class ClassifierError(Exception):
    """The base of this package's errors; `str(error)` is a sentence for the user."""


class BadImage(ClassifierError):
    """A file that cannot be taken as a picture. `code` is one of the codes that the API gives a rejected sample."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class BackboneMissing(ClassifierError):
    """A pretrained model that is needed and not installed."""


class BadBundle(ClassifierError):
    """A saved model that is damaged, of a newer format, or not what its hash says."""


class Cancelled(ClassifierError):
    """Raised through `on_progress` by a caller that wants the work to stop."""
