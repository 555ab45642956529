#include "base/log.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/json.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Set once at the start, by main; atomics only so that tools agree. */
static atomic_int least_level = LOG_INFO;
static atomic_bool as_json;

static const char *const level_names[] = { "debug", "info", "warn", "error" };

void log_set(enum log_level least, bool json)
{
	least_level = (int)least;
	as_json = json;
}

bool log_level_parse(const char *name, enum log_level *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(level_names); i++) {
		if (strcmp(name, level_names[i]) == 0) {
			*out = (enum log_level)i;
			return true;
		}
	}
	return false;
}

static bool is_plain(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++) {
		if ((unsigned char)*s <= ' ' || *s == '"' || *s == '=' ||
		    *s == '\\' || *s == 0x7f)
			return false;
	}
	return true;
}

/* JSON's escapes do for quoted values: nothing can start a new line. */
static void add_value(struct strbuf *line, const struct log_field *f)
{
	struct json_writer w = JSON_WRITER(line);

	if (!f->text)
		strbuf_addint(line, f->number);
	else if (is_plain(f->text))
		strbuf_addstr(line, f->text);
	else
		json_text(&w, f->text);
}

static void format_text(struct strbuf *line, enum log_level level,
			const char *phrase, const struct log_field *fields)
{
	time_format_iso(clock_now_ms(), line);
	strbuf_addf(line, " %s %s", level_names[level], phrase);
	for (; fields->key; fields++) {
		strbuf_addch(line, ' ');
		strbuf_addstr(line, fields->key);
		strbuf_addch(line, '=');
		add_value(line, fields);
	}
}

static void format_json(struct strbuf *line, enum log_level level,
			const char *phrase, const struct log_field *fields)
{
	struct json_writer w = JSON_WRITER(line);

	json_begin_object(&w);
	json_key_time(&w, "time", clock_now_ms());
	json_key_text(&w, "level", level_names[level]);
	json_key_text(&w, "message", phrase);
	for (; fields->key; fields++) {
		if (fields->text)
			json_key_text(&w, fields->key, fields->text);
		else
			json_key_int(&w, fields->key, fields->number);
	}
	json_end_object(&w);
}

/* One write: lines of threads do not mix. What cannot be written is lost,
 * since there is nobody left to tell. */
static void put_line(struct str line)
{
	(void)fd_write_all(STDERR_FILENO, line);
}

static void write_entry(enum log_level level, const char *phrase,
			const struct log_field *fields)
{
	CLEANUP(strbuf_release) struct strbuf line = STRBUF_INIT;

	if (as_json)
		format_json(&line, level, phrase, fields);
	else
		format_text(&line, level, phrase, fields);
	strbuf_addch(&line, '\n');
	put_line(strbuf_str(&line));
}

/* --- faults that go on --- */

#define KINDS_MAX 64
#define KIND_US (INT64_C(60) * 1000000)

struct kind {
	const char *phrase; /* NULL: a free place */
	enum log_level level;
	char error[256], code[16];
	int64_t since_us; /* of its last line */
	int64_t passed_over;
};

static pthread_mutex_t kinds_lock = PTHREAD_MUTEX_INITIALIZER;
static struct kind kinds[KINDS_MAX]; /* under kinds_lock */

static const char *text_of(const struct log_field *fields, const char *key)
{
	for (; fields->key; fields++)
		if (fields->text && strcmp(fields->key, key) == 0)
			return fields->text;
	return NULL;
}

/* Whatever met a full disk or a lock, it is the same fault. */
static bool code_says_all(const char *code)
{
	return strcmp(code, err_code_name(ERR_FULL)) == 0 ||
	       strcmp(code, err_code_name(ERR_RETRY)) == 0;
}

/* Under lock, as those below. */
static void tell(const struct kind *k)
{
	const struct log_field fields[] = {
		LOG_TEXT("error", k->error),
		LOG_TEXT("code", k->code),
		LOG_INT("repeated", k->passed_over),
		{ .key = NULL },
	};

	if (k->passed_over > 0)
		write_entry(k->level, k->phrase, fields);
}

static void end_kinds(int64_t before_us)
{
	for (size_t i = 0; i < KINDS_MAX; i++) {
		if (!kinds[i].phrase || kinds[i].since_us > before_us)
			continue;
		tell(&kinds[i]);
		kinds[i].phrase = NULL;
	}
}

/* The place of a kind, or one for it; that of the oldest if there is none. */
static struct kind *place_of(const char *phrase, const char *error,
			     const char *code)
{
	struct kind *place = &kinds[0];

	for (size_t i = 0; i < KINDS_MAX; i++) {
		struct kind *k = &kinds[i];

		if (k->phrase && strcmp(k->phrase, phrase) == 0 &&
		    strcmp(k->code, code) == 0 &&
		    (code_says_all(code) ||
		     strncmp(k->error, error, sizeof(k->error) - 1) == 0))
			return k;
		if (place->phrase &&
		    (!k->phrase || k->since_us < place->since_us))
			place = k;
	}
	if (place->phrase)
		tell(place);
	place->phrase = NULL;
	return place;
}

static bool is_told_already(enum log_level level, const char *phrase,
			    const char *error, const char *code, int64_t now_us)
{
	struct kind *k = place_of(phrase, error, code);

	if (k->phrase) {
		k->passed_over++;
		return true;
	}
	*k = (struct kind){ .phrase = phrase,
			    .level = level,
			    .since_us = now_us };
	(void)snprintf(k->error, sizeof(k->error), "%s", error);
	(void)snprintf(k->code, sizeof(k->code), "%s", code);
	return false;
}

void log_write(enum log_level level, const char *phrase,
	       const struct log_field *fields)
{
	const char *error = text_of(fields, "error");
	const char *code = text_of(fields, "code");
	int64_t now_us = clock_monotonic_us();
	int kept = errno; /* logging never changes what a caller looks at */

	if ((int)level < least_level)
		return;
	(void)pthread_mutex_lock(&kinds_lock);
	end_kinds(now_us - KIND_US);
	if (level < LOG_WARN || !error || !code ||
	    !is_told_already(level, phrase, error, code, now_us))
		write_entry(level, phrase, fields);
	(void)pthread_mutex_unlock(&kinds_lock);
	errno = kept;
}

void log_flush(void)
{
	(void)pthread_mutex_lock(&kinds_lock);
	end_kinds(INT64_MAX);
	(void)pthread_mutex_unlock(&kinds_lock);
}
