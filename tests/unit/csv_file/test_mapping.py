"""What the names of columns mean, and which columns hold a contact's own fields."""

from collections.abc import Sequence

import pytest

from ingestion.csv_file.mapping import Doubt, Mapping, propose
from ingestion.csv_file.vocabulary import Field, meaning
from ingestion.rules.names import NameOrder

EMAIL, FIRST, LAST, COMPANY = Field.EMAIL, Field.FIRST_NAME, Field.LAST_NAME, Field.COMPANY
FULL, NAME, OTHER = Field.FULL_NAME, Field.NAME, Field.OTHER


@pytest.mark.parametrize(
    ("field", "names"),
    [
        (EMAIL, "email|E-Mail| EMAIL_ADDRESS |e-mail address:|“email”|\u200bE\u00admail|emailAddress|EMAIL*"),
        (EMAIL, "E-mail 1 - Value|E-mail Address|Person - Email|Primary Email|Contact Email (required)|Mail"),
        (EMAIL, "Work e-mail|Email (Business)|Customer Email|Recipient Email"),
        (EMAIL, "E-Mail-Adresse|Adresse de messagerie|Courriel|Correo electrónico|correo electronico"),
        (EMAIL, "Indirizzo di posta elettronica|E-mailadres|Adres e-mail|E-mailová adresa|E-postadress"),
        (EMAIL, "Sähköposti|E-mail cím|Adresă de email|E-posta|Эл. почта|Електронна пошта|メールアドレス"),
        (EMAIL, '电子邮件地址|電子郵件|이메일 주소|البريد الإلكتروني|דוא"ל|Διεύθυνση email'),
        (
            FIRST,
            "first_name|First Name|FNAME|Given-Name|Lead First Name|Vorname|Prénom|PRENOM|Nombre de pila",
        ),
        (FIRST, "Primeiro nome|Voornaam|Imię|imie|Křestní jméno|Förnamn|Etunimi|Keresztnév|Prenume|名"),
        (
            LAST,
            "Last.Name|Surname|Family\u00a0name|LNAME|Nachname|Nom de famille|Apellidos|Sobrenome|Cognome",
        ),
        (
            LAST,
            "Achternaam|Nazwisko|Příjmení|Efternamn|Sukunimi|Vezetéknév|SOYADI|Soyadı|Фамилия|Прізвище|姓",
        ),
        (
            COMPANY,
            "Company|Organization 1 - Name|Organization - Name|Company / Account|Account Name|Employer",
        ),
        (
            COMPANY,
            "Firma|Société|Empresa|Azienda|Bedrijf|Nazwa firmy|Företag|Yritys|Cég|Şirket|Компания|会社名",
        ),
        (FULL, "Full name|Display Name|Vor- und Nachname|Nom complet|ФИО|氏名|姓名|Last, First|Attendee"),
        (NAME, "Name|Nom|Nombre|Nome|Имя|Ім’я|Név|Contact Name"),
        (
            OTHER,
            "Email Opt-In|Email Status|E-mail 1 - Type|E-mail 1 - Label|Company Size|First Name Phonetic",
        ),
        (
            OTHER,
            "Email verified|E-mail Display Name|Mailing Address|Company Domain Name|User Name|Contact ID",
        ),
        (
            OTHER,
            "Phone|Mobile Phone|Telefon (privat)|Straße|Geburtsdatum|Código postal|電話番号|Телефон|Manager",
        ),
    ],
)
def test_a_column_is_known_by_its_name_however_it_is_written(field: Field, names: str) -> None:
    # “Contact Name” is a full name by itself.
    found = {name: said and said.field for name in names.split("|") for said in [meaning(name)]}

    assert found == dict.fromkeys(found, field) | ({"Contact Name": FULL} if field is NAME else {})


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "___",
        "column_3",
        "first name (latin)",
        "Account",
        "Customer Name",
        "Default Address Company",
        "Emailing",
        "email " * 30,
    ],
)
def test_a_name_that_is_not_wholly_known_says_nothing(name: str) -> None:
    assert meaning(name) is None


