"""Names of people and companies by language, for lists of contacts in every encoding that can carry them."""

GIVEN = {
    "German": "Jürgen Käthe Günther Jörg Björn Hannelore Thomas Sabine Ute Götz Bärbel Sören Lukas Anna René",
    "French": "Hélène François Jérôme Benoît Zoë Gérard Noël Éric Aurélie Maël Anaïs Loïc Étienne "
    "Marie Cécile "
    "Agnès Geneviève Joël André Jean-René",
    "Spanish": "José María Ángel Íñigo Begoña Núria Jesús Óscar Mónica Raúl Lucía Iván Martín Rocío Carmen",
    "Portuguese": "João Conceição Antônio Inês Luísa Márcio Simão Cauã Débora Flávia Gonçalo Zélia Thaís Ana",
    "Italian": "Niccolò Nicolò Giosuè Mosè Luca Noè Chiara Desirée",
    "Polish": "Łukasz Małgorzata Paweł Stanisław Michał Wojciech Błażej Elżbieta Agnieszka Grażyna "
    "Józef Świętosława",
    "Czech": "Jiří Tomáš Lukáš Ondřej Věra Zdeněk Kateřina Růžena Vojtěch Božena Libuše Štěpán "
    "Eliška Matěj Žofie",
    "Hungarian": "László Zoltán István Győző József Zsófia Ágnes Éva Gergő Béla Dezső Sándor Jenő "
    "Márta Erzsébet",
    "Turkish": "Şükrü Çağlar Gökhan İbrahim Işıl Ayşe Özgür Uğur Tuğba Emine Büşra Yıldız Gülşen Kadir",
    "Romanian": "Ștefan Ionuț Mădălina Cătălin Răzvan Bogdan Sânziana Ioana Mihăiță Costică Luminița",
    "Croatian": "Željko Đurđica Krešimir Anđela Siniša Matić Tomislav Božidar Nikša Vesna Zvonimir Jagoda",
    "Swedish": "Åsa Göran Björn Märta Sören Håkan Jörgen Lars Pär Örjan Gösta Anna Kerstin",
    "Danish": "Søren Jørgen Åse Bjørn Håkon Mærsk Lærke Kåre Tønnes Øyvind Sæmund Bodil Astrid",
    "Icelandic": "Guðrún Þórdís Jón Sigríður Björk Ólafur Kristín Þorsteinn Ásgeir Ragnheiður Ægir",
    "Latvian": "Jānis Kārlis Zanda Ņikita Ģirts Laimdota Ēriks Ilze Mārtiņš Līga Raimonds Inguļa Ķirsis",
    "Lithuanian": "Žygimantas Šarūnas Rūta Eglė Jūratė Ąžuolas Vytautas Agnė Giedrė Kęstutis Čėsna",
    "Estonian": "Jüri Õnne Ülle Tõnu Märt Jaanus Külli Päärn Väino Liisa",
    "Russian": "Иван Сергей Ольга Наталья Дмитрий Елена Юрий Алексей Татьяна Фёдор Пётр Людмила "
    "Андрей Светлана",
    "Ukrainian": "Олександр Ірина Євген Наталія Їжакевич Сергій Оксана Дмитро Богдан Юлія Ганна "
    "Андрій Соломія",
    "Bulgarian": "Георги Стоян Цветелина Живко Мария Петър Димитър Ивайло Теодора Йордан Любомир Красимира",
    "Greek": "Γιώργος Μαρία Κωνσταντίνος Ελένη Δημήτρης Άννα Νίκος Βασιλική Ιωάννης Χρήστος "
    "Αικατερίνη Παναγιώτης",
    "Hebrew": "יוסף דוד שרה מרים אברהם רחל יעקב חנה משה אסתר נועם תמר איתן שירה אורי",
    "Arabic": "محمد أحمد فاطمة علي خالد عائشة يوسف مريم إبراهيم حسن ليلى عمر سارة عبدالله نور",
    "Thai": "สมชาย สมหญิง ประเสริฐ วิชัย สุดา นภา กิตติ อรุณ พรทิพย์ ชัยวัฒน์ มาลี ณัฐวุฒิ ปิยะ",
    "Vietnamese": "Nguyễn Trần Hương Đức Phượng Thủy Quốc Dũng Tuấn Hạnh Mỹ Bình Tâm",
    "Japanese": "太郎 花子 健一 美咲 翔太 裕子 直樹 さくら 陽菜 大輔 ケンジ 真由美 拓也 千尋 悠斗 恵",
    "Chinese": "伟 秀英 娜 敏 静 丽娟 强 磊 军 洋 志强 勇 艳 杰 娟 涛 明 超 子涵 梓轩",
    "Taiwanese": "家豪 淑芬 志明 俊傑 雅婷 怡君 宗翰 美玲 建宏 佳穎 冠宇 承恩 詩涵 宜庭 柏翰",
    "Korean": "민준 서연 지훈 수빈 현우 지우 영희 철수 은정 도윤 하은 예진 성호 미경 동현 혜진",
}
FAMILY = {
    "German": "Müller Schäfer Größmann Weiß Köhler Jäger Schröder König Hübner Krüger Schmidt Böhm "
    "Voß Löwe Meyer "
    "Fürst Groß Kühn Schön Bäcker Özdemir",
    "French": "Lefèvre Béranger Dupré Châtelain Lévêque Besançon Piñon Gauthier Desprès Müller "
    "Lacoste Légère Hué "
    "Crête Forêt Boët Dugué Pâris Brûlé D’Août L'Hôte",
    "Spanish": "García Núñez Muñoz Peña Fernández Ibáñez López Jiménez Ordóñez Güell Ruiz Álvarez "
    "Sánchez Rodríguez",
    "Portuguese": "Gonçalves Araújo Brandão Falcão Magalhães Simões Conceição Assunção Estêvão Sá "
    "Costa Guimarães",
    "Italian": "Nicolò Cantù Forlì Pezzè Viganò Rossi Zanrè Mardegan Salò Cefalù",
    "Polish": "Wiśniewski Dąbrowska Zieliński Wójcik Kowalczyk Kamiński Łuczak Żak Grześkowiak "
    "Źrebiec Ćwik Gołąb "
    "Pączek Święch Król Mąka Nowak",
    "Czech": "Dvořák Novotný Černý Procházka Kučera Veselý Horák Němec Čížek Růžička Beneš Říha "
    "Hájek Žák Šťastný "
    "Koníček Jeřábek Vaněk",
    "Hungarian": "Szabó Kovács Tóth Németh Balázs Szűcs Fehér Győri Kőszegi Bíró Szőke Vörös Csűrös "
    "Nagy Ördög",
    "Turkish": "Yılmaz Öztürk Şahin Çelik Yıldırım Doğan Kılıç Aydın Güneş İnce Erdoğan Koç Kaya "
    "Ünlü Ağaoğlu Başar",
    "Romanian": "Popescu Dumitrașcu Constantinescu Bălan Ţepeş Stănescu Rădulescu Munteanu Câmpeanu "
    "Țurcanu Pârvu",
    "Croatian": "Horvat Kovačević Babić Marić Đorđević Šimić Žanić Čović Jurišić Petrović Knežević "
    "Perišić Vuković",
    "Swedish": "Åkesson Sjöberg Lindström Öberg Ekström Nyström Hägglund Wahlgren Björk Holmgård "
    "Bergström Sjögren",
    "Danish": "Sørensen Jørgensen Ærø Kjær Nørgaard Ødegård Bøe Skovgård Hansen Løvstad Sæther Mørk "
    "Bråten Strøm",
    "Icelandic": "Jónsdóttir Sigurðsson Þórðarson Guðmundsdóttir Ólafsson Björnsdóttir Árnason Ævarsdóttir",
    "Latvian": "Bērziņš Kalniņš Ozoliņa Liepiņa Krūmiņš Jansons Zariņš Šķēle Vītols Āboliņa Ķēniņš "
    "Pētersone Siliņš",
    "Lithuanian": "Kazlauskas Žukauskas Petrauskienė Balčiūnas Šimkutė Jankauskaitė Mačiulis "
    "Vaičiūnas Čekanavičius",
    "Estonian": "Tamm Mägi Põder Jõgi Kütt Pärn Rüütel Õunapuu Väli Käärik Lõhmus",
    "Russian": "Иванов Смирнова Кузнецов Попова Соколов Лебедева Новиков Морозова Волков Соловьёв "
    "Щербаков Цветаева "
    "Журавлёв Чехов Эйхенбаум",
    "Ukrainian": "Шевченко Ковальчук Бондаренко Кравець Мельник Лисенко Їжак Гаврилюк Олійник "
    "Ткаченко Зінченко Щур",
    "Bulgarian": "Иванов Петрова Димитров Стоянова Христов Николова Ангелов Желязкова Йорданов Църов Щерев",
    "Greek": "Παπαδόπουλος Γεωργίου Οικονόμου Νικολάου Αντωνίου Καραγιάννης Ιωαννίδης Βλάχος Μακρής "
    "Αλεξίου Ζαφειρίου",
    "Hebrew": "כהן לוי מזרחי פרץ ביטון דהן אברהם פרידמן אזולאי שפירא גולדברג קליין ברק רוזנברג",
    "Arabic": "الأحمد المصري الخطيب حداد النجار عباس الشريف منصور السعيد الحسن بكر زيدان القحطاني",
    "Thai": "ใจดี ศรีสุข แสงทอง วงศ์สวัสดิ์ บุญมี ทองดี รัตนพันธ์ สุวรรณ เจริญสุข พงษ์ไพบูลย์ ชูชาติ",
    "Vietnamese": "Văn Thị Phạm Hoàng Đặng Bùi Đỗ Hồ Ngô Dương Lý Vũ Huỳnh Võ",
    "Japanese": "山田 鈴木 佐藤 高橋 田中 渡辺 伊藤 中村 小林 加藤 吉田 斎藤 松本 井上 木村 齋藤 五十嵐 阿部",
    "Chinese": "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 欧阳 司马",
    "Taiwanese": "陳 林 黃 張 李 王 吳 劉 蔡 楊 許 鄭 謝 郭 洪 曾 邱 廖 賴 歐陽",
    "Korean": "김 이 박 최 정 강 조 윤 장 임 한 오 서 신 권 황 남궁",
}
COMPANIES = {
    "German": "Bäckerei Köln GmbH|Straßenbau Nord|Möbelhaus AG|Zürcher Büro|Auto Haus|Gebr. Föhr & Söhne",
    "French": "Société Générale|Crédit Rémois|Pâtisserie du Chêne|Atelier Sud|Hôtel de l’Île|Ménard & fils",
    "Spanish": "Construcción Peñalba S.A.|Electrónica Sur|Panadería Niño|Transportes Leon|Compañía Eólica",
    "Portuguese": "Construções Irmãos|Padaria São João|Comércio e Serviços|Têxtil Sul|Informática Ltda",
    "Italian": "Società Agricola|Caffè Roma|Qualità Più|Officine Meccaniche|Università di Forlì",
    "Polish": "Spółka z o.o.|Usługi Budowlane Żuraw|Przedsiębiorstwo Handlowe|Zakład Mięsny|Księgarnia",
    "Czech": "Pekárna Říčany|Stavební společnost|Účetní služby|Obchod s.r.o.|Železářství|Květinářství",
    "Hungarian": "Építő Kft.|Könyvelő Iroda|Műszaki Bt.|Élelmiszer Zrt.|Fűszerkereskedés|Szállítás",
    "Turkish": "İnşaat Ltd. Şti.|Gıda Sanayi|Müşavirlik|Taşımacılık A.Ş.|Bilişim|Mühendislik",
    "Romanian": "Construcții SRL|Grădina Veche|Societatea Română|Brutăria Ana|Informatică",
    "Croatian": "Građevina d.o.o.|Pekara Čakovec|Ljekarna Križ|Računovodstvo|Tvornica",
    "Swedish": "Bygg & Måleri AB|Västkust Fisk|Järnhandeln|Nordisk Tjänst|Östra Skog",
    "Danish": "Sømænd ApS|Håndværk|Grønland Fisk|Bageri Ærø|Kjøbenhavn Tømrer",
    "Icelandic": "Íslensk Fiskvinnsla|Þjónusta ehf|Bókabúð|Vélsmiðja",
    "Latvian": "Būvniecība SIA|Maiznīca|Grāmatnīca|Meža Īpašums|Ēdnīca",
    "Lithuanian": "Statyba UAB|Kepyklėlė|Knygų Namai|Žemės Ūkis|Įmonių Grupė",
    "Estonian": "Ehitus OÜ|Võru Mööbel|Äri Büroo|Põhja Kala",
    "Russian": "ООО Ромашка|Строительная компания|Завод «Салют»|Пекарня №5|Торговый дом|ЗАО Восток",
    "Ukrainian": "ТОВ Криниця|Будівельна компанія|Львівська пекарня|Їдальня|Завод «Світло»",
    "Bulgarian": "Строителна фирма ЕООД|Хлебозавод|Търговска къща|Счетоводна къща",
    "Greek": "Εταιρεία Τροφίμων ΑΕ|Αρτοποιείο|Ναυτιλιακή|Κατασκευαστική ΕΠΕ|Βιβλιοπωλείο",
    "Hebrew": "חברת בנייה|מאפיית השכונה|שירותי מחשב|ספרי קודש|אופטיקה",
    "Arabic": "شركة البناء|مخبز المدينة|مؤسسة التجارة|مكتبة النور|خدمات الحاسوب",
    "Thai": "บริษัท ก่อสร้าง จำกัด|ร้านอาหารไทย|โรงงานทอผ้า|ห้างหุ้นส่วน",
    "Vietnamese": "Công ty Xây dựng|Nhà hàng Huế|Tiệm sách|Dịch vụ Tin học",
    "Japanese": "株式会社山本製作所|有限会社さくら|トヨタ部品|ソフトウェア開発|東京商事|北海道フーズ",
    "Chinese": "北京科技有限公司|上海贸易公司|华东电子厂|广州服装|深圳信息技术",
    "Taiwanese": "台北科技股份有限公司|高雄貿易|新竹電子|中華書局|永豐食品",
    "Korean": "주식회사 한빛|서울전자|부산무역|대한건설|우리식품",
}

