#include "crm/words/import_language.h"

#include "base/strbuf.h"
#include "base/utf8.h"
#include "crm/words/import_words_fixture.h"

static bool is_asked(enum import_consent kind)
{
	return kind == CONSENT_MAYBE_OUT || kind == CONSENT_MAYBE_IN ||
	       kind == CONSENT_MAYBE_GONE;
}

/* Texts between bars, each of which is asked about, or none. */
static int count_wrong(const char *headers, bool asks)
{
	struct str rest = str_of(headers);
	int wrong = 0;

	while (rest.s) {
		struct str header = str_cut(&rest, '|');
		enum import_consent kind = import_consent_header(header);

		if (asks ? is_asked(kind)
			 : !is_asked(kind) && !import_consent_is_sure(kind))
			continue;
		print_error("%.*s: %d\n", (int)header.len, header.s, kind);
		wrong++;
	}
	return wrong;
}

static void who_wants_no_mail_is_asked_about_in_any_language(void **state)
{
	static const char *const headers =
		"Отписан|Отписан от бюлетина|Не желае имейли|"
		"Без реклама|Отказ от реклама|Не изпращай|"
		"Забрана за контакт|Не желая да получавам|Одјавен|"
		"Не праќај|Одјављен|Одјављен са листе|Не шаљи мејлове|"
		"Без маркетинга|Одјава|Забрана слања|Odjavljen|Odjava|"
		"Odjavljeno|Ne šalji|Ne slati|Ne kontaktirati|"
		"Bez marketinga|Bez reklama|Ne želi newsletter|"
		"Zabrana slanja|Ne prima poštu|Datum odjave|"
		"Odjavljen od e-novic|Ne pošiljaj|Ne želi pošte|"
		"Brez oglasov|Prepoved pošiljanja|Preklic soglasja|"
		"Odhlásený|Odhlásená|Odhlásenie|Nezasielať|Neposielať|"
		"Nekontaktovať|Nesúhlas|Bez reklamy|Nechce newsletter|"
		"Leiratkozott|Leiratkozás|Nem kér hírlevelet|"
		"Nem küldhető|Tiltott|Tiltólista|Ne küldj|"
		"Reklám letiltva|Nem járul hozzá|Megkeresés tiltása|"
		"Dezabonat|Dezabonare|Dezabonată|Nu trimite|Nu contacta|"
		"Nu dorește e-mail|Fără reclame|Refuză marketing|Refuz|"
		"Retras|Διαγραφή|Απεγγραφή|Απεγγεγραμμένος|Μην στείλετε|"
		"Να μη σταλεί|Όχι email|Άρνηση|Χωρίς διαφημίσεις|"
		"Αποχώρηση|Çabonuar|Çregjistruar|Mos dërgo|Mos kontakto|"
		"Nuk dëshiron|Refuzuar|Pa reklama|Díliostáilte|"
		"Díliostáil|Ná seol ríomhphost|Ná déan teagmháil|"
		"Gan ríomhphost|Gan margaíocht|Baixa|Donat de baixa|"
		"Data de baixa|Sense publicitat|Desubscrit|No vol rebre|"
		"Baja eman|Ez bidali|Harpidetza kendu|Dado de baixa|"
		"Non enviar|Dad-danysgrifio|Peidiwch ag anfon|Atsisakė|"
		"Atsisakymas|Neprenumeruoja|Nesiųsti|Nenori gauti|"
		"Atšaukta|Draudžiama siųsti|Atteicies|Atteikšanās|"
		"Nesūtīt|Nevēlas saņemt|Atrakstījies|Aizliegts|Loobunud|"
		"Tellimus tühistatud|Mitte saata|Ei soovi|Keeldunud|"
		"Otsepostituse keeld|Tühistatud|Afskráður|Afskráning|"
		"Ekki senda|Afþakkar|Afþakkar póst|Bannmerktur|"
		"Vill ekki póst|Kielto|Suoramarkkinointikielto|"
		"Markkinointikielto|Markkinointikielto sähköposti|"
		"Ei sähköpostia|Ei uutiskirjettä|Peruutettu|"
		"Peruuttanut tilauksen|Uutiskirjeen peruutus|Estetty|"
		"Ei halua postia|Poistunut listalta|Ei saa lähettää|"
		"הסרה|הוסר|ביטול הרשמה|לא לשלוח|ללא דיוור|מסרב|"
		"לא מעוניין|सदस्यता रद्द|ईमेल न भेजें|मत भेजो|इनकार|退订|"
		"退訂|取消订阅|拒收邮件|不接收|黑名单|黑名單|请勿打扰|勿擾|"
		"不要发邮件|屏蔽|禁止发送|配信停止|"
		"配信不可|配信拒否|メール不要|解除|退会|オプトアウト|DM不可|"
		"ＤＭ拒否|送信禁止|受信拒否|購読解除|"
		"ブラックリスト|送付不要|수신거부|수신 "
		"거부|구독취소|구독해지|미동의|메일거부|차단|블랙리스트|"
		"발송금지|탈퇴|Hủy đăng ký|Từ chối|Không gửi|Không nhận thư|"
		"Đã hủy|Ngừng nhận|Chặn|Berhenti berlangganan|Tolak|"
		"Jangan kirim|Tidak mau email|Menolak|Diblokir|"
		"Henti langganan|Jangan hantar|ยกเลิก|"
		"ยกเลิกการรับข่าวสาร|ไม่รับ|ไม่รับอีเมล|ไม่ต้องการ|"
		"ห้ามส่ง|ปฏิเสธ|บล็อก|لغو اشتراک|ارسال نشود|عدم ارسال|"
		"عدم تمایل|لا يرغب|رفض|القائمة السوداء|"
		"Abonelikten çıktı|E-posta istemiyor|Reddetti|"
		"Kara liste|Gönderme|Geen mail|Niet benaderen|Opgezegd|"
		"Geen toestemming|Bel-me-niet|Wil geen post|Afmelding|"
		"Uitschrijving|Nie wysyłać|Wypisany|Nie chce maili|"
		"Bez reklam|Brak zgody|Zakaz wysyłki|Rezygnacja|"
		"Zablokowany|Sprzeciw|Odhlášen|Nechce maily|"
		"Zákaz zasílání|Nezasílat|Odmítl|Nepřeje si|"
		"Avregistrerad|Vill inte ha reklam|Ingen reklam|NIX|"
		"Nej tack|Spärrad|Reservasjon|Ønsker ikke|Frameldt|"
		"Markedsføringsforbud|Reklambeskyttelse|Avbeställt|"
		"Kontakta ej|Ej utskick|Descadastrado|Não enviar|"
		"Não quer receber|Sem publicidade|Recusa|Cancelado|"
		"Remoção|Отписался|Не беспокоить|Не слать|Чёрный список|"
		"Отказался|Стоп-лист|Без рассылки|Не хоче|Відмова|"
		"Не турбувати|Не надсилати|Чорний список|Адпісаны|"
		"Не дасылаць|RGPD opposition|CAN-SPAM";

	(void)state;
	assert_int_equal(count_wrong(headers, true), 0);
}

