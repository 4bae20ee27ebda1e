"""streamlit-authenticator's forms and hashing over the users table, without its cookie and with our rules."""

from collections.abc import Callable, Iterator, MutableMapping
from typing import Any, Never

from streamlit_authenticator import Authenticate
from streamlit_authenticator.controllers import AuthenticationController
from streamlit_authenticator.models import AuthenticationModel
from streamlit_authenticator.utilities import RegisterError, Validator

from dashboard import client, resources
from ingestion import accounts, attempts, password_hashes, registration, signing_in
from ingestion.accounts import Credentials
from ingestion.registration import Applicant
from ingestion.rules import emails, passwords

TAKEN = "Username/email already taken"
"""What the package's RegisterError says of an address that has an account."""


class _Users(MutableMapping[str, dict[str, Any]]):
    """The users table in the shape that streamlit-authenticator reads: one user at a time, never all."""

    def __getitem__(self, email: str) -> dict[str, Any]:
        found = accounts.credentials_of(resources.sessions(), email)
        if found is None:
            raise KeyError(email)
        return _as_read(found)

    def __setitem__(self, email: str, user: dict[str, Any]) -> None:
        raise TypeError("nothing of an account is changed through this form")

    def __delitem__(self, email: str) -> Never:
        raise TypeError("accounts are not deleted through the sign-in forms")

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


class Newcomers(_Users):
    """The users for the form that makes an account, which takes up the invitation if there is one."""

    def __init__(self, invitation: str | None = None) -> None:
        self._invitation = invitation
        self.password_hash = ""
        """Of the account, once it is made."""

    def __setitem__(self, email: str, user: dict[str, Any]) -> None:
        applicant = Applicant(email, user["first_name"], user["last_name"], user["password"])
        mode = resources.settings().registration
        registration.register(resources.sessions(), mode, applicant, self._invitation)
        self.password_hash = applicant.password_hash


class Visitors(_Users):
    """The users for the form of those who have an account: everybody, so that nobody learns who has one.

    An address that nobody may sign in by has a hash that no password matches. Each address is read once,
    whatever is done with it, so that the number of reads says nothing either.
    """

    def __init__(self) -> None:
        self._read: dict[str, dict[str, Any]] = {}

    def __getitem__(self, email: str) -> dict[str, Any]:
        if email not in self._read:
            self._read[email] = _as_read(signing_in.checked_against(resources.sessions(), email))
        return self._read[email]

    def hash_of(self, email: str) -> str:
        """What the password for this address is checked against, or was."""
        return str(self[email]["password"])


def _as_read(found: Credentials) -> dict[str, Any]:
    return {
        "email": found.account.email,
        "first_name": found.account.first_name,
        "last_name": found.account.last_name,
        "password": found.password_hash,
        "roles": [found.account.role],
        "failed_login_attempts": 0,
    }


class _Rules(Validator):  # type: ignore[misc]  # the package has no types
    """In the place of the package's rules: it caps passwords at 20 characters and refuses many names."""

    def validate_name(self, name: str) -> bool:
        return registration.is_name(name)

    def validate_email(self, email: str) -> bool:
        return emails.normalize(email) is not None

    def validate_username(self, username: str) -> bool:
        return self.validate_email(username)

    def validate_length(self, variable: str, min_length: int = 0, max_length: int = 254) -> bool:  # noqa: ARG002
        # It asks only whether something was entered; what is too long has words of its own.
        return len(variable) >= min_length

    def validate_password(self, password: str) -> bool:  # noqa: ARG002
        return True  # `_Model` asks, which also knows whose password it is to be


def counted(email: str, check: Callable[[], bool]) -> bool:
    """Whether a password for this address is right, by `check`, which is counted as a try from this browser.

    Raises SignInPaused, without checking, while too many were wrong.
    """
    sessions = resources.sessions()
    return signing_in.counted(sessions, email, client.current_address(), client.current_browser(), check)


class _Model(AuthenticationModel):  # type: ignore[misc]  # the package has no types
    """Checks and makes passwords by our own hashing: the package's gives up at once on a long one.

    Counts those that it checks, and looks at none while too many were wrong. Raises SignInPaused.
    """

    def check_credentials(self, username: str, password: str) -> bool:
        # Around the check alone: a browser that sends something else meanwhile ends the run of the page
        # wherever it touches the page's state, and must not keep a wrong password out of the audit log.
        users = self.credentials["usernames"]
        return counted(username, lambda: password_hashes.matches(password, users[username]["password"]))

    def register_user(
        self, first_name: str, last_name: str, email: str, username: str, password: str, *more: Any
    ) -> Any:
        if problem := passwords.problem_of(password, (email, first_name, last_name)):
            raise RegisterError(problem)
        # The package hashes what it is given as it is.
        password = passwords.normalized(password)
        return super().register_user(first_name, last_name, email, username, password, *more)


class _Controller(AuthenticationController):  # type: ignore[misc]  # the package has no types
    """Counts who asks for an account. Raises SignInPaused."""

    def register_user(self, *given: Any, **named: Any) -> Any:
        sessions, per_hour = resources.sessions(), resources.settings().registrations_per_hour
        attempt = attempts.begin_registration(sessions, client.current_address(), per_hour)
        try:
            return super().register_user(*given, **named)
        except RegisterError as refusal:
            # To learn that an address is taken is what many tries may be for; a slip of the pen is free.
            if str(refusal) != TAKEN:
                attempts.give_back(sessions, attempt)
            raise


class _NoCookie:
    """In the place of the package's cookie, which a script sets and any script reads."""

    def get_cookie(self) -> None:
        return None

    def set_cookie(self) -> None:
        return None


class Forms(Authenticate):  # type: ignore[misc]  # the package has no types
    """The package's forms, `login` and `register_user`, with our users and rules. E-mail is the user name.

    `login` raises SignInPaused; `register_user` the package's RegisterError, and SignInRefused.
    """

    def __init__(self, users: MutableMapping[str, dict[str, Any]]) -> None:
        # Its own would mount a frame that reads each cookie open to scripts, and copy the users table.
        self.path = None
        self.secret_key = ""  # It encrypts captchas and e-mailed codes, of which there are none.
        self.attrs = {"login_sleep_time": 0, "password_instructions": passwords.RULE}
        self.cookie_controller = _NoCookie()
        given = {"validator": _Rules(), "auto_hash": False, "secret_key": self.secret_key}
        self.authentication_controller = _Controller({"usernames": {}}, **given)
        model = self.authentication_controller.authentication_model = _Model({"usernames": {}}, **given)
        model.credentials = {"usernames": users}  # given before, it would be copied

    def register_invited(
        self, *, first_name: str, last_name: str, email: str, password: str, again: str
    ) -> None:
        """Make an account as the form of `register_user` does, for a form that does not ask for the address.

        `again` is the password, repeated. Raises what `register_user` raises.
        """
        self.authentication_controller.register_user(first_name, last_name, email, email, password, again, "")