_WEST = "German French Spanish Portuguese Italian Swedish Danish Icelandic"
_EAST = "Polish Czech Hungarian Romanian Croatian German"
_BALTIC = "Latvian Lithuanian Estonian"
_CYRILLIC = "Russian Ukrainian Bulgarian"
LANGUAGES = {
    **dict.fromkeys(("cp1252", "latin-1", "iso8859-15", "mac_roman", "cp850", "cp858"), _WEST),
    "cp437": "German French Spanish Swedish",
    "cp865": "Danish German",
    "cp860": "Portuguese",
    "cp861": "Icelandic",
    "cp863": "French",
    **dict.fromkeys(("cp1250", "iso8859-2", "cp852", "mac_latin2"), _EAST),
    "iso8859-16": "Polish Romanian Croatian Hungarian",
    "mac_croatian": "Croatian",
    "mac_romanian": "Romanian",
    **dict.fromkeys(("cp1257", "iso8859-13", "cp775"), _BALTIC),
    "iso8859-4": "Latvian Estonian Swedish",
    "iso8859-10": "Icelandic Lithuanian Swedish",
    **dict.fromkeys(("cp1251", "iso8859-5", "mac_cyrillic", "cp866", "cp855"), _CYRILLIC),
    "koi8-r": "Russian Bulgarian",
    "koi8-u": "Ukrainian Russian",
    **dict.fromkeys(("cp1253", "iso8859-7", "mac_greek", "cp737", "cp869"), "Greek"),
    **dict.fromkeys(("cp1254", "iso8859-9", "cp857", "mac_turkish"), "Turkish German"),
    **dict.fromkeys(("cp1255", "iso8859-8", "cp862"), "Hebrew"),
    **dict.fromkeys(("cp1256", "iso8859-6", "cp720"), "Arabic"),
    **dict.fromkeys(("cp874", "tis-620"), "Thai"),
    "cp1258": "Vietnamese",
    **dict.fromkeys(("cp932", "shift_jis", "euc_jp", "iso2022_jp"), "Japanese"),
    **dict.fromkeys(("gb18030", "gbk", "hz"), "Chinese"),
    **dict.fromkeys(("big5", "cp950"), "Taiwanese"),
    **dict.fromkeys(("cp949", "euc_kr", "iso2022_kr"), "Korean"),
    **dict.fromkeys(("cp037", "cp500", "cp1140", "cp273"), "German French Spanish Danish"),
    "cp1026": "Turkish",
    "cp424": "Hebrew",
    "cp875": "Greek",
    "utf-7": "German Russian",
}
"""The languages that lists in an encoding are in."""