static void who_wants_mail_is_asked_about_in_any_language(void **state)
{
	static const char *const headers =
		"Бюлетин|Съгласие|Абониран|Съгласие за маркетинг|"
		"Пристанак|Сагласност|Претплата|Билтен|Pretplata|"
		"Pretplaćen|Pristanak|Privola|Suglasnost|Saglasnost|"
		"Bilten|Soglasje|E-novice|Naročen na novice|Privolitev|"
		"Súhlas|Súhlas s marketingom|Odber noviniek|Prihlásený|"
		"Hírlevél|Feliratkozott|Feliratkozás|Hozzájárulás|"
		"Hozzájárult|Abonat|Acord marketing|Consimțământ|"
		"Buletin|Συγκατάθεση|Συναίνεση|Ενημερωτικό δελτίο|"
		"Εγγεγραμμένος|Συνδρομή|Pajtim|Pëlqim|Buletini|Abonuar|"
		"Toiliú|Nuachtlitir|Síntiús|Liostáilte|Butlletí|"
		"Consentiment|Subscrit|Autoritza|Harpidetza|Buletina|"
		"Baimena|Subscrición|Consentimento|Cylchlythyr|Caniatâd|"
		"Sutikimas|Naujienlaiškis|Prenumerata|Piekrišana|"
		"Jaunumi|Jaunumu vēstule|Abonements|Nõusolek|Uudiskiri|"
		"Tellija|Samþykki|Fréttabréf|Póstlisti|Áskrift|"
		"Suostumus|Uutiskirje|Markkinointilupa|Sähköpostilupa|"
		"Suoramarkkinointilupa|Tilaaja|דיוור|הסכמה|ניוזלטר|"
		"אישור דיוור|מאשר|मेल भेजें|न्यूज़लेटर|सहमति|अनुमति|订阅|"
		"訂閱|同意|接收邮件|电子报|電子報|是否接收|营销|メルマガ|配信|"
		"配信可|購読|オプトイン|"
		"ニュースレター|お知らせ|수신동의|마케팅 "
		"동의|뉴스레터|구독|광고수신|Nhận bản tin|"
		"Đồng ý|Đăng ký nhận tin|Persetujuan|Langganan|Setuju|"
		"Kiriman email|ข่าวสาร|จดหมายข่าว|ยินยอม|สมัครรับ|"
		"ความยินยอม|خبرنامه|رضایت|عضویت|النشرة البريدية|موافقة|"
		"Bülten|İzin|İYS|Onay|Согласие|Рассылка|Подписан|"
		"Подписка|Розсилка|Згода|Підписаний|Рассылкі|"
		"Nieuwsbrief|Toestemming|Biuletyn|Zgoda|Newsletter|"
		"Boletim|Nyhetsbrev|Samtycke|Nyhedsbrev|Samtykke|"
		"Souhlas|İYS Ret";

	(void)state;
	assert_int_equal(count_wrong(headers, true), 0);
}

