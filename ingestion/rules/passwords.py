"""Which passwords are taken: long ones, of any characters. Length is what resists guessing."""

MIN_CHARACTERS = 12
MAX_CHARACTERS = 64
MAX_BYTES = 72
"""bcrypt reads no further: what follows would not count."""

RULE = f"{MIN_CHARACTERS} to {MAX_CHARACTERS} characters. A few words in a row are easy to keep in mind."


def problem_of(password: str) -> str | None:
    """What is wrong with a new password, in words for the person choosing it, or None.

    No composition rules (NIST SP 800-63B §5.1.1.2): they make passwords shorter and more alike. A character
    is a Unicode code point.
    """
    if len(password) < MIN_CHARACTERS:
        return f"The password has {len(password)} characters. It needs at least {MIN_CHARACTERS}."
    if len(password) > MAX_CHARACTERS:
        return f"The password has {len(password)} characters. At most {MAX_CHARACTERS} are possible."
    size = len(password.encode())
    if size > MAX_BYTES:
        return (
            f"The password takes {size} bytes, and at most {MAX_BYTES} are possible. A letter outside a to z"
            " can take several. Choose a shorter one."
        )
    return None
