#include "base/text/time_zone.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"

#include <ctype.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define ZONES "/usr/share/zoneinfo/"
#define NAME_MAX_BYTES 60
#define FILE_MAX 65536
#define HEAD 44 /* bytes of a header */
#define DAY_S 86400
#define HOUR_S 3600

/* What clocks do for a while. */
struct offset {
	int64_t ahead_s;
	bool is_summer;
	char abbreviation[12];
};

/* When one of two offsets begins, each year: "M3.5.0/2". */
struct rule {
	char form; /* M, J, or 0 for days from 0 */
	int month, week, day;
	int64_t time_s; /* of that day */
};

struct time_zone {
	const char *name;
	size_t n, offsets_n;
	const int64_t *from_s; /* when each begins; upwards */
	const unsigned char *kind;
	const struct offset *offsets;
	/* after the last of them */
	bool has_rules;
	struct offset winter, summer;
	bool has_summer;
	struct rule to_summer, to_winter;
};

/* --- the file --- */

static bool name_is_fit(const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || len > NAME_MAX_BYTES ||
	    strncmp(name, "right/", 6) == 0 || strncmp(name, "posix", 5) == 0 ||
	    strstr(name, "//") || !isupper((unsigned char)*name))
		return false;
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("_+-/", *c))
			return false;
	return true;
}

static struct str read_file(const char *name, struct arena *arena)
{
	CLEANUP(fd_release) int fd = -1;
	char *data = arena_alloc(arena, FILE_MAX);
	size_t len = 0;
	ssize_t got;

	fd = open(arena_printf(arena, ZONES "%s", name), O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return (struct str){ NULL, 0 };
	do {
		got = read(fd, data + len, FILE_MAX - len);
		len += got > 0 ? (size_t)got : 0;
	} while (got > 0 && len < FILE_MAX);
	return (struct str){ data, got < 0 ? 0 : len };
}

static int64_t big_endian(const char *bytes, size_t n)
{
	uint64_t value = (signed char)*bytes < 0 ? UINT64_MAX : 0;

	for (size_t i = 0; i < n; i++)
		value = value << 8 | (unsigned char)bytes[i];
	return (int64_t)value;
}

/* The numbers of a header. */
struct counts {
	int64_t is_utc, is_standard, leaps, times, types, letters;
};

static bool read_head(struct str data, struct counts *out)
{
	int64_t n[6];

	if (data.len < HEAD || memcmp(data.s, "TZif", 4) != 0)
		return false;
	for (size_t i = 0; i < 6; i++) {
		n[i] = big_endian(data.s + 20 + 4 * i, 4);
		if (n[i] < 0 || n[i] > FILE_MAX)
			return false;
	}
	*out = (struct counts){ n[0], n[1], n[2], n[3], n[4], n[5] };
	return true;
}

static int64_t body_bytes(const struct counts *c, int64_t time_bytes)
{
	return c->times * (time_bytes + 1) + c->types * 6 + c->letters +
	       c->leaps * (time_bytes + 4) + c->is_standard + c->is_utc;
}

static bool read_offset(const char *entry, const char *letters,
			const struct counts *c, struct offset *out)
{
	int64_t at = (unsigned char)entry[5];

	*out = (struct offset){ .ahead_s = big_endian(entry, 4),
				.is_summer = entry[4] != 0 };
	if (at >= c->letters || out->ahead_s < -2 * DAY_S ||
	    out->ahead_s > 2 * DAY_S)
		return false;
	for (size_t i = 0;
	     i + 1 < sizeof(out->abbreviation) &&
	     at + (int64_t)i < c->letters && letters[at + (int64_t)i];
	     i++)
		out->abbreviation[i] = letters[at + (int64_t)i];
	return true;
}

/* What stands between the header and the rules. */
static bool read_body(const char *body, const struct counts *c,
		      struct arena *arena, struct time_zone *z)
{
	int64_t *from = arena_array(arena, int64_t, (size_t)c->times + 1);
	const char *types = body + c->times * 9;
	struct offset *offsets =
		arena_array(arena, struct offset, (size_t)c->types);

