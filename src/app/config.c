#include "app/config.h"

#include "app/app_options.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/option.h"
#include "base/strbuf.h"
#include "base/text/near.h"
#include "base/vec.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#define FILE_DEFAULT "/etc/muster/muster.conf"
#define FILE_MAX (1 << 20)

extern char **environ;

enum source {
	FROM_DEFAULT,
	FROM_FILE,
	FROM_ENVIRONMENT,
	FROM_FLAG,
	FROM_SETTINGS, /* of the database */
};

struct entry {
	const struct option *option;
	void *base; /* the module's struct */
	enum source source;
};

struct config_private {
	struct arena *arena;
	VEC(struct entry) entries;
	const char *file;     /* NULL: none */
	struct texts unknown; /* see config_unknown */
};

/* --- names --- */

static void environment_name(const char *name, struct strbuf *out)
{
	strbuf_addstr(out, "MUSTER_");
	for (; *name; name++)
		strbuf_addch(out, *name == '.' ? '_'
					       : (char)toupper(
							 (unsigned char)*name));
}

static void flag_name(const char *name, struct strbuf *out)
{
	strbuf_addstr(out, "--");
	for (; *name; name++)
		strbuf_addch(out, *name == '.' || *name == '_' ? '-' : *name);
}

/* --- values --- */

static const struct {
	const char *unit;
	int64_t ms;
} units[] = {
	{ "ms", 1 },      { "s", MS_SECOND }, { "m", MS_MINUTE },
	{ "h", MS_HOUR }, { "d", MS_DAY },
};

/* In the greatest unit that it is a whole number of. */
static void format_time(int64_t ms, struct strbuf *out)
{
	size_t i = ARRAY_SIZE(units) - 1;

	while (i > 0 && (ms < units[i].ms || ms % units[i].ms != 0))
		i--;
	strbuf_addf(out, "%lld%s", (long long)(ms / units[i].ms),
		    units[i].unit);
}

static int parse_time(const char *text, int64_t *out)
{
	size_t digits = strspn(text, "0123456789");

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		int64_t n;

		if (strcmp(text + digits, units[i].unit) == 0 &&
		    str_to_int((struct str){ text, digits }, &n) &&
		    n < INT64_MAX / MS_DAY) {
			*out = n * units[i].ms;
			return 0;
		}
	}
	return -1;
}

static int parse_bool(const char *text, bool *out)
{
	bool yes = strcmp(text, "true") == 0 || strcmp(text, "1") == 0 ||
		   strcmp(text, "yes") == 0;
	bool no = strcmp(text, "false") == 0 || strcmp(text, "0") == 0 ||
		  strcmp(text, "no") == 0;

	*out = yes;
	return yes || no ? 0 : -1;
}

static int set_number(const struct option *o, int64_t n, int64_t *to,
		      struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf least = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf most = STRBUF_INIT;

	*to = n;
	if (n >= o->least && (o->most <= 0 || n <= o->most))
		return 0;
	if (o->type == OPTION_TIME) {
		format_time(o->least, &least);
		format_time(o->most, &most);
	} else {
		strbuf_addint(&least, o->least);
		strbuf_addint(&most, o->most);
	}
	return err_set(err, ERR_INVALID, "must be between %s and %s", least.buf,
		       most.buf);
}

static int set_value(struct config_private *p, struct entry *e,
		     const char *text, struct err *err)
{
	void *to = (char *)e->base + e->option->offset;
	int64_t n;

	switch (e->option->type) {
	case OPTION_TEXT:
		*(const char **)to = arena_strdup(p->arena, text);
		return 0;
	case OPTION_BOOL:
		if (parse_bool(text, to) < 0)
			return err_set(err, ERR_INVALID,
				       "must be true or false");
		return 0;
	case OPTION_INT:
		if (!text_to_int(text, &n))
			return err_set(err, ERR_INVALID,
				       "must be a whole number");
		return set_number(e->option, n, to, err);
	case OPTION_TIME:
		if (parse_time(text, &n) < 0)
			return err_set(err, ERR_INVALID,
				       "must be a time such as 30s, 5m, 2h, "
				       "1d");
		return set_number(e->option, n, to, err);
	}
	return 0;
}

