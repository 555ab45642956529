#include "design/colour.h"

#include "base/crypto.h"

#include <math.h>
#include <stdio.h>

/* --- reading --- */

static bool parse_hex(struct str s, struct colour *out)
{
	int v[6];
	size_t n = s.len - 1;

	if (n != 3 && n != 6)
		return false;
	for (size_t i = 0; i < n; i++) {
		v[i] = hex_value(s.s[i + 1]);
		if (v[i] < 0)
			return false;
	}
	if (n == 3)
		*out = (struct colour){ (uint8_t)(v[0] * 17),
					(uint8_t)(v[1] * 17),
					(uint8_t)(v[2] * 17) };
	else
		*out = (struct colour){ (uint8_t)(v[0] * 16 + v[1]),
					(uint8_t)(v[2] * 16 + v[3]),
					(uint8_t)(v[4] * 16 + v[5]) };
	return true;
}

/* What browsers make of the colours that an editor was given. */
static bool parse_rgb(struct str s, struct colour *out)
{
	struct str rest = { s.s + 4, s.len - 5 };
	uint8_t *to[] = { &out->r, &out->g, &out->b };

	for (int i = 0; i < 3; i++) {
		struct str part = str_trim(str_cut(&rest, ','));
		int64_t n;

		if (!str_to_int(part, &n) || n < 0 || n > 255)
			return false;
		*to[i] = (uint8_t)n;
	}
	return rest.s == NULL;
}

bool colour_parse(struct str text, struct colour *out)
{
	struct colour c;
	bool good = false;

	text = str_trim(text);
	if (text.len > 1 && text.s[0] == '#')
		good = parse_hex(text, &c);
	else if (str_starts(text, "rgb(") && str_ends(text, ")"))
		good = parse_rgb(text, &c);
	if (good)
		*out = c;
	return good;
}

bool colour_same(struct colour a, struct colour b)
{
	return a.r == b.r && a.g == b.g && a.b == b.b;
}

/* --- seeing --- */

struct colour colour_mix(struct colour a, struct colour b, int b_pct)
{
	int a_pct = 100 - b_pct;

	return (struct colour){ (uint8_t)((a.r * a_pct + b.r * b_pct) / 100),
				(uint8_t)((a.g * a_pct + b.g * b_pct) / 100),
				(uint8_t)((a.b * a_pct + b.b * b_pct) / 100) };
}

static double linear(uint8_t channel)
{
	double c = channel / 255.0;

	return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(struct colour c)
{
	return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) +
	       0.0722 * linear(c.b);
}

double colour_contrast(struct colour a, struct colour b)
{
	double la = luminance(a), lb = luminance(b);

	return la > lb ? (la + 0.05) / (lb + 0.05) : (lb + 0.05) / (la + 0.05);
}

static const struct colour white = { 0xff, 0xff, 0xff },
			   black = { 0x18, 0x18, 0x1b };

struct colour colour_readable_on(struct colour back)
{
	double on_white = colour_contrast(white, back);

	return on_white >= 3.6 || on_white > colour_contrast(black, back)
		       ? white
		       : black;
}

/* --- hue, saturation, lightness --- */

struct hsl {
	double h, s, l; /* 0 to 6, 0 to 1, 0 to 1 */
	double chroma;
};

static struct hsl to_hsl(struct colour c)
{
	double r = c.r / 255.0, g = c.g / 255.0, b = c.b / 255.0;
	double most = fmax(r, fmax(g, b)), least = fmin(r, fmin(g, b));
	struct hsl out = { .l = (most + least) / 2, .chroma = most - least };

	if (out.chroma <= 0)
		return out;
	out.s = out.chroma / (1 - fabs(2 * out.l - 1));
	if (most <= r)
		out.h = fmod((g - b) / out.chroma + 6, 6);
	else if (most <= g)
		out.h = (b - r) / out.chroma + 2;
	else
		out.h = (r - g) / out.chroma + 4;
	return out;
}

static uint8_t channel_of(const struct hsl *c, double h)
{
	double a = c->s * fmin(c->l, 1 - c->l);
	double k = fmod(h * 2 + c->h * 2, 12);
	double v = c->l - a * fmax(-1, fmin(fmin(k - 3, 9 - k), 1));

	return (uint8_t)lround(fmax(0, fmin(1, v)) * 255);
}

static struct colour from_hsl(struct hsl c)
{
	return (struct colour){ channel_of(&c, 0), channel_of(&c, 4),
				channel_of(&c, 2) };
}

/* --- the dark --- */

#define GREY_CHROMA 0.09 /* below it, a colour has no hue to speak of */

/* A card stays lighter than what is behind it, as it was. */
static double dark_lightness_of_grey(double l)
{
	return fmax(0.07, 0.13 - (1 - l) * 1.3);
}

struct colour colour_dark_surface(struct colour light)
{
	struct hsl c = to_hsl(light);

	if (c.l < 0.45)
		return light;
	if (c.chroma < GREY_CHROMA) {
		c.l = dark_lightness_of_grey(c.l);
		c.s = fmin(c.s, 0.06);
		return from_hsl(c);
	}
	if (c.l < 0.78)
		return light; /* strong: a band, a button */
	c.l = 0.18;
	c.s = fmin(c.s, 0.35);
	return from_hsl(c);
}

static struct colour lighten(struct colour c, struct colour on, double enough)
{
	struct hsl hsl = to_hsl(c);

	hsl.l = fmin(fmax(hsl.l, 1.05 - hsl.l), 0.94);
	hsl.s = fmin(hsl.s, 0.9);
	while (hsl.l < 0.97 && colour_contrast(from_hsl(hsl), on) < enough)
		hsl.l += 0.02;
	return from_hsl(hsl);
}

struct colour colour_dark_text(struct colour text, struct colour light,
			       struct colour dark)
{
	if (colour_same(light, dark))
		return text;
	return to_hsl(dark).l > 0.5 ? colour_readable_on(dark)
				    : lighten(text, dark, 6);
}

struct colour colour_dark_button(struct colour button, struct colour dark)
{
	struct hsl c = to_hsl(button);

	if (colour_contrast(button, dark) >= 1.7)
		return button;
	c.l = fmax(0.85, 1 - c.l);
	return from_hsl(c);
}

struct colour colour_dark_line(struct colour line, struct colour light,
			       struct colour dark)
{
	if (colour_same(light, dark))
		return line;
	if (to_hsl(line).chroma < GREY_CHROMA)
		return colour_mix(dark, white, 18);
	return lighten(line, dark, 3);
}
