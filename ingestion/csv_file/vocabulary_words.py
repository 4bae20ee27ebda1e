"""The words of `vocabulary`: names of columns, one line or more a language, with commas between.

In this order: English and exporters; German, French, Spanish, Portuguese, Italian, Dutch; Polish, Czech,
Swedish, Norwegian, Danish, Finnish, Hungarian, Romanian, Turkish; Russian, Ukrainian, Greek; Japanese,
Chinese, Korean, Arabic, Hebrew. Numbers in names (`E-mail 2 Address`) are left out.
"""

EMAIL = (
    "email, emails, mail, email address, email addresses, email adress, mail address, email id, email addr, "
    "email value, email address value, internet address, smtp address, recipient email, recipientemail, eml, "
    "e-mail-adresse, mailadresse, email adresse, e-mail: adresse, "
    "adresse email, adresse mail, adresse e-mail, adresse de messagerie, courriel, adresse courriel, "
    "adresse électronique, mél, messagerie, "
    "correo, correo electrónico, correo electronico, dirección de correo electrónico, "
    "dirección del correo electrónico, dirección de correo, dirección de email, email correo, "
    "endereço de email, endereço de correio eletrónico, endereço de correio eletrônico, correio eletrónico, "
    "correio eletrônico, endereço eletrônico, endereço email, "
    "indirizzo email, indirizzo e-mail, indirizzo posta elettronica, indirizzo di posta elettronica, "
    "posta elettronica, indirizzo mail, "
    "e-mailadres, emailadres, mailadres, e-mail adres, "
    "adres email, adres e-mail, adres poczty elektronicznej, poczta elektroniczna, poczta, "
    "e-mailová adresa, emailová adresa, adresa elektronické pošty, elektronická pošta, "
    "e-postadress, e-post, epost, epostadress, e-postadresse, epostadresse, e-mailadresse, mejl, mejladress, "
    "sähköposti, sähköpostiosoite, "
    "e-mail cím, email cím, e-mailcím, "
    "adresă de email, adresa de email, adresa e-mail, adresă email, poștă electronică, "
    "e-posta, eposta, e-posta adresi, eposta adresi, elektronik posta, e-mail adresi, "
    "эл. почта, электронная почта, почта, адрес электронной почты, имейл, емейл, е-мейл, емайл, "
    "адрес эл. почты, e-mail адрес, "
    "електронна пошта, ел. пошта, адреса електронної пошти, пошта, електронна адреса, "
    "ηλεκτρονικό ταχυδρομείο, διεύθυνση ηλεκτρονικού ταχυδρομείου, διεύθυνση email, "
    "メール, メールアドレス, eメール, eメールアドレス, 電子メール, 電子メールアドレス, e-mailアドレス, "
    "emailアドレス, "
    "邮箱, 电子邮箱, 电子邮件, 电子邮件地址, 邮箱地址, 邮件地址, email地址, 電子郵件, 電子郵件地址, "
    "電郵, 電郵地址, "
    "電子信箱, 信箱, 郵箱, "
    "이메일, 이메일 주소, 전자우편, 전자 메일, 전자 메일 주소, 메일, 메일 주소, e-메일, "
    "البريد الإلكتروني, البريد الالكتروني, بريد إلكتروني, عنوان البريد الإلكتروني, الإيميل, ايميل, إيميل, "
    'דוא"ל, אימייל, דואר אלקטרוני, כתובת דוא"ל, כתובת אימייל, כתובת דואר אלקטרוני, מייל'
)

LOOSE_NAMES = (
    "first name, fname, firstname, given name, given names, forename, first, givenname, christian name, "
    "last name, lname, lastname, surname, family name, sur name, last, surnames, apelido, apelidos"
)
"""First and last names that do not tell what a bare `Name` beside them is: English is written by everybody,
and `Apelido` is a last name in Portugal, a nickname in Brazil."""

