"""Which passwords are taken."""

import pytest

from ingestion.rules import passwords


@pytest.mark.parametrize(
    "password",
    [
        pytest.param("a" * 12, id="the shortest"),
        pytest.param("a" * 64, id="the longest"),
        pytest.param("correct horse battery", id="words, no digits, no capitals"),
        pytest.param("密码" * 12, id="72 bytes in 24 characters"),
        pytest.param("é" * 36, id="72 bytes in 36 characters"),
    ],
)
def test_a_long_password_of_any_characters_is_taken(password: str) -> None:
    assert passwords.problem_of(password) is None


@pytest.mark.parametrize(
    ("password", "said"),
    [
        pytest.param("", "at least 12", id="none"),
        pytest.param("Tr0ub4dor&3", "has 11 characters", id="short, however mixed"),
        pytest.param("a" * 65, "At most 64", id="too long"),
        pytest.param("密码" * 12 + "!", "takes 73 bytes", id="more than bcrypt reads"),
        pytest.param("é" * 37, "takes 74 bytes", id="few characters, many bytes"),
    ],
)
def test_the_words_name_the_limit_that_was_missed(password: str, said: str) -> None:
    problem = passwords.problem_of(password)

    assert problem is not None
    assert said in problem