static void shorthand_of_law_and_lists_is_asked_about(void **state)
{
	static const char *const headers =
		"NPAI|Bloctel|ECG-Liste|RTR-Liste|Werbestopp|DND|"
		"Do Not Solicit|No solicit|Suppress|Suppress email|"
		"Excl. mail|Exclude from mailing|UWG §7|UWG|RGPD|DSGVO|"
		"Art. 21 DSGVO|§7 UWG|Werbekennzeichen|LSSI|LOPD|"
		"mail pref|Mail preference|Mail prefs|Email pref|"
		"Send Mail|Send mail?|Emailable|Mailable|OK to mail|"
		"OK to email|Okay to email|Opt|Email ok|Mail OK|"
		"Permission|E-mail permitted|CASL|Solicit|"
		"Solicitation code|Mailings|Mailing flag|Mail flag|"
		"Email flag|Newsletter flag|Comm pref|Contact OK|"
		"Contact allowed|E-mail preference|Send emails|"
		"Send newsletter|Receives mail|Receive mail|Gets mail|"
		"Wants mail";

	(void)state;
	assert_int_equal(count_wrong(headers, true), 0);
}

/* A question about these would annoy, whatever stands in them. */
static void harmless_columns_are_not_asked_about(void **state)
{
	static const char *const headers =
		"Name|Email|E-Mail|E-Mail-Adresse|Email 2|"
		"Email address (work)|Mail|Telefon|Notizen|Notes|"
		"Newsletter edition|Newsletter-Ausgabe|Order status|"
		"Bestellstatus|Payment status|Zahlungsstatus|"
		"Lieferstatus|Statut de la commande|Estado del pedido|"
		"Stato ordine|Opted for delivery|Option|Optional|"
		"Optician|Adoption|Robert|Postanschrift|Mail stop|"
		"Mailbox|Mail room|Postfach|Postal code|Bus stop|"
		"RGPD_ID|Name der Firma|Nickname|Nombre|Prénom|Nom|"
		"Nachname|Vorname|Straße|Stadt|Land|Country|Title|VIP|"
		"Member|Mitglied|Raucher|Vegetarian|Kinder|Employed|"
		"Married|Име|Фамилия|Адрес|Град|Телефон|Имейл|Фирма|"
		"Држава|Презиме|Поштански број|Ime|Prezime|Adresa|Grad|"
		"Poštanski broj|E-pošta|Država|Opomba|Bilješka|Naslov|"
		"Priimek|Kraj|Meno|Priezvisko|Ulica|Mesto|PSČ|Poznámka|"
		"Név|Vezetéknév|Keresztnév|Cím|Város|Irányítószám|"
		"Telefonszám|Megjegyzés|Nem|Cég|Nemzetiség|Prenume|Nume|"
		"Oraș|Județ|Cod poștal|Observații|Număr|Όνομα|Επώνυμο|"
		"Διεύθυνση|Πόλη|Τηλέφωνο|Σημειώσεις|Email επικοινωνίας|"
		"Emri|Mbiemri|Qyteti|Shënime|Ainm|Sloinne|Seoladh|Baile|"
		"Guthán|Ríomhphost|Nótaí|Cognoms|Adreça|Ciutat|Població|"
		"Telèfon|Correu electrònic|Vardas|Pavardė|Adresas|"
		"Miestas|Telefonas|El. paštas|Pastabos|Vārds|Uzvārds|"
		"Adrese|Pilsēta|Tālrunis|E-pasts|Piezīmes|Eesnimi|"
		"Perekonnanimi|Aadress|Linn|E-post|Märkused|Nafn|"
		"Eftirnafn|Heimilisfang|Bær|Sími|Netfang|Athugasemdir|"
		"Etunimi|Sukunimi|Osoite|Postinumero|Kaupunki|Puhelin|"
		"Sähköposti|Kieli|Huomautukset|Sukupuoli|"
		"Postitoimipaikka|Yritys|Ammatti|שם|שם פרטי|שם משפחה|"
		"כתובת|עיר|טלפון|דואר אלקטרוני|הערות|नाम|पता|शहर|फ़ोन|"
		"ईमेल|टिप्पणी|姓名|名字|地址|城市|电话|電話|邮箱|电子邮件|备注|"
		"公司|性别|氏名|名前|"
		"住所|電話番号|メールアドレス|備考|会社名|性別|郵便番号|部署|"
		"이름|성|주소|전화번호|이메일|비고|"
		"회사|성별|Họ|Tên|Địa chỉ|Thành phố|Điện thoại|Ghi chú|"
		"Thư điện tử|Khu vực|Công ty|Nama|Alamat|Kota|Telepon|"
		"Catatan|Perusahaan|Kode pos|Tolaki|ชื่อ|นามสกุล|"
		"ที่อยู่|เมือง|โทรศัพท์|อีเมล|หมายเหตุ|บริษัท|نام|نشانی|"
		"تلفن|الاسم|العنوان|الهاتف|الملاحظات|Ad|Soyad|Adres|"
		"Şehir|Naam|Voornaam|Plaats|Opmerkingen|Geslacht|Imię|"
		"Nazwisko|Miasto|Uwagi|Jméno|Příjmení|Město|Förnamn|"
		"Efternamn|Ort|Anteckningar|Fornavn|Etternavn|Sted|Nome|"
		"Sobrenome|Cidade|Observações|Имя|Отчество|Город|"
		"Примечание|Ім'я|Прізвище|Місто|Нотатки|Nonprofit|"
		"Department|Position|Region|Category|Gruppe|"
		"Kundennummer|Kundengruppe|Postleitzahl|Geburtsdatum|"
		"Website|Umsatz|Kontakt|Kontaktperson|Letzter Kontakt|"
		"Contact owner|Last contacted|Contacted on|Contact type|"
		"Preferred language|Preferences|Dietary preferences|"
		"Preferred store|Membership|Shipping method|"
		"Delivery option|Marketing budget|Mailing address|"
		"Send date|Last email sent|Emails opened|Emails sent|"
		"Mail count|Mail server|Mailing ID|Allergies|"
		"Nixon branch|Reklamation offen|Bestellung|Retour|"
		"Rabatt|Bonus|Buletin de identitate|Bilten broj|"
		"Kundenstatus|Civil status|Marital status|Familienstand|"
		"Familienstatus|Stopover|Stop number|Posting date|"
		"Abonnementnummer|Acord nr|Data|Datum|Fecha|Option 1|Ex|"
		"Baixa Pombalina|Rua da Baixa|Nein-Stimmen|Nie|Co|Da|Ei|"
		"Ne|Gender|Sex|Consulting|Dissent|Country code|Sent|"
		"Blockchain|Block|Blocknummer|Building block|Stockwerk|"
		"Refund|Tilauksen tila|Tilausnumero|Objednávka|"
		"Stav objednávky|Szállítási cím|Számla|Comandă|"
		"Stare comandă|Zamówienie";

	(void)state;
	assert_int_equal(count_wrong(headers, false), 0);
}

