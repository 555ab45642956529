#include "base/text/country.h"

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/utf8.h"

#include <string.h>

#define NAME_MAX_BYTES 100

struct country {
	char code[3];
	const char *name;
};

/* By code. */
static const struct country countries[] = {
	{ "AD", "Andorra" },
	{ "AE", "United Arab Emirates" },
	{ "AF", "Afghanistan" },
	{ "AG", "Antigua & Barbuda" },
	{ "AI", "Anguilla" },
	{ "AL", "Albania" },
	{ "AM", "Armenia" },
	{ "AO", "Angola" },
	{ "AQ", "Antarctica" },
	{ "AR", "Argentina" },
	{ "AS", "American Samoa" },
	{ "AT", "Austria" },
	{ "AU", "Australia" },
	{ "AW", "Aruba" },
	{ "AX", "Åland Islands" },
	{ "AZ", "Azerbaijan" },
	{ "BA", "Bosnia & Herzegovina" },
	{ "BB", "Barbados" },
	{ "BD", "Bangladesh" },
	{ "BE", "Belgium" },
	{ "BF", "Burkina Faso" },
	{ "BG", "Bulgaria" },
	{ "BH", "Bahrain" },
	{ "BI", "Burundi" },
	{ "BJ", "Benin" },
	{ "BL", "St Barthelemy" },
	{ "BM", "Bermuda" },
	{ "BN", "Brunei" },
	{ "BO", "Bolivia" },
	{ "BQ", "Caribbean NL" },
	{ "BR", "Brazil" },
	{ "BS", "Bahamas" },
	{ "BT", "Bhutan" },
	{ "BV", "Bouvet Island" },
	{ "BW", "Botswana" },
	{ "BY", "Belarus" },
	{ "BZ", "Belize" },
	{ "CA", "Canada" },
	{ "CC", "Cocos (Keeling) Islands" },
	{ "CD", "Congo (Kinshasa)" },
	{ "CF", "Central African Rep." },
	{ "CG", "Congo (Brazzaville)" },
	{ "CH", "Switzerland" },
	{ "CI", "Côte d'Ivoire" },
	{ "CK", "Cook Islands" },
	{ "CL", "Chile" },
	{ "CM", "Cameroon" },
	{ "CN", "China" },
	{ "CO", "Colombia" },
	{ "CR", "Costa Rica" },
	{ "CU", "Cuba" },
	{ "CV", "Cape Verde" },
	{ "CW", "Curaçao" },
	{ "CX", "Christmas Island" },
	{ "CY", "Cyprus" },
	{ "CZ", "Czech Republic" },
	{ "DE", "Germany" },
	{ "DJ", "Djibouti" },
	{ "DK", "Denmark" },
	{ "DM", "Dominica" },
	{ "DO", "Dominican Republic" },
	{ "DZ", "Algeria" },
	{ "EC", "Ecuador" },
	{ "EE", "Estonia" },
	{ "EG", "Egypt" },
	{ "EH", "Western Sahara" },
	{ "ER", "Eritrea" },
	{ "ES", "Spain" },
	{ "ET", "Ethiopia" },
	{ "FI", "Finland" },
	{ "FJ", "Fiji" },
	{ "FK", "Falkland Islands" },
	{ "FM", "Micronesia" },
	{ "FO", "Faroe Islands" },
	{ "FR", "France" },
	{ "GA", "Gabon" },
	{ "GB", "United Kingdom" },
	{ "GD", "Grenada" },
	{ "GE", "Georgia" },
	{ "GF", "French Guiana" },
	{ "GG", "Guernsey" },
	{ "GH", "Ghana" },
	{ "GI", "Gibraltar" },
	{ "GL", "Greenland" },
	{ "GM", "Gambia" },
	{ "GN", "Guinea" },
	{ "GP", "Guadeloupe" },
	{ "GQ", "Equatorial Guinea" },
	{ "GR", "Greece" },
	{ "GS", "South Georgia & the South Sandwich Islands" },
	{ "GT", "Guatemala" },
	{ "GU", "Guam" },
	{ "GW", "Guinea-Bissau" },
	{ "GY", "Guyana" },
	{ "HK", "Hong Kong" },
	{ "HM", "Heard Island & McDonald Islands" },
	{ "HN", "Honduras" },
	{ "HR", "Croatia" },
	{ "HT", "Haiti" },
	{ "HU", "Hungary" },
	{ "ID", "Indonesia" },
	{ "IE", "Ireland" },
	{ "IL", "Israel" },
	{ "IM", "Isle of Man" },
	{ "IN", "India" },
	{ "IO", "British Indian Ocean Territory" },
	{ "IQ", "Iraq" },
	{ "IR", "Iran" },
	{ "IS", "Iceland" },
	{ "IT", "Italy" },
	{ "JE", "Jersey" },
	{ "JM", "Jamaica" },
	{ "JO", "Jordan" },
	{ "JP", "Japan" },
	{ "KE", "Kenya" },
	{ "KG", "Kyrgyzstan" },
	{ "KH", "Cambodia" },
	{ "KI", "Kiribati" },
	{ "KM", "Comoros" },
	{ "KN", "St Kitts & Nevis" },
	{ "KP", "North Korea" },
	{ "KR", "South Korea" },
	{ "KW", "Kuwait" },
	{ "KY", "Cayman Islands" },
	{ "KZ", "Kazakhstan" },
	{ "LA", "Laos" },
	{ "LB", "Lebanon" },
	{ "LC", "St Lucia" },
	{ "LI", "Liechtenstein" },
	{ "LK", "Sri Lanka" },
	{ "LR", "Liberia" },
	{ "LS", "Lesotho" },
	{ "LT", "Lithuania" },
	{ "LU", "Luxembourg" },
	{ "LV", "Latvia" },
	{ "LY", "Libya" },
	{ "MA", "Morocco" },
	{ "MC", "Monaco" },
	{ "MD", "Moldova" },
	{ "ME", "Montenegro" },
	{ "MF", "St Martin (French)" },
	{ "MG", "Madagascar" },
	{ "MH", "Marshall Islands" },
	{ "MK", "North Macedonia" },
	{ "ML", "Mali" },
	{ "MM", "Myanmar" },
	{ "MN", "Mongolia" },
	{ "MO", "Macau" },
	{ "MP", "Northern Mariana Islands" },
	{ "MQ", "Martinique" },
	{ "MR", "Mauritania" },
	{ "MS", "Montserrat" },
	{ "MT", "Malta" },
	{ "MU", "Mauritius" },
	{ "MV", "Maldives" },
	{ "MW", "Malawi" },
	{ "MX", "Mexico" },
	{ "MY", "Malaysia" },
	{ "MZ", "Mozambique" },
	{ "NA", "Namibia" },
	{ "NC", "New Caledonia" },
	{ "NE", "Niger" },
	{ "NF", "Norfolk Island" },
	{ "NG", "Nigeria" },
	{ "NI", "Nicaragua" },
	{ "NL", "Netherlands" },
	{ "NO", "Norway" },
	{ "NP", "Nepal" },
	{ "NR", "Nauru" },
	{ "NU", "Niue" },
	{ "NZ", "New Zealand" },
	{ "OM", "Oman" },
	{ "PA", "Panama" },
	{ "PE", "Peru" },
	{ "PF", "French Polynesia" },
	{ "PG", "Papua New Guinea" },
	{ "PH", "Philippines" },
	{ "PK", "Pakistan" },
	{ "PL", "Poland" },
	{ "PM", "St Pierre & Miquelon" },
	{ "PN", "Pitcairn" },
	{ "PR", "Puerto Rico" },
	{ "PS", "Palestine" },
	{ "PT", "Portugal" },
	{ "PW", "Palau" },
	{ "PY", "Paraguay" },
	{ "QA", "Qatar" },
	{ "RE", "Réunion" },
	{ "RO", "Romania" },
	{ "RS", "Serbia" },
	{ "RU", "Russia" },
	{ "RW", "Rwanda" },
	{ "SA", "Saudi Arabia" },
	{ "SB", "Solomon Islands" },
	{ "SC", "Seychelles" },
	{ "SD", "Sudan" },
	{ "SE", "Sweden" },
	{ "SG", "Singapore" },
	{ "SH", "St Helena" },
	{ "SI", "Slovenia" },
	{ "SJ", "Svalbard & Jan Mayen" },
	{ "SK", "Slovakia" },
	{ "SL", "Sierra Leone" },
	{ "SM", "San Marino" },
	{ "SN", "Senegal" },
	{ "SO", "Somalia" },
	{ "SR", "Suriname" },
	{ "SS", "South Sudan" },
	{ "ST", "Sao Tome & Principe" },
	{ "SV", "El Salvador" },
	{ "SX", "St Maarten (Dutch)" },
	{ "SY", "Syria" },
	{ "SZ", "Eswatini (Swaziland)" },
	{ "TC", "Turks & Caicos Is" },
	{ "TD", "Chad" },
	{ "TF", "French S. Terr." },
	{ "TG", "Togo" },
	{ "TH", "Thailand" },
	{ "TJ", "Tajikistan" },
	{ "TK", "Tokelau" },
	{ "TL", "East Timor" },
	{ "TM", "Turkmenistan" },
	{ "TN", "Tunisia" },
	{ "TO", "Tonga" },
	{ "TR", "Turkey" },
	{ "TT", "Trinidad & Tobago" },
	{ "TV", "Tuvalu" },
	{ "TW", "Taiwan" },
	{ "TZ", "Tanzania" },
	{ "UA", "Ukraine" },
	{ "UG", "Uganda" },
	{ "UM", "US minor outlying islands" },
	{ "US", "United States" },
	{ "UY", "Uruguay" },
	{ "UZ", "Uzbekistan" },
	{ "VA", "Vatican City" },
	{ "VC", "St Vincent" },
	{ "VE", "Venezuela" },
	{ "VG", "Virgin Islands (UK)" },
	{ "VI", "Virgin Islands (US)" },
	{ "VN", "Vietnam" },
	{ "VU", "Vanuatu" },
	{ "WF", "Wallis & Futuna" },
	{ "WS", "Samoa" },
	{ "YE", "Yemen" },
	{ "YT", "Mayotte" },
	{ "ZA", "South Africa" },
	{ "ZM", "Zambia" },
	{ "ZW", "Zimbabwe" },
};

