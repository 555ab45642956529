/*
 * The headers are those that exports have, as their makers document them or
 * their sources write them: HubSpot "All properties", Salesforce and Dynamics
 * field labels and names, CiviCRM "Export contacts", Brevo, phpList's export
 * page, Mailchimp's audience export, MailUp's unsubscribers, Mailtrain's and
 * listmonk's tables, Sendy, Mautic, Shopify, and what people write by hand.
 */
#include "crm/import_consent.h"

#include "crm/import_date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const char *kind_name(enum import_consent kind)
{
	switch (kind) {
	case CONSENT_NO_COLUMN:
	case CONSENT_OTHER:
		return "none";
	case CONSENT_LETTERS:
		return "letters";
	case CONSENT_MAYBE_OUT:
		return "maybe out";
	case CONSENT_MAYBE_IN:
		return "maybe in";
	case CONSENT_MAYBE_STATE:
		return "maybe state";
	default:
		return import_consent_name(kind);
	}
}

static void headers_of_real_exports_are_known(void **state)
{
	/* Kind, then headers between bars. */
	static const struct {
		enum import_consent kind;
		const char *headers;
	} cases[] = {
		{ CONSENT_OPT_OUT,
		  /* HubSpot */
		  "Unsubscribed from all email|Opted out of all email|"
		  "Opted out of email: Marketing Information|"
		  "hs_email_optout|hs_email_optout_12345|"
		  /* Salesforce */
		  "Email Opt Out|HasOptedOutOfEmail|"
		  /* CiviCRM */
		  "Do Not Email|No Bulk Emails (User Opt Out)|is_opt_out|"
		  "do_not_email|Is Opted Out|"
		  /* Dynamics, in its languages */
		  "Do not allow Bulk Emails|Do not allow Emails|donotemail|"
		  "donotbulkemail|Do Not Allow Bulk E-mails|"
		  "Keine Massen-E-Mails zulassen|E-Mails nicht zulassen|"
		  "Ne pas autoriser les e-mails|"
		  "Ne pas autoriser les e-mails en nombre|"
		  "No permitir correo electr\u00f3nico|"
		  "Non consentire e-mail|"
		  /* Brevo */
		  "EMAIL_BLACKLISTED|emailBlacklisted|Blocklisted|"
		  /* phpList */
		  "blacklisted|Is this user blacklisted|"
		  /* Mailchimp */
		  "UNSUB_TIME|CLEAN_TIME|"
		  /* MailUp */
		  "OptOut_Date|"
		  /* Mautic, Sendy, our own */
		  "Do Not Contact|doNotContact|dnc_email|DNC|unsubscribed|"
		  "opted_out|Unsubscribed|Unsubscribe Date|is_unsubscribed|"
		  "Suppressed|"
		  /* by hand */
		  "no mail|No e-mail|NoEmails|no newsletter|Opt-Out|OPT OUT|"
		  "Stop Mail|don't email|Do not market|"
		  "Werbesperre|Mailsperre|Newsletter-Sperre|Newslettersperre|"
		  "Abgemeldet|Abgemeldet am|Newsletter abgemeldet|"
		  "Abmeldung|Abmeldedatum|Newsletterabmeldung|"
		  "Newsletter abbestellt|Ausgetragen|Werbewiderspruch|"
		  "Widerspruch Werbung|Widerspruch|Keine Werbung|"
		  "Keine E-Mails|Keine Newsletter|Kein Newsletter|"
		  "Nicht kontaktieren|Nicht anschreiben|Robinsonliste|"
		  "Kontaktsperre|Widerruf|Schwarze Liste|"
		  "D\u00e9sinscription totale|Opt Out Code|"
		  "D\u00e9sabonn\u00e9|D\u00e9sabonn\u00e9e|desabonne|"
		  "D\u00e9sinscrit|D\u00e9sinscription|Date de "
		  "d\u00e9sinscription|"
		  "Ne pas contacter|Ne plus contacter|Ne pas envoyer|"
		  "Pas de mailing|Pas d'e-mail|Pas de pub|Stop pub|"
		  "Liste noire|Refus mailing|Refus e-mail|Opposition mailing|"
		  "Baja|De baja|Dado de baja|Fecha de baja|Baja newsletter|"
		  "No contactar|No enviar|No enviar correos|No publicidad|"
		  "Sin publicidad|Lista negra|Lista Robinson|Desuscrito|"
		  "No suscrito|No quiere recibir|"
		  "Disiscritto|Disiscrizione|Data disiscrizione|"
		  "Cancellazione newsletter|Non contattare|"
		  "Non inviare|No pubblicit\u00e0|Lista nera|"
		  "Consenso revocato|Consenso negato" },
		{ CONSENT_REASON,
		  "UNSUB_REASON|UNSUB_REASON_OTHER|UNSUB_CAMPAIGN_TITLE|"
		  "Opt-out reason|Unsubscribe reason|Abmeldegrund|optout_type|"
		  "Grund der Abmeldung|Motif de d\u00e9sinscription|"
		  "Motivo de baja|Motivo disiscrizione|unsubscribe_ip" },
		{ CONSENT_OPT_IN,
		  "Opt-in|Email opt-in|opt_in|OPT_IN|optedin|Opted in|"
		  "subscribed|Subscribed|is_subscribed|"
		  "Accepts Marketing|Accepts Email Marketing|"
		  "accepts_marketing|Email Marketing Consent|"
		  "Marketing Permissions|Email consent|Newsletter consent|"
		  "Consent to email|Send Marketing Materials|"
		  "sendmarketingmaterials|Allow bulk email|"
		  "Werbung erlaubt|Werbeerlaubnis|Werbeeinwilligung|"
		  "Einwilligung Newsletter|Einwilligung Werbung|"
		  "Newsletter abonniert|Newsletter erlaubt|"
		  "Newsletter erw\u00fcnscht|Zustimmung Newsletter|"
		  "Abonn\u00e9|Abonn\u00e9 newsletter|Inscrit newsletter|"
		  "Inscrit \u00e0 la newsletter|Consentement e-mail|"
		  "Consentement marketing|Accepte newsletter|"
		  "Accepte les e-mails|"
		  "Suscrito|Acepta publicidad|Acepta marketing|"
		  "Acepta recibir correos|Acepta comunicaciones|"
		  "Consentimiento marketing|Autoriza publicidad|"
		  "Iscritto|Iscritto newsletter|Iscritto alla newsletter|"
		  "Consenso marketing|Consenso al marketing|"
		  "Accetta newsletter|Autorizza marketing" },
		{ CONSENT_STATUS,
		  "Subscription Status|Email subscription status|Email Status|"
		  "Newsletter Status|Subscriber status|Abo-Status|"
		  "Statut newsletter|Estado suscripci\u00f3n|Stato "
		  "iscrizione" },
		{ CONSENT_LETTERS,
		  "Do Not Mail|Do not allow Mails|Do not allow Bulk Mails|"
		  "donotpostalmail|donotbulkpostalmail" },
		{ CONSENT_MAYBE_OUT,
		  "disabled|Blocked|Gesperrt|Bloqu\u00e9|Bloqueado|Bloccato|"
		  "Complaint|Bounced|On Hold|Exclude|Deaktiviert am|"
		  "Pas d'envoi de courriel|Kein Massen-E-Mail-Versand|"
		  "Email hard bounce reason|E-Mail unerw\u00fcnscht|"
		  "Werbung nicht erw\u00fcnscht|Kein Versand|keine Infos|"
		  "Sperrkennzeichen|Ne souhaite plus recevoir d'e-mails|"
		  "Plus d'emails|N'accepte pas les e-mails|"
		  "No recibir emails|No desea recibir|Sin correo|"
		  "No mandar correos|Non desidera email|Non vuole email|"
		  "Rifiuta comunicazioni|Non mandare email|Email declined|"
		  "Remove from list|Removed|Not interested|"
		  "Email Suppressions|Exclu emailing|Never contact" },
		{ CONSENT_MAYBE_IN,
		  "Newsletter|newsletter|Mailing|GDPR|GDPR Consent|DSGVO|RGPD|"
		  "Consent|Einwilligung|Consentement|Consentimiento|Consenso|"
		  "Marketing contact status|Subscription|Werbung|"
		  "Newsletter Kunde|DOUBLE_OPT-IN|Abo|Rundbrief|"
		  "Bolet\u00edn|Publicit\u00e9|Publicidad|Mailable|"
		  "Contactable|Can email|May be emailed|Emails allowed|"
		  "Kontakt erlaubt|Darf kontaktiert werden|"
		  "Souhaite recevoir la lettre par courriel|"
		  "Desea recibir informaci\u00f3n|Acepta que le contactemos" },
		{ CONSENT_MAYBE_STATE, "confirmed|Status|status|Statut|Estado|"
				       "Stato|Active|is_active|Aktiv|"
				       "Actif|Inaktiv" },
		{ CONSENT_NO_COLUMN,
		  "Email|E-Mail|E-Mail-Adresse|Email Address|First Name|"
		  "Last Name|Company|Phone|Mobile Phone|Street|City|Notes|"
		  "Record ID|Contact Owner|Lead Source|Create Date|"
		  "Last Activity Date|Description|Mailing Street|Mailing City|"
		  "Mailing State/Province|Mailing Zip/Postal Code|"
		  "Mailing Country|Mailing Address|Member Rating|"
		  "MEMBER_RATING|OPTIN_TIME|OPTIN_IP|CONFIRM_TIME|CONFIRM_IP|"
		  "LATITUDE|GMTOFF|LAST_CHANGED|LEID|EUID|NOTES|"
		  "Contact No|Contact No.|Email 2|Kontaktperson|"
		  "Contact preference|Non-profit|"
		  "Nombre de d\u00e9sinscriptions|Bounce count|"
		  "Marketing emails opened|Marketing emails delivered|"
		  "Last marketing email open date|SMS_BLACKLISTED|Fax Opt Out|"
		  "Do Not Call|Do Not Phone|Do Not Sms|Do Not Trade|donotphone|"
		  "donotfax|Do not allow Phone Calls|Do not allow Faxes|"
		  "WhatsApp opt-in|Unsubscribe link|unsubscribe_url|"
		  "Abmeldelink|Lien de d\u00e9sinscription|bouncecount|"
		  "Date d'inscription|Newsletter signup date|Opt-in source|"
		  "opt_in_date|opt_in_ip|Anrede|Titel|Vorname|Nachname|"
		  "Geburtsdatum|Abteilung|Austragungsort|Bruno Email|"
		  "Trabajador|Abajo|Nombre|Apellidos|Provincia|Cognome|"
		  "Indirizzo|Telefono|Pr\u00e9nom|Nom|Soci\u00e9t\u00e9|"
		  "Code postal|Ville|Prescription|Kundennummer|"
		  "created_at|updated_at|owns_address|import_id|id|Tags" },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str rest = str_of(cases[i].headers);

		while (rest.s) {
			struct str header = str_cut(&rest, '|');
			enum import_consent got = import_consent_header(header);

			if (strcmp(kind_name(got), kind_name(cases[i].kind)) ==
			    0)
				continue;
			print_error("%.*s: %s, not %s\n", (int)header.len,
				    header.s, kind_name(got),
				    kind_name(cases[i].kind));
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

static void words_of_five_languages_are_understood(void **state)
{
	static const struct {
		enum consent_word word;
		const char *cells;
	} cases[] = {
		{ CONSENT_YES,
		  "1|-1|1.0|1,0|1.00|01|true|TRUE|True|yes|Yes|Y|t|x|X|on|ON|"
		  "checked|ja|JA|j|Wahr|oui|o|Vrai|s\u00ed|S\u00cd|si|s|"
		  "verdadero|s\u00ec|vero|\u2713|\u2714|\u2714\ufe0f|\u2611|"
		  "\u2705| yes |\u00a0ja\u00a0" },
		{ CONSENT_NO,
		  "0|0.0|0,00|-0|false|FALSE|no|No|N|f|off|nein|Falsch|non|NON|"
		  "faux|falso|FALSO|\u2717|\u2718|\u2610|\u274c" },
		{ CONSENT_BLANK,
		  "|  |\u00a0|-|\u2013|n/a|N/A|NULL|null|(null)|none|\\N|#N/A|"
		  "0000-00-00|0000-00-00 00:00:00|00/00/0000|00.00.0000|"
		  "0001-01-01T00:00:00|1899-12-30|1900-01-00|1900-01-01|"
		  "1970-01-01 00:00:00|01/01/1970" },
		{ CONSENT_DATE,
		  "2026-03-01 10:00:00|2026-03-01|2026-03-01T10:00:00Z|"
		  "2026-03-01T10:00:00.000+01:00|01.03.2026|1.3.2026 10:00|"
		  "03/01/2026|3/1/2026 1:05 PM|03/13/2026|1 Mar 2026|"
		  "Mar 1, 2026|March 1st, 2026 10:00 am|1. M\u00e4rz 2026|"
		  "1er mars 2026|1 de marzo de 2026|1 marzo 2026|20260301|"
		  "20110122T111244|45352|45352.41667|1772359200|1772359200000|"
		  "Sun, 01 Mar 2026 10:00:00 +0000" },
		{ CONSENT_OUT,
		  "Do Not Allow|do not allow|Do Not Send|Unsubscribed|"
		  "unsubscribed|UNSUBSCRIBED|un-subscribed|Opted out|opt-out|"
		  "opted_out|Blocklisted|blacklisted|Cleaned|Bounced|"
		  "Hard Bounced|complained|Marked as spam|spam complaint|"
		  "Non-Subscribed|not subscribed|Abgemeldet|abbestellt|"
		  "Nicht zulassen|keine Werbung|widersprochen|"
		  "D\u00e9sabonn\u00e9|d\u00e9sinscrite|Ne pas autoriser|"
		  "Ne pas contacter|Non abonn\u00e9|Baja|De baja|No permitir|"
		  "no suscrito|Disiscritto|Non consentire|revocato" },
		{ CONSENT_IN,
		  "Allow|Send|Subscribed|subscribed|opted in|opt-in|confirmed|"
		  "Soft bounced|Zulassen|abonniert|angemeldet|Abonn\u00e9|"
		  "inscrit|Autoriser|suscrito|Alta|Permitir|Iscritto|"
		  "Consenti" },
		{ CONSENT_ACTIVE, "Active|aktiv|Actif|Activo|Attivo|enabled" },
		{ CONSENT_INACTIVE,
		  "inactive|Inaktiv|inactif|Inactivo|Inattivo|gesperrt|pending|"
		  "Unconfirmed|archived|deleted" },
		{ CONSENT_WORD_UNKNOWN,
		  "maybe|2|17|99999999999999999|ask later|Kunde|yes "
		  "no|vielleicht|"
		  "2026|31.31.20|Monthly;Weekly|ja (alt)|no since 2024-01-01" },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str rest = str_of(cases[i].cells);

		while (rest.s) {
			struct str cell = str_cut(&rest, '|');
			enum consent_word got = import_consent_word(cell);

			if (got == cases[i].word)
				continue;
			print_error("\"%.*s\": %d, not %d\n", (int)cell.len,
				    cell.s, got, cases[i].word);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

static void no_column_opts_anybody_in_and_blank_is_nothing(void **state)
{
	static const enum import_consent columns[] = {
		CONSENT_OPT_OUT, CONSENT_REASON, CONSENT_OPT_IN, CONSENT_STATUS
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		assert_int_equal(
			import_consent_meaning(columns[i], CONSENT_BLANK),
			CONSENT_NOTHING);
		assert_int_equal(
			import_consent_meaning(columns[i], CONSENT_OUT),
			CONSENT_SAYS_OUT);
		assert_int_not_equal(import_consent_meaning(
					     columns[i], CONSENT_WORD_UNKNOWN),
				     CONSENT_NOTHING);
	}
	assert_int_equal(import_consent_meaning(CONSENT_OPT_OUT, CONSENT_YES),
			 CONSENT_SAYS_OUT);
	assert_int_equal(import_consent_meaning(CONSENT_OPT_OUT, CONSENT_DATE),
			 CONSENT_SAYS_OUT);
	assert_int_equal(import_consent_meaning(CONSENT_OPT_OUT, CONSENT_NO),
			 CONSENT_NOTHING);
	assert_int_equal(import_consent_meaning(CONSENT_OPT_IN, CONSENT_NO),
			 CONSENT_SAYS_OUT);
	assert_int_equal(import_consent_meaning(CONSENT_OPT_IN, CONSENT_YES),
			 CONSENT_NOTHING);
}

static void dates_are_read_as_people_write_them(void **state)
{
	static const struct {
		const char *text;
		enum date_order order;
		int year, month, day; /* 0: no date */
	} cases[] = {
		{ "1980-12-31", 0, 1980, 12, 31 },
		{ "1980-12-31 00:00:00", 0, 1980, 12, 31 },
		{ "1980-12-31 00:00:00.000", 0, 1980, 12, 31 },
		{ "1980-12-31T00:00:00Z", 0, 1980, 12, 31 },
		{ "1980-12-31T23:00:00.000+02:00", 0, 1980, 12, 31 },
		{ "1980-12-31T23:00:00-0530", 0, 1980, 12, 31 },
		{ "1980-12-31+02:00", 0, 1980, 12, 31 },
		{ "1980/2/1", 0, 1980, 2, 1 },
		{ "1980.02.01", 0, 1980, 2, 1 },
		{ "19801231", 0, 1980, 12, 31 },
		{ "1.2.1980", 0, 1980, 2, 1 },
		{ "1.2.1980", DATE_MONTH_FIRST, 1980, 2, 1 },
		{ "01.02.1980 10:15", 0, 1980, 2, 1 },
		{ "1. 2. 1980", 0, 1980, 2, 1 },
		{ "1/2/1980", DATE_DAY_FIRST, 1980, 2, 1 },
		{ "1/2/1980", DATE_MONTH_FIRST, 1980, 1, 2 },
		{ "12/31/1980", 0, 1980, 12, 31 },
		{ "31/12/1980", 0, 1980, 12, 31 },
		{ "31-12-1980", 0, 1980, 12, 31 },
		{ "12/31/1980 12:00:00 AM", DATE_MONTH_FIRST, 1980, 12, 31 },
		{ "31 Dec 1980", 0, 1980, 12, 31 },
		{ "31-Dec-1980", 0, 1980, 12, 31 },
		{ "Dec 31, 1980", 0, 1980, 12, 31 },
		{ "31. Dezember 1980", 0, 1980, 12, 31 },
		{ "1er f\u00e9vrier 1980", 0, 1980, 2, 1 },
		{ "31 de diciembre de 1980", 0, 1980, 12, 31 },
		{ "mardi 1 ao\u00fbt 1980", 0, 1980, 8, 1 },
		{ "", 0, 0, 0, 0 },
		{ "31.12.80", 0, 0, 0, 0 },
		{ "1980", 0, 0, 0, 0 },
		{ "1980-12", 0, 0, 0, 0 },
		{ "yesterday", 0, 0, 0, 0 },
		{ "1980-12-31 at noon", 0, 0, 0, 0 },
		{ "+41 31 1234567", 0, 0, 0, 0 },
		{ "1.2.1980.4", 0, 0, 0, 0 },
		{ "12345678", 0, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct import_date d;
		bool is_date = import_date_parse(str_of(cases[i].text),
						 cases[i].order, &d);

		if (is_date != (cases[i].year > 0) ||
		    (is_date &&
		     (d.year != cases[i].year || d.month != cases[i].month ||
		      d.day != cases[i].day)))
			fail_msg("%s: %d %d-%d-%d", cases[i].text, is_date,
				 d.year, d.month, d.day);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_of_real_exports_are_known),
		cmocka_unit_test(words_of_five_languages_are_understood),
		cmocka_unit_test(
			no_column_opts_anybody_in_and_blank_is_nothing),
		cmocka_unit_test(dates_are_read_as_people_write_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