static struct entry *find_entry(struct config_private *p, const char *name,
				void (*spell)(const char *, struct strbuf *))
{
	CLEANUP(strbuf_release) struct strbuf spelt = STRBUF_INIT;

	vec_each (&p->entries, e) {
		strbuf_reset(&spelt);
		if (spell)
			spell(e->option->name, &spelt);
		else
			strbuf_addstr(&spelt, e->option->name);
		if (strcmp(spelt.buf, name) == 0)
			return e;
	}
	return NULL;
}

/*
 * "; did you mean X?", or "". What all names begin with is left out when they
 * are compared: it is not what somebody mistyped.
 */
static const char *meant(struct config_private *p, const char *name,
			 const char *prefix,
			 void (*spell)(const char *, struct strbuf *))
{
	size_t skip = strlen(prefix), n = 0;
	const char **names =
		arena_array(p->arena, const char *, p->entries.n + 1);
	const char *near;

	vec_each (&p->entries, e) {
		CLEANUP(strbuf_release) struct strbuf spelt = STRBUF_INIT;

		if (spell)
			spell(e->option->name, &spelt);
		else
			strbuf_addstr(&spelt, e->option->name);
		names[n++] = arena_strdup(p->arena, spelt.buf + skip);
	}
	names[n] = NULL;
	near = near_name(name + skip, names);
	return near ? arena_printf(p->arena, "; did you mean %s%s?", prefix,
				   near)
		    : "";
}

/* A wrong flag is a wrong use of the command. */
static int refuse(enum source source, const char *spelt, struct err *err)
{
	return source == FROM_FLAG
		       ? err_field(err, "usage", "%s: %s", spelt, err->text)
		       : err_prefix(err, "%s", spelt);
}

static int assign(struct config_private *p, struct entry *e, const char *text,
		  enum source source, const char *spelt, struct err *err)
{
	if (set_value(p, e, text, err) < 0)
		return refuse(source, spelt, err);
	e->source = source;
	return 0;
}

/* --- sources --- */

static int read_line(struct config_private *p, struct str line, struct err *err)
{
	struct str key = str_trim(str_cut(&line, '='));
	struct str value = str_trim(line);
	const char *name = arena_str(p->arena, key);
	struct entry *e;

	if (key.len == 0 || key.s[0] == '#')
		return 0;
	if (!line.s)
		return err_set(err, ERR_INVALID, "a line is `name = value`");
	e = find_entry(p, name, NULL);
	if (!e)
		return err_set(err, ERR_INVALID, "there is no option %s%s",
			       name, meant(p, name, "", NULL));
	return assign(p, e, arena_str(p->arena, value), FROM_FILE, name, err);
}

static int read_file(struct config_private *p, const char *path, bool must,
		     struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct str rest, line;
	int n = 0;

	if (strbuf_add_file(&text, path, FILE_MAX, err) < 0)
		return err->code == ERR_NOT_FOUND && !must ? 0 : -1;
	p->file = arena_strdup(p->arena, path);
	rest = strbuf_str(&text);
	if (str_starts(rest, "\xef\xbb\xbf")) /* of an editor on Windows */
		rest = (struct str){ rest.s + 3, rest.len - 3 };
	while (rest.s) {
		line = str_cut(&rest, '\n');
		n++;
		if (read_line(p, line, err) < 0)
			return err_prefix(err, "%s line %d", path, n);
	}
	return 0;
}

/* Variables that are no options: app/client.h, and the file of options. */
static bool is_known_variable(const char *name)
{
	static const char *const known[] = { "MUSTER_CONFIG", "MUSTER_URL",
					     "MUSTER_KEY" };

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strcmp(name, known[i]) == 0)
			return true;
	return false;
}

static int read_environment(struct config_private *p, struct err *err)
{
	for (char **var = environ; *var; var++) {
		struct str value = str_of(*var);
		struct str name = str_cut(&value, '=');
		const char *spelt = arena_str(p->arena, name);
		struct entry *e;

		if (!str_starts(name, "MUSTER_"))
			continue;
		e = find_entry(p, spelt, environment_name);
		if (!e && !is_known_variable(spelt))
			vec_push(&p->unknown,
				 arena_printf(p->arena, "%s is no option%s",
					      spelt,
					      meant(p, spelt, "MUSTER_",
						    environment_name)));
		if (e &&
		    assign(p, e, value.s, FROM_ENVIRONMENT, spelt, err) < 0)
			return -1;
	}
	return 0;
}

