"""A contact list as people mail it: believable, with all that can be wrong. Nobody in it is real."""

import csv
import io
import random
from collections.abc import Callable, Iterator

_HEADER = ["E-mail", "First name", "Last name", "Company", "Phone", "City", "Met at"]
_words = str.split

_FIRST = _words(
    "Ana Ben Chiara Dmitri Elif Farah Grace Hugo Ines Jonas Kofi Lena Malik Noor Olga Pedro "
    "Quinn Rosa Sven Tara Umar Vera Wanda Ximena Yusuf Zoë"
)
_LAST = _words(
    "Adeyemi Bauer Costa Dubois Eriksen Fischer García Hansen Ivanova Jensen Kowalski Lindqvist "
    "Moreau Novák Okafor Petrov Quispe Rossi Silva Tanaka Usman Vargas Weber Yılmaz Zhang"
)
_COMPANIES = {
    "Harbour Light": "harbour-light.example",
    "Northwind Paper": "northwind-paper.example",
    "Alder & Finch": "alder-finch.example",
    "Kestrel Labs": "kestrel-labs.example",
    "Soto Hermanos": "soto-hermanos.example",
    "Blue Ridge Tools": "blueridge.example",
    "Tidewater Foods": "tidewater.example",
    "Oakline": "oakline.example",
}
_CITIES = ("Lisbon", "Hamburg", "Oslo", "Bologna", "Kraków", "Lyon", "Accra", "Izmir")
_FAIRS = ("Spring fair", "Autumn fair", "Webinar", "Referral")
_ASCII = str.maketrans("ëíáıö", "eiaio", "'")

Row = list[str]
Spoil = Callable[[random.Random, Row], Row]


def messy_list(people: int, *, seed: int, tidy: bool = False) -> bytes:
    """A CSV file in UTF-8 of so many people, the same for the same seed; tidy: nothing is wrong with it."""
    chance = random.Random(seed)  # noqa: S311  nothing here is secret
    rows = [_person(chance, number) for number in range(people)]
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_HEADER)
    writer.writerows(rows if tidy else _spoiled(chance, rows))
    return file.getvalue().encode()


def _person(chance: random.Random, number: int) -> Row:
    first, last = chance.choice(_FIRST), chance.choice(_LAST)
    company = chance.choice(list(_COMPANIES))
    mailbox = f"{first}.{last}{number}".lower().translate(_ASCII)
    phone = f"+49 30 {chance.randrange(100_000, 999_999)}" if chance.random() < 0.7 else ""
    fair = chance.choice(_FAIRS) if chance.random() < 0.45 else ""
    return [f"{mailbox}@{_COMPANIES[company]}", first, last, company, phone, chance.choice(_CITIES), fair]


def _spoiled(chance: random.Random, rows: list[Row]) -> Iterator[Row]:
    """Rows with errors of every kind, and some once more, now or later."""
    again: list[Row] = []
    for row in rows:
        if chance.random() < 0.12:
            again += [_once_more(chance, row) for _ in range(chance.choice((1, 1, 1, 1, 2, 2, 3, 5)))]
        yield _with_an_error(chance, row)
        if again and chance.random() < 0.15:
            yield again.pop(chance.randrange(len(again)))
    yield from again


def _once_more(chance: random.Random, row: Row) -> Row:
    """The same person as somebody else typed it: in capitals, at another company, or word for word."""
    email, first, last, company, _, city, _ = row
    kind = chance.random()
    if kind < 0.45:
        return [email.capitalize(), first, last, company, f"+49 171 {chance.randrange(10**6)}", city, ""]
    if kind < 0.75:
        return [email, first, last, chance.choice(list(_COMPANIES)), "", city, chance.choice(_FAIRS)]
    return [f" {email}", first[0] + ".", last, "", f"+49 171 {chance.randrange(10**6)}", "", ""]


def _with_an_error(chance: random.Random, row: Row) -> Row:
    ways: dict[Spoil, float] = {
        _sound: 80,
        _bad_address: 6,
        _blank(0): 2,
        _blank(1): 2.5,
        _blank(2): 2,
        _blank(3): 5,
        _short: 1.2,
        _long: 1.3,
    }
    [spoil] = chance.choices(list(ways), list(ways.values()))
    return spoil(chance, list(row))


def _sound(_chance: random.Random, row: Row) -> Row:
    return row


def _blank(column: int) -> Spoil:
    def blank(_chance: random.Random, row: Row) -> Row:
        return [*row[:column], "", *row[column + 1 :]]

    return blank


def _bad_address(chance: random.Random, row: Row) -> Row:
    mailbox, domain = row[0].split("@")
    bad = chance.choice(
        (
            f"{mailbox}@@{domain}",
            f"{mailbox} at {domain}",
            f"{mailbox}@{domain}.",
            f"{mailbox}@gmial",
            f"{mailbox}",
            f"{mailbox}@{domain.replace('.', ',')}",
        )
    )
    return [bad, *row[1:]]


def _short(chance: random.Random, row: Row) -> Row:
    return row[: chance.choice((2, 3, 4))]


def _long(_chance: random.Random, row: Row) -> Row:
    """A comma in the company's name that nobody quoted."""
    return [*row[:3], row[3], "Inc.", *row[4:]]