FIRST_NAME = (
    "first name, fname, firstname, first names, given name, given names, forename, forenames, first, "
    "christian name, recipient first name, "
    "vorname, vornamen, rufname, prénom, prénoms, primer nombre, nombre de pila, nombres, "
    "primeiro nome, nome próprio, primo nome, nome di battesimo, voornaam, voornamen, roepnaam, "
    "imię, imiona, křestní jméno, křestní, förnamn, tilltalsnamn, fornavn, etunimi, etunimet, "
    "keresztnév, utónév, prenume, prenumele, ön ad, "
    "μικρό όνομα, "
    "名, ファーストネーム, 名(名前), 名字(名), "
    "الاسم الأول, الإسم الأول, الاسم الاول, שם פרטי"
)

LAST_NAME = (
    "last name, lname, lastname, last names, surname, surnames, family name, sur name, last, "
    "recipient last name, recipientlastname, "
    "nachname, nachnamen, familienname, zuname, nom de famille, nom famille, nom patronymique, "
    "apellido, apellidos, primer apellido, apellido paterno, "
    "sobrenome, apelido, apelidos, último nome, nome de família, cognome, cognomi, "
    "achternaam, familienaam, nazwisko, příjmení, efternamn, etternavn, efternavn, sukunimi, "
    "vezetéknév, családnév, nume de familie, soyad, soyadı, soyisim, soy ad, "
    "фамилия, прізвище, επώνυμο, επίθετο, "
    "姓, 苗字, 名字(姓), ラストネーム, 姓氏, 성, "
    "اسم العائلة, إسم العائلة, الاسم الأخير, الاسم الاخير, الكنية, שם משפחה"
)

FULL_NAME = (
    "full name, fullname, display name, displayname, person name, name surname, first and last name, "
    "first name last name, first last, contact person, contact name, complete name, file as, attendee, "
    "vollständiger name, vor- und nachname, vorname nachname, vor- und zuname, anzeigename, "
    "angezeigter name, ansprechpartner, nom complet, prénom nom, prénom et nom, nom affiché, "
    "nombre completo, nombre y apellido, nombre y apellidos, nombre apellidos, nombre para mostrar, "
    "nome completo, nome e sobrenome, nome e cognome, nome cognome, nominativo, nome de exibição, "
    "nome visualizzato, volledige naam, weergavenaam, voor- en achternaam, "
    "imię i nazwisko, imię nazwisko, pełne imię i nazwisko, celé jméno, jméno a příjmení, jméno příjmení, "
    "fullständigt namn, för- och efternamn, visningsnamn, fullt navn, for- og etternavn, for- og efternavn, "
    "fulde navn, visningsnavn, koko nimi, nume complet, ad soyad, adı soyadı, isim soyisim, tam ad, "
    "имя и фамилия, имя фамилия, полное имя, ім'я та прізвище, ім'я прізвище, повне ім'я, "
    "ονοματεπώνυμο, πλήρες όνομα, フルネーム, 全名, 联系人, 聯絡人, 联系人姓名, 전체 이름, "
    "الاسم الكامل, الاسم كاملا, שם מלא"
)

LAST_NAME_FIRST = (
    "last first, last name first name, surname name, surname first name, surname and name, sort name, "
    "name last first, name vorname, nachname vorname, name und vorname, familienname vorname, "
    "nom prénom, nom et prénom, noms et prénoms, nom prénoms, apellidos y nombre, apellidos nombre, "
    "apellido y nombre, cognome nome, cognome e nome, nazwisko i imię, nazwisko imię, "
    "příjmení a jméno, příjmení jméno, sukunimi etunimi, teljes név, nume prenume, nume și prenume, "
    "фио, ф и о, фамилия имя, фамилия имя отчество, фамилия и имя, піб, п і б, прізвище та ім'я, "
    "прізвище ім'я, прізвище ім'я по батькові, 姓名, 氏名, お名前(氏名), 성명, 성함"
)
"""Full names that begin with the last name."""

LAST_NAME_FIRST_BY_CUSTOM = "név, 名前, お名前, 이름, 名字"

NAME = (
    "name, names, nom, noms, nombre, nome, naam, jméno, namn, navn, nimi, név, nume, ad, adı, isim, "
    "имя, ім'я, όνομα, 名前, お名前, 名字, 이름, الاسم, اسم, الإسم, שם"
)