/* Takes --name value and --name=value of known options out of argv. */
static int read_flags(struct config_private *p, int *argc, char **argv,
		      struct err *err)
{
	int kept = 1;

	for (int i = 1; i < *argc; i++) {
		struct str value = str_of(argv[i]);
		const char *name = arena_str(p->arena, str_cut(&value, '='));
		struct entry *e = NULL;

		if (strcmp(argv[i], "--") == 0) {
			while (i < *argc)
				argv[kept++] = argv[i++];
			break;
		}
		if (str_starts(str_of(name), "--"))
			e = find_entry(p, name, flag_name);
		if (!e) {
			argv[kept++] = argv[i];
			continue;
		}
		if (!value.s && e->option->type == OPTION_BOOL)
			value = STR("true");
		else if (!value.s && ++i < *argc)
			value = str_of(argv[i]);
		else if (!value.s)
			return err_field(err, "usage", "%s needs a value",
					 name);
		if (assign(p, e, value.s, FROM_FLAG, name, err) < 0)
			return -1;
	}
	*argc = kept;
	argv[kept] = NULL;
	return 0;
}

/* --config FILE, taken out of argv; NULL if it is not there. */
static const char *config_flag(int *argc, char **argv)
{
	const char *path = NULL;
	int kept = 1;

	for (int i = 1; i < *argc; i++) {
		if (strcmp(argv[i], "--config") == 0 && i + 1 < *argc)
			path = argv[++i];
		else if (str_starts(str_of(argv[i]), "--config="))
			path = argv[i] + strlen("--config=");
		else
			argv[kept++] = argv[i];
	}
	*argc = kept;
	argv[kept] = NULL;
	return path;
}

static void add_table(struct config_private *p, const struct option *table,
		      size_t n, void *base)
{
	for (size_t i = 0; i < n && table[i].name; i++) {
		struct entry e = { .option = &table[i], .base = base };

		vec_push(&p->entries, e);
	}
}

static void add_tables(struct config_private *p, struct config *c)
{
	add_table(p, store_option_table, SIZE_MAX, &c->store);
	add_table(p, listen_option_table, SIZE_MAX, &c->http);
	add_table(p, http_option_table, SIZE_MAX, &c->http);
	add_table(p, app_option_table, SIZE_MAX, &c->app);
	add_table(p, delivery_option_table, delivery_option_count,
		  &c->delivery);
}

static struct config_private *config_defaults(struct config *c)
{
	struct arena *arena = arena_new();

	*c = (struct config){
		.app = { .public_url = "",
			 .organisation = "",
			 .postal_address = "",
			 .marketing_url = "",
			 .marketing_key = "",
			 .roles = "api,track,send,jobs",
			 .track_listen = "",
			 .instance = "",
			 .dns = "",
			 .log_level = "info",
			 .job_threads = 2,
			 .reconcile_at = "02:00",
			 .signups_per_client = 30,
			 .watch_ms = 10 * MS_SECOND,
			 .reconcile_max_age_ms = 36 * MS_HOUR,
			 .suppression_journal = "" },
		.store = STORE_OPTIONS_DEFAULT,
		.http = HTTP_OPTIONS_DEFAULT,
		.delivery = DELIVERY_OPTIONS_DEFAULT,
		.private = arena_new_of(arena, struct config_private),
	};
	c->store.database = "";
	c->private->arena = arena;
	add_tables(c->private, c);
	return c->private;
}

int config_load(struct config *out, int *argc, char **argv, struct err *err)
{
	struct config_private *p = config_defaults(out);
	const char *flag = config_flag(argc, argv);
	const char *path = flag ? flag : getenv("MUSTER_CONFIG");

	if (read_file(p, path ? path : FILE_DEFAULT, path != NULL, err) < 0 ||
	    read_environment(p, err) < 0 ||
	    read_flags(p, argc, argv, err) < 0) {
		config_release(out);
		return -1;
	}
	return 0;
}

