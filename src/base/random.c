#include "base/random.h"

#include "base/err.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <sys/types.h>

void random_bytes(void *out, size_t len)
{
	unsigned char *p = out;

	while (len > 0) {
		ssize_t got = getrandom(p, len, 0);

		BUG_ON(got < 0 && errno != EINTR);
		if (got < 0)
			continue;
		p += got;
		len -= (size_t)got;
	}
}

void random_draw(struct random_stock *stock, void *out, size_t len)
{
	BUG_ON(len > sizeof(stock->bytes));
	if (stock->left < len) {
		random_bytes(stock->bytes, sizeof(stock->bytes));
		stock->left = sizeof(stock->bytes);
	}
	stock->left -= len;
	memcpy(out, stock->bytes + stock->left, len);
}

uint64_t random_u64(void)
{
	uint64_t n;

	random_bytes(&n, sizeof(n));
	return n;
}

void random_hex(char *out, size_t digits)
{
	for (size_t i = 0; i < digits; i += 16) {
		uint64_t n = random_u64();

		for (size_t j = i; j < digits && j < i + 16; j++) {
			out[j] = "0123456789abcdef"[n & 15];
			n >>= 4;
		}
	}
	out[digits] = '\0';
}

uint64_t prng_next(struct prng *p)
{
	uint64_t z = p->state += 0x9E3779B97F4A7C15u;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

/* The high half of the product: even enough for limits far below 2^64. */
uint64_t prng_below(struct prng *p, uint64_t limit)
{
	__extension__ typedef unsigned __int128 wide;

	BUG_ON(limit == 0);
	return (uint64_t)(((wide)prng_next(p) * limit) >> 64);
}