	for (int64_t i = 0; i < c->types; i++)
		if (!read_offset(types + 6 * i, types + 6 * c->types, c,
				 &offsets[i]))
			return false;
	for (int64_t i = 0; i < c->times; i++) {
		from[i] = big_endian(body + 8 * i, 8);
		if ((unsigned char)body[c->times * 8 + i] >= c->types)
			return false;
	}
	z->n = (size_t)c->times;
	z->offsets_n = (size_t)c->types;
	z->from_s = from;
	z->kind = (const unsigned char *)body + c->times * 8;
	z->offsets = offsets;
	return true;
}

/* --- rules: "CET-1CEST,M3.5.0,M10.5.0/3" --- */

static bool take_name(const char **at, struct offset *out)
{
	const char *s = *at;
	bool quoted = *s == '<';
	size_t n = 0;

	s += quoted;
	while (quoted ? *s && *s != '>' : isalpha((unsigned char)*s)) {
		if (n + 1 < sizeof(out->abbreviation))
			out->abbreviation[n++] = *s;
		s++;
	}
	if (n == 0 || (quoted && *s != '>'))
		return false;
	*at = s + quoted;
	return true;
}

static bool take_digits(const char **at, int64_t *out)
{
	const char *s = *at;

	*out = 0;
	while (isdigit((unsigned char)*s) && s - *at < 4)
		*out = *out * 10 + (*s++ - '0');
	if (s == *at)
		return false;
	*at = s;
	return true;
}

/* [+-]h[:m[:s]], in seconds. */
static bool take_time(const char **at, int64_t *out)
{
	int64_t part, unit = HOUR_S;
	bool minus = **at == '-';

	*out = 0;
	*at += minus || **at == '+';
	for (;;) {
		if (!take_digits(at, &part))
			return false;
		*out += part * unit;
		if (**at != ':' || unit == 1)
			break;
		unit /= 60;
		(*at)++;
	}
	if (minus)
		*out = -*out;
	return true;
}

static bool take_rule(const char **at, struct rule *out)
{
	int64_t a, b = 1, c = 0;

	*out = (struct rule){ .form = 0, .time_s = 2 * HOUR_S };
	if (**at == 'M' || **at == 'J')
		out->form = *(*at)++;
	if (!take_digits(at, &a))
		return false;
	if (out->form == 'M') {
		if (*(*at)++ != '.' || !take_digits(at, &b) ||
		    *(*at)++ != '.' || !take_digits(at, &c) || a < 1 ||
		    a > 12 || b < 1 || b > 5 || c > 6)
			return false;
		out->month = (int)a;
		out->week = (int)b;
		out->day = (int)c;
	} else {
		out->day = (int)a;
	}
	if (**at != '/')
		return true;
	(*at)++;
	return take_time(at, &out->time_s);
}

static bool read_rules(const char *text, struct time_zone *z)
{
	const char *at = text;
	int64_t behind;

	if (!take_name(&at, &z->winter) || !take_time(&at, &behind))
		return false;
	z->winter.ahead_s = -behind;
	z->has_rules = true;
	if (!*at)
		return true;
	if (!take_name(&at, &z->summer))
		return false;
	z->summer.is_summer = true;
	z->summer.ahead_s = z->winter.ahead_s + HOUR_S;
	if (*at != ',') {
		if (!take_time(&at, &behind))
			return false;
		z->summer.ahead_s = -behind;
	}
	if (*at++ != ',' || !take_rule(&at, &z->to_summer) || *at++ != ',' ||
	    !take_rule(&at, &z->to_winter))
		return false;
	z->has_summer = true;
	return *at == '\0';
}

/* Its day of that year, as a time of UTC. */
static int64_t rule_day_s(const struct rule *r, int year)
{
	struct civil c = { .year = year, .month = 1, .day = 1 };
	int64_t first, ms;
	bool leap = date_is_valid(year, 2, 29);

	if (r->form != 'M') {
		first = time_from_civil(c) / MS_SECOND;
		if (r->form == 'J') /* 1 to 365, and 29 February is none */
			return first +
			       (r->day - 1 + (leap && r->day >= 60)) * DAY_S;
		return first + r->day * (int64_t)DAY_S;
	}
	c.month = r->month;
	ms = time_from_civil(c);
	ms += ((r->day - time_to_civil(ms).weekday + 7) % 7 +
	       7 * (r->week - 1)) *
	      MS_DAY;
	while (time_to_civil(ms).month != r->month) /* the last one */
		ms -= 7 * MS_DAY;
	return ms / MS_SECOND;
}

static const struct offset *by_rules(const struct time_zone *z, int64_t s)
{
	int64_t summer, winter;
	bool is_summer;
	int year;

	if (!z->has_summer)
		return &z->winter;
	year = time_to_civil((s + z->winter.ahead_s) * MS_SECOND).year;
	summer = rule_day_s(&z->to_summer, year) + z->to_summer.time_s -
		 z->winter.ahead_s;
	winter = rule_day_s(&z->to_winter, year) + z->to_winter.time_s -
		 z->summer.ahead_s;
	is_summer = summer < winter ? s >= summer && s < winter
				    : s >= summer || s < winter;
	return is_summer ? &z->summer : &z->winter;
}

/* --- asking --- */

const struct time_zone *time_zone_find(const char *name, struct arena *arena)
{
	struct time_zone *z = arena_new_of(arena, struct time_zone);
	struct counts c;
	struct str data;
	int64_t skip;

	if (!name_is_fit(name) || strcmp(name, "UTC") == 0)
		return NULL;
	data = read_file(name, arena);
	if (!data.s || !read_head(data, &c) || data.s[4] < '2')
		return NULL;
	skip = HEAD + body_bytes(&c, 4); /* the same in 32 bits */
	if (skip > (int64_t)data.len)
		return NULL;
	data = (struct str){ data.s + skip, data.len - (size_t)skip };
	if (!read_head(data, &c) || c.types == 0 ||
	    HEAD + body_bytes(&c, 8) > (int64_t)data.len ||
	    !read_body(data.s + HEAD, &c, arena, z))
		return NULL;
	z->name = arena_strdup(arena, name);
	skip = HEAD + body_bytes(&c, 8);
	data = (struct str){ data.s + skip, data.len - (size_t)skip };
	if (data.len > 2 && *data.s == '\n') {
		data = (struct str){ data.s + 1, data.len - 1 };
		z->has_rules =
			read_rules(arena_str(arena, str_cut(&data, '\n')), z);
	}
	return z;
}

bool time_zone_is_known(const char *name)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();

