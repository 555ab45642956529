/*
 * audience/batch/verified_domain.h - domains whose mail reaches us
 *
 * Somebody names an address of a domain, gets a code there (the caller sends
 * it), and says it here: so the domain is theirs. The code is kept as a hash,
 * is good for a day and ten tries, and can be asked for once a minute.
 */
#ifndef AUDIENCE_VERIFIED_DOMAIN_H
#define AUDIENCE_VERIFIED_DOMAIN_H

#include "base/vec.h"

#include <stdint.h>

struct arena;
struct db;
struct err;
struct tx;

#define DOMAIN_CODE_DIGITS 8

struct verified_domain {
	int64_t id;
	const char *domain; /* in A-labels */
	const char *email;
	const char *code_hash; /* NULL: there is no code to be said */
	int64_t tries;
	int64_t sent_ms, verified_ms; /* 0: not verified */
};
struct verified_domains VEC_FIELDS(struct verified_domain);

int verified_domain_list(struct db *db, struct arena *arena,
			 struct verified_domains *out, struct err *err);
/* By its name in letters or A-labels, in any case. ERR_NOT_FOUND. */
int verified_domain_get(struct db *db, const char *domain, struct arena *arena,
			struct verified_domain *out, struct err *err);
/*
 * code_out is to be sent to out->email. ERR_INVALID, field
 * verification_email: no address, one that must not be mailed, or its domain is
 * verified already. ERR_LIMIT: too soon, or too many wait for their code.
 */
int verified_domain_add(struct tx *tx, const char *email, int64_t now_ms,
			struct arena *arena,
			char code_out[DOMAIN_CODE_DIGITS + 1],
			struct verified_domain *out, struct err *err);
/* 1 and *out: it is verified, now or before; 0: that is not the code, or its
 * time or its tries are over, which is to be committed; -1: ERR_NOT_FOUND. */
int verified_domain_verify(struct tx *tx, const char *domain, const char *code,
			   int64_t now_ms, struct arena *arena,
			   struct verified_domain *out, struct err *err);
int verified_domain_remove(struct tx *tx, const char *domain,
			   struct arena *arena, struct err *err);
/* The address of somebody who was erased goes. */
int verified_domain_forget(struct tx *tx, const char *folded, struct err *err);

#endif
