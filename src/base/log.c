#include "base/log.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/json.h"

#include <errno.h>
#include <stdatomic.h>
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
	while (line.len > 0) {
		ssize_t n = write(STDERR_FILENO, line.s, line.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		line.s += n;
		line.len -= (size_t)n;
	}
}

void log_write(enum log_level level, const char *phrase,
	       const struct log_field *fields)
{
	CLEANUP(strbuf_release) struct strbuf line = STRBUF_INIT;
	int kept = errno; /* logging never changes what a caller looks at */

	if ((int)level < least_level)
		return;
	if (as_json)
		format_json(&line, level, phrase, fields);
	else
		format_text(&line, level, phrase, fields);
	strbuf_addch(&line, '\n');
	put_line(strbuf_str(&line));
	errno = kept;
}