@pytest.mark.parametrize(
    ("name", "rank"),
    [("Email", 1), ("E-mail 1 - Value", 1), ("E-mail 3 Address", 3), ("email_2", 2), ("Secondary Email", 2)],
)
def test_the_first_of_numbered_columns_ranks_lowest(name: str, rank: int) -> None:
    said = meaning(name)

    assert said is not None
    assert (said.field, said.rank) == (EMAIL, rank)


ANN = {
    "email": "ann@x.com",
    "other email": "ann@home.org",
    "first": "Ann",
    "last": "Lee",
    "full": "Ann Lee",
    "company": "Acme",
}
BOB = {
    "email": "bob@x.com",
    "other email": "bob@home.org",
    "first": "Bob",
    "last": "Ray",
    "full": "Bob Ray",
    "company": "Bolt",
}


def proposed(columns: Sequence[tuple[str, str]]) -> Mapping:
    """The mapping of columns,"
    " each given as its name and what it holds: a field of ANN's, or a value itself."""
    rows = [[contact.get(held, held) for _, held in columns] for contact in (ANN, BOB)]
    return propose([name for name, _ in columns], rows)


@pytest.mark.parametrize(
    ("columns", "mapping"),
    [
        ([("email", "email")], Mapping(0)),
        (
            [
                ("Company", "company"),
                ("Last", "last"),
                ("First", "first"),
                ("E-Mail", "email"),
                ("Phone", "12"),
            ],
            Mapping(3, first_name=2, last_name=1, company=0),
        ),
        ([("Email", "email"), ("Email 2", "other email")], Mapping(0)),
        ([("E-mail 2 Address", "other email"), ("E-mail Address", "email")], Mapping(1)),
        ([("Secondary Email", "other email"), ("Primary Email", "email")], Mapping(1)),
        ([("Email", "email"), ("Manager Email", "other email")], Mapping(0)),
        ([("E-mail 1 - Type", "Home"), ("E-mail 1 - Value", "email")], Mapping(1)),
        (
            [("Name", "full"), ("Given Name", "first"), ("Family Name", "last"), ("Email", "email")],
            Mapping(3, first_name=1, last_name=2),
        ),
        ([("Vorname", "first"), ("Name", "last"), ("Mail", "email")], Mapping(2, first_name=0, last_name=1)),
        ([("Nom", "last"), ("Prénom", "first"), ("Mail", "email")], Mapping(2, first_name=1, last_name=0)),
        ([("Nombre", "first"), ("Apellidos", "last"), ("Correo", "email")], Mapping(2, 0, 1)),
        ([("Nume", "last"), ("Prenume", "first"), ("Email", "email")], Mapping(2, 1, 0)),
        ([("Email", "email"), ("Zahl", "17"), ("Frage", "yes")], Mapping(0)),
        (
            [
                ("Email", "email"),
                ("First", "first"),
                ("Last", "last"),
                ("Firma", "company"),
                ("Motto", "be brave"),
            ],
            Mapping(0, 1, 2, 3),
        ),
        ([("Firma", "company"), ("Firma 2", "Old"), ("Email", "email")], Mapping(2, company=0)),
        ([("Email", "ann@x.com; lee@x.com")], Mapping(0)),
    ],
)
def test_what_has_one_reading_is_asked_nothing(columns: list[tuple[str, str]], mapping: Mapping) -> None:
    assert proposed(columns) == mapping


