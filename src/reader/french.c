/*
 * What readers are told, in French. Data alone, found by reader_text.c; any
 * thread.
 */
#include "reader/languages.h"

const struct reader_language reader_french = {
	.tag = "fr",
	.date_format = "DD/MM/YYYY",
	.day_format = "DD/MM",
	.decimal = ",",
	.text = {
		[READER_SENT_TO] = "Cet e-mail a été envoyé à *|EMAIL|*.",
		[READER_UNSUBSCRIBE] = "Se désabonner",
		[READER_UNSUBSCRIBE_AT] = "Se désabonner\u00a0: *|UNSUB|*",
		[READER_SUBSCRIPTION] = "Votre abonnement",
		[READER_LIST] = "Liste\u00a0:",
		[READER_ADDRESS] = "Adresse\u00a0:",
		[READER_WANTS_NO_MORE] = "Ne souhaitez-vous plus recevoir d’e-mails de cette liste\u00a0?",
		[READER_HAS_LEFT] = "Votre désabonnement est enregistré. Vous ne recevrez plus d’e-mails de cette liste.",
		[READER_IS_OUT] = "Cette adresse n’est pas abonnée. Vous ne recevez pas d’e-mails de cette liste.",
		[READER_IS_TEST] = "C’était un e-mail de test\u00a0: il n’y a personne à désabonner.",
		[READER_TAKE_BACK] = "C’était une erreur\u00a0: me réabonner",
		[READER_IS_TAKEN_BACK] = "Votre désinscription est annulée. Vous continuerez à recevoir les e-mails de cette liste, sauf si l’expéditeur vous en a exclu pour une autre raison.",
		[READER_CANNOT_TAKE_BACK] = "Nous ne pouvons pas vous réabonner d’ici. Si vous souhaitez recevoir les e-mails de cette liste, veuillez écrire à l’expéditeur.",
		[READER_NO_LINK] = "Ce lien n’est pas valide",
		[READER_NO_LINK_MORE] = "Il est peut-être incomplet. Veuillez l’ouvrir à nouveau depuis l’e-mail.",
		[READER_BUSY] = "Veuillez réessayer",
		[READER_BUSY_MORE] = "Le serveur est occupé. Veuillez réessayer dans un instant.",
		[READER_FAILED] = "Une erreur s’est produite",
		[READER_FAILED_MORE] = "Veuillez réessayer plus tard.",
	},
};
