/*
 * audience/side/mail_client.h - by which program members open their mails
 *
 * Known from what the program that fetched a mail's pictures calls itself: that
 * of the reader, or of a provider that does it for its readers. The last one
 * counts. Of a browser nobody knows whose web mail it shows: it says nothing.
 */
#ifndef AUDIENCE_MAIL_CLIENT_H
#define AUDIENCE_MAIL_CLIENT_H

#include "base/vec.h"

struct db;
struct err;
struct sql_value;
struct tx;

/* By MAIL_CLIENT_...; 0: not known. */
enum mail_client {
	MAIL_CLIENT_UNKNOWN = 0,
	/* stored: append only */
	MAIL_CLIENT_GMAIL = 1,
	MAIL_CLIENT_YAHOO = 2,
	MAIL_CLIENT_APPLE_MAIL = 3,
	MAIL_CLIENT_IPHONE = 4,
	MAIL_CLIENT_IPAD = 5,
	MAIL_CLIENT_ANDROID = 6,
	MAIL_CLIENT_OUTLOOK_2003 = 7,
	MAIL_CLIENT_OUTLOOK_2007 = 8,
	MAIL_CLIENT_OUTLOOK_2010 = 9,
	MAIL_CLIENT_OUTLOOK_2013 = 10,
	MAIL_CLIENT_OUTLOOK_2016 = 11,
	MAIL_CLIENT_OUTLOOK_MAC = 12,
	MAIL_CLIENT_OUTLOOK_MOBILE = 13,
	MAIL_CLIENT_THUNDERBIRD = 14,
	MAIL_CLIENT_WINDOWS_LIVE = 15,
	MAIL_CLIENT_LOTUS_NOTES = 16,
	MAIL_CLIENT_BLACKBERRY = 17,
	MAIL_CLIENT_EVOLUTION = 18,
	MAIL_CLIENT_KMAIL = 19,
	MAIL_CLIENTS
};

/* As the Marketing API calls it, "" if it is not known. */
const char *mail_client_name(int64_t client);
/* In any case of letters; UNKNOWN if nobody is called so. */
enum mail_client mail_client_parse(const char *name);
/* Of an open's User-Agent. */
enum mail_client mail_client_of_agent(const char *agent);

struct member_client {
	int64_t member_id, client;
};
struct member_clients VEC_FIELDS(struct member_client);
/* Of these members (sql_keys), ordered by member. */
int member_clients_list(struct db *db, struct sql_value ids,
			struct member_clients *out, struct err *err);
/* What these were seen with; a member stands once. Whoever is forgotten, or has
 * it already, is passed over. The applier's. */
int member_clients_put(struct tx *tx, const struct member_clients *seen,
		       struct err *err);

/* How many who are subscribed open with which, the most first; member_id is
 * their number. */
int member_clients_count(struct db *db, int64_t list_id,
			 struct member_clients *out, struct err *err);

#endif