@pytest.mark.parametrize(
    ("columns", "mapping"),
    [
        ([("Phone", "12")], Mapping(None, doubts=(Doubt.NO_EMAIL,))),
        ([], Mapping(None, doubts=(Doubt.NO_EMAIL,))),
        ([("Kontaktweg", "email")], Mapping(0, doubts=(Doubt.EMAIL_BY_CONTENT,))),
        (
            [("Login", "email"), ("Manager Email", "other email")],
            Mapping(0, doubts=(Doubt.EMAIL_BY_CONTENT, Doubt.SEVERAL_EMAILS)),
        ),
        ([("Email", "yes"), ("Login", "email")], Mapping(1, doubts=(Doubt.EMAIL_BY_CONTENT,))),
        ([("Email", "n/a")], Mapping(0, doubts=(Doubt.FEW_ADDRESSES,))),
        ([("Email", "")], Mapping(0, doubts=(Doubt.FEW_ADDRESSES,))),
        ([("Work Email", ""), ("Personal Email", "email")], Mapping(1, doubts=(Doubt.SEVERAL_EMAILS,))),
        ([("Email", "email"), ("Work Email", "other email")], Mapping(0, doubts=(Doubt.SEVERAL_EMAILS,))),
        ([("Email 1", ""), ("Email 2", "email")], Mapping(1, doubts=(Doubt.SEVERAL_EMAILS,))),
        ([("Email", "email"), ("Kunde", "company")], Mapping(0, doubts=(Doubt.UNKNOWN_NAMES,))),
        (
            [("Email", "email"), ("First", "first"), ("Last", "last"), ("Account", "company")],
            Mapping(0, 1, 2, doubts=(Doubt.UNKNOWN_NAMES,)),
        ),
        (
            [
                ("First", "first"),
                ("Last", "last"),
                ("Email", "email"),
                ("Default Address Company", "company"),
            ],
            Mapping(2, 0, 1, doubts=(Doubt.UNKNOWN_NAMES,)),
        ),
        (
            [("Company", "company"), ("Account Name", "Other"), ("Email", "email")],
            Mapping(2, company=0, doubts=(Doubt.SEVERAL_COLUMNS,)),
        ),
        (
            [("Company", ""), ("Account Name", "Other"), ("Email", "email")],
            Mapping(2, company=1, doubts=(Doubt.SEVERAL_COLUMNS,)),
        ),
        ([("Company", "4711"), ("Email", "email")], Mapping(1, company=0, doubts=(Doubt.UNLIKELY_VALUES,))),
        (
            [("First Name", "other email"), ("Email", "email")],
            Mapping(1, first_name=0, doubts=(Doubt.UNLIKELY_VALUES,)),
        ),
        ([("Name", "full"), ("Email", "email")], Mapping(1, full_name=0, doubts=(Doubt.FULL_NAME,))),
        (
            [("First Name", "first"), ("Name", "last"), ("Email", "email")],
            Mapping(2, 0, 1, doubts=(Doubt.UNCLEAR_NAME,)),
        ),
        (
            [("Nome", "first"), ("Apelido", "last"), ("Email", "email")],
            Mapping(2, 0, 1, doubts=(Doubt.UNCLEAR_NAME,)),
        ),
        (
            [("Vorname", "first"), ("Name", "full"), ("Email", "email")],
            Mapping(2, full_name=1, doubts=(Doubt.FULL_NAME,)),
        ),
        (
            [("First Name", "first"), ("Full Name", "full"), ("Email", "email")],
            Mapping(2, full_name=1, doubts=(Doubt.FULL_NAME,)),
        ),
    ],
)
def test_what_has_more_than_one_reading_is_asked(columns: list[tuple[str, str]], mapping: Mapping) -> None:
    assert proposed(columns) == mapping


def test_of_several_emails_the_best_filled_is_proposed() -> None:
    rows = [["a@x.com", "b@x.com"], ["", "c@x.com"], ["n/a", "d@x.com"]]

    assert propose(["Work Email", "Home Email"], rows) == Mapping(1, doubts=(Doubt.SEVERAL_EMAILS,))


def test_an_email_column_with_some_bad_addresses_is_beyond_doubt() -> None:
    assert propose(["email"], [["a@x.com"], ["b@x"], ["n/a"], ["c@x.com"], [""], [""]]) == Mapping(0)


def test_an_email_column_with_mostly_other_values_is_asked_about() -> None:
    rows = [["a@x.com"], ["by phone"], ["by fax"], ["never"]]

    assert propose(["email"], rows) == Mapping(0, doubts=(Doubt.FEW_ADDRESSES,))


@pytest.mark.parametrize(
    ("name", "values", "order"),
    [
        ("Name", ["Ann Lee", "Ray, Bob"], NameOrder.FIRST_LAST),
        ("Name", ["Lee, Ann", "Ray, Bob", "Bolt Inc"], NameOrder.LAST_FIRST),
        ("Name", ["山田 太郎"], NameOrder.LAST_FIRST),
        ("Név", ["Nagy István"], NameOrder.LAST_FIRST),
        ("ФИО", ["Иванов Иван Иванович"], NameOrder.LAST_FIRST),
        ("Nom et prénom", ["Dupont Jean"], NameOrder.LAST_FIRST),
        ("Full name", [""], NameOrder.FIRST_LAST),
    ],
)
def test_the_order_of_a_full_name_is_that_of_its_values_or_its_title(
    name: str, values: list[str], order: NameOrder
) -> None:
    assert propose([name, "email"], [[value, "a@x.com"] for value in values]).name_order is order