COMPANY = (
    "company, company name, companyname, organization, organisation, organization name, organisation name, "
    "employer, account name, company account, company or account, company organization, associated company, "
    "primary company, business name, org, org name, current company, firm, companies, company organisation, "
    "associated company name, employer name, company or organization, organization value, "
    "firma, firmenname, unternehmen, unternehmensname, organisationsname, arbeitgeber, firmen, betrieb, "
    "société, entreprise, nom de l'entreprise, nom de la société, raison sociale, nom entreprise, "
    "nom société, nom de l'organisation, compagnie, employeur, "
    "empresa, compañía, nombre de la empresa, nombre empresa, organización, nombre de empresa, "
    "razón social, nombre de la organización, "
    "nome da empresa, organização, razão social, companhia, nome empresa, "
    "azienda, società, nome azienda, ragione sociale, ditta, organizzazione, impresa, nome società, "
    "nome dell'azienda, bedrijf, bedrijfsnaam, organisatie, werkgever, organisatienaam, "
    "nazwa firmy, organizacja, nazwa organizacji, przedsiębiorstwo, spółka, "
    "název firmy, společnost, organizace, název společnosti, název organizace, "
    "företag, företagsnamn, bolag, organisationsnamn, bedrift, bedriftsnavn, selskap, organisasjon, "
    "virksomhed, virksomhedsnavn, firmanavn, firmanamn, firmanaam, selskab, "
    "yritys, yrityksen nimi, organisaatio, cég, cégnév, cég neve, vállalat, szervezet, munkahely, "
    "companie, firmă, nume companie, numele companiei, nume firmă, organizație, societate, "
    "şirket, şirket adı, firma adı, kurum, kuruluş, kurum adı, organizasyon, "
    "компания, название компании, организация, название организации, фирма, предприятие, "
    "компанія, назва компанії, організація, назва організації, фірма, підприємство, "
    "εταιρεία, εταιρία, επωνυμία, οργανισμός, επιχείρηση, όνομα εταιρείας, επωνυμία εταιρείας, "
    "会社, 会社名, 企業, 企業名, 法人名, 組織名, 勤務先, 御社名, 貴社名, "
    "公司, 公司名称, 公司名稱, 企业, 企业名称, 企業名稱, 单位, 单位名称, 單位, 組織, 组织, 机构, 機構, "
    "회사, 회사명, 기업, 기업명, 조직, 소속 회사, 업체명, "
    "الشركة, شركة, اسم الشركة, المؤسسة, اسم المؤسسة, المنظمة, "
    "חברה, שם החברה, שם חברה, ארגון, שם הארגון"
)

PERSONS = (
    "person, contact, subscriber, lead, member, attendee, participant, user, guest, buyer, properties, "
    "applicant, student, respondent, registrant, delegate, kontakt, contacto, contato, contatto, persoon"
)
"""What may stand before a name without changing it: `Person - Email`, `Contact First Name`."""

CUSTOMERS = "customer, client, account, billing, kunde, kunden, cliente, klant, klient, user"
"""As PERSONS, but their bare `Name` may be a company's, or a login."""

KINDS = (
    "work, personal, home, business, private, office, professional, corporate, company, geschäftlich, "
    "beruflich, privat, private, dienstlich, pro, perso, professionnel, personnel, trabajo, trabalho, "
    "profesional, profissional, pessoal, lavoro, personale, aziendale, werk, zakelijk, privé, firmowy, "
    "prywatny, служебный, личный, рабочий"
)
"""Kinds of e-mail addresses: beside each other no kind is the contact's own beyond doubt."""

PRIMARY = "primary, main, default, preferred, principal, haupt, primär, principale, primario, primaire"
SECONDARY = (
    "secondary, alternate, alternative, additional, other, second, backup, alt, zweite, weitere, "
    "alternativa, alternativo, secundario, secundária, secondaire, secondaria, autre, otro, altra, altro"
)

