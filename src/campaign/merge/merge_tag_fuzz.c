/* merge tags: any template renders; a hostile value brings no markup with it */
#include "base/cleanup.h"
#include "base/err.h"
#include "base/fuzz.h"
#include "campaign/html/html_links.h"
#include "campaign/merge/merge_tag.h"

#include "base/arena.h"

static const struct merge_field fields[] = {
	{ 1, "A", "text", "", "" },
	{ 2, "B", "date", "", "DD/MM/YYYY" },
};

static void slot(void *owner, enum merge_slot kind, int number,
		 struct strbuf *out)
{
	(void)owner;
	strbuf_addf(out, "https://t.example/%d/%d", (int)kind, number);
}

static void render(struct str text, enum merge_context context, bool quoted,
		   struct str value, struct arena *arena, struct strbuf *out)
{
	static const struct merge_facts facts = { .subject = "s *|A|*",
						  .address = "a\nb" };
	static const struct merge_fields list = { fields, 2 };
	CLEANUP(merge_program_free) struct merge_program *program = NULL;
	struct merge_problems problems = VEC_INIT;
	struct merge_piece piece = { .text = text };
	struct merge_how how = { .context = context,
				 .quoted_printable = quoted,
				 .fields = &list,
				 .facts = &facts,
				 .slot_fn = slot };
	struct str values[] = { value, value };
	struct merge_person person = { .address = value,
				       .unique_id = value,
				       .values = values };
	struct err err = ERR_INIT;

	if (merge_compile(&piece, 1, &how, arena, &program, &problems, &err) ==
	    0)
		BUG_ON(merge_render(program, &person, out) < 0);
	vec_release(&problems);
}

static size_t count_of(const struct strbuf *sb, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < sb->len; i++)
		n += sb->buf[i] == c;
	return n;
}

/* The author asked for a text that depends on values. */
static bool is_left_out(struct str text)
{
	CLEANUP(strbuf_release) struct strbuf sb = STRBUF_INIT;

	for (size_t i = 0; i < text.len; i++)
		if (text.s[i])
			strbuf_addch(&sb, text.s[i]);
	return strcasestr(sb.buf, "if") || strchr(sb.buf, '&');
}

static void check_markup(struct str text, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf evil = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf good = STRBUF_INIT;

	render(text, MERGE_HTML, false, STR("\"'><b *|A|*"), arena, &evil);
	render(text, MERGE_HTML, false, STR("x"), arena, &good);
	for (const char *c = "<>\"'"; *c; c++)
		BUG_ON(count_of(&evil, *c) != count_of(&good, *c));
}

/* What is mended needs no more mending, and has all the markup it had. */
static void check_mending(struct str text, struct arena *arena)
{
	static const struct merge_fields list = { fields, 2 };
	struct merge_how how = { .context = MERGE_HTML, .fields = &list };
	CLEANUP(strbuf_release) struct strbuf before = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf after = STRBUF_INIT;
	struct merge_problems problems = VEC_INIT;
	struct str mended = merge_mended(text, &how, arena);

	strbuf_addslice(&before, text);
	strbuf_addslice(&after, mended);
	for (const char *c = "<>"; *c; c++)
		BUG_ON(count_of(&before, *c) != count_of(&after, *c));
	BUG_ON(!str_eq(merge_mended(mended, &how, arena), mended));
	merge_find_raw(text, &how, arena, &problems);
	vec_release(&problems);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct str text = { (const char *)data, size };

	for (int context = MERGE_HTML; context <= MERGE_URL; context++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf quoted = STRBUF_INIT;

		render(text, (enum merge_context)context, false,
		       STR("v\xc3\xa9 \n"), arena, &out);
		render(text, (enum merge_context)context, true,
		       STR("v\xc3\xa9 \n"), arena, &quoted);
	}
	check_mending(text, arena);
	if (!is_left_out(text))
		check_markup(text, arena);
	return 0;
}
