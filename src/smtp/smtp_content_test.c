/*
 * Content is scanned a block at a time: whatever it holds, and wherever a
 * block ends, the answer is that of a plain look at each byte.
 */
#include "smtp/smtp_content.h"

#include "base/cleanup.h"
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define RANDOM_CONTENTS 4000
#define LONGEST 150 /* two blocks and some */

/* Lines that end well, and now and then a piece that does not belong there. */
static void make_content(unsigned *seed, struct strbuf *out)
{
	static const char *const good[] = { "a",        "bc",      ".",
					    "..",       "\r\n",    "\r\n.",
					    "\r\n\r\n", "\xc3\xa9" };
	static const char *const bad[] = { "\r", "\n", "\n.", "\r\r\n" };
	size_t length = (size_t)rand_r(seed) % LONGEST;

	while (out->len < length) {
		if (rand_r(seed) % 200 == 0)
			strbuf_addstr(out, bad[rand_r(seed) % 4]);
		else if (rand_r(seed) % 400 == 0)
			strbuf_addch(out, '\0');
		else
			strbuf_addstr(out, good[rand_r(seed) % 8]);
	}
	if (rand_r(seed) % 10)
		strbuf_addstr(out, "\r\n");
}

static bool is_fit(const struct strbuf *c)
{
	bool fit = c->len > 0 && !memchr(c->buf, '\0', c->len);

	for (size_t i = 0; i < c->len; i++) {
		if (c->buf[i] == '\n')
			fit &= i > 0 && c->buf[i - 1] == '\r';
		if (c->buf[i] == '\r')
			fit &= i + 1 < c->len && c->buf[i + 1] == '\n';
	}
	return fit && c->buf[c->len - 1] == '\n';
}

static bool is_8bit(const struct strbuf *c)
{
	bool found = false;

	for (size_t i = 0; i < c->len; i++)
		found |= (c->buf[i] & 0x80) != 0;
	return found;
}

static void add_expected(const struct strbuf *c, struct strbuf *out)
{
	for (size_t i = 0; i < c->len; i++) {
		if (c->buf[i] == '.' && (i == 0 || c->buf[i - 1] == '\n'))
			strbuf_addch(out, '.');
		strbuf_addch(out, c->buf[i]);
	}
	strbuf_addstr(out, ".\r\n");
}

static void check(struct smtp_content *c)
{
	CLEANUP(strbuf_release) struct strbuf expected = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf sent = STRBUF_INIT;
	struct err err = ERR_INIT;
	bool fits = is_fit(&c->text);

	add_expected(&c->text, &expected);
	assert_int_equal(smtp_content_scan(c, &err), fits ? 0 : -1);
	assert_int_equal(c->is_scanned, fits);
	if (!fits)
		return;
	assert_int_equal(c->has_8bit, is_8bit(&c->text));
	smtp_content_add_to(c, &sent);
	assert_int_equal(sent.len, expected.len);
	assert_memory_equal(sent.buf, expected.buf, sent.len);
}

static void sees_what_a_look_at_each_byte_sees(void **state)
{
	unsigned seed = 1;

	(void)state;
	for (int i = 0; i < RANDOM_CONTENTS; i++) {
		CLEANUP(smtp_content_release)
		struct smtp_content content = SMTP_CONTENT_INIT;

		make_content(&seed, &content.text);
		check(&content);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sees_what_a_look_at_each_byte_sees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