DECORATIONS = (
    "required, optional, pflichtfeld, obligatoire, obligatorio, obligatório, obbligatorio, verplicht"
)

OTHER = (
    "middle name, additional name, user name, username, nickname, maiden name, company domain name, "
    "short name, "
    "screen name, im address, connected on, billing information, weitere vornamen, partner/in, "
    "assistent(in), "
    "e-mail: angezeigter name, nom complet de l'adresse de messagerie, internet-frei/gebucht"
)

OTHER_WORDS = (
    # What makes of an e-mail, a name or a company something about it.
    "type, label, status, size, phonetic, yomi, kana, pronunciation, verified, opt, optin, optout, consent, "
    "confirmed, confirmation, subscribed, unsubscribed, unsubscribe, bounced, bounce, bounces, valid, "
    "validity, "
    "permission, marketing, newsletter, count, date, time, id, ids, uuid, guid, uid, key, hash, md5, domain, "
    "owner, source, stage, score, rating, quality, format, preference, preferences, display, typ, "
    "opened, clicked, sent, delivered, open, opens, clicks, last4, "
    # Ways to reach somebody.
    "phone, phones, mobile, cell, cellphone, fax, tel, pager, telex, isdn, callback, tty, tdd, skype, "
    "twitter, "
    "linkedin, facebook, instagram, whatsapp, telegram, xing, website, websites, web, url, urls, homepage, "
    "site, blog, im, icq, aim, msn, "
    # Places.
    "street, city, town, zip, zipcode, postal, postcode, post, state, province, region, county, country, "
    "address, address1, address2, addresses, location, latitude, longitude, timezone, zone, po, pobox, plz, "
    "ort, land, stadt, str, rue, ville, pays, cp, calle, ciudad, cidade, rua, bairro, cep, uf, via, "
    "città, cap, "
    "provincia, paese, país, estado, état, straat, plaats, stad, adres, ulica, miasto, kraj, kod, ulice, "
    "město, "
    "psč, gata, gate, by, postnr, katu, kaupunki, maa, utca, város, ország, stradă, oraș, județ, țară, "
    "şehir, il, ilçe, ülke, adresse, adress, adresa, dirección, direccion, endereço, indirizzo, cím, "
    # The person, beside the name.
    "title, jobtitle, role, position, profession, occupation, job, department, dept, suffix, prefix, "
    "initials, "
    "salutation, gender, sex, birthday, birthdate, birth, dob, age, anniversary, language, lang, locale, "
    "spouse, children, assistant, assistants, manager, managers, nickname, middle, maiden, hobby, anrede, "
    "titel, funktion, position, abteilung, geschlecht, sprache, beruf, poste, fonction, civilité, sexe, "
    "langue, "
    "cargo, puesto, departamento, departement, género, sexo, idioma, tratamiento, ruolo, sesso, lingua, "
    "titolo, "
    "functie, afdeling, geslacht, taal, aanhef, stanowisko, płeć, język, pozice, pohlaví, jazyk, kön, språk, "
    "stilling, kjønn, køn, titteli, kieli, beosztás, nyelv, nem, funcție, limbă, sex, unvan, cinsiyet, dil, "
    # Keeping of the list.
    "notes, note, comment, comments, description, remarks, memo, tags, tag, groups, group, labels, list, "
    "lists, "
    "segment, segments, category, categories, keywords, created, updated, modified, added, changed, deleted, "
    "active, inactive, enabled, priority, sensitivity, mileage, subject, photo, avatar, image, picture, "
    "revenue, industry, employees, currency, amount, price, total, quantity, order, orders, spent, tax, vat, "
    "number, nr, no, code, barcode, ticket, event, campaign, referral, referrer, utm, ip, gmt, gmtoff, "
    "dstoff, cc, euid, "
    "leid, "
    "notas, nota, observaciones, observações, etiquetas, grupo, grupos, fecha, data, date, datum, estado, "
    "notizen, notiz, bemerkung, bemerkungen, kommentar, gruppe, gruppen, kategorie, kategorien, "
    "schlagwörter, "
    "erstellt, geändert, büro, vertraulichkeit, priorität, kinder, jahrestag, stichwörter, remarque, "
    "remarques, titre, anniversaire, commentaire, commentaires, groupe, groupes, catégorie, "
    "étiquettes, "
    "note, gruppo, gruppi, opmerking, opmerkingen, groep, uwagi, notatki, grupa, data, poznámka, poznámky, "
    "skupina, anteckning, anteckningar, notat, notater, muistiinpanot, megjegyzés, csoport, observații, "
    "notlar, "
    "grup, radio, hometown, school, schools, jot, symbol, anniversary, relation, relationship, custom, "
    "free, busy, directory, server, "
    "timestamp, confirm, cleaned, accepts, accept, terms, gdpr, dsgvo, delinquent, plan, brand, stripe, "
    "shopify, website, vcard, "
    # Cyrillic and Greek.
    "телефон, мобильный, факс, адрес, город, страна, улица, индекс, область, регион, сайт, должность, отдел, "
    "пол, язык, дата, группа, группы, теги, примечание, примечания, комментарий, комментарии, статус, номер, "
    "отчество, заметки, місто, країна, вулиця, індекс, посада, відділ, стать, мова, група, примітки, "
    "коментар, "
    "мобільний, адреса, побатькові, τηλέφωνο, κινητό, φαξ, διεύθυνση, πόλη, χώρα, οδός, τκ, σημειώσεις, "
    "ημερομηνία, φύλο, γλώσσα, θέση, τμήμα, ομάδα, ιστοσελίδα, "
    # Arabic and Hebrew.
    "الهاتف, هاتف, الجوال, جوال, الموبايل, فاكس, الفاكس, العنوان, المدينة, الدولة, البلد, الشارع, ملاحظات, "
    "التاريخ, الجنس, اللغة, المسمى, الوظيفة, القسم, الموقع, "
    "טלפון, נייד, פקס, כתובת, עיר, מדינה, ארץ, רחוב, מיקוד, הערות, תאריך, מין, שפה, תפקיד, מחלקה, אתר"
)
"""Words that, wherever they stand in a name, make it another column than those of the contact."""

