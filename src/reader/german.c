/*
 * What readers are told, in German. Data alone, found by reader_text.c; any
 * thread.
 */
#include "reader/languages.h"

const struct reader_language reader_german = {
	.tag = "de",
	.date_format = "DD.MM.YYYY",
	.day_format = "DD.MM.",
	.decimal = ",",
	.text = {
		[READER_SENT_TO] = "Diese E-Mail ging an *|EMAIL|*.",
		[READER_UNSUBSCRIBE] = "Abmelden",
		[READER_UNSUBSCRIBE_AT] = "Abmelden: *|UNSUB|*",
		[READER_SUBSCRIPTION] = "Ihr Abonnement",
		[READER_LIST] = "Liste:",
		[READER_ADDRESS] = "Adresse:",
		[READER_WANTS_NO_MORE] = "Möchten Sie keine E-Mails von dieser Liste mehr bekommen?",
		[READER_HAS_LEFT] = "Sie sind abgemeldet. Sie bekommen keine E-Mails von dieser Liste mehr.",
		[READER_IS_OUT] = "Sie sind nicht angemeldet. Sie bekommen keine E-Mails von dieser Liste.",
		[READER_IS_TEST] = "Das war eine Test-E-Mail: Es gibt niemanden, der abzumelden wäre.",
		[READER_TAKE_BACK] = "Das war ein Versehen: wieder anmelden",
		[READER_IS_TAKEN_BACK] = "Ihre Abmeldung ist zurückgenommen. Sie bekommen weiter E-Mails von dieser Liste, es sei denn, der Absender hat Sie aus einem anderen Grund ausgenommen.",
		[READER_CANNOT_TAKE_BACK] = "Von hier aus können wir Sie nicht wieder anmelden. Wenn Sie E-Mails von dieser Liste bekommen möchten, schreiben Sie bitte dem Absender.",
		[READER_NO_LINK] = "Dieser Link ist nicht gültig",
		[READER_NO_LINK_MORE] = "Vielleicht fehlt ein Teil davon. Bitte öffnen Sie ihn noch einmal aus der E-Mail.",
		[READER_BUSY] = "Bitte versuchen Sie es noch einmal",
		[READER_BUSY_MORE] = "Der Server ist beschäftigt. Bitte versuchen Sie es gleich noch einmal.",
		[READER_FAILED] = "Etwas ist schiefgegangen",
		[READER_FAILED_MORE] = "Bitte versuchen Sie es später noch einmal.",
	},
};
