#include "base/cleanup.h"
#include "base/json.h"
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

/* What is written to standard error while it points to a file in memory;
 * fields NULL: what was only counted. */
static void capture(enum log_level level, const struct log_field *fields,
		    struct strbuf *out)
{
	CLEANUP(fd_release) int kept = dup(STDERR_FILENO);
	CLEANUP(fd_release) int file = memfd_create("log", MFD_CLOEXEC);
	char text[2000];
	ssize_t n;

	assert_true(dup2(file, STDERR_FILENO) >= 0);
	if (fields)
		log_write(level, "it happened", fields);
	else
		log_flush();
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	n = pread(file, text, sizeof(text), 0);
	assert_true(n >= 0);
	strbuf_add(out, text, (size_t)n);
}

static void capture_flush(struct strbuf *out)
{
	capture(LOG_INFO, NULL, out);
}

static size_t lines_of(const struct strbuf *out)
{
	size_t n = 0;

	for (size_t i = 0; i < out->len; i++)
		n += out->buf[i] == '\n';
	return n;
}

static const struct log_field fields[] = {
	{ .key = "id", .number = -7 },
	{ .key = "plain", .text = "a/b.c" },
	{ .key = "odd", .text = "x \"y\"\n2026 error forged" },
	{ .key = "empty", .text = "" },
	{ .key = NULL },
};

static void a_line_cannot_be_forged(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	(void)state;
	capture(LOG_WARN, fields, &out);
	assert_string_equal(strchr(out.buf, ' '),
			    " warn it happened id=-7 plain=a/b.c "
			    "odd=\"x \\\"y\\\"\\n2026 error forged\" "
			    "empty=\"\"\n");
}

static void below_the_level_nothing_is_written(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	(void)state;
	capture(LOG_DEBUG, fields, &out);
	assert_string_equal(out.buf, "");
}

static void json_lines_are_json(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	CLEANUP(json_free) json_t *line = NULL;
	struct err err = ERR_INIT;
	const char *text = "";
	int64_t n = 0;

	(void)state;
	log_set(LOG_DEBUG, true);
	capture(LOG_DEBUG, fields, &out);
	log_set(LOG_INFO, false);
	assert_int_equal(json_parse(strbuf_str(&out), &line, &err), 0);
	assert_int_equal(json_get_text(line, "message", &text, &err), 1);
	assert_string_equal(text, "it happened");
	assert_int_equal(json_get_text(line, "level", &text, &err), 1);
	assert_string_equal(text, "debug");
	assert_int_equal(json_get_int(line, "id", &n, &err), 1);
	assert_int_equal(n, -7);
}

/* A full disk is one fault whatever meets it, and 1,000 times in a minute. */
static void a_fault_that_goes_on_is_told_once_and_counted(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct err full = ERR_INIT, odd = ERR_INIT;

	(void)state;
	err_set(&full, ERR_FULL, "begin: the disk is full");
	err_set(&odd, ERR_IO, "something else");
	log_flush();
	for (int i = 0; i < 1000; i++) {
		const struct log_field again[] = { LOG_ERR(&full),
						   { .key = NULL } };

		capture(LOG_ERROR, again, &out);
		err_set(&full, ERR_FULL, "statement %d: the disk is full", i);
	}
	assert_int_equal(lines_of(&out), 1);
	capture(LOG_ERROR,
		(const struct log_field[]){ LOG_ERR(&odd), { .key = NULL } },
		&out);
	assert_int_equal(lines_of(&out), 2);
	capture(LOG_INFO, fields, &out);
	capture(LOG_INFO, fields, &out);
	assert_int_equal(lines_of(&out), 4);
	capture_flush(&out);
	assert_int_equal(lines_of(&out), 5);
	assert_non_null(strstr(out.buf, " error it happened "
					"error=\"begin: the disk is full\" "
					"code=full repeated=999\n"));
	capture_flush(&out);
	assert_int_equal(lines_of(&out), 5);
}

static void levels_have_names(void **state)
{
	enum log_level level = LOG_DEBUG;

	(void)state;
	assert_true(log_level_parse("error", &level));
	assert_int_equal(level, LOG_ERROR);
	assert_false(log_level_parse("loud", &level));
	assert_int_equal(level, LOG_ERROR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_cannot_be_forged),
		cmocka_unit_test(below_the_level_nothing_is_written),
		cmocka_unit_test(json_lines_are_json),
		cmocka_unit_test(a_fault_that_goes_on_is_told_once_and_counted),
		cmocka_unit_test(levels_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
