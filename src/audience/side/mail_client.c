#include "audience/side/mail_client.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "sql/side.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const names[MAIL_CLIENTS] = {
	[MAIL_CLIENT_UNKNOWN] = "",
	[MAIL_CLIENT_GMAIL] = "Gmail",
	[MAIL_CLIENT_YAHOO] = "Yahoo! Mail",
	[MAIL_CLIENT_APPLE_MAIL] = "Apple Mail",
	[MAIL_CLIENT_IPHONE] = "iPhone",
	[MAIL_CLIENT_IPAD] = "iPad",
	[MAIL_CLIENT_ANDROID] = "Android",
	[MAIL_CLIENT_OUTLOOK_2003] = "Outlook 2003",
	[MAIL_CLIENT_OUTLOOK_2007] = "Outlook 2007",
	[MAIL_CLIENT_OUTLOOK_2010] = "Outlook 2010",
	[MAIL_CLIENT_OUTLOOK_2013] = "Outlook 2013",
	[MAIL_CLIENT_OUTLOOK_2016] = "Outlook 2016",
	[MAIL_CLIENT_OUTLOOK_MAC] = "Outlook for Mac",
	[MAIL_CLIENT_OUTLOOK_MOBILE] = "Outlook Mobile",
	[MAIL_CLIENT_THUNDERBIRD] = "Thunderbird",
	[MAIL_CLIENT_WINDOWS_LIVE] = "Windows Live Mail",
	[MAIL_CLIENT_LOTUS_NOTES] = "Lotus Notes",
	[MAIL_CLIENT_BLACKBERRY] = "BlackBerry",
	[MAIL_CLIENT_EVOLUTION] = "Evolution",
	[MAIL_CLIENT_KMAIL] = "KMail",
};

const char *mail_client_name(int64_t client)
{
	return client > 0 && client < MAIL_CLIENTS ? names[client] : "";
}

enum mail_client mail_client_parse(const char *name)
{
	for (int i = 1; i < MAIL_CLIENTS; i++)
		if (strcasecmp(names[i], name) == 0)
			return (enum mail_client)i;
	return MAIL_CLIENT_UNKNOWN;
}

/* --- what it calls itself --- */

/* The number behind a word: of "Microsoft Outlook 16.0" 16; 0: there is none.
 */
static long version_behind(const char *agent, const char *word)
{
	const char *at = strstr(agent, word);

	return at ? strtol(at + strlen(word), NULL, 10) : 0;
}

static enum mail_client outlook_of(const char *agent)
{
	long version = version_behind(agent, "Microsoft Outlook ");

	if (version == 0)
		version = version_behind(agent, "MSOffice ");
	if (version == 0)
		version = version_behind(agent, "Microsoft Office/");
	if (version >= 16)
		return MAIL_CLIENT_OUTLOOK_2016;
	switch (version) {
	case 11:
		return MAIL_CLIENT_OUTLOOK_2003;
	case 12:
		return MAIL_CLIENT_OUTLOOK_2007;
	case 14:
		return MAIL_CLIENT_OUTLOOK_2010;
	case 15:
		return MAIL_CLIENT_OUTLOOK_2013;
	default:
		return MAIL_CLIENT_UNKNOWN;
	}
}

/* Apple's programs leave out what its browsers say. */
static enum mail_client apple_of(const char *agent)
{
	if (!strstr(agent, "AppleWebKit/") || strstr(agent, "Safari/"))
		return MAIL_CLIENT_UNKNOWN;
	if (strstr(agent, "(iPhone") || strstr(agent, "(iPod"))
		return MAIL_CLIENT_IPHONE;
	if (strstr(agent, "(iPad"))
		return MAIL_CLIENT_IPAD;
	return strstr(agent, "(Macintosh") ? MAIL_CLIENT_APPLE_MAIL
					   : MAIL_CLIENT_UNKNOWN;
}

