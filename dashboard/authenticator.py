"""streamlit-authenticator's forms and hashing over the users table, without its cookie and with our rules."""

from collections.abc import Iterator, MutableMapping
from typing import Any, Never

from streamlit_authenticator import Authenticate
from streamlit_authenticator.controllers import AuthenticationController
from streamlit_authenticator.utilities import Validator

from dashboard import resources
from ingestion import accounts, registration
from ingestion.registration import Applicant
from ingestion.rules import emails, passwords


class _Users(MutableMapping[str, dict[str, Any]]):
    """The users table in the shape that streamlit-authenticator reads: one user at a time, never all.

    An account that is stored takes up the invitation, if there is one.
    """

    def __init__(self, invitation: str | None) -> None:
        self._invitation = invitation

    def __getitem__(self, email: str) -> dict[str, Any]:
        found = accounts.credentials_of(resources.sessions(), email)
        if found is None:
            raise KeyError(email)
        return {
            "email": found.account.email,
            "first_name": found.account.first_name,
            "last_name": found.account.last_name,
            "password": found.password_hash,
            "roles": [found.account.role],
            "failed_login_attempts": 0,
        }

    def __setitem__(self, email: str, user: dict[str, Any]) -> None:
        applicant = Applicant(email, user["first_name"], user["last_name"], user["password"])
        mode = resources.settings().registration
        registration.register(resources.sessions(), mode, applicant, self._invitation)

    def __delitem__(self, email: str) -> Never:
        raise TypeError("accounts are not deleted through the sign-in forms")

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


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

    def validate_password(self, password: str) -> bool:
        return passwords.problem_of(password) is None

    def diagnose_password(self, password: str) -> str:
        return passwords.problem_of(password) or ""


class _Controller(AuthenticationController):  # type: ignore[misc]  # the package has no types
    """Notes who was refused."""

    def login(self, username: str | None = None, *more: Any, **named: Any) -> Any:
        accepted = super().login(username, *more, **named)
        if username and not accepted:
            accounts.refuse(resources.sessions(), username)
        return accepted


class _NoCookie:
    """In the place of the package's cookie, which a script sets and any script reads."""

    def get_cookie(self) -> None:
        return None

    def set_cookie(self) -> None:
        return None


class Forms(Authenticate):  # type: ignore[misc]  # the package has no types
    """The package's forms, `login` and `register_user`, with our users and rules. E-mail is the user name.

    `register_user` raises the package's RegisterError, and SignInRefused. `invitation` is the token of one.
    """

    def __init__(self, invitation: str | None = None) -> None:
        # Its own would mount a frame that reads each cookie open to scripts, and copy the users table.
        self.path = None
        self.secret_key = ""  # It encrypts captchas and e-mailed codes, of which there are none.
        self.attrs = {"login_sleep_time": 0, "password_instructions": passwords.RULE}
        self.cookie_controller = _NoCookie()
        self.authentication_controller = _Controller(
            {"usernames": {}}, validator=_Rules(), auto_hash=False, secret_key=self.secret_key
        )
        self.authentication_controller.authentication_model.credentials = {"usernames": _Users(invitation)}

    def register_invited(
        self, *, first_name: str, last_name: str, email: str, password: str, again: str
    ) -> None:
        """Make an account as the form of `register_user` does, for a form that does not ask for the address.

        `again` is the password, repeated. Raises what `register_user` raises.
        """
        self.authentication_controller.register_user(first_name, last_name, email, email, password, again, "")
