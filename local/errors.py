"""What can go wrong with the embedded stack."""


class StackError(Exception):
    """A part of the embedded stack cannot run. Its message is one line that a person can act on."""