GOOGLE = (
    "First Name,Middle Name,Last Name,Phonetic First Name,"
    "Phonetic Middle Name,Phonetic Last Name,Name Prefix,"
    "Name Suffix,Nickname,File As,Organization Name,"
    "Organization Title,Organization Department,Birthday,Notes,"
    "Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,"
    "Phone 1 - Value,Address 1 - Label,Address 1 - Formatted,Address 1 - Street,Address 1 - City,"
    "Address 1 - PO Box,Address 1 - Region,Address 1 - Postal Code,Address 1 - Country,"
    "Address 1 - Extended Address,Website 1 - Label,Website 1 - Value"
)
OUTLOOK = (
    "First Name,Middle Name,Last Name,Title,Suffix,Nickname,Given Yomi,Surname Yomi,E-mail Address,"
    "E-mail 2 Address,E-mail 3 Address,Home Phone,Home Phone 2,Business Phone,Business Phone 2,Mobile Phone,"
    "Car Phone,Other Phone,Primary Phone,Pager,Business Fax,Home Fax,Other Fax,Company Main Phone,Callback,"
    "Radio Phone,Telex,TTY/TDD Phone,IMAddress,Job Title,Department,Company,Office Location,Manager's Name,"
    "Assistant's Name,Assistant's Phone,Company Yomi,Business Street,Business City,Business State,"
    "Business Postal Code,Business Country/Region,Home Street,Home City,"
    "Personal Web Page,Spouse,Schools,Hobby,"
    "Location,Web Page,Birthday,Anniversary,Notes"
)
MAILCHIMP = (
    "Email Address,First Name,Last Name,Address,Phone Number,Birthday,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,"
    "CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,"
    "CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS"
)
THUNDERBIRD = (
    "First Name,Last Name,Display Name,Nickname,Primary Email,"
    "Secondary Email,Screen Name,Work Phone,Home Phone,"
    "Fax Number,Pager Number,Mobile Number,Home Address,Home Address 2,Home City,Home State,Home ZipCode,"
    "Home Country,Work Address,Work City,Job Title,Department,"
    "Organization,Web Page 1,Birth Year,Custom 1,Notes"
)
SALESFORCE = (
    "Salutation,First Name,Last Name,Title,Account Name,Mailing Street,Mailing City,"
    "Mailing State/Province (text only),Mailing Zip/Postal Code,Mailing Country,Phone,"
    "Fax,Mobile,Email,Account Owner"
)
HUBSPOT = (
    "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lead Status,Marketing contact status,"
    "Create Date,Last Activity Date,Company Name"
)


OUTLOOK_IN_GERMAN = (
    "Anrede,Titel,Vorname,Weitere Vornamen,Nachname,Suffix,Firma,Abteilung,Position,Straße geschäftlich,"
    "Ort geschäftlich,Postleitzahl geschäftlich,Land/Region geschäftlich,Telefon geschäftlich,Mobiltelefon,"
    "E-Mail-Adresse,E-Mail-Typ,E-Mail: Angezeigter Name,E-Mail 2: Adresse,"
    "Geburtstag,Notizen,Webseite,Kategorien"
)
LINKEDIN = "First Name,Last Name,URL,Email Address,Company,Position,Connected On"
EXPORTERS = [GOOGLE, OUTLOOK, OUTLOOK_IN_GERMAN, MAILCHIMP, THUNDERBIRD, SALESFORCE, HUBSPOT, LINKEDIN]
EMAILS = {"Email", "Email Address", "E-mail Address", "E-Mail-Adresse", "E-mail 1 - Value", "Primary Email"}


@pytest.mark.parametrize("header", EXPORTERS)
def test_the_files_of_well_known_exporters_are_asked_nothing(header: str) -> None:
    names = header.split(",")
    row = ["ann@x.com" if name in EMAILS else "some words" for name in names]

    mapping = propose(names, [row])

    assert [name for name in names if meaning(name) is None] == []
    assert mapping.doubts == ()
    assert mapping.email is not None
    assert names[mapping.email] in EMAILS
