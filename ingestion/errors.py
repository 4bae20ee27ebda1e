"""Errors of the product. The type decides what happens next, the message says what to do."""


class IngestionError(Exception):
    """The root of every error that the product raises on purpose. Its text is shown to people."""


class InvalidSettings(IngestionError):
    """A setting is missing or malformed. Stops the start of whatever reads it."""


class RefusedUpload(IngestionError):
    """The file cannot be taken: its name, size or content is not what we accept. Nothing was stored."""


class UnreadableFile(IngestionError):
    """The stored file cannot be read as a contact list. Permanent: never retried."""


class NotFound(IngestionError):
    """There is no such thing, or it belongs to somebody else; the two are not told apart."""


class NotAllowed(IngestionError):
    """The account's role does not allow it. Nothing was done."""


class Conflict(IngestionError):
    """Somebody or something was faster: the state is not what the caller saw. Look again."""


class InvalidDecision(IngestionError):
    """A decision that a rule refuses, with the reason. Nothing was stored."""


class Unavailable(IngestionError):
    """A service that the product needs does not answer. Transient: trying again helps once it is back."""


class DatabaseUnavailable(Unavailable):
    """The database does not answer. What was being stored may or may not be."""


class StorageUnavailable(Unavailable):
    """The file store does not answer. Nothing was stored; trying again may help."""


class QueueUnavailable(Unavailable):
    """The job is stored, but no message could be sent. It is enqueued again by itself."""


class Busy(IngestionError):
    """As much of this as the process does at once is being done. Nothing was begun; it passes by itself."""


class RetryLater(IngestionError):
    """An attempt at a job failed for a reason that may pass; it is due again in so many seconds."""

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(reason)
        self.seconds = seconds


class GivenUp(IngestionError):
    """A job failed in its last attempt. It says so, and a person can try it again."""


class SignInRefused(IngestionError):
    """The account cannot be made or entered as asked."""


class SignInPaused(SignInRefused):
    """Too much was wrong lately: nothing was looked at, and nothing is for so many seconds."""

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(reason)
        self.seconds = seconds


class TooManyUploads(RefusedUpload):
    """The account began to upload as many files within the hour as it may. Nothing was stored."""


class PasswordRefused(IngestionError):
    """The password is not taken, with the reason. Nothing was changed."""
