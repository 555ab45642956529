#include "http/chunked.h"

#include "base/crypto.h"

#define DIGITS_MAX 15
#define EXTENSION_MAX 1024
#define TRAILERS_MAX 8192

enum {
	SIZE,      /* hexadecimal digits */
	EXTENSION, /* from a semicolon on */
	SIZE_LF,   /* the line of the size ends */
	DATA,
	DATA_CR,
	DATA_LF,
	TRAILER, /* a line begins: another trailer, or the end */
	TRAILER_REST,
	TRAILER_LF,
	END_LF
};

static bool is_control(char c)
{
	return (unsigned char)c < ' ' ? c != '\t' : c == 0x7f;
}

static int go_to(struct chunked *c, int state)
{
	c->state = state;
	return 0;
}

static int read_size(struct chunked *c, char byte)
{
	int value = hex_value(byte);

	if (value >= 0 && ++c->digits > DIGITS_MAX)
		return -1;
	if (value >= 0) {
		c->left = c->left * 16 + value;
		return 0;
	}
	if (c->digits == 0 || (byte != ';' && byte != '\r'))
		return -1;
	c->digits = 0;
	c->dropped = 0;
	return go_to(c, byte == ';' ? EXTENSION : SIZE_LF);
}

/* What is thrown away, up to the end of its line. */
static int drop(struct chunked *c, char byte, size_t most, int then)
{
	if (byte == '\r')
		return go_to(c, then);
	return is_control(byte) || ++c->dropped > most ? -1 : 0;
}

static int expect(struct chunked *c, char byte, char wanted, int then)
{
	return byte == wanted ? go_to(c, then) : -1;
}

/* All but data. 1: that was the last byte. */
static int read_byte(struct chunked *c, char byte)
{
	switch (c->state) {
	case SIZE:
		return read_size(c, byte);
	case EXTENSION:
		return drop(c, byte, EXTENSION_MAX, SIZE_LF);
	case SIZE_LF:
		return expect(c, byte, '\n', c->left > 0 ? DATA : TRAILER);
	case DATA_CR:
		return expect(c, byte, '\r', DATA_LF);
	case DATA_LF:
		return expect(c, byte, '\n', SIZE);
	case TRAILER:
		if (byte == '\r')
			return go_to(c, END_LF);
		c->state = TRAILER_REST;
		return drop(c, byte, TRAILERS_MAX, TRAILER_LF);
	case TRAILER_REST:
		return drop(c, byte, TRAILERS_MAX, TRAILER_LF);
	case TRAILER_LF:
		return expect(c, byte, '\n', TRAILER);
	default:
		return byte == '\n' ? 1 : -1;
	}
}

static void read_data(struct chunked *c, struct str *in, struct strbuf *out)
{
	size_t n = in->len;

	if ((int64_t)n > c->left)
		n = (size_t)c->left;
	strbuf_add(out, in->s, n);
	in->s += n;
	in->len -= n;
	c->left -= (int64_t)n;
	if (c->left == 0)
		c->state = DATA_CR;
}

int chunked_read(struct chunked *c, struct str *in, struct strbuf *out)
{
	while (in->len > 0) {
		int done = 0;

		if (c->state == DATA) {
			read_data(c, in, out);
			continue;
		}
		done = read_byte(c, in->s[0]);
		if (done < 0)
			return -1;
		in->s++;
		in->len--;
		if (done > 0)
			return 1;
	}
	return 0;
}
