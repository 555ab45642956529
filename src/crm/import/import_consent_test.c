/*
 * The headers are those that exports have, as their makers document them or
 * their sources write them: HubSpot "All properties", Salesforce and Dynamics
 * field labels and names, CiviCRM "Export contacts", Brevo, phpList's export
 * page, Mailchimp's audience export, MailUp's unsubscribers, Mailtrain's and
 * listmonk's tables, Sendy, Mautic, Shopify, and what people write by hand.
 */
#include "crm/words/import_consent.h"

#include "crm/words/import_date.h"
#include "crm/words/import_refusal.h"
#include "crm/words/import_words_fixture.h"

static const char *kind_name(enum import_consent kind)
{
	switch (kind) {
	case CONSENT_NO_COLUMN:
	case CONSENT_OTHER:
		return "none";
	case CONSENT_ASIDE_OUT:
	case CONSENT_ASIDE_IN:
		return "aside";
	case CONSENT_LETTERS:
		return "letters";
	case CONSENT_MAYBE_OUT:
		return "maybe out";
	case CONSENT_MAYBE_GONE:
		return "maybe gone";
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
		/* our own, and the app's words for it */
		{ CONSENT_STATUS,
		  "consent_status|Consent status|Einwilligung: Status" },
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
		/* nl pl pt sv da no cs tr ru uk ar: asked about, at most */
		{ CONSENT_MAYBE_OUT,
		  "Uitgeschreven|Uitgeschreven op|Afgemeld|Geen e-mail|"
		  "Geen nieuwsbrief|Niet mailen|Bezwaar|"
		  "Rezygnacja|Wypisany|Nie wysy\u0142a\u0107|"
		  "Nie kontaktowa\u0107 si\u0119|Sprzeciw marketingowy|"
		  "Descadastrado|N\u00e3o enviar e-mail|N\u00e3o contactar|"
		  "Avregistrerad|Inga utskick|Avanm\u00e4ld|Ikke send e-post|"
		  "Afmeldt|Ingen nyhedsbrev|Avmeldt|"
		  "Odhl\u00e1\u0161en|Odhl\u00e1\u0161eno dne|Nekontaktovat|"
		  "Abonelikten \u00e7\u0131kt\u0131|\u0130ptal|"
		  "\u041e\u0442\u043f\u0438\u0441\u0430\u043d|"
		  "\u041d\u0435 \u043f\u0438\u0441\u0430\u0442\u044c|"
		  "\u041e\u0442\u043a\u0430\u0437 \u043e\u0442 "
		  "\u0440\u0430\u0441\u0441\u044b\u043b\u043a\u0438|"
		  "\u0412\u0456\u0434\u043f\u0438\u0441\u0430\u0432\u0441"
		  "\u044f|"
		  "\u0625\u0644\u063a\u0627\u0621 "
		  "\u0627\u0644\u0627\u0634\u062a\u0631\u0627\u0643|"
		  "\u0644\u0627 \u062a\u0631\u0633\u0644" },
		{ CONSENT_MAYBE_IN,
		  "Infolettre|Lettre d'information|Lettre d\u2019information|"
		  "Contact preferences|Contact preference|Communication "
		  "Preferences|"
		  "Keep informed|Keep me informed|Keep in touch|"
		  "Mailing list|Kontaktpr\u00e4ferenzen|"
		  "Pr\u00e9f\u00e9rences de contact|Receive updates|"
		  "Promotional emails|"
		  "Zgoda na marketing|Zgoda marketingowa|Zgoda|Biuletyn|"
		  "Nieuwsbrief|Toestemming mailing|Ingeschreven|"
		  "Inscrito na newsletter|Boletim|Autoriza\u00e7\u00e3o|"
		  "Nyhetsbrev|Nyhedsbrev|Samtycke|Samtykke|"
		  "Souhlas|Souhlas se zas\u00edl\u00e1n\u00edm|Odb\u011br "
		  "novinek|"
		  "B\u00fclten|Abone|\u0130zin|"
		  "\u0420\u0430\u0441\u0441\u044b\u043b\u043a\u0430|"
		  "\u0421\u043e\u0433\u043b\u0430\u0441\u0438\u0435|"
		  "\u0420\u043e\u0437\u0441\u0438\u043b\u043a\u0430|"
		  "\u0627\u0644\u0627\u0634\u062a\u0631\u0627\u0643|"
		  "H\u00edrlev\u00e9l|Uutiskirje|\u30e1\u30eb\u30de\u30ac|"
		  "Contact by email|Info per Mail|Kontakt "
		  "gew\u00fcnscht|RODO" },
		{ CONSENT_MAYBE_OUT, "Leiratkozott|\u914d\u4fe1\u505c\u6b62|"
				     "\u9000\u8ba2|\uc218\uc2e0\uac70\ubd80" },
		{ CONSENT_MAYBE_GONE,
		  "Deceased|Is Deceased|is_deceased|Date of death|Deceased "
		  "Date|"
		  "Verstorben|Verstorben am|Todesdatum|D\u00e9c\u00e9d\u00e9|"
		  "Date de d\u00e9c\u00e8s|Fallecido|Deceduto|Overleden|"
		  "Zmar\u0142y|Falecido|Avliden|D\u00f8d|Zem\u0159el|Vefat|"
		  "\u0423\u043c\u0435\u0440|Contact Is Deleted|IsDeleted|"
		  "Deleted|deleted_at|Gel\u00f6scht|Supprim\u00e9|Eliminado|"
		  "Verwijderd" },
		{ CONSENT_MAYBE_STATE, "confirmed|Status|status|Statut|Estado|"
				       "Stato|Active|is_active|Aktiv|"
				       "Actif|Inaktiv" },
		{ CONSENT_ASIDE_IN,
		  "Mailing Street|Mailing City|Mailing State/Province|"
		  "Mailing Zip/Postal Code|Mailing Country|Mailing Address|"
		  "OPTIN_TIME|OPTIN_IP|Nombre de d\u00e9sinscriptions|"
		  "Marketing emails opened|Marketing emails delivered|"
		  "Last marketing email open date|Unsubscribe link|"
		  "unsubscribe_url|Abmeldelink|Lien de d\u00e9sinscription|"
		  "Newsletter signup date|Opt-in source|opt_in_date|"
		  "opt_in_ip|Newsletter opt-in at signup|Lead Email Opt In|"
		  "Email opt-in (on website)|First opt-in newsletter|"
		  "Marketing consent by user|"
		  "Accepts marketing source country|Total opt-out|"
		  "Unsubscribed (form page)|Unsubscribed from list ID 7|"
		  "Notification opt-out|"
		  "Unsubscribed from all (SMS, WhatsApp)|"
		  "Cookie consent|\u30e1\u30fc\u30eb" },
		/* which one somebody gets, or none */
		{ CONSENT_MAYBE_IN,
		  "Newsletter title|Newsletter Name|newsletter_name|"
		  "Newslettername|Titel des Rundbriefs" },
		{ CONSENT_MAYBE_IN,
		  "\uad11\uace0 \uc218\uc2e0|\uc218\uc2e0\ub3d9\uc758|"
		  "\u63a5\u6536\u90ae\u4ef6|\u05d3\u05d9\u05d5\u05d5\u05e8|"
		  "\u0938\u0939\u092e\u0924\u093f|"
		  "\u0e04\u0e27\u0e32\u0e21\u0e22\u0e34\u0e19\u0e22\u0e2d\u0e21"
		  "|"
		  "\u0110\u1ed3ng \u00fd nh\u1eadn th\u01b0|Tilladelse|"
		  "Pozwolenie|Reklam" },
		{ CONSENT_NO_COLUMN,
		  "Email|E-Mail|E-Mail-Adresse|Email Address|First Name|"
		  "Last Name|Company|Phone|Mobile Phone|Street|City|Notes|"
		  "Record ID|Contact Owner|Lead Source|Create Date|"
		  "Last Activity Date|Description|Member Rating|"
		  "MEMBER_RATING|CONFIRM_TIME|CONFIRM_IP|LATITUDE|GMTOFF|"
		  "LAST_CHANGED|LEID|EUID|NOTES|Contact No|Contact No.|"
		  "Email 2|Kontaktperson|Preferred Contact Method|Non-profit|"
		  "Bounce count|SMS_BLACKLISTED|Fax Opt Out|Do Not Call|"
		  "Do Not Phone|Do Not Sms|Do Not Trade|donotphone|donotfax|"
		  "Do not allow Phone Calls|Do not allow Faxes|"
		  "WhatsApp opt-in|bouncecount|Date d'inscription|Anrede|"
		  "Titel|Vorname|Nachname|Geburtsdatum|Abteilung|"
		  "Austragungsort|Bruno Email|Trabajador|Abajo|Nombre|"
		  "Apellidos|Provincia|Cognome|Indirizzo|Telefono|"
		  "Pr\u00e9nom|Nom|Soci\u00e9t\u00e9|Code postal|Ville|"
		  "Prescription|Kundennummer|created_at|updated_at|"
		  "owns_address|import_id|id|Tags|other_emails|Other "
		  "addresses|Weitere Adressen|Kind of address|Art der "
		  "Adresse|Is named at a shared "
		  "address|Bei geteilter Adresse angesprochen" },
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

/*
 * Whole headers, as these programs write them: what of each is of consent, and
 * that all the rest is not. "?" before a header: it is asked about; "!": it is
 * certain.
 */
static void exports_are_read_as_a_whole(void **state)
{
	static const struct {
		const char *program, *headers;
	} exports[] = {
		{ "HubSpot",
		  "Record ID|First Name|Last Name|Email|Phone Number|Contact "
		  "owner|Associated Company|Last Activity Date|?Lead Status|"
		  "?Marketing contact status|Create Date|"
		  "!Unsubscribed from all email|"
		  "!Opted out of email: Marketing Information|"
		  "?Email hard bounce reason|Country/Region|Lifecycle Stage" },
		{ "Salesforce",
		  "Contact ID|Salutation|First Name|Last Name|Title|Mailing "
		  "Street|Mailing City|Mailing State/Province|Mailing Zip/"
		  "Postal Code|Mailing Country|Phone|Fax|Mobile|Email|Account "
		  "Name|Lead Source|Birthdate|!Email Opt Out|Fax Opt Out|"
		  "Do Not Call|?Deleted" },
		{ "Mailchimp",
		  "Email Address|First Name|Last Name|Address|Phone Number|"
		  "Birthday|MEMBER_RATING|OPTIN_TIME|OPTIN_IP|CONFIRM_TIME|"
		  "CONFIRM_IP|LATITUDE|LONGITUDE|GMTOFF|DSTOFF|TIMEZONE|CC|"
		  "REGION|!UNSUB_TIME|!UNSUB_CAMPAIGN_TITLE|!UNSUB_REASON|"
		  "!UNSUB_REASON_OTHER|LEID|EUID|NOTES|TAGS" },
		{ "CiviCRM",
		  "Contact ID|Contact Type|Sort Name|Display Name|First Name|"
		  "Last Name|Birth Date|?Deceased|?Deceased Date|Do Not "
		  "Phone|!Do Not Email|!Do Not Mail|Do Not Sms|Do Not Trade|"
		  "!No Bulk Emails (User Opt Out)|?Is Deceased|"
		  "?Contact Is Deleted|Current Employer|Job Title|Street "
		  "Address|City|Postal Code|?State|Country|Email|?On Hold" },
		{ "Dynamics 365",
		  "(Do Not Modify) Contact|First Name|Last Name|Job Title|"
		  "Email|Business Phone|Company Name|!Do not allow Emails|"
		  "!Do not allow Bulk Emails|!Do not allow Mails|"
		  "Do not allow Phone Calls|Do not allow Faxes|"
		  "!Send Marketing Materials|Preferred Contact Method|"
		  "?Status|Created On|Modified On" },
		{ "Brevo",
		  "CONTACT ID|EMAIL|FIRSTNAME|LASTNAME|SMS|?DOUBLE_OPT-IN|"
		  "!OPT_IN|!EMAIL_BLACKLISTED|SMS_BLACKLISTED|ADDED_TIME|"
		  "MODIFIED_TIME" },
		{ "phpList",
		  "id|email|?confirmed|!blacklisted|!optedin|bouncecount|"
		  "entered|modified|uniqid|htmlemail|?subscribepage|"
		  "rssfrequency|"
		  "?disabled|extradata|foreignkey" },
		{ "Mailtrain", "cid|email|?status|created|tz|!opt_in|opt_in_ip|"
			       "opt_in_country|!unsubscribed" },
		{ "Sendy", "Name|Email|?Status|Last activity" },
		{ "listmonk",
		  "uuid|email|name|attributes|?status|created_at|updated_at" },
		{ "Mautic",
		  "id|firstname|lastname|company|position|email|mobile|phone|"
		  "points|country|!doNotContact|?last_active" },
		{ "Shopify",
		  "Customer ID|First Name|Last Name|Email|"
		  "!Accepts Email Marketing|Default Address Company|Default "
		  "Address Address1|Default Address City|Phone|"
		  "Accepts SMS Marketing|Total Spent|Total Orders|Note|Tax "
		  "Exempt|Tags" },
		{ "MailUp", "Email|Name|Company|!OptOut_Date|City" },
		{ "Klaviyo",
		  "Email|Klaviyo ID|First Name|Last Name|Organization|Title|"
		  "Phone Number|Address|City|Country|"
		  "!Email Marketing Consent|Email Marketing Consent Timestamp|"
		  "?Email Suppressions|SMS Marketing Consent|Date Added" },
		{ "ActiveCampaign",
		  "Email|First Name|Last Name|Phone|Account|Date Created|"
		  "Tags|?Status|IP4|!Date Unsubscribed" },
		{ "Constant Contact",
		  "Email address|First name|Last name|Company|Job title|"
		  "!Email status|!Email permission status|Email update source|"
		  "!Opt-out Date|!Opt-out Reason|Street address line 1 - Home|"
		  "City - Home|Tags" },
		{ "Zoho CRM",
		  "Record Id|First Name|Last Name|Account Name|Email|Title|"
		  "Phone|Lead Source|!Email Opt Out|Skype ID|!Unsubscribed "
		  "Mode|!Unsubscribed Time|Mailing Street|Mailing City|Mailing "
		  "Zip|Description|Tag" },
		{ "CleverReach",
		  "email|activated|registered|?deactivated|source|"
		  "firstname|lastname|gender|city|?active" },
		{ "Rapidmail",
		  "E-Mail|Vorname|Nachname|Anrede|?Status|Eingetragen am|"
		  "!Abgemeldet am|Tags" },
		{ "Raiser's Edge",
		  "Constituent ID|First name|Last name|Email address|Primary "
		  "addressee|?Deceased|?Inactive|!Requests no email|"
		  "Do not phone|!Do not mail|Constituent codes" },
		{ "Salesforce NPSP",
		  "First Name|Last Name|Personal Email|Work Email|"
		  "?Deceased|!Do Not Contact|!Email Opt Out|Household "
		  "Account" },
		{ "opt-outs that are denied",
		  "?Not unsubscribed|?Nicht abgemeldet|?Kein Widerspruch|"
		  "?Pas d\u00e9sabonn\u00e9|?No dado de baja|?Non disiscritto|"
		  "?Opt-out widerrufen|?Nicht gesperrt|?Keine Sperre|"
		  "?Not blocked|?Pas d'opposition|!Unsubscribed|!Abgemeldet|"
		  "!D\u00e9sabonn\u00e9|!Dado de baja|?Einverst\u00e4ndnis|"
		  "?Infopost|?Verteiler|?NL" },
	};
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(exports); i++) {
		struct str rest = str_of(exports[i].headers);

		while (rest.s) {
			struct str h = str_cut(&rest, '|');
			bool asks = str_starts(h, "?");
			bool sure = str_starts(h, "!"), got_sure, got;
			enum import_consent kind;

			h.s += asks || sure;
			h.len -= asks || sure;
			kind = import_consent_header(h);
			got_sure = import_consent_is_sure(kind);
			got = kind != CONSENT_NO_COLUMN &&
			      kind != CONSENT_OTHER &&
			      kind != CONSENT_ASIDE_OUT &&
			      kind != CONSENT_ASIDE_IN;
			if (got == (asks || sure) && got_sure == sure)
				continue;
			print_error("%s: %.*s is %s\n", exports[i].program,
				    (int)h.len, h.s, kind_name(kind));
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

static void texts_that_refuse_mail_are_known(void **state)
{
	static const char *const refuse[] = {
		"UNSUBSCRIBED - do not email",
		"will keine E-Mail",
		"asked to be taken off our list",
		"does not consent",
		"hat widersprochen",
		"Widerspruch 3.4.21",
		"m\u00f6chte keine Infos mehr",
		"aus dem Verteiler gestrichen",
		"bitte aus der Liste l\u00f6schen",
		"will keine Post mehr",
		"asked to be removed",
		"Pide baja",
		"a demand\u00e9: demande \u00e0 \u00eatre retir\u00e9",
		"s'est oppos\u00e9e le 3 mai",
		"\u914d\u4fe1\u505c\u6b62\u3092\u5e0c\u671b",
		"khong gui thu cho toi",
		"Xin huy dang ky giup",
		"\uc218\uc2e0\uac70\ubd80 \uc694\uccad",
		"\u5ba2\u6237\u5df2\u9000\u8ba2",
		"do not email",
		"deceased",
		"Deceased 3 May",
		"died",
		"ist verstorben",
		"verstorben am 3.5.",
		"est d\u00e9c\u00e9d\u00e9e",
		"DO NOT E-MAIL!",
		"Met in May. Please don\u2019t email her.",
		"called 3.5.: opted out",
		"opt-out",
		"wants off; unsubscribe",
		"keine E-Mails mehr",
		"hat sich abgemeldet",
		"bitte nicht mehr kontaktieren",
		"Newsletter abbestellt",
		"NE PAS CONTACTER",
		"d\u00e9sinscrit le 3 mai",
		"souhaite se d\u00e9sabonner",
		"No enviar correos",
		"dado de baja 2024",
		"non contattare pi\u00f9",
		"Disiscritto",
		"heeft zich uitgeschreven",
		"geen nieuwsbrief",
		"nie wysy\u0142a\u0107",
		"\u00d8nsker ikke e-post",
		"zmar\u0142",
		"afd\u00f8d 2019",
		"n\u00e3o enviar",
		"avregistrerad",
		"\u00f8nsker ikke nyhedsbrev",
		"nezas\u00edlat",
		"\u043e\u0442\u043f\u0438\u0441\u0430\u043b\u0441\u044f "
		"\u0432 \u043c\u0430\u0435",
		"\u0625\u0644\u063a\u0627\u0621 "
		"\u0627\u0644\u0627\u0634\u062a\u0631\u0627\u0643",
	};
	static const char *const fine[] = {
		"",
		"no email",
		"has no e-mail address",
		"keine E-Mail-Adresse bekannt",
		"keine Infos",
		"steht auf der Liste",
		"pas d'e-mail",
		"met at the unsubscribedly named bar",
		"Adopted outdoor cats",
		"copted out",
		"Diedrich",
		"moved in May, tot ziens",
		"sin correo",
		"Baja California",
		"subscribed",
		"wants the newsletter",
		"please email in the morning",
		"Donot Emailsson",
		"\u0626 \u2013",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refuse); i++) {
		if (!import_refuses(str_of(refuse[i])))
			fail_msg("not found: %s", refuse[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(fine); i++) {
		if (import_refuses(str_of(fine[i])))
			fail_msg("found: %s", fine[i]);
	}
}

static void words_of_five_languages_are_understood(void **state)
{
	static const struct word_case cases[] = {
		{ CONSENT_YES,
		  "1|-1|1.0|1,0|1.00|01|true|TRUE|True|yes|Yes|Y|t|x|X|on|ON|"
		  "checked|ja|JA|j|Wahr|oui|o|Vrai|s\u00ed|S\u00cd|si|s|"
		  "verdadero|s\u00ec|vero|\u2713|\u2714|\u2714\ufe0f|\u2611|"
		  "\u2705| yes |\u00a0ja\u00a0|tak|sim|ano|evet|"
		  "\u0434\u0430|\u0422\u0430\u043a|\u0646\u0639\u0645" },
		{ CONSENT_NO,
		  "0|0.0|0,00|-0|false|FALSE|no|No|N|f|off|nein|Falsch|non|NON|"
		  "faux|falso|FALSO|\u2610|"
		  "nee|nie|n\u00e3o|nej|nei|ne|Hay\u0131r|"
		  "\u043d\u0435\u0442|\u041d\u0456|\u0644\u0627" },
		{ CONSENT_BLANK,
		  "|  |\u00a0|-|\u2013|n/a|N/A|NULL|null|(null)|\\N|#N/A|"
		  "0000-00-00|0000-00-00 00:00:00|00/00/0000|00.00.0000|"
		  "0001-01-01T00:00:00|1899-12-30|1900-01-00|1900-01-01|"
		  "1970-01-01 00:00:00|01/01/1970" },
		{ CONSENT_NONE,
		  "none|None|(none)|none wanted|keine|Keiner|ninguno|Aucun|"
		  "nessuno" },
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

	(void)state;
	expect_words(cases, ARRAY_SIZE(cases));
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

static void only_agreement_is_not_out_where_only_agreement_counts(void **state)
{
	static const enum consent_meaning means[CONSENT_WORDS] = {
		[CONSENT_BLANK] = CONSENT_SAYS_OUT,
		[CONSENT_YES] = CONSENT_NOTHING,
		[CONSENT_NO] = CONSENT_SAYS_OUT,
		[CONSENT_DATE] = CONSENT_NOTHING,
		[CONSENT_OUT] = CONSENT_SAYS_OUT,
		[CONSENT_IN] = CONSENT_NOTHING,
		[CONSENT_ACTIVE] = CONSENT_NOTHING,
		[CONSENT_INACTIVE] = CONSENT_SAYS_OUT,
		[CONSENT_WORD_UNKNOWN] = CONSENT_UNCLEAR,
		[CONSENT_NONE] = CONSENT_SAYS_OUT,
		[CONSENT_EITHER] = CONSENT_UNCLEAR,
	};
	struct import_answers none = VEC_INIT;

	(void)state;
	for (int word = 0; word < CONSENT_WORDS; word++)
		assert_int_equal(
			import_consent_meaning(CONSENT_OPT_IN_ONLY,
					       (enum consent_word)word),
			means[word]);
	assert_int_equal(
		import_consent_read(CONSENT_OPT_IN_ONLY, &none, STR("")),
		CONSENT_SAYS_OUT);
	assert_true(
		import_consent_agrees(CONSENT_OPT_IN_ONLY, &none, STR("ja")));
	assert_false(
		import_consent_agrees(CONSENT_OPT_IN_ONLY, &none, STR("")));
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

static void dates_without_a_year_are_known(void **state)
{
	static const char *const without[] = {
		"05/12",
		"5/12",
		"12/05",
		"31/12",
		"12/31",
		"5.12.",
		"05-12",
		"--05-12",
		"5. 12.",
		"12 May",
		"May 12",
		"12. Dezember",
		"1er f\u00e9vrier",
		"0000-05-12",
		"05/12/0000",
		"0000-00-00",
		"12 de mayo",
	};
	static const char *const others[] = {
		"",      "1980-12-31", "05/12/1980", "13/14",      "0/5",
		"5/32",  "32/5",       "05/12/",     "5",          "12",
		"May",   "123/5",      "05/123",     "31.02.1990", "yesterday",
		"1/2/3", "-5/12",      "5/12 x",     "---05-12",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(without); i++) {
		if (!import_date_lacks_year(str_of(without[i])))
			fail_msg("%s has none", without[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (import_date_lacks_year(str_of(others[i])))
			fail_msg("%s is another thing", others[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_of_real_exports_are_known),
		cmocka_unit_test(exports_are_read_as_a_whole),
		cmocka_unit_test(texts_that_refuse_mail_are_known),
		cmocka_unit_test(words_of_five_languages_are_understood),
		cmocka_unit_test(
			no_column_opts_anybody_in_and_blank_is_nothing),
		cmocka_unit_test(
			only_agreement_is_not_out_where_only_agreement_counts),
		cmocka_unit_test(dates_are_read_as_people_write_them),
		cmocka_unit_test(dates_without_a_year_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