	return strcmp(name, "UTC") == 0 || time_zone_find(name, arena);
}

static const struct offset *offset_at(const struct time_zone *z, int64_t ms)
{
	int64_t s = ms / MS_SECOND - (ms % MS_SECOND < 0);
	size_t low = 0, high = z->n;

	while (low < high) { /* how many began before */
		size_t middle = low + (high - low) / 2;

		if (z->from_s[middle] <= s)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == z->n && z->has_rules)
		return by_rules(z, s);
	return &z->offsets[low ? z->kind[low - 1] : 0];
}

int64_t time_zone_ahead_ms(const struct time_zone *z, int64_t ms)
{
	return z ? offset_at(z, ms)->ahead_s * MS_SECOND : 0;
}

int64_t time_zone_to_utc(const struct time_zone *z, int64_t wall_ms)
{
	int64_t about = wall_ms - time_zone_ahead_ms(z, wall_ms);

	return wall_ms - time_zone_ahead_ms(z, about);
}

bool time_zone_is_summer(const struct time_zone *z, int64_t ms)
{
	return z && offset_at(z, ms)->is_summer;
}

const char *time_zone_name(const struct time_zone *z)
{
	return z ? z->name : "UTC";
}

const char *time_zone_abbreviation(const struct time_zone *z, int64_t ms)
{
	return z ? offset_at(z, ms)->abbreviation : "UTC";
}