static void yes_and_no_are_known_in_any_language(void **state)
{
	static const struct word_case cases[] = {
		{ CONSENT_YES,
		  "да|da|áno|ano|igen|ναι|po|tá|sea|bai|taip|jā|jah|já|kyllä|"
		  "כן|हाँ|हां|是|有|はい|○|예|네|동의|có|ya|ใช่|بله|نعم|evet|"
		  "tak|sim|☑|✓|✔️|✅|🗹|×|+" },
		{ CONSENT_NO,
		  "не|нет|ні|ne|nie|nem|nu|όχι|ní hea|ez|nē|ei|nei|nej|nee|לא|"
		  "नहीं|否|不|无|いいえ|아니오|미동의|không|tidak|ไม่|خیر|لا|"
		  "hayır|não|☐" },
		{ CONSENT_EITHER, "✗|✘|❌|✖|☒|🗵|🗷|jo" },
		/* "níl" of Ireland is no blank cell */
		{ CONSENT_NONE, "nil|níl|žádné" },
		{ CONSENT_OUT,
		  "Отписан|Одјављен|odjavljen|odhlásený|leiratkozott|dezabonat|"
		  "διαγραμμένος|çabonuar|díliostáilte|donat de baixa|atsisakė|"
		  "atteicies|loobunud|afskráður|peruutettu|kielto|הוסר|已退订|"
		  "配信停止|수신거부|hủy đăng ký|berhenti berlangganan|ยกเลิก|"
		  "stop pub|DNC" },
	};

	(void)state;
	expect_words(cases, ARRAY_SIZE(cases));
}

