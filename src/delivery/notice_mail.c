#include "delivery/notice_mail.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/email.h"
#include "base/err.h"
#include "base/random.h"
#include "base/strbuf.h"
#include "mail/message.h"
#include "sql/recipient.h"
#include "store/db.h"

#include <string.h>

#define ID_DIGITS 32

static int write_source(const struct notice_mail *mail, const struct email *to,
			const struct email *from, int64_t now_ms,
			struct strbuf *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf id = STRBUF_INIT;
	char local[ID_DIGITS + 1];
	struct message m = { .text = str_of(mail->text) };

	random_hex(local, ID_DIGITS);
	message_id_format(str_of(local), str_of(strrchr(from->wire, '@') + 1),
			  &id);
	m.layout.from = (struct mail_address){ str_of(mail->from_name),
					       str_of(from->wire) };
	m.fields = (struct message_fields){
		.to = { .address = str_of(to->address) },
		.subject = str_of(mail->subject),
		.message_id = strbuf_str(&id),
		.date_ms = now_ms,
	};
	return message_build(&m, out, err);
}

int notice_mail_add(struct tx *tx, const struct notice_mail *mail,
		    int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf source = STRBUF_INIT;
	struct email to, from;

	if (email_parse(mail->to, arena, &to, err) < 0 ||
	    email_parse(mail->from_email, arena, &from, err) < 0 ||
	    write_source(mail, &to, &from, now_ms, &source, err) < 0)
		return -1;
	return db_exec(tx, SQL_OUTGOING_ADD,
		       SQL_ARGS(sql_text(from.wire), sql_text(to.folded),
				sql_str(strbuf_str(&source)), sql_int(now_ms),
				sql_int(now_ms)),
		       err) < 0
		       ? -1
		       : 0;
}
