#include "campaign/rss/feed_decode.h"

#include "base/charset.h"
#include "base/cleanup.h"
#include "base/strbuf.h"

#include <string.h>

/* encoding="..." of its first line, else what came with it. */
static struct str charset_of(struct str s, const char *said)
{
	const char *end =
		s.len > 5 ? memchr(s.s, '>', s.len < 500 ? s.len : 500) : NULL;
	const char *at;
	size_t n;

	if (!end || !str_starts(s, "<?xml"))
		return str_of(said);
	at = memmem(s.s, (size_t)(end - s.s), "encoding", 8);
	if (!at)
		return str_of(said);
	for (at += 8; at < end && strchr(" \t\r\n=\"'", *at);)
		at++;
	n = strcspn(at, "\"' ?>");
	return (struct str){ at, n < 40 ? n : 0 };
}

int feed_decode(struct str s, const char *said, struct strbuf *out,
		struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf named = STRBUF_INIT;
	struct str charset = charset_of(s, said);
	size_t extra;

	if (charset.len == 0 || str_ieq(charset, "utf-8") ||
	    str_ieq(charset, "utf8") || str_starts(s, "\xFF\xFE") ||
	    str_starts(s, "\xFE\xFF") || str_starts(s, "\xEF\xBB\xBF"))
		return charset_decode(s, out, err);
	strbuf_addf(&named, "<meta charset=\"%.*s\">", (int)charset.len,
		    charset.s);
	extra = named.len;
	strbuf_addslice(&named, s);
	if (charset_decode(strbuf_str(&named), out, err) < 0)
		return -1;
	memmove(out->buf, out->buf + extra, out->len - extra);
	strbuf_truncate(out, out->len - extra);
	return 0;
}
