/*
 * What readers are told, in Italian. Data alone, found by reader_text.c; any
 * thread.
 */
#include "reader/languages.h"

const struct reader_language reader_italian = {
	.tag = "it",
	.date_format = "DD/MM/YYYY",
	.day_format = "DD/MM",
	.decimal = ",",
	.text = {
		[READER_SENT_TO] = "Questa e-mail è stata inviata a *|EMAIL|*.",
		[READER_UNSUBSCRIBE] = "Annulla l’iscrizione",
		[READER_UNSUBSCRIBE_AT] = "Annulla l’iscrizione: *|UNSUB|*",
		[READER_SUBSCRIPTION] = "La sua iscrizione",
		[READER_LIST] = "Lista:",
		[READER_ADDRESS] = "Indirizzo:",
		[READER_WANTS_NO_MORE] = "Non desidera più ricevere e-mail da questa lista?",
		[READER_HAS_LEFT] = "La sua iscrizione è annullata. Non riceverà più e-mail da questa lista.",
		[READER_IS_OUT] = "Questo indirizzo non è iscritto. Non riceve e-mail da questa lista.",
		[READER_IS_TEST] = "Questa era un’e-mail di prova: non c’è nessuna iscrizione da annullare.",
		[READER_TAKE_BACK] = "È stato un errore: iscrivimi di nuovo",
		[READER_IS_TAKEN_BACK] = "La sua disiscrizione è stata annullata. Continuerà a ricevere e-mail da questa lista, salvo che il mittente abbia escluso il suo indirizzo per un altro motivo.",
		[READER_CANNOT_TAKE_BACK] = "Da qui non possiamo iscriverla di nuovo. Se desidera ricevere e-mail da questa lista, scriva al mittente.",
		[READER_NO_LINK] = "Questo link non è valido",
		[READER_NO_LINK_MORE] = "Forse è incompleto. Lo apra di nuovo dall’e-mail.",
		[READER_BUSY] = "Riprovi",
		[READER_BUSY_MORE] = "Il server è occupato. Riprovi tra un momento.",
		[READER_FAILED] = "Qualcosa è andato storto",
		[READER_FAILED_MORE] = "Riprovi più tardi.",
	},
};