OTHER_STEMS = (
    "telefon, telephone, telefax, téléphone, teléfono, telefoon, telefone, telefono, puhelin, handy, "
    "mobiltel, "
    "mobil, móvil, celular, portable, cellulare, cep telefonu, strasse, straße, hausnummer, postleitzahl, "
    "postfach, postadress, postnummer, postinumero, postort, poststed, kundennummer, mitgliedsnummer, "
    "geburtsdatum, geburtstag, naissance, nacimiento, nascimento, nascita, geboorte, urodzenia, narození, "
    "födelse, fødsels, syntymä, születés, nașterii, doğum, рождения, народження, irányítószám, kodpocztowy, "
    "codepostal, códigopostal, codicepostale, postcode, webseite, webbplats, hjemmeside, nettsted, "
    "berufsbezeichnung, bundesland, anmerkung, sähköpostilupa"
)
"""How other columns begin or end, in languages that write words together."""

OTHER_SIGNS = (
    "電話, 携帯, 住所, 郵便, 都道府県, 市区町村, 番地, 部署, 役職, 性別, 生年月日, 誕生日, 備考, メモ, "
    "カナ, かな, ふりがな, "
    "フリガナ, グループ, タグ, 番号, 登録日, 国籍, 電话, 电话, 手机, 手機, 传真, 傳真, 地址, 城市, 国家, "
    "國家, 省份, 邮编, "
    "邮政编码, 郵遞區號, 职位, 职务, 職稱, 職位, 部门, 部門, 生日, 备注, 備註, 标签, 分组, 网站, 網站, "
    "编号, 日期, "
    "전화, 휴대폰, 휴대전화, 핸드폰, 팩스, 주소, 우편번호, 도시, 국가, 부서, 직책, 직급, 직위, 성별, "
    "생년월일, 생일, 메모, "
    "비고, 그룹, 태그, 번호, 날짜, 등록일"
)
"""Parts of other columns' names, in languages that put no blanks between words."""