enum mail_client mail_client_of_agent(const char *agent)
{
	static const struct {
		const char *part;
		enum mail_client client;
	} parts[] = {
		{ "GoogleImageProxy", MAIL_CLIENT_GMAIL },
		{ "ggpht.com", MAIL_CLIENT_GMAIL },
		{ "YahooMailProxy", MAIL_CLIENT_YAHOO },
		{ "YahooCacheSystem", MAIL_CLIENT_YAHOO },
		{ "MacOutlook/", MAIL_CLIENT_OUTLOOK_MAC },
		{ "Outlook-iOS", MAIL_CLIENT_OUTLOOK_MOBILE },
		{ "Outlook-Android", MAIL_CLIENT_OUTLOOK_MOBILE },
		{ "Outlook-Express/", MAIL_CLIENT_WINDOWS_LIVE },
		{ "Thunderbird/", MAIL_CLIENT_THUNDERBIRD },
		{ "Lotus-Notes/", MAIL_CLIENT_LOTUS_NOTES },
		{ "BlackBerry", MAIL_CLIENT_BLACKBERRY },
		{ "Evolution/", MAIL_CLIENT_EVOLUTION },
		{ "KMail/", MAIL_CLIENT_KMAIL },
	};
	enum mail_client client;

	/* Apple's proxy, which fetches whether or not anybody reads */
	if (strcmp(agent, "Mozilla/5.0") == 0)
		return MAIL_CLIENT_APPLE_MAIL;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (strstr(agent, parts[i].part))
			return parts[i].client;
	client = outlook_of(agent);
	if (!client)
		client = apple_of(agent);
	/* its mail program shows pages as a part of itself */
	if (!client && strstr(agent, "Android") && strstr(agent, "; wv)"))
		client = MAIL_CLIENT_ANDROID;
	return client;
}

/* --- rows --- */

static void read_client(const struct rows *rows, struct arena *arena, void *out)
{
	(void)arena; /* no texts */
	*(struct member_client *)out = (struct member_client){
		.member_id = rows_int(rows, 0),
		.client = rows_int(rows, 1),
	};
}

int member_clients_list(struct db *db, struct sql_value ids,
			struct member_clients *out, struct err *err)
{
	return db_list(db, SQL_SIDE_CLIENTS, SQL_ARGS(ids), read_client, NULL,
		       out, err);
}

int member_clients_count(struct db *db, int64_t list_id,
			 struct member_clients *out, struct err *err)
{
	return db_list(db, SQL_SIDE_CLIENTS_COUNT, SQL_ARGS(sql_int(list_id)),
		       read_client, NULL, out, err);
}

static bool is_known(const struct member_clients *known,
		     const struct member_client *seen)
{
	size_t at = vec_lower(known, member_id, seen->member_id);

	return at < known->n && known->v[at].member_id == seen->member_id &&
	       known->v[at].client == seen->client;
}

static int put_one(struct tx *tx, const struct member_clients *known,
		   const struct member_clients *seen, int64_t client,
		   struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	vec_each (seen, s)
		if (s->client == client && !is_known(known, s))
			vec_push(&ids, s->member_id);
	return ids.n == 0 ? 0
			  : db_exec(tx, SQL_SIDE_CLIENT_PUT,
				    SQL_ARGS(sql_int(client),
					     sql_keys(&ids, &keys)),
				    err);
}

/* Most open with what they had before, and cost a look only. */
int member_clients_put(struct tx *tx, const struct member_clients *seen,
		       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct member_clients known = VEC_INIT;

	if (seen->n == 0)
		return 0;
	if (member_clients_list(tx->db,
				sql_keys_strided(&seen->v->member_id, seen->n,
						 sizeof(*seen->v), &keys),
				&known, err) < 0)
		return -1;
	for (int64_t client = 1; client < MAIL_CLIENTS; client++)
		if (put_one(tx, &known, seen, client, err) < 0)
			return -1;
	return 0;
}