/* Other names. */
static const struct country others[] = {
	{ "DE", "Deutschland" },
	{ "AT", "Österreich" },
	{ "CH", "Schweiz" },
	{ "CH", "Suisse" },
	{ "CH", "Svizzera" },
	{ "FR", "Frankreich" },
	{ "IT", "Italien" },
	{ "IT", "Italia" },
	{ "ES", "Spanien" },
	{ "ES", "España" },
	{ "NL", "Niederlande" },
	{ "NL", "Nederland" },
	{ "BE", "Belgien" },
	{ "BE", "België" },
	{ "BE", "Belgique" },
	{ "LU", "Luxemburg" },
	{ "PL", "Polen" },
	{ "CZ", "Tschechien" },
	{ "CZ", "Czechia" },
	{ "DK", "Dänemark" },
	{ "SE", "Schweden" },
	{ "NO", "Norwegen" },
	{ "FI", "Finnland" },
	{ "GB", "Großbritannien" },
	{ "GB", "Great Britain" },
	{ "GB", "England" },
	{ "GB", "UK" },
	{ "GB", "Vereinigtes Königreich" },
	{ "IE", "Irland" },
	{ "US", "USA" },
	{ "US", "United States of America" },
	{ "US", "Vereinigte Staaten" },
	{ "RU", "Russland" },
	{ "TR", "Türkei" },
	{ "TR", "Türkiye" },
	{ "GR", "Griechenland" },
	{ "HU", "Ungarn" },
	{ "HR", "Kroatien" },
	{ "RO", "Rumänien" },
	{ "BR", "Brasil" },
	{ "BR", "Brasilien" },
	{ "CA", "Kanada" },
	{ "AU", "Australien" },
	{ "EG", "Ägypten" },
	{ "EG", "مصر" },
	{ "MA", "Marokko" },
	{ "ZA", "Südafrika" },
	{ "IN", "Indien" },
};

