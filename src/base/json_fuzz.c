/* json: what is parsed is written to text that parses to the same */
#include "base/cleanup.h"
#include "base/err.h"
#include "base/fuzz.h"
#include "base/json.h"

#include <string.h>

static void write_and_read(const json_t *tree)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(json_free) json_t *again = NULL;
	struct err err = ERR_INIT;

	json_dump(tree, &text);
	BUG_ON(json_parse(strbuf_str(&text), &again, &err) < 0);
	BUG_ON(!json_equal(tree, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(json_free) json_t *tree = NULL;
	CLEANUP(json_free) json_t *quoted = NULL;
	struct json_writer w = JSON_WRITER(&text);
	struct str input = { (const char *)data, size };
	struct err err = ERR_INIT;

	if (json_parse(input, &tree, &err) == 0)
		write_and_read(tree);
	/* any bytes can be written as a text (NUL is not read back) */
	json_str(&w, input);
	if (size == 0 || !memchr(data, '\0', size))
		BUG_ON(json_parse(strbuf_str(&text), &quoted, &err) < 0);
	return 0;
}