/* Marks between the words of a list are no words. */
static void bars_in_a_cell_are_no_word(void **state)
{
	static const char *const cells[] = { "|", "yes|y", "|true|t|", "||" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cells); i++)
		assert_int_equal(import_consent_word(str_of(cells[i])),
				 CONSENT_WORD_UNKNOWN);
}

static void languages_that_are_certain_are_not_foreign(void **state)
{
	static const char *const certain[] = { "yes", "nein", "oui", "si",
					       "no",  "x",    "1",   "✓",
					       "",    "ja",   "☐" };
	static const char *const foreign[] = { "kyllä", "Nie", "да", "jo" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(certain); i++)
		assert_false(import_consent_is_foreign(str_of(certain[i])));
	for (size_t i = 0; i < ARRAY_SIZE(foreign); i++)
		assert_true(import_consent_is_foreign(str_of(foreign[i])));
}

/* --- the table --- */

static char mark_of(enum import_language_part part)
{
	bool is_cell = part == LANGUAGE_YES || part == LANGUAGE_NO ||
		       part == LANGUAGE_EITHER;

	return is_cell ? '|' : ' ';
}

/* How often a word stands in that part, in all languages. */
static int count_word(enum import_language_part part, struct str word)
{
	const char *list;
	int n = 0;

	for (size_t i = 0; (list = import_language(i, part)); i++) {
		struct str rest = str_of(list);

		while (rest.s)
			n += str_eq(str_cut(&rest, mark_of(part)), word);
	}
	return n;
}

static void check_word(enum import_language_part part, struct str word)
{
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;

	utf8_plain(word, &plain);
	if (!str_eq(strbuf_str(&plain), word))
		fail_msg("%.*s is not as cells and headers are read",
			 (int)word.len, word.s);
	if (count_word(part, word) != 1)
		fail_msg("%.*s is there twice", (int)word.len, word.s);
}

static void each_word_is_there_once_and_plain(void **state)
{
	const char *list;

	(void)state;
	for (int part = 0; part < LANGUAGE_PARTS; part++) {
		for (size_t i = 0; (list = import_language(i, part)); i++) {
			struct str rest = str_of(list);

			while (rest.s) {
				struct str word = str_cut(&rest, mark_of(part));

				if (word.len > 0)
					check_word(part, word);
			}
		}
	}
}

/* Lists of cells are searched for words between their marks. */
static void lists_of_cells_begin_and_end_with_a_mark(void **state)
{
	const char *list;

	(void)state;
	for (int part = LANGUAGE_YES; part < LANGUAGE_PARTS; part++) {
		for (size_t i = 0; (list = import_language(i, part)); i++) {
			if (!*list)
				continue;
			assert_int_equal(list[0], mark_of(part));
			assert_int_equal(list[strlen(list) - 1], mark_of(part));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			who_wants_no_mail_is_asked_about_in_any_language),
		cmocka_unit_test(who_wants_mail_is_asked_about_in_any_language),
		cmocka_unit_test(shorthand_of_law_and_lists_is_asked_about),
		cmocka_unit_test(harmless_columns_are_not_asked_about),
		cmocka_unit_test(yes_and_no_are_known_in_any_language),
		cmocka_unit_test(bars_in_a_cell_are_no_word),
		cmocka_unit_test(languages_that_are_certain_are_not_foreign),
		cmocka_unit_test(each_word_is_there_once_and_plain),
		cmocka_unit_test(lists_of_cells_begin_and_end_with_a_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
