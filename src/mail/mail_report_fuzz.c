#include "mail/mail_report.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/fuzz.h"
#include "base/strbuf.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf texts = STRBUF_INIT;
	struct str source = { (const char *)data, size };
	struct mail_report r;
	struct err err = ERR_INIT;
	size_t i;

	if (mail_report_read(source, arena, &r, &err) < 0 ||
	    mail_report_texts(source, &texts, &err) < 0)
		return 0;
	BUG_ON(r.recipients_n > MAIL_REPORT_RECIPIENTS_MAX);
	BUG_ON(r.kind == MAIL_REPORT_BOUNCE && r.recipients_n == 0);
	BUG_ON(!utf8_is_valid(str_of(r.message_id)));
	BUG_ON(!utf8_is_valid(str_of(r.subject)));
	for (i = 0; i < r.recipients_n; i++) {
		BUG_ON(!utf8_is_valid(str_of(r.recipients[i].address)));
		BUG_ON(!utf8_is_valid(str_of(r.recipients[i].diagnostic)));
	}
	return 0;
}
