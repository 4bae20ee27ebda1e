"""Contact files as people send them, made from a seed, with what is wrong in them known beforehand.

The truth is counted while the file is made up, from what was put into it; no rule of the product is asked.
"""

import csv
import random
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ingestion.rules.issues import IssueType

HEADER = ("email", "first_name", "last_name", "company", "phone", "job_title", "city", "country", "notes")

FIRST_NAMES = (
    *("Agnieszka", "Ahmed", "Amélie", "Björn", "Carmen", "Charlotte", "Daniel", "Deniz", "Emma", "Fernando"),
    *("Françoise", "Grace", "Håkon", "Ingrid", "Jack", "Jürgen", "Kateřina", "Liam", "Małgorzata", "Mateus"),
    *("Noah", "Nuño", "Olivia", "Þórunn", "Quentin", "Rosa", "Søren", "Thị Mai", "Ursula", "Zoë"),
    *("Анна", "Дмитрий", "Ελένη", "Νίκος", "美咲", "太郎", "志明", "지훈", "أحمد", "שרה", "प्रिया", "สมชาย"),
)
LAST_NAMES = (
    *("Álvarez", "Andersen", "Baker", "Brontë", "Çelik", "D'Angelo", "De la Cruz", "Dvořák", "Evans", "Fuß"),
    *("García Márquez", "Groß", "Hansen", "Ibrahim", "Jansen", "Kowalczyk", "Łuczak", "Murphy", "Núñez"),
    *("O’Brien", "Özdemir", "Papadopoulos", "Quinn", "Rossi", "Smith-Jones", "Šťastný", "Tremblay", "Weiß"),
    *("Иванова", "Петров", "Παππάς", "佐藤", "王", "김", "حسن", "כהן", "शर्मा", "ใจดี", "Nguyễn", "Ångström"),
)
COMPANIES = (
    *(
        "Harbour & Sons",
        "Blue Finch, Inc.",
        "Kessler, Braun und Partner",
        'The "Right" Stuff',
        "Ostrava s.r.o.",
    ),
    *("Crème Brûlée SARL", "Nordwind GmbH", "Acorn Labs", "Vega, Vega y Asociados, S.A.", "Fjord Øl AS"),
    *(
        "日本電設",
        "Ромашка ООО",
        "Ωmega AE",
        "Two\nLines Ltd",
        "7 Hills",
        "Płock Sp. z o.o.",
        "Tide Pool Studio",
    ),
)
JOB_TITLES = ("CFO", "Head of Sales, EMEA", "Buyer", "Ingénieure", "Office Manager", "R&D Lead", "Owner", "")
PLACES = (
    *(("Kraków", "Poland"), ("São Paulo", "Brazil"), ("Zürich", "Switzerland"), ("Washington, D.C.", "USA")),
    *(("東京", "Japan"), ("Abidjan", "Côte d'Ivoire"), ("Tromsø", "Norway"), ("Αθήνα", "Greece")),
)
NOTES = (
    *("", "", "", "", "met at the fair", "VIP", 'said "call me in May", twice', "two lines,\none contact"),
    *("first\r\nsecond\r\nthird", "prefers e-mail; never call", "à rappeler", "budget not before next year"),
)
DOMAINS = (
    *(
        "harbour-sons.co.uk",
        "bluefinch.com",
        "nordwind.de",
        "acornlabs.io",
        "mail.tidepool.studio",
        "vega.com.mx",
    ),
    *("bücher.de", "crème-brûlée.fr"),
)
INVALID_EMAILS = (
    *(
        "anna",
        "anna@",
        "@nordwind.de",
        "anna@nordwind",
        "anna@@nordwind.de",
        "anna nordwind.de",
        "a b@vega.com.mx",
    ),
    *(
        "anna@nordwind..de",
        ".anna@nordwind.de",
        "anna.@nordwind.de",
        "anna@-nordwind.de",
        "anna@10.0.0.1",
        "n/a",
    ),
    *("anna@nordwind.de, bo@vega.com.mx", "anna@nordwind.de; bo@vega.com.mx", "anna@nordwind.de (work)"),
    *("Anna <anna@nordwind.de>", "mailto:anna@nordwind.de>", "anna＠nordwind.de", "anna@nordwind.test"),
)
BLANKS = ("", "", "", " ", "\t", "\u00a0", "\u3000 ")

# Of all rows. A duplicate repeats an earlier row's e-mail.
_MISSING_EMAIL = 0.02
_INVALID_EMAIL = 0.02
_MALFORMED = 0.002
_DUPLICATE = 0.08
_OF_THEM_IN_CONFLICT = 0.5
_MISSING_FIRST_NAME = 0.01
_MISSING_LAST_NAME = 0.01
_MISSING_COMPANY = 0.015

Names = tuple[str, str, str]


@dataclass(frozen=True)
class Truth:
    """What is in a file."""

    rows: int
    valid_rows: int
    """Rows whose e-mail can be used."""
    distinct_emails: int
    """Of the valid rows."""
    issues: dict[IssueType, int]
    """How many of each type that occurs."""


@dataclass
class _Person:
    """Whom an e-mail belongs to: the different names that rows gave with it, each in its first spelling."""

    email: str
    names: list[Names]


@dataclass
class _Made:
    issues: Counter[IssueType] = field(default_factory=Counter)
    valid_rows: int = 0
    people: list[_Person] = field(default_factory=list)


