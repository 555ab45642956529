/*
 * base/random.h - random bytes from the kernel, and repeatable ones for tests
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

void random_bytes(void *out, size_t len);
uint64_t random_u64(void);
/* What random_bytes gives, fetched from the kernel for many at a time: for
 * names, not for keys. Zeroed: nothing was fetched yet. */
struct random_stock {
	unsigned char bytes[4096];
	size_t left;
};
void random_draw(struct random_stock *stock, void *out, size_t len);
void random_hex(char *out, size_t digits); /* writes digits + NUL */

/* splitmix64: same seed, same numbers; for property tests and jitter. */
struct prng {
	uint64_t state;
};
uint64_t prng_next(struct prng *p);
uint64_t prng_below(struct prng *p, uint64_t limit); /* limit > 0 */

#endif