static const char *find_name(const struct country *all, size_t n,
			     const char *folded)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;

	for (size_t i = 0; i < n; i++) {
		strbuf_reset(&name);
		utf8_fold(str_of(all[i].name), &name);
		if (strcmp(name.buf, folded) == 0)
			return all[i].code;
	}
	return NULL;
}

static const struct country *find_code(const char *code)
{
	for (size_t i = 0; i < ARRAY_SIZE(countries); i++)
		if (strcmp(countries[i].code, code) == 0)
			return &countries[i];
	return NULL;
}

const char *country_parse(struct str text)
{
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;
	const struct country *found;
	char code[3] = "";
	const char *by_name;

	text = str_trim(text);
	if (text.len < 2 || text.len > NAME_MAX_BYTES)
		return NULL;
	if (text.len == 2) {
		for (int i = 0; i < 2; i++)
			code[i] = (char)(text.s[i] >= 'a' && text.s[i] <= 'z'
						 ? text.s[i] - 32
						 : text.s[i]);
		found = find_code(code);
		if (found)
			return found->code;
	}
	utf8_fold(text, &folded);
	by_name = find_name(others, ARRAY_SIZE(others), folded.buf);
	return by_name ? by_name
		       : find_name(countries, ARRAY_SIZE(countries),
				   folded.buf);
}

const char *country_name(const char *code)
{
	const struct country *found = find_code(code);

	return found ? found->name : "";
}