def write_contacts(path: Path, *, rows: int, seed: int = 1) -> Truth:
    """Write a file of so many contacts, about 120 bytes each; equal arguments give equal bytes."""
    chance = random.Random(seed)  # noqa: S311  (nothing secret)
    made = _Made()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for number in range(rows):
            writer.writerow(_row(chance, made, number))
    made.issues[IssueType.DUPLICATE_EMAIL] = sum(len(person.names) > 1 for person in made.people)
    issues = {type_: count for type_, count in made.issues.items() if count}
    return Truth(rows, made.valid_rows, len(made.people), issues)


def _row(chance: random.Random, made: _Made, number: int) -> list[str]:
    draw = chance.random()
    if draw < _MALFORMED:
        made.issues[IssueType.MALFORMED_ROW] += 1
        return _malformed(chance, [_new_email(chance, number), *_names(chance), *_others(chance)])
    draw -= _MALFORMED
    if draw < _MISSING_EMAIL:
        made.issues[IssueType.MISSING_EMAIL] += 1
        email, names = chance.choice(BLANKS), _names(chance)
    elif draw < _MISSING_EMAIL + _INVALID_EMAIL:
        made.issues[IssueType.INVALID_EMAIL_FORMAT] += 1
        email, names = chance.choice(INVALID_EMAILS), _names(chance)
    elif draw < _MISSING_EMAIL + _INVALID_EMAIL + _DUPLICATE and made.people:
        made.valid_rows += 1
        email, names = _duplicate(chance, chance.choice(made.people))
    else:
        made.valid_rows += 1
        email, names = _new_email(chance, number), _names(chance)
        made.people.append(_Person(email, [names]))
        if chance.random() < 0.15:
            email = _respelt_email(chance, email)
    return [email, *_with_blanks(chance, made, names), *_others(chance)]


def _malformed(chance: random.Random, cells: list[str]) -> list[str]:
    return chance.choice([cells[:-1], cells[:2], [*cells, "surplus"], [*cells[:-1], "NUL \0 inside"]])


def _names(chance: random.Random) -> Names:
    """First name, last name, company; one may be missing, which is an empty string."""
    draw = chance.random()
    return (
        "" if draw < _MISSING_FIRST_NAME else chance.choice(FIRST_NAMES),
        "" if 0.3 < draw < 0.3 + _MISSING_LAST_NAME else chance.choice(LAST_NAMES),
        "" if 0.6 < draw < 0.6 + _MISSING_COMPANY else chance.choice(COMPANIES),
    )


def _with_blanks(chance: random.Random, made: _Made, names: Names) -> Names:
    """The names as written; what is missing is written as one blank or another, and counted."""
    first_name, last_name, company = names
    made.issues[IssueType.MISSING_FIRST_NAME] += not first_name
    made.issues[IssueType.MISSING_LAST_NAME] += not last_name
    made.issues[IssueType.MISSING_COMPANY] += not company
    blank = chance.choice(BLANKS)
    return first_name or blank, last_name or blank, company or blank


def _duplicate(chance: random.Random, person: _Person) -> tuple[str, Names]:
    email = _respelt_email(chance, person.email) if chance.random() < 0.6 else person.email
    first_name, last_name, company = names = chance.choice(person.names)
    if chance.random() < _OF_THEM_IN_CONFLICT:
        names = first_name, last_name, chance.choice(COMPANIES)
        if chance.random() < 0.3:
            names = chance.choice(FIRST_NAMES), last_name, company
        if names not in person.names:
            person.names.append(names)
        return email, names
    first_name, last_name, company = (_respelt(chance, name) if name else "" for name in names)
    return email, (first_name, last_name, company)


def _respelt(chance: random.Random, name: str) -> str:
    """The same name to a person: in other case, with other white space, in other characters for the same."""
    spellings: list[Callable[[str], str]] = [
        str.upper,
        str.lower,
        lambda name: f" {name}\u00a0",
        lambda name: name.replace(" ", "  ") + "\t",
        lambda name: unicodedata.normalize("NFD", name),
        _full_width,
    ]
    return chance.choice(spellings)(name)


def _full_width(name: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in name)


def _respelt_email(chance: random.Random, email: str) -> str:
    spellings: list[Callable[[str], str]] = [
        str.upper,
        str.title,
        lambda email: f" {email} ",
        lambda email: f"{email}\t",
        lambda email: f"\u00a0{email.upper()}",
        lambda email: email.replace("bücher", "xn--bcher-kva"),
    ]
    return chance.choice(spellings)(email)


def _new_email(chance: random.Random, number: int) -> str:
    """An address that no other row has, in its normalized form."""
    kind = chance.choice(
        ("{first}.{last}{number}", "{first}_{number}", "{last}+fair-{number}", "info{number}")
    )
    local_part = kind.format(
        first=_ascii(chance.choice(FIRST_NAMES[:30])),
        last=_ascii(chance.choice(LAST_NAMES[:28])),
        number=number,
    )
    if chance.random() < 0.02:
        local_part = f"zoë.{number}"
    return f"{local_part}@{chance.choice(DOMAINS)}"


def _ascii(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if "a" <= letter <= "z") or "contact"


def _others(chance: random.Random) -> tuple[str, ...]:
    city, country = chance.choice(PLACES)
    phone = f"+{chance.randrange(1, 99)} {chance.randrange(1000):03d} {chance.randrange(10**7):07d}"
    return phone, chance.choice(JOB_TITLES), city, country, chance.choice(NOTES)
