#include "smtp/smtp_reply.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/fuzz.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(smtp_reply_release) struct smtp_reply reply = SMTP_REPLY_INIT;
	struct str in = { (const char *)data, size };

	while (smtp_reply_read(&reply, &in) > 0) {
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

		smtp_reply_describe(&reply, 100, &text);
		BUG_ON(text.len > 100 || !utf8_is_valid(strbuf_str(&text)));
		BUG_ON(memchr(text.buf, '\n', text.len));
		BUG_ON(reply.text.len > SMTP_TEXT_MAX);
		smtp_reply_reset(&reply);
	}
	return 0;
}
