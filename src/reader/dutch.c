/*
 * What readers are told, in Dutch. Data alone, found by reader_text.c; any
 * thread.
 */
#include "reader/languages.h"

const struct reader_language reader_dutch = {
	.tag = "nl",
	.date_format = "DD-MM-YYYY",
	.day_format = "DD-MM",
	.decimal = ",",
	.text = {
		[READER_SENT_TO] = "Deze e-mail is verstuurd aan *|EMAIL|*.",
		[READER_UNSUBSCRIBE] = "Uitschrijven",
		[READER_UNSUBSCRIBE_AT] = "Uitschrijven: *|UNSUB|*",
		[READER_SUBSCRIPTION] = "Uw inschrijving",
		[READER_LIST] = "Lijst:",
		[READER_ADDRESS] = "Adres:",
		[READER_WANTS_NO_MORE] = "Wilt u geen e-mails van deze lijst meer ontvangen?",
		[READER_HAS_LEFT] = "U bent uitgeschreven. U ontvangt geen e-mails van deze lijst meer.",
		[READER_IS_OUT] = "U bent niet ingeschreven. U ontvangt geen e-mails van deze lijst.",
		[READER_IS_TEST] = "Dit was een testmail: er is niemand om uit te schrijven.",
		[READER_TAKE_BACK] = "Dat was een vergissing: schrijf mij weer in",
		[READER_IS_TAKEN_BACK] = "Uw uitschrijving is teruggedraaid. U blijft e-mails van deze lijst ontvangen, tenzij de afzender u om een andere reden heeft uitgesloten.",
		[READER_CANNOT_TAKE_BACK] = "We kunnen u hier niet opnieuw inschrijven. Wilt u e-mails van deze lijst ontvangen, schrijf dan de afzender.",
		[READER_NO_LINK] = "Deze link is niet geldig",
		[READER_NO_LINK_MORE] = "Misschien is hij niet volledig. Open hem nog eens vanuit de e-mail.",
		[READER_BUSY] = "Probeer het nog eens",
		[READER_BUSY_MORE] = "De server is bezig. Probeer het zo nog eens.",
		[READER_FAILED] = "Er ging iets mis",
		[READER_FAILED_MORE] = "Probeer het later nog eens.",
	},
};
