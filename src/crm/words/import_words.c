#include "crm/words/import_words.h"

#include "base/cleanup.h"
#include "base/utf8.h"

#include <string.h>

#define P (1u << ENTITY_PERSON)
#define L (1u << ENTITY_LEAD)
#define C (1u << ENTITY_COMPANY)

/* Words as import_word makes them, between spaces. */
static const struct {
	const char *field;
	unsigned entities;
	const char *words;
} table[] = {
	{ "first_name", P | L,
	  " firstname first fname givenname forename vorname rufname "
	  "pr\xc3\xa9nom prenom nombre nombredepila nome primernombre " },
	{ "last_name", P | L,
	  " lastname last lname surname familyname nachname familienname "
	  "zuname nom nomdefamille apellido apellidos cognome " },
	{ "name", P | L,
	  " name fullname contact contactname person displayname "
	  "vollst\xc3\xa4ndigername nombrecompleto nomcomplet "
	  "ansprechpartner " },
	{ "name", C,
	  " name company companyname firma firmenname unternehmen "
	  "organisation organization entreprise soci\xc3\xa9t\xc3\xa9 "
	  "societe raisonsociale empresa account accountname nom nombre " },
	{ "email", P | L,
	  " email emailaddress emailadresse mail mailadresse e emails "
	  "courriel adressemail adresseemail adresse\xc3\xa9lectronique "
	  "correo correoelectr\xc3\xb3nico correoelectronico "
	  "direcci\xc3\xb3n"
	  "decorreo primaryemail workemail posta " },
	{ "email_home", P | L,
	  " privateemail privatemail emailprivate emailprivat mailprivat "
	  "privateemailadresse emailadresseprivat privatemailadresse "
	  "personalemail emailpersonal homeemail emailhome "
	  "courrielpersonnel courrielpriv\xc3\xa9 emailpersonnel emailperso "
	  "correopersonal emailpersonale " },
	{ "email_type", P | L, " emailtype kindofaddress artderadresse " },
	{ "company", P,
	  " company companyname firma firmenname unternehmen organisation "
	  "organization employer arbeitgeber entreprise soci\xc3\xa9t\xc3\xa9 "
	  "societe empresa account accountname azienda " },
	{ "company_name", L,
	  " company companyname firma firmenname unternehmen organisation "
	  "organization entreprise soci\xc3\xa9t\xc3\xa9 societe empresa " },
	{ "title", P, " title titel prefix " }, /* "Anrede" is none: "Herr" */
	{ "job_title", P | L,
	  " jobtitle position function funktion role rolle beruf fonction "
	  "poste cargo puesto stelle " },
	{ "phone", P | L | C,
	  " phone phonenumber telephone telephonenumber tel telefon "
	  "telefonnummer t\xc3\xa9l\xc3\xa9phone tel\xc3\xa9"
	  "fono telefono "
	  "mobile mobilephone mobil handy portable m\xc3\xb3vil movil cell "
	  "workphone businessphone t\xc3\xa9l " },
	{ "street", P | L | C,
	  " street streetaddress address address1 addressline1 strasse "
	  "str adresse anschrift rue calle direcci\xc3\xb3n direccion "
	  "domicilio strassehausnummer strasseundhausnummer via " },
	{ "city", P | L | C,
	  " city town ort stadt wohnort ville ciudad localidad "
	  "poblaci\xc3\xb3n poblacion citt\xc3\xa0 localit\xc3\xa9 " },
	{ "region", P | L | C,
	  " region state province stateprovince county bundesland kanton "
	  "canton r\xc3\xa9gion d\xc3\xa9partement provincia estado " },
	{ "postal_code", P | L | C,
	  " postalcode zip zipcode postcode plz postleitzahl codepostal cp "
	  "c\xc3\xb3"
	  "digopostal codigopostal zippostalcode cap " },
	{ "country", P | L | C,
	  " country countryregion land staat pays pa\xc3\xads pais paese " },
	{ "language", P,
	  " language lang sprache langue idioma lengua lingua língua taal " },
	{ "birthday", P,
	  " birthday birthdate dateofbirth dob geburtstag geburtsdatum "
	  "datedenaissance fechadenacimiento naissance " },
	{ "website", C,
	  " website web url homepage webseite siteweb sitio sitioweb www " },
	{ "industry", C, " industry branche sector secteur sektor sector " },
	{ "source", L, " source leadsource quelle origine origen herkunft " },
	{ "status", L, " status leadstatus " },
	{ "external_key", P | L | C,
	  " key externalkey externalid customerid customernumber customerno "
	  "kundennummer kundennr num\xc3\xa9roclient numeroclient clientid "
	  "n\xc3\xbamerodecliente schl\xc3\xbcssel " },
	{ "tags", P | L | C,
	  " tags tag labels schlagworte schlagw\xc3\xb6rter schlagwoerter "
	  "stichworte "
	  "etiquetas \xc3\xa9tiquettes " },
};

/* ASCII letters and digits, and everything beyond ASCII. */
static bool is_of_word(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
}

void import_word(struct str header, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;

	utf8_fold(header, &folded);
	for (size_t i = 0; i < folded.len; i++) {
		struct str rest = { folded.buf + i, folded.len - i };
		size_t blank = utf8_blank(rest);

		if (blank > 0)
			i += blank - 1;
		else if (is_of_word((unsigned char)folded.buf[i]))
			strbuf_addch(out, folded.buf[i]);
	}
}

static bool has_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = strstr(words, word); at;
	     at = strstr(at + 1, word)) {
		if (at[-1] == ' ' && at[len] == ' ')
			return true;
	}
	return false;
}

const char *import_word_field(enum entity entity, const char *word)
{
	if (!*word)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if ((table[i].entities & (1u << entity)) &&
		    has_word(table[i].words, word))
			return table[i].field;
	}
	return NULL;
}

bool import_word_is_of_refused(struct str header)
{
	CLEANUP(strbuf_release) struct strbuf word = STRBUF_INIT;

	import_word(header, &word);
	return word.len > 0 &&
	       has_word(" importrow importreason importdetail importzeile "
			"importgrund importeinzelheiten ",
			word.buf);
}

const char *import_word_address_type(const char *word)
{
	static const char *const kinds[][2] = {
		{ "work", " work business beruflich gesch\xc3\xa4"
			  "ftlich professionnel trabajo lavoro " },
		{ "home",
		  " home private personal privat personnel personale " },
		{ "other", " other andere sonstige autre otro altro " },
	};

	if (!*word)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (has_word(kinds[i][1], word))
			return kinds[i][0];
	}
	return NULL;
}
