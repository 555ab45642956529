/* charset: what is taken is UTF-8 without NUL, and mending it twice is once */
#include "base/charset.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/fuzz.h"
#include "base/utf8.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf once = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf twice = STRBUF_INIT;
	struct str bytes = { (const char *)data, size };
	struct err err = ERR_INIT;

	if (charset_decode(bytes, &text, &err) < 0)
		return 0;
	BUG_ON(!utf8_is_valid(strbuf_str(&text)));
	BUG_ON(strlen(text.buf) != text.len);
	charset_mend(strbuf_str(&text), &once);
	charset_mend(strbuf_str(&once), &twice);
	BUG_ON(!str_eq(strbuf_str(&once), strbuf_str(&twice)));
	return 0;
}
