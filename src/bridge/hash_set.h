/*
 * bridge/hash_set.h - a set of member hashes, and which of them were seen
 *
 * 17 bytes a member, so that the tag of a million people fits into memory.
 * Fill with hash_set_add, sort once with hash_set_seal, then look up.
 */
#ifndef BRIDGE_HASH_SET_H
#define BRIDGE_HASH_SET_H

#include "base/crypto.h"

struct hash_set {
	unsigned char (*v)[MD5_HEX / 2];
	bool *seen;
	size_t n, cap;
};
#define HASH_SET_INIT            \
	{                        \
		NULL, NULL, 0, 0 \
	}

void hash_set_release(struct hash_set *s);
/* false: not 32 hex digits; nothing was added. */
bool hash_set_add(struct hash_set *s, const char *hex);
void hash_set_seal(struct hash_set *s); /* sorted, without doubles */
/* Is it there? Marks it as seen. */
bool hash_set_see(struct hash_set *s, const char *hex);
/* The i-th in order; out holds the digits. */
void hash_set_get(const struct hash_set *s, size_t i, char out[MD5_HEX + 1]);

#endif
