/*
 * base/err.h - one way to say that something failed, and why
 *
 * A function that can fail returns int and takes `struct err *err` last:
 *
 *     >= 0   it worked (a lookup: 1 found, 0 none; a write: how many)
 *     -1     it failed; err says how
 *
 * Callers test with `< 0` and nothing else. err must not be NULL and is only
 * written on failure, so one variable serves a whole function. The text is a
 * sentence fragment fit for a log line or an API answer: no newline, no final
 * full stop, no secrets. Code that can report to nobody (main, the HTTP
 * server, the job runner, service loops) logs it; everything below passes it
 * up.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

/* What the caller can do about it. http/problem.c maps these to statuses. */
enum err_code {
	ERR_NONE,
	ERR_INVALID,   /* the input is wrong; err.field may name the field */
	ERR_NOT_FOUND, /* a thing named by the caller does not exist */
	ERR_CONFLICT,  /* it exists already, or changed in between */
	ERR_DENIED,    /* not allowed for this caller */
	ERR_LIMIT,     /* a quota or size limit was hit */
	ERR_RETRY,     /* temporary: busy, time-out, peer unavailable */
	ERR_IO,        /* storage, network or system call failed */
	ERR_FULL,      /* a disk is full; works again when there is room */
	ERR_BUG,       /* an invariant does not hold */
};

struct err {
	enum err_code code;
	bool inside; /* the text tells of hosts, paths, SQL: for the log only */
	char field[160]; /* one in criteria may be 8 levels deep */
	char title[48];  /* a name programs match on, such as "Member Exists" */
	char text[256];  /* longer texts are cut, at a UTF-8 boundary */
};

#define ERR_INIT                 \
	{                        \
		.code = ERR_NONE \
	}

/* All set err and return -1, so that `return err_set(...)` reads well. */
int err_set(struct err *err, enum err_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int err_field(struct err *err, const char *field, const char *fmt, ...)
	__attribute__((format(printf, 3, 4))); /* ERR_INVALID */
int err_title(struct err *err, enum err_code code, const char *title,
	      const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* What another program said, which no client may see: err.inside is set. */
int err_inside(struct err *err, enum err_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Of an errno: a disk or a quota is full. */
bool err_is_no_room(int number);
/* ERR_IO, or ERR_FULL for a full disk or quota, with ": " and the text of errno
 * at the end. */
int err_errno(struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Put "context: " before the text, keep the code, return -1. */
int err_prefix(struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* "invalid", "not_found" ... for logs. */
const char *err_code_name(enum err_code code);

/* A broken invariant: says where on standard error, and aborts. */
#define BUG_ON(condition)                                        \
	do {                                                     \
		if (__builtin_expect(!!(condition), 0))          \
			err_bug(__FILE__, __LINE__, #condition); \
	} while (0)
void err_bug(const char *file, int line, const char *what)
	__attribute__((noreturn));

#endif
