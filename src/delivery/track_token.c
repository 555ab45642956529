#include "delivery/track_token.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/json.h"
#include "base/random.h"
#include "store/store.h"

#define MAC_BYTES 16
#define KEYS_MAX 64 /* the key id has 6 bits */
#define VERSION 1   /* the upper 2 bits of the first byte */
#define TOKEN_MAX 96

struct track_keys {
	unsigned char key[KEYS_MAX][SHA256_BYTES];
	bool is_known[KEYS_MAX];
	int current;
};

/* --- keys --- */

/* {"current": 1, "keys": {"1": "<64 hex>"}}; retired ones stay in it. */
static int parse_keys(const char *text, struct track_keys *keys,
		      struct err *err)
{
	CLEANUP(json_free) json_t *tree = NULL;
	const json_t *of_id = NULL;
	int64_t current = -1, id;
	const char *name;
	json_t *value;

	if (json_parse(str_of(text), &tree, err) < 0 ||
	    json_get_int(tree, "current", &current, err) < 0 ||
	    json_get_object(tree, "keys", &of_id, err) < 0)
		return -1;
	json_object_foreach ((json_t *)of_id, name, value) {
		struct str hex = str_of(json_string_value(value));

		if (!text_to_int(name, &id) || id < 0 || id >= KEYS_MAX ||
		    hex.len != 2 * SHA256_BYTES ||
		    !hex_decode(hex, keys->key[id]))
			return err_set(err, ERR_INVALID,
				       "setting track.keys is damaged");
		keys->is_known[id] = true;
	}
	if (current < 0 || current >= KEYS_MAX || !keys->is_known[current])
		return err_set(err, ERR_INVALID,
			       "setting track.keys lacks its "
			       "current key");
	keys->current = (int)current;
	return 0;
}

int track_keys_parse(const char *setting, struct track_keys **out,
		     struct err *err)
{
	CLEANUP(track_keys_free)
	struct track_keys *keys = calloc(1, sizeof(*keys));

	BUG_ON(!keys);
	if (parse_keys(setting, keys, err) < 0)
		return -1;
	*out = TAKE(keys);
	return 0;
}

/* Two processes may both make one: the first wins. */
static int make_first_key(struct db *db, struct arena *arena, const char **out,
			  struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	char hex[2 * SHA256_BYTES + 1];
	const char *made;

	random_hex(hex, 2 * SHA256_BYTES);
	made = arena_printf(arena, "{\"current\":1,\"keys\":{\"1\":\"%s\"}}",
			    hex);
	if (tx_begin(db, &tx, err) < 0 ||
	    setting_ensure(&tx, "track.keys", made, arena, out, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int track_keys_load(struct store *store, struct track_keys **out,
		    struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *text = NULL;
	int found;

	if (store_get(store, STORE_AUDIENCE, &db, err) < 0)
		return -1;
	found = setting_find(db, "track.keys", arena, &text, err);
	if (found < 0 || (!found && make_first_key(db, arena, &text, err) < 0))
		return err_prefix(err, "tracking keys");
	return track_keys_parse(text, out, err);
}

void track_keys_free(struct track_keys **keys)
{
	free(*keys);
	*keys = NULL;
}

/* --- tokens --- */

static size_t put_number(unsigned char *at, uint64_t n)
{
	size_t len = 0;

	for (; n >= 0x80; n >>= 7)
		at[len++] = (unsigned char)(n | 0x80);
	at[len++] = (unsigned char)n;
	return len;
}

/* The shortest form only; false if it does not end or is too large. */
static bool take_number(struct str *s, int64_t *out)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->len && i < 9; i++) {
		unsigned char c = (unsigned char)s->s[i];

		n |= (uint64_t)(c & 0x7f) << (7 * i);
		if (c & 0x80)
			continue;
		if (c == 0 && i > 0)
			return false;
		s->s += i + 1;
		s->len -= i + 1;
		*out = (int64_t)n;
		return true;
	}
	return false;
}

static void sign(const struct track_keys *keys, int key_id,
		 enum track_purpose purpose, const unsigned char *body,
		 size_t len, unsigned char mac[SHA256_BYTES])
{
	unsigned char data[TOKEN_MAX];

	BUG_ON(len + 1 > sizeof(data));
	data[0] = (unsigned char)purpose;
	memcpy(data + 1, body, len);
	hmac_sha256(
		(struct str){ (const char *)keys->key[key_id], SHA256_BYTES },
		(struct str){ (const char *)data, len + 1 }, mac);
}

void track_token_format(const struct track_keys *keys,
			const struct track_token *token, struct strbuf *out)
{
	unsigned char bytes[TOKEN_MAX], mac[SHA256_BYTES];
	size_t len = 0;

	bytes[len++] = (unsigned char)(VERSION << 6 | keys->current);
	len += put_number(bytes + len, (uint64_t)token->campaign_id);
	len += put_number(bytes + len, (uint64_t)token->member_id);
	len += put_number(bytes + len, (uint64_t)token->link_id);
	sign(keys, keys->current, token->purpose, bytes, len, mac);
	memcpy(bytes + len, mac, MAC_BYTES);
	base64url_encode((struct str){ (const char *)bytes, len + MAC_BYTES },
			 out);
}

static bool parse_body(struct str body, struct track_token *out)
{
	body.s++;
	body.len--;
	return take_number(&body, &out->campaign_id) &&
	       take_number(&body, &out->member_id) &&
	       take_number(&body, &out->link_id) && body.len == 0;
}

bool track_token_parse(const struct track_keys *keys, struct str text,
		       enum track_purpose purpose, struct track_token *out)
{
	CLEANUP(strbuf_release) struct strbuf raw = STRBUF_INIT;
	struct track_token token = { .purpose = purpose };
	unsigned char mac[SHA256_BYTES];
	size_t len;
	int first;

	if (text.len > TOKEN_MAX || !base64url_decode(text, &raw) ||
	    raw.len <= MAC_BYTES + 1)
		return false;
	first = (unsigned char)raw.buf[0];
	len = raw.len - MAC_BYTES;
	if (first >> 6 != VERSION || !keys->is_known[first & (KEYS_MAX - 1)])
		return false;
	sign(keys, first & (KEYS_MAX - 1), purpose,
	     (const unsigned char *)raw.buf, len, mac);
	if (!crypto_equal(mac, raw.buf + len, MAC_BYTES) ||
	    !parse_body((struct str){ raw.buf, len }, &token))
		return false;
	*out = token;
	return true;
}
