/* Heads, and bodies in chunks: what anybody may send, in any pieces. */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/fuzz.h"
#include "http/chunked.h"
#include "http/head.h"

#include <string.h>

/* However it was cut into pieces, the verdict is the same. */
static int find_in_pieces(struct str text, size_t *at)
{
	int found = 0;

	*at = 0;
	for (size_t len = 1; len <= text.len && found == 0; len += 1 + len / 4)
		found = head_find((struct str){ text.s, len }, at);
	return found != 0 ? found : head_find(text, at);
}

static void read_head(struct str text)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct head head;
	size_t at = 0, again;
	int found = head_find(text, &at);

	BUG_ON(find_in_pieces(text, &again) != found);
	BUG_ON(found > 0 && again != at);
	if (found <= 0)
		return;
	if (!head_read((struct str){ text.s, at }, arena, &head)) {
		BUG_ON(head.status < 400 || !head.why);
		return;
	}
	BUG_ON(head.chunked && head_header(&head, "Content-Length"));
	BUG_ON(!head.is_1_0 && !head_header(&head, "Host"));
	for (const struct header *h = head.headers; h; h = h->next)
		BUG_ON(strpbrk(h->name, " \t\r\n:") ||
		       strpbrk(h->value, "\r\n"));
}

static void read_chunks(struct str text)
{
	CLEANUP(strbuf_release) struct strbuf once = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf bytewise = STRBUF_INIT;
	struct chunked a = CHUNKED_INIT, b = CHUNKED_INIT;
	struct str rest = text;
	int done = chunked_read(&a, &rest, &once), again = 0;

	for (size_t i = 0; i < text.len && again == 0; i++) {
		struct str byte = { text.s + i, 1 };

		again = chunked_read(&b, &byte, &bytewise);
	}
	BUG_ON(again != done);
	BUG_ON(!str_eq(strbuf_str(&once), strbuf_str(&bytewise)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };

	read_head(text);
	read_chunks(text);
	return 0;
}
