"""Passwords as they are stored: bcrypt's hashes, as streamlit-authenticator makes and checks them.

NIST SP 800-63B §5.1.1.2 asks for one spelling of each character before hashing, since keyboards differ in
how they spell an accent: here NFKC. Hashes of before that were made of what was typed, and stay good.
"""

import bcrypt

from ingestion.rules.passwords import MAX_BYTES, normalized

NOBODYS = "$2b$12$" + "." * 53
"""Well-formed, as costly as the hash of an account, and of no password that anybody could find.

Its salt and digest are zeros: bcrypt would have to yield 184 zero bits.
"""


def hash_of(password: str) -> str:
    """A new hash of a password that `rules.passwords` accepts, with a salt of its own."""
    return bcrypt.hashpw(normalized(password).encode(), bcrypt.gensalt()).decode()


def matches(password: str, password_hash: str) -> bool:
    """Whether the hash is this password's.

    How long that takes depends on what was typed and on the hash's cost, never on the answer: a password
    that is too long to be anybody's is compared all the same, by what bcrypt would read of it.
    """
    spellings = dict.fromkeys((normalized(password).encode(), password.encode()))
    # All of them, also where the first is right: `any` would stop there.
    answers = [_is_of(spelling, password_hash) for spelling in spellings]
    return any(answers)


def _is_of(password: bytes, password_hash: str) -> bool:
    is_equal = bcrypt.checkpw(password[:MAX_BYTES], password_hash.encode())
    return is_equal and len(password) <= MAX_BYTES
