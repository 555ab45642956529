#include "base/archive/tar.h"

#include "base/err.h"

#include <string.h>

#define BLOCK 512
#define NAME_MAX_BYTES 100
#define SUM_BYTES 8

/* Of POSIX.1-2017, pax, "ustar Interchange Format"; numbers are octal. */
struct head {
	char name[NAME_MAX_BYTES];
	char mode[8];
	char uid[8];
	char gid[8];
	char size[12];
	char mtime[12];
	char sum[SUM_BYTES];
	char type;
	char link[100];
	char magic[6];
	char version[2];
	char rest[247];
};
_Static_assert(sizeof(struct head) == BLOCK, "a head is one block");

static void add_zeros(struct strbuf *out, size_t n)
{
	static const char zeros[BLOCK];

	for (; n > BLOCK; n -= BLOCK)
		strbuf_add(out, zeros, BLOCK);
	strbuf_add(out, zeros, n);
}

static void put_octal(char *at, size_t bytes, int64_t n)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%0*llo", (int)bytes - 1,
		       (long long)n);
	BUG_ON(strlen(text) >= bytes);
	memcpy(at, text, bytes);
}

static void put_sum(struct head *head)
{
	const unsigned char *at = (const unsigned char *)head;
	unsigned sum = 0;

	memset(head->sum, ' ', SUM_BYTES);
	for (size_t i = 0; i < BLOCK; i++)
		sum += at[i];
	put_octal(head->sum, SUM_BYTES - 1, sum);
}

void tar_begin_file(struct strbuf *out, const char *name, int64_t size_bytes,
		    int64_t changed_ms)
{
	struct head head = { .type = '0' };
	size_t len = strlen(name);

	BUG_ON(len > NAME_MAX_BYTES);
	memcpy(head.name, name, len);
	put_octal(head.mode, sizeof(head.mode), 0644);
	put_octal(head.uid, sizeof(head.uid), 0);
	put_octal(head.gid, sizeof(head.gid), 0);
	put_octal(head.size, sizeof(head.size), size_bytes);
	put_octal(head.mtime, sizeof(head.mtime), changed_ms / 1000);
	memcpy(head.magic, "ustar", 6);
	memcpy(head.version, "00", 2);
	put_sum(&head);
	strbuf_add(out, &head, sizeof(head));
}

void tar_end_file(struct strbuf *out, int64_t size_bytes)
{
	add_zeros(out, (size_t)((BLOCK - size_bytes % BLOCK) % BLOCK));
}

void tar_end(struct strbuf *out)
{
	add_zeros(out, (size_t)2 * BLOCK);
}
