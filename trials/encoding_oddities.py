"""Lists that mislead: rare languages, capitals only, symbols, typographic quotes, kana of half width."""

ODDITIES = {
    "Dutch": (
        "Daniël Zoë Coördinatie Raphaël Michèle Renée Jérôme Niña Loïs Anaïs",
        "cp1252 mac_roman cp850 latin-1",
    ),
    "Albanian": (
        "Përparim Bardhë Gjyljeta Besnik Agim Fatmirë Çlirim Hoxhë Krasniqi Shpëtim",
        "cp1252 cp1250 mac_roman cp850 cp852",
    ),
    "Finnish": (
        "Päivi Väinö Hämäläinen Mäkinen Järvinen Yrjö Jyrki Pääkkönen Räsänen Söderström",
        "cp1252 mac_roman cp850 cp437 iso8859-10",
    ),
    "Faroese": (
        "Bø Jákup Høgni Tróndur Eyðun Símun Magnus Rógvi Óli Djurhuus Bárður Páll Jóannes",
        "cp1252 mac_iceland cp850",
    ),
    "Slovak": (
        "Ľubomír Štefánia Ďurica Kráľ Žofia Vŕba Šťastný Mäsiar Kôrka Ladislav Hlaváč Blažej Čech Ťažký",
        "cp1250 iso8859-2 cp852 mac_latin2",
    ),
    "Slovene": (
        "Žiga Črt Špela Matjaž Jože Potočnik Krajnc Vidmar Božič Kovač Zupančič Hočevar",
        "cp1250 iso8859-2 cp852 cp1257 mac_croatian mac_latin2",
    ),
    "Serbian": (
        "Милош Ђорђе Јована Љиљана Његош Живковић Петровић Јовановић Хаџић Ћосић",
        "cp1251 iso8859-5 cp855 mac_cyrillic",
    ),
    "Macedonian": (
        "Ѓорѓи Ќире Љупчо Трајковски Џамбазов Наќе Софија Бранко",
        "cp1251 iso8859-5 cp855 mac_cyrillic",
    ),
    "Belarusian": (
        "Ўладзімір Янка Алесь Кастусь Караткевіч Быкаў Шушкевіч Лукашэнка",
        "cp1251 iso8859-5 cp866 koi8-u",
    ),
    "Maltese": ("Ġorġ Ħal Żebbuġ Ċensu Għajnsielem Ħamrun Ġużeppi", "iso8859-3"),
    "Welsh": ("Siân Ffïon Gwêl Llŷr Tŵr Rhŷs Dafydd", "iso8859-14 cp1252"),
    "Catalan": (
        "Núria Òscar Àngel Llàtzer Muñoz Vilà Bosch Güell Pérez Ciutadella Fàbrega Carolí",
        "cp1252 mac_roman cp850 cp437",
    ),
    "symbols": ("100€ Café™ §5 ½ ©Acme 20° ±3 №", "cp1252 cp1251 iso8859-15"),
    "quotes": ("O’Neil D’Angelo “Acme” – McDonald’s L’Oreal", "cp1252 mac_roman cp1251 cp874"),
    "acute accents": ("O´Neil D´Angelo Müller L´Oreal", "cp1252 latin-1"),
    "French, capitals": (
        "HÉLÈNE FRANÇOIS JÉRÔME BENOÎT ZOË LEFÈVRE AGNÈS GENEVIÈVE BÉRANGER CHÂTELAIN FORÊT LOÏC",
        "cp1252 mac_roman cp850 cp437",
    ),
    "German, small": ("müller jäger schröder hübner weiß köhler", "cp1252 mac_roman cp850 cp437"),
    "Russian, small": (
        "иванов смирнова кузнецов попова соколов лебедева ольга юрий пётр",
        "cp1251 koi8-r cp866 iso8859-5 mac_cyrillic",
    ),
    "Russian, capitals": (
        "ИВАНОВ СМИРНОВА КУЗНЕЦОВ ПОПОВА СОКОЛОВ ЛЕБЕДЕВА ОЛЬГА ЮРИЙ ПЁТР",
        "cp1251 koi8-r cp866 iso8859-5 mac_cyrillic",
    ),
    "Swiss": (
        "Müller François Lefèvre Niccolò Kovačević Đorđević Şahin Wiśniewski Dvořák Nuñez",
        "cp1252 cp1250 cp1254 iso8859-2 mac_roman mac_latin2 cp850 cp852",
    ),
    "Polish and French": (
        "Łukasz Wiśniewski François Hélène Agnès Święch Paweł Żak Noël",
        "cp1250 cp1252 iso8859-16",
    ),
    "kana of half width": ("ﾔﾏﾀﾞ ﾀﾛｳ ｽｽﾞｷ ﾊﾅｺ ｻﾄｳ ｹﾝｼﾞ ﾀｶﾊｼ", "cp932 euc_jp"),
    "katakana": ("ヤマダ タロウ スズキ ハナコ サトウ ケンジ", "cp932 euc_jp"),
    "rare Chinese": ("鑫 淼 龘 喆 赟 翀 彧 頔 瑭 珺", "gb18030 gbk"),
    "Hanja": ("金 李 朴 崔 鄭 姜 趙 尹 張 林", "cp949 big5 cp932 gb18030"),
    "Taiwanese": ("陳怡君 林志明 黃淑芬 張家豪 王俊傑 吳美玲", "big5 gb18030 cp932 cp949"),
    "rare Japanese": ("齋藤 髙橋 﨑山 渡邊 德永 ①番 ㈱山田", "cp932"),
    "Vietnamese": ("Đức Trần Hồ", "cp1258"),
    "Icelandic": (
        "Þór Æsa Guðrún Sigurður Hörður Ýr Ívar Óðinn",
        "cp1252 cp1254 mac_iceland cp861 iso8859-10 mac_roman",
    ),
    "Turkish": ("Yılmaz Şahin Çağlar Öztürk Işık", "cp1254 cp857 mac_turkish cp1252"),
    "Persian": ("محمد رضا پویا چنگیز ژاله گلی کریمی احمدی", "cp1256"),
    "Arabic tatweel": ("محمـد عليّ أحمدُ", "cp1256 iso8859-6"),
    "Hebrew": ("יוסף כהן דוד לוי", "cp1255 iso8859-8 cp862"),
    "Greek, capitals": (
        "ΓΙΩΡΓΟΣ ΠΑΠΑΔΟΠΟΥΛΟΣ ΜΑΡΙΑ ΝΙΚΟΛΑΟΥ ΕΛΕΝΗ ΟΙΚΟΝΟΜΟΥ",
        "cp1253 iso8859-7 mac_greek cp737 cp869",
    ),
    "no-break spaces": ("Müller\xa0GmbH Jäger\xa0AG Dupré\xa0SA", "cp1252 latin-1 mac_roman cp850"),
    "Ukrainian of DOS": ("Їжак Ґалаґан Євген Шевченко", "cp1125"),
    "Kazakh": ("Әлия Қасым Өмір Ұлан Үміт Нұрсұлтан", "kz1048 ptcp154"),
}
"""What is odd: words, separated by blanks, and the encodings that they are written in."""
