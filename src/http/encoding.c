#include "http/encoding.h"

#include "base/err.h"
#include "base/strbuf.h"

#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

#define LEAST 1024 /* bytes; less is one packet anyway */
#define LEVEL 4    /* three quarters of the gain for a third of time */
#define GZIP_WINDOW (15 + 16) /* of deflateInit2: 32 KiB, with gzip's head */
#define MEMORY 8

/* "q=0", "q=0.0", "q=0.000": not this one. */
static bool is_refused(struct str parameters)
{
	while (parameters.s) {
		struct str p = str_trim(str_cut(&parameters, ';'));

		if (p.len < 3 || (p.s[0] != 'q' && p.s[0] != 'Q') ||
		    p.s[1] != '=')
			continue;
		return strspn(p.s + 2, "0.") >= p.len - 2;
	}
	return false;
}

bool encoding_is_taken(const char *accept_encoding, const char *coding)
{
	struct str list = str_of(accept_encoding);
	bool any = false;

	while (list.s) {
		struct str parameters = str_cut(&list, ',');
		struct str name = str_trim(str_cut(&parameters, ';'));

		if (str_ieq(name, coding))
			return !is_refused(parameters);
		any = any || (str_ieq(name, "*") && !is_refused(parameters));
	}
	return any;
}

bool encoding_is_worth(const char *content_type, size_t length)
{
	struct str type = str_of(content_type);

	return length >= LEAST &&
	       (str_starts(type, "text/") ||
		str_starts(type, "application/json") ||
		str_starts(type, "application/problem+json"));
}

void encoding_gzip(struct str plain, struct strbuf *out)
{
	z_stream z = { .next_in = (z_const unsigned char *)plain.s,
		       .avail_in = (unsigned)plain.len };
	size_t most;

	BUG_ON(deflateInit2(&z, LEVEL, Z_DEFLATED, GZIP_WINDOW, MEMORY,
			    Z_DEFAULT_STRATEGY) != Z_OK);
	most = deflateBound(&z, plain.len);
	strbuf_reserve(out, most);
	z.next_out = (unsigned char *)out->buf + out->len;
	z.avail_out = (unsigned)most;
	BUG_ON(deflate(&z, Z_FINISH) != Z_STREAM_END);
	out->len += z.total_out;
	out->buf[out->len] = '\0';
	(void)deflateEnd(&z);
}
