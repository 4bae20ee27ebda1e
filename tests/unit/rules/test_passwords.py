"""Which passwords are taken."""

import pytest

from ingestion.rules import passwords
from ingestion.rules.common_passwords import is_common

OWN = ("Ana.Lopez@example.com", "Ana", "López")
CHINESE = "正确的马电池订书钉和安静的河流在月光下流过山谷"


@pytest.mark.parametrize(
    "password",
    [
        pytest.param("kettle orbit", id="the shortest"),
        pytest.param("kettle orbit " * 4 + "and no moon!", id="the longest"),
        pytest.param("correct horse battery", id="words, no digits, no capitals"),
        pytest.param(CHINESE + "谷", id="72 bytes in 24 characters"),
        pytest.param("éàüöñçøåßæ" * 3 + "éàüöñç", id="72 bytes in 36 characters"),
        pytest.param("ana likes quiet rivers", id="one of the own names among other words"),
        pytest.param("20 Data points of May", id="a word of the product's name among others"),
        pytest.param("a1b2c3d4e5f6!x", id="no run of more than two"),
    ],
)
def test_a_long_password_of_any_characters_is_taken(password: str) -> None:
    assert passwords.problem_of(password, OWN) is None


@pytest.mark.parametrize(
    ("password", "said"),
    [
        pytest.param("", "at least 12", id="none"),
        pytest.param("Tr0ub4dor&3", "has 11 characters", id="short, however mixed"),
        pytest.param("ﬁ" * 5 + "!", "has 11 characters", id="short, counted as normalized"),
        pytest.param("a" * 65, "At most 64", id="too long"),
        pytest.param(CHINESE + "谷!", "takes 73 bytes", id="more than bcrypt reads"),
        pytest.param("éà" * 18 + "ü", "takes 74 bytes", id="few characters, many bytes"),
    ],
)
def test_the_words_name_the_limit_that_was_missed(password: str, said: str) -> None:
    problem = passwords.problem_of(password)

    assert problem is not None
    assert said in problem


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaa",
        "!!!!!!!!!!!!!!!!",
        "ab" * 6,
        "1a!" * 5,
        "20202020202020",
        "密码" * 12,
        "123456789012",
        "210987654321",
        "ABCDEFGHIJKL",
        "zyxwvutsrqpo",
        "111111222222",
        "abcdefghi123456",
        "ａｂｃｄｅｆｇｈｉｊｋｌ",
    ],
)
def test_a_sequence_or_a_repetition_is_refused(password: str) -> None:
    assert "sequence or a repetition" in (passwords.problem_of(password) or "")


@pytest.mark.parametrize(
    "password", ["1q2w3e4r5t6y", "PasswordPassword", "password1234", "ｑｗｅｒｔｙ１２３４５６"]
)
def test_what_many_people_use_is_refused_however_it_is_spelled(password: str) -> None:
    assert "Many people use" in (passwords.problem_of(password) or "")


@pytest.mark.parametrize(
    "password",
    [
        "ana.lopez@example.com",
        "ANALOPEZANALOPEZ",
        "Ana Lopez Ana López",
        "ana--lopez--ana--lopez",
        "lopez_ana_2024",
        "Data Ingestion Tool",
        "dataingestiontool1",
        "ingestion-ingestion",
        "López tool López tool",
    ],
)
def test_what_is_made_of_the_own_names_or_the_products_is_refused(password: str) -> None:
    assert "made of your name" in (passwords.problem_of(password, OWN) or "")


def test_names_made_to_be_cut_in_many_ways_are_told_apart_at_once() -> None:
    assert passwords.problem_of("a" * 30 + "b" + "a" * 30 + "c", ("a", "aa", "aaa")) is None


def test_one_password_typed_on_two_keyboards_is_the_same() -> None:
    assert passwords.normalized("cafe\u0301 \ufb01ve") == passwords.normalized("caf\u00e9 five")


def test_the_list_of_common_passwords_has_thousands_that_would_be_long_enough() -> None:
    assert is_common("1qaz2wsx3edc")
    assert not is_common("")
    assert not is_common("below the empty line: the passwords, one a line.")
    from ingestion.rules.common_passwords import _all

    assert len(_all()) > 15_000
    assert all(12 <= len(password) <= 64 and password == password.casefold() for password in _all())