void config_settle(struct config *config, const char *name, const char *value)
{
	struct entry *e = find_entry(config->private, name, NULL);
	const char **to =
		(const char **)(void *)((char *)e->base + e->option->offset);

	BUG_ON(e->option->type != OPTION_TEXT);
	if (**to || !*value)
		return;
	*to = arena_strdup(config->private->arena, value);
	e->source = FROM_SETTINGS;
}

const struct texts *config_unknown(const struct config *config)
{
	return &config->private->unknown;
}

void config_release(struct config *config)
{
	struct config_private *p = config->private;
	struct arena *arena;

	if (!p)
		return;
	arena = p->arena;
	vec_release(&p->entries);
	vec_release(&p->unknown);
	config->private = NULL;
	arena_free(&arena);
}

/* --- checking --- */

static void spell(const struct config_private *p, const struct entry *e,
		  struct strbuf *out)
{
	if (e->source == FROM_ENVIRONMENT)
		environment_name(e->option->name, out);
	else if (e->source == FROM_FLAG)
		flag_name(e->option->name, out);
	else
		strbuf_addf(out, "%s: %s", p->file, e->option->name);
}

static int check_entry(const struct config_private *p, const struct entry *e,
		       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;
	const char *text;

	if (!e->option->check || e->source == FROM_DEFAULT ||
	    e->source == FROM_SETTINGS)
		return 0;
	text = *(const char *const *)((const char *)e->base +
				      e->option->offset);
	if (e->option->check(text, err) == 0)
		return 0;
	spell(p, e, &name);
	return refuse(e->source, name.buf, err);
}

int config_check(const struct config *config, struct texts *wrong,
		 struct err *err)
{
	struct config_private *p = config->private;
	int ret = 0;

	vec_each (&p->entries, e) {
		struct err one = ERR_INIT;

		if (check_entry(p, e, &one) == 0)
			continue;
		if (wrong)
			vec_push(wrong, arena_strdup(p->arena, one.text));
		if (ret == 0)
			*err = one;
		ret = -1;
	}
	return ret;
}

/* --- showing --- */

static void format_value(const struct entry *e, bool mask, struct strbuf *out)
{
	const void *at = (const char *)e->base + e->option->offset;
	int64_t n = 0;

	if (e->option->type == OPTION_TEXT) {
		const char *text = *(const char *const *)at;

		if (mask && e->option->show && text && *text)
			e->option->show(text, out);
		else
			strbuf_addstr(out,
				      mask && e->option->secret && text && *text
					      ? "***"
				      : text ? text
					     : "");
		return;
	}
	if (e->option->type == OPTION_BOOL) {
		strbuf_addstr(out, *(const bool *)at ? "true" : "false");
		return;
	}
	n = *(const int64_t *)at;
	if (e->option->type == OPTION_TIME)
		format_time(n, out);
	else
		strbuf_addint(out, n);
}

void config_format(const struct config *config, struct strbuf *out)
{
	struct config_private *p = config->private;

	vec_each (&p->entries, e) {
		strbuf_addf(out, "%s = ", e->option->name);
		format_value(e, true, out);
		strbuf_addstr(out, "  # ");
		if (e->source == FROM_FILE)
			strbuf_addf(out, "file %s", p->file);
		else if (e->source == FROM_ENVIRONMENT)
			environment_name(e->option->name, out);
		else if (e->source == FROM_FLAG)
			flag_name(e->option->name, out);
		else
			strbuf_addstr(out, e->source == FROM_SETTINGS
						   ? "settings"
						   : "default");
		strbuf_addch(out, '\n');
	}
}

void config_describe(struct strbuf *out)
{
	struct config c;
	struct config_private *p = config_defaults(&c);

	vec_each (&p->entries, e) {
		strbuf_addf(out, "%s\t", e->option->name);
		environment_name(e->option->name, out);
		strbuf_addch(out, '\t');
		flag_name(e->option->name, out);
		strbuf_addch(out, '\t');
		format_value(e, false, out);
		strbuf_addf(out, "\t%s\n", e->option->help);
	}
	config_release(&c);
}
