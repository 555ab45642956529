#include "delivery/track_token.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/random.h"
#include "store/store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int open_fixture(void **state)
{
	static struct store_fixture f;

	store_fixture_open(&f);
	*state = &f;
	return 0;
}

static int close_fixture(void **state)
{
	store_fixture_free(*state);
	return 0;
}

static struct track_keys *load(struct store_fixture *f)
{
	struct track_keys *keys = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(track_keys_load(f->store, &keys, &err), 0);
	return keys;
}

static const struct track_token some[] = {
	{ TRACK_OPEN, 1, 1, 0 },
	{ TRACK_CLICK, 127, 128, 1000000 },
	{ TRACK_UNSUBSCRIBE, 16383, 16384, 0 },
	{ TRACK_CLICK, INT64_C(1) << 40, INT64_MAX, 3 },
	{ TRACK_ARCHIVE, 5, 0, 0 },
};

static void a_token_says_what_it_was_made_of(void **state)
{
	CLEANUP(track_keys_free) struct track_keys *keys = load(*state);

	for (size_t i = 0; i < ARRAY_SIZE(some); i++) {
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
		struct track_token back;

		track_token_format(keys, &some[i], &text);
		assert_true(track_token_parse(keys, strbuf_str(&text),
					      some[i].purpose, &back));
		assert_int_equal(back.campaign_id, some[i].campaign_id);
		assert_int_equal(back.member_id, some[i].member_id);
		assert_int_equal(back.link_id, some[i].link_id);
	}
}

static void a_token_serves_one_purpose(void **state)
{
	CLEANUP(track_keys_free) struct track_keys *keys = load(*state);
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct track_token back;

	track_token_format(keys, &some[0], &text);
	assert_false(
		track_token_parse(keys, strbuf_str(&text), TRACK_CLICK, &back));
	assert_false(track_token_parse(keys, strbuf_str(&text),
				       TRACK_UNSUBSCRIBE, &back));
}

/* Also those that only touch the unused bits of the last character. */
static void any_changed_character_is_refused(void **state)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "abcdefghijklmnopqrstuvwxyz"
				       "0123456789-_+/=. ";
	CLEANUP(track_keys_free) struct track_keys *keys = load(*state);

	for (size_t i = 0; i < ARRAY_SIZE(some); i++) {
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
		struct track_token back;

		track_token_format(keys, &some[i], &text);
		for (size_t at = 0; at < text.len; at++) {
			char was = text.buf[at];

			for (size_t c = 0; c < sizeof(alphabet) - 1; c++) {
				text.buf[at] = alphabet[c];
				if (alphabet[c] == was)
					continue;
				assert_false(track_token_parse(
					keys, strbuf_str(&text),
					some[i].purpose, &back));
			}
			text.buf[at] = was;
		}
	}
}

static void added_and_missing_characters_are_refused(void **state)
{
	CLEANUP(track_keys_free) struct track_keys *keys = load(*state);
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct track_token back;
	struct str part;

	track_token_format(keys, &some[1], &text);
	for (part = strbuf_str(&text); part.len-- > 0;)
		assert_false(track_token_parse(keys, part, TRACK_CLICK, &back));
	for (const char *add = "A=_ "; *add; add++) {
		strbuf_addch(&text, *add);
		assert_false(track_token_parse(keys, strbuf_str(&text),
					       TRACK_CLICK, &back));
		strbuf_truncate(&text, text.len - 1);
	}
}

static void keys_last_and_retired_ones_still_verify(void **state)
{
	struct store_fixture *f = *state;
	CLEANUP(track_keys_free) struct track_keys *first = load(f);
	CLEANUP(track_keys_free) struct track_keys *again = load(f);
	CLEANUP(track_keys_free) struct track_keys *later = NULL;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf fresh = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf setting = STRBUF_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct err err = ERR_INIT;
	struct track_token back;
	const char *was;

	track_token_format(first, &some[0], &text);
	assert_true(
		track_token_parse(again, strbuf_str(&text), TRACK_OPEN, &back));
	assert_int_equal(
		setting_find(f->audience, "track.keys", arena, &was, &err), 1);
	strbuf_addf(&setting, "{\"current\":2,\"keys\":{\"2\":\"%064d\",%s", 7,
		    strstr(was, "\"1\":"));
	assert_int_equal(tx_begin(f->audience, &tx, &err), 0);
	assert_true(setting_put(&tx, "track.keys", setting.buf, &err) >= 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	later = load(f);
	assert_true(
		track_token_parse(later, strbuf_str(&text), TRACK_OPEN, &back));
	track_token_format(later, &some[0], &fresh);
	assert_string_not_equal(fresh.buf, text.buf);
	assert_false(track_token_parse(first, strbuf_str(&fresh), TRACK_OPEN,
				       &back));
}

static void noise_is_refused(void **state)
{
	CLEANUP(track_keys_free) struct track_keys *keys = load(*state);
	struct prng chance = { 42 };

	for (int i = 0; i < 2000; i++) {
		char noise[200];
		size_t len = prng_below(&chance, sizeof(noise));
		struct track_token back;

		for (size_t k = 0; k < len; k++)
			noise[k] = (char)prng_next(&chance);
		assert_false(track_token_parse(keys, (struct str){ noise, len },
					       TRACK_OPEN, &back));
	}
}

#define FIXED(test) \
	cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(a_token_says_what_it_was_made_of),
		FIXED(a_token_serves_one_purpose),
		FIXED(any_changed_character_is_refused),
		FIXED(added_and_missing_characters_are_refused),
		FIXED(keys_last_and_retired_ones_still_verify),
		FIXED(noise_is_refused),
	};

	crypto_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
