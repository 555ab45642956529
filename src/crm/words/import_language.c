#include "crm/words/import_language.h"

#include "base/cleanup.h"

static const char *const languages[][LANGUAGE_PARTS] = {
	/* Dutch, Afrikaans */
	{
		[LANGUAGE_WANTED] =
			"nieuwsbrief ^toestemming ^aangemeld ^ingeschreven "
			"contactvoorkeur voorkeurcontact",
		[LANGUAGE_REFUSED] =
			"uitgeschr uitschrij ^afgemeld ^afmeld geenmail "
			"geenemail geennieuwsbrief geenreclame geencontact "
			"geentoestemming nietmail nietcontact nietbenader "
			"^geblokkeerd ^bezwaar ^opgezegd belmeniet geenpost",
		[LANGUAGE_GONE] = "^overleden ^overlijden ^verwijderd",
		[LANGUAGE_NEGATION] = "^geen$ ^niet$",
		[LANGUAGE_MAIL] = "^reclame",
		[LANGUAGE_YES] = "|waar|",
		[LANGUAGE_NO] = "|nee|neen|onwaar|",
		[LANGUAGE_SAYS_OUT] =
			" uitgeschreven uitschrijven afgemeld afmelden "
			"geenmail geenmails geennieuwsbrief nietmailen ",
	},
	/* Polish */
	{
		[LANGUAGE_WANTED] = "^zgod subskryb ^biuletyn zapisan "
				    "^pozwolen reklamow ^rodo$",
		[LANGUAGE_REFUSED] =
			"wypisan rezygnac niewysyl niekontakt ^sprzeciw "
			"^wycofan brakzgod zakazwysyl ^zablokowan ^niechce",
		[LANGUAGE_GONE] = "zmarly ^zmarl ^usuniet",
		[LANGUAGE_NEGATION] = "^nie$ ^bez$ ^brak$",
		[LANGUAGE_MAIL] = "mejl ^korespondencj",
		[LANGUAGE_YES] = "|tak|prawda|",
		[LANGUAGE_NO] = "|nie|falsz|",
		[LANGUAGE_SAYS_OUT] =
			" wypisany wypisana brakzgody niewysylac ",
	},
	/* Portuguese */
	{
		[LANGUAGE_WANTED] =
			"^assinante ^inscrito ^inscricao ^subscrito ^subscrita "
			"^subscricao ^boletim ^aceita ^autorizacao "
			"consentimento",
		[LANGUAGE_REFUSED] =
			"descadastr ^cancelad cancelouinsc ^naoenviar "
			"^naocontact ^naocontat ^naoquer ^naodeseja semcontato "
			"semmarketing sempublicidad removido ^remocao ^recusa",
		[LANGUAGE_GONE] = "^falecid datadeobito ^apagado",
		[LANGUAGE_NEGATION] = "^nao$",
		[LANGUAGE_MAIL] = "^publicidade ^propaganda",
		[LANGUAGE_YES] = "|sim|verdadeiro|",
		[LANGUAGE_NO] = "|nao|",
		[LANGUAGE_SAYS_OUT] = " descadastrado descadastrada naoenviar ",
	},
	/* Swedish, Danish, Norwegian */
	{
		[LANGUAGE_WANTED] = "nyhetsbrev nyhedsbrev samtykk samtyck "
				    "utskick ^prenumer ^tilmeldt ^pameldt "
				    "^tilladelse ^tillatelse reklam$ reklame$",
		[LANGUAGE_REFUSED] =
			"avregistr avprenumer ^avanmal ^avmeld ^afmeldt "
			"^frameld ingenmail ingamail ingamejl ingautskick "
			"ingenreklam ingennyhe ikkekontakt ikkesend ikkemail "
			"onskerikke ^reservert ^reserverad ^reservasjon "
			"^sparra ^spaerret ^sperret kontaktaej kontaktainte "
			"^avbestall ^nix$ ^nixlist markedsforingsforbud "
			"^reklambeskyt ^nejta ^neitak",
		[LANGUAGE_GONE] = "^avliden ^avdod ^dod$ afdod ^slettet "
				  "^raderad ^borttagen",
		[LANGUAGE_NEGATION] = "^ingen$ ^inga$ ^inte$ ^ikke$ ^ej$",
		[LANGUAGE_MAIL] = "^epost ^mejl ^reklamepost markedsforing "
				  "marknadsforing",
		[LANGUAGE_YES] = "|sant|sand|",
		[LANGUAGE_NO] = "|nej|nei|falskt|falsk|",
		[LANGUAGE_EITHER] = "|jo|",
		[LANGUAGE_SAYS_OUT] = " avregistrerad avprenumererad afmeldt "
				      "avmeldt avanmald frameldt ",
	},
	/* Icelandic */
	{
		[LANGUAGE_WANTED] =
			"^samthykk ^frettabref ^postlist ^askrift ^askrifand",
		[LANGUAGE_REFUSED] =
			"^afskra ekkisend ekkipost ^afthakk ^bannmerk ^hafnad",
		[LANGUAGE_GONE] = "^latinn ^latin$",
		[LANGUAGE_NEGATION] = "^ekki$ ^enginn$ ^enga$ ^an$",
		[LANGUAGE_MAIL] = "^tolvupost ^netfang ^markpost",
		[LANGUAGE_SAYS_OUT] = " afskradur afskrad ",
	},
	/* Finnish */
	{
		[LANGUAGE_WANTED] = "^lupa$ ^luvat$ lupa$ suostu uutiskirje "
				    "mainonta ^tilaaja",
		[LANGUAGE_REFUSED] =
			"uutiskirjeenperu ^peruut ^peruet ^peruttu ^perunut "
			"eisahkoposti kielto$ kieltoon kielletty ^kieltanyt "
			"^estetty ^estolist eimarkkinoin eimainoksia "
			"^poistunut ^eroista",
		[LANGUAGE_GONE] = "kuollut ^poistettu",
		[LANGUAGE_NEGATION] = "^ei$ ^ala$",
		[LANGUAGE_MAIL] = "sahkoposti$ sahkopostia postia$ mainos "
				  "suoramarkkinoin ^lahet ^markkinoin",
		[LANGUAGE_YES] = "|kylla|",
		[LANGUAGE_NO] = "|ei|",
		[LANGUAGE_SAYS_OUT] =
			" peruutettu peruuttanut perunut kielto kielletty "
			"kieltanyt suoramarkkinointikielto markkinointikielto ",
	},
	/* Estonian */
	{
		[LANGUAGE_WANTED] =
			"^nousolek uudiskiri ^tellija ^liitunud reklaam",
		[LANGUAGE_REFUSED] = "^loobu tellimustuhista ^tuhistatud "
				     "mittesaat ^keeldu keeld$ ^eisoovi",
		[LANGUAGE_GONE] = "^surnud",
		[LANGUAGE_NEGATION] = "^mitte$ ^ara$",
		[LANGUAGE_MAIL] = "^otsepost",
		[LANGUAGE_YES] = "|jah|",
		[LANGUAGE_SAYS_OUT] = " loobunud keeldunud ",
	},
	/* Latvian */
	{
		[LANGUAGE_WANTED] = "^piekrisan ^piekrit =jaunumi "
				    "jaunumuvestul ^abone reklamas$",
		[LANGUAGE_REFUSED] = "^atteic ^atteik nesutit ^nesuti ^nevelas "
				     "^atrakst ^aizlieg",
		[LANGUAGE_GONE] = "^miris ^dzest",
		[LANGUAGE_MAIL] = "epast",
		[LANGUAGE_NO] = "|ne|",
		[LANGUAGE_SAYS_OUT] = " atteicies atteikusies ",
	},
	/* Lithuanian */
	{
		[LANGUAGE_WANTED] = "^sutikim ^sutinka naujienlaisk reklamos$",
		[LANGUAGE_REFUSED] = "^atsisak neprenumeru ^nesiust ^nenori "
				     "^atsaukt ^draudziam ^issiregistr",
		[LANGUAGE_GONE] = "^mires ^mirusi ^istrint",
		[LANGUAGE_MAIL] = "^elpast ^laisk",
		[LANGUAGE_YES] = "|taip|",
		[LANGUAGE_SAYS_OUT] = " atsisake neprenumeruoja ",
	},
	/* Czech, Slovak */
	{
		[LANGUAGE_WANTED] =
			"souhlas suhlas ^odber$ odbernovin odberzprav "
			"^odberatel obchodnisdel zpravodaj ^prihlasen reklama$ "
			"reklamy$ reklamu$",
		[LANGUAGE_REFUSED] =
			"odhlas nezasil nezasiel nekontakt ^odvolan ^odvolal "
			"neposil neposiel nesouhlas nesuhlas zakazzasil ^odmit "
			"^odmiet ^nechce ^nepreje ^neprajesi ^nezela",
		[LANGUAGE_GONE] = "^zemrel ^zomrel ^umrti ^smazan ^zmazan",
		[LANGUAGE_NEGATION] = "^ne$ ^zadn ^ziadn",
		[LANGUAGE_MAIL] = "^posta$ ^posty$ ^postu$ ^poste$",
		[LANGUAGE_YES] = "|ano|",
		[LANGUAGE_SAYS_OUT] =
			" odhlasen odhlasena odhlaseny nezasilat nezasielat ",
	},
	/* Croatian, Bosnian, Serbian, Montenegrin in Latin letters */
	{
		[LANGUAGE_WANTED] =
			"^pristan ^privola ^suglasnost ^saglasnost =bilten "
			"^bilteni ^mejling ^pretplat ^pretplac",
		[LANGUAGE_REFUSED] =
			"^odjav nesalj neslat ^nezeli ^neprima zabranaslanj "
			"zabranakontakt ^zabran nekontaktir ^odbio ^odbila "
			"^odustao ^povucen",
		[LANGUAGE_GONE] = "^preminu ^umro$ ^obrisan",
		[LANGUAGE_MAIL] = "^oglas ^poruk ^obavijest ^obavest",
		[LANGUAGE_YES] = "|da|",
		[LANGUAGE_SAYS_OUT] = " odjavljen odjavljena nesalji ",
	},
	/* Slovenian */
	{
		[LANGUAGE_WANTED] = "^soglas ^dovoljen ^privolitev enovic "
				    "^narocennanovic ^narocnik",
		[LANGUAGE_REFUSED] =
			"neposilj ^prepoved ^preklic ^zavrnil ^izpisan",
		[LANGUAGE_GONE] = "^umrl ^pokojn ^izbrisan",
		[LANGUAGE_NEGATION] = "^brez$",
	},
	/* Bulgarian, Macedonian */
	{
		[LANGUAGE_WANTED] =
			"^съгласи ^абонамент ^абонир бюлетин ^согласност",
		[LANGUAGE_REFUSED] =
			"^отпис ^одјав неизпращ нежелае ^нежелая ^отказ "
			"^забран ^непрака ^оттегл ^непиши ^некажи",
		[LANGUAGE_GONE] = "^починал ^изтрит",
		[LANGUAGE_NEGATION] = "^не$ ^без$",
		[LANGUAGE_MAIL] = "имеил мејл ^поща",
		[LANGUAGE_YES] = "|да|",
		[LANGUAGE_NO] = "|не|",
		[LANGUAGE_SAYS_OUT] =
			" отписан отписана отказ отказал одјавен ",
	},
	/* Serbian in Cyrillic letters */
	{
		[LANGUAGE_WANTED] =
			"^пристанак ^сагласност ^претплат ^претплаћ билтен",
		[LANGUAGE_REFUSED] = "нешаљ ^нежели ^неконтакт ^одбио",
		[LANGUAGE_GONE] = "^преминуо ^преминула ^обрисан",
		[LANGUAGE_MAIL] = "^пошта$ ^пошту$ ^поште$ ^порук маркетинг",
		[LANGUAGE_SAYS_OUT] = " одјављен одјављена ",
	},
	/* Russian, Belarusian, Ukrainian */
	{
		[LANGUAGE_WANTED] = "рассылк согласи подписк подписан розсилк "
				    "^згод підписк підписан ^падпіс ^реклам",
		[LANGUAGE_REFUSED] =
			"отпис нерассыл ^неписать неотправ неприсылать неслать "
			"^небеспоко ^заблок черныисписок стоплист безрассыл "
			"^відпис ненадсил ^відмов чорниисписок ^нетурб ^нехоче "
			"^адпіс недасыл",
		[LANGUAGE_GONE] =
			"^умер$ ^умерл ^умерш ^помер ^памер ^удален ^видален",
		[LANGUAGE_NEGATION] = "^нет$",
		[LANGUAGE_MAIL] = "почту$ ^почта$ почты$ ^письм меил",
		[LANGUAGE_YES] = "|так|истина|",
		[LANGUAGE_NO] = "|нет|ні|ложь|",
		[LANGUAGE_SAYS_OUT] = " отписался отписалась отказался "
				      "відписании відписана відмова ",
	},
	/* Hungarian */
	{
		[LANGUAGE_WANTED] = "hirlevel feliratkoz hozzajarul ^engedely "
				    "^beleegyez reklamok",
		[LANGUAGE_REFUSED] =
			"leiratkoz nemker nemkuld nekuld ^tiltott ^tiltolist "
			"letilt tiltas nemjarul ^elutasit ^visszavon",
		[LANGUAGE_GONE] = "elhunyt ^meghalt ^torolt",
		[LANGUAGE_NEGATION] = "^nem$",
		[LANGUAGE_MAIL] = "^level ^megkeres",
		[LANGUAGE_YES] = "|igen|",
		[LANGUAGE_NO] = "|nem|",
		[LANGUAGE_SAYS_OUT] = " leiratkozott nemker nemjarulhozza ",
	},
	/* Romanian */
	{
		[LANGUAGE_WANTED] =
			"^abonat ^abonare ^acord$ ^acordmarketing consimt "
			"=buletin ^buletininform newsletterabonare",
		[LANGUAGE_REFUSED] =
			"dezabon ^nutrimite ^nucontact ^nudoreste farareclam "
			"^refuz ^retras$ ^dezinscri ^interzis",
		[LANGUAGE_GONE] = "decedat ^sters$",
		[LANGUAGE_NEGATION] = "^nu$ ^fara$",
		[LANGUAGE_MAIL] = "reclam$ reclame$",
		[LANGUAGE_NO] = "|nu|",
		[LANGUAGE_SAYS_OUT] = " dezabonat dezabonata ",
	},
	/* Greek */
	{
		[LANGUAGE_WANTED] = "συγκαταθεση συναινεση ενημερωση "
				    "ενημερωτικ ^εγγεγραμμ ^συνδρομ",
		[LANGUAGE_REFUSED] = "διαγραφη διαγραμμεν απεγγραφ απεγγεγραμμ "
				     "μηνστειλ ^ναμησταλ ^αρνηση ^αποχωρηση "
				     "^αρνηθηκε χωρισδιαφημ ^εξαιρεση",
		[LANGUAGE_GONE] = "αποβιωσ ^απεβιωσ",
		[LANGUAGE_NEGATION] = "^οχι$ ^μη$ ^μην$ ^χωρισ$ ^δεν$",
		[LANGUAGE_MAIL] = "ηλεκτρονικοταχυδρ ^διαφημ",
		[LANGUAGE_YES] = "|ναι|",
		[LANGUAGE_NO] = "|οχι|",
		[LANGUAGE_SAYS_OUT] =
			" διαγραμμενοσ απεγγεγραμμενοσ απεγγραφη αποχωρηση ",
	},
	/* Albanian */
	{
		[LANGUAGE_WANTED] =
			"^pajtim$ ^pajtimtar ^pelqim =buletini ^abonuar",
		[LANGUAGE_REFUSED] =
			"^cabon ^cregj ^crregj ^mosdergo ^moskontakt "
			"^nukdeshiron ^nukdo$ pareklam",
		[LANGUAGE_GONE] = "^vdekur ^ivdekur",
		[LANGUAGE_NEGATION] = "^mos$ ^nuk$",
		[LANGUAGE_YES] = "|po|",
		[LANGUAGE_SAYS_OUT] = " cabonuar cregjistruar ",
	},
	/* Irish */
	{
		[LANGUAGE_WANTED] = "^toiliu nuachtlitir ^sintius ^liostailte",
		[LANGUAGE_REFUSED] =
			"diliost naseol nadeanteag ganriomhphost ganmargai",
		[LANGUAGE_NEGATION] = "^gan$ ^nil$",
		[LANGUAGE_MAIL] = "^riomhphost ^margaiocht",
		[LANGUAGE_YES] = "|ta|sea|",
		[LANGUAGE_NO] = "|ni hea|",
		[LANGUAGE_SAYS_OUT] = " diliostailte ",
	},
	/* Welsh */
	{
		[LANGUAGE_WANTED] = "cylchlythyr ^caniatad ^tanysgrif",
		[LANGUAGE_REFUSED] = "daddanysgrif peidiwchag",
		[LANGUAGE_MAIL] = "^ebost",
		[LANGUAGE_YES] = "|ydw|oes|",
		[LANGUAGE_NO] = "|nac ydw|nac oes|",
	},
	/* Catalan, Galician */
	{
		[LANGUAGE_WANTED] = "consentiment ^butlleti ^subscrit "
				    "^subscricion ^autoritz",
		[LANGUAGE_REFUSED] =
			"=baixa ^debaixa$ ^donatdebaixa ^donadadebaixa "
			"^dadodebaixa ^databaixa ^datadebaixa ^datadabaixa "
			"^baixanewsletter ^baixabutllet ^baixaboletin "
			"^baixacorreu ^noenviarcorreu sensepublicitat "
			"^desubscri ^novolrebre ^novolcorreu ^nonenviar "
			"llistanegra",
		[LANGUAGE_GONE] = "^difunt ^mortel$",
		[LANGUAGE_NEGATION] = "^sense$ ^sen$",
		[LANGUAGE_MAIL] = "^correu ^publicitat",
		[LANGUAGE_SAYS_OUT] = " baixa debaixa donatdebaixa "
				      "donadadebaixa dadodebaixa ",
	},
	/* Basque */
	{
		[LANGUAGE_WANTED] =
			"^baimen ^onespen harpidetza harpidedun =buletina",
		[LANGUAGE_REFUSED] = "bajaeman ezbidali harpidetzakendu",
		[LANGUAGE_NEGATION] = "^ez$",
		[LANGUAGE_YES] = "|bai|",
		[LANGUAGE_NO] = "|ez|",
	},
	/* Maltese */
	{
		[LANGUAGE_WANTED] = "^kunsens",
		[LANGUAGE_REFUSED] = "^tibghatx ^nehhi",
		[LANGUAGE_YES] = "|iva|",
	},
	/* Turkish, Azerbaijani */
	{
		[LANGUAGE_WANTED] =
			"bulten ^izin ^izni ^onay$ ^onayi ^riza ^kvkk ^iys$",
		[LANGUAGE_REFUSED] =
			"istemiyor abonelikten abonelikiptal ^iptal gondermey "
			"gonderme$ ^engell ^redde ^karalist",
		[LANGUAGE_GONE] = "^vefat ^olmus ^silindi ^silinmis",
		[LANGUAGE_NEGATION] = "^yok$",
		[LANGUAGE_YES] = "|evet|bəli|",
		[LANGUAGE_NO] = "|hayir|xeyr|",
		[LANGUAGE_SAYS_OUT] = " istemiyor reddetti ",
	},
	/* Arabic, Persian */
	{
		[LANGUAGE_WANTED] = "اشتراك النشره النشرة موافقه موافقة مشترك "
				    "خبرنامه رضایت اشتراک ^عضویت",
		[LANGUAGE_REFUSED] = "الغاءالاشتراك الغاءاشتراك لاترسل ^محظور "
				     "عدمالارسال عدمارسال ارسالنشود لغواشتراک "
				     "عدمتمایل لايرغب القايمةالسوداء ^رفض",
		[LANGUAGE_GONE] = "متوف محذوف",
		[LANGUAGE_YES] = "|نعم|بله|",
		[LANGUAGE_NO] = "|لا|خیر|",
	},
	/* Hebrew */
	{
		[LANGUAGE_WANTED] = "דיוור הסכמה רשימתתפוצה ניוזלטר מאשר",
		[LANGUAGE_REFUSED] =
			"הסר הוסר ביטול לאלשלוח ללאדיוור מסרב לאמעוניין לאמאשר",
		[LANGUAGE_GONE] = "נפטר",
		[LANGUAGE_MAIL] = "אימייל",
		[LANGUAGE_YES] = "|כן|",
		[LANGUAGE_NO] = "|לא|",
		[LANGUAGE_SAYS_OUT] = " הסר הוסר ",
	},
	/* Hindi */
	{
		[LANGUAGE_WANTED] = "सहमति सदसयता नयजलटर अनमति मलभज",
		[LANGUAGE_REFUSED] = "सदसयतासमापत सदसयतारदद नभज मतभज इनकार",
		[LANGUAGE_MAIL] = "ईमल",
		[LANGUAGE_YES] = "|हा|",
		[LANGUAGE_NO] = "|नही|",
	},
	/* Chinese */
	{
		[LANGUAGE_WANTED] =
			"订阅 訂閱 接收 推广 推廣 營銷 营销 同意 电子报 電子報",
		[LANGUAGE_REFUSED] =
			"退会 退订 退訂 取消订阅 取消訂閱 拒收 拒绝 拒絕 不要 "
			"停止 不接收 不同意 不订阅 不訂閱 不收 黑名单 黑名單 "
			"请勿 請勿 勿扰 勿擾 屏蔽 封鎖 禁止 谢绝 謝絕",
		[LANGUAGE_GONE] = "已故 去世 已删除 已刪除",
		[LANGUAGE_MAIL] = "邮件 郵件 电邮 電郵",
		[LANGUAGE_YES] = "|是|有|对|對|同意|已订阅|",
		[LANGUAGE_NO] = "|否|不|无|無|没有|沒有|不是|不同意|",
		[LANGUAGE_SAYS_OUT] =
			" 拒收 退订 退訂 已退订 已退訂 取消订阅 取消訂閱 不要 ",
	},
	/* Japanese */
	{
		[LANGUAGE_WANTED] = "メルマカ 配信 受信 購読 希望 オフトイン "
				    "ニュースレター お知らせ",
		[LANGUAGE_REFUSED] =
			"配信停止 配信不可 配信解除 購読解除 購読停止 "
			"メール不要 送付不要 拒否 退會 オフトアウト dm不可 "
			"送信禁止 送信不可 フラックリスト =解除 配信しない "
			"希望しない",
		[LANGUAGE_GONE] = "死亡 逝去 削除済",
		[LANGUAGE_MAIL] = "メール",
		[LANGUAGE_YES] = "|はい|○|◯|◎|可|要|希望|希望する|する|",
		[LANGUAGE_NO] = "|いいえ|いや|不可|しない|",
		[LANGUAGE_SAYS_OUT] =
			" 配信停止 拒否 受信拒否 配信拒否 希望しない 配信不可 ",
	},
	/* Korean */
	{
		[LANGUAGE_WANTED] = "수신 광고 동의 "
				    "구독 뉴스레터",
		[LANGUAGE_REFUSED] =
			"거부 구독취소 구독해지 "
			"미동의 차단 블랙리스트 "
			"발송금지 탈퇴 "
			"동의안함",
		[LANGUAGE_GONE] = "사망",
		[LANGUAGE_MAIL] = "메일",
		[LANGUAGE_YES] =
			"|예|네|동의|동의함|수신|",
		[LANGUAGE_NO] = "|아니오|아니요|미동의|"
				"비동의|동의안함|"
				"동의 안함|",
		[LANGUAGE_SAYS_OUT] =
			" 거부 수신거부 구독취소 ",
	},
	/* Vietnamese */
	{
		[LANGUAGE_WANTED] =
			"dongy ^nhanthu ^nhanemail bantin quangcao nhantin",
		[LANGUAGE_REFUSED] =
			"^huy tuchoi ^khong ^ngungnhan ^dahuy ^chan$",
		[LANGUAGE_MAIL] = "^thu$ ^thudientu",
		[LANGUAGE_YES] = "|co|",
		[LANGUAGE_NO] = "|khong|",
		[LANGUAGE_SAYS_OUT] = " tuchoi huydangky dahuy ",
	},
	/* Indonesian, Malay, Filipino */
	{
		[LANGUAGE_WANTED] = "^persetujuan ^setuju ^berlangganan "
				    "^langganan kirimanemail ^pahintulot",
		[LANGUAGE_REFUSED] =
			"^berhenti ^tolak$ ^menolak ^ditolak ^diblokir "
			"^disekat jangankirim janganhantar ^tidakmau "
			"hentilanggan ^tidaksetuju",
		[LANGUAGE_GONE] = "^almarhum ^meninggal",
		[LANGUAGE_NEGATION] = "^tidak$ ^jangan$ ^tiada$",
		[LANGUAGE_MAIL] = "^surel",
		[LANGUAGE_YES] = "|ya|oo|",
		[LANGUAGE_NO] = "|tidak|bukan|hindi|",
		[LANGUAGE_SAYS_OUT] = " berhentiberlangganan menolak ",
	},
	/* Swahili */
	{
		[LANGUAGE_WANTED] = "^ruhusa ^ridhaa ^idhini",
		[LANGUAGE_REFUSED] = "^usitume",
		[LANGUAGE_YES] = "|ndiyo|",
		[LANGUAGE_NO] = "|hapana|",
	},
	/* Thai */
	{
		[LANGUAGE_WANTED] = "ขาวสาร จดหมายขาว ยนยอม รบขาว สมครรบ",
		[LANGUAGE_REFUSED] = "ยกเลก ไมรบ ไมตองการ หามสง ปฏเสธ บลอก",
		[LANGUAGE_GONE] = "เสยชวต",
		[LANGUAGE_MAIL] = "อเมล",
		[LANGUAGE_YES] = "|ใช|",
		[LANGUAGE_NO] = "|ไม|ไมใช|",
		[LANGUAGE_SAYS_OUT] = " ยกเลก ไมรบ ",
	},
};

const char *import_language(size_t i, enum import_language_part part)
{
	if (i >= ARRAY_SIZE(languages))
		return NULL;
	return languages[i][part] ? languages[i][part] : "";
}
