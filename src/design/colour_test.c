#include "design/colour.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void colours_are_read_as_editors_write_them(void **state)
{
	static const struct {
		const char *text;
		bool good;
		struct colour colour;
	} cases[] = {
		{ "#0f766e", true, { 0x0f, 0x76, 0x6e } },
		{ "#FFF", true, { 0xff, 0xff, 0xff } },
		{ " #a1B2c3 ", true, { 0xa1, 0xb2, 0xc3 } },
		{ "rgb(15, 118,110)", true, { 15, 118, 110 } },
		{ "", false, { 0 } },
		{ "#", false, { 0 } },
		{ "#12", false, { 0 } },
		{ "#12345g", false, { 0 } },
		{ "#12345678", false, { 0 } },
		{ "rgb(1,2)", false, { 0 } },
		{ "rgb(1,2,3,4)", false, { 0 } },
		{ "rgb(256,2,3)", false, { 0 } },
		{ "rgb(1,2,3", false, { 0 } },
		{ "red;background:url(x)", false, { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct colour c = { 0 };

		assert_int_equal(colour_parse(str_of(cases[i].text), &c),
				 cases[i].good);
		assert_true(colour_same(c, cases[i].colour));
	}
}

static void contrast_is_that_of_wcag(void **state)
{
	struct colour white = { 255, 255, 255 }, black = { 0 };
	struct colour grey = { 0x76, 0x76, 0x76 };

	(void)state;
	assert_int_equal(lround(colour_contrast(white, black) * 10), 210);
	assert_int_equal(lround(colour_contrast(grey, white) * 100), 454);
	assert_int_equal(lround(colour_contrast(black, black) * 10), 10);
}

/* Any text that can be read on any light surface can be read in the dark. */
static void what_is_read_by_day_is_read_by_night(void **state)
{
	(void)state;
	for (int i = 0; i < 6 * 6 * 6; i++)
		for (int k = 0; k < 6 * 6 * 6; k++) {
			struct colour on = { (uint8_t)(i % 6 * 51),
					     (uint8_t)(i / 6 % 6 * 51),
					     (uint8_t)(i / 36 * 51) };
			struct colour text = { (uint8_t)(k % 6 * 51),
					       (uint8_t)(k / 6 % 6 * 51),
					       (uint8_t)(k / 36 * 51) };
			struct colour dark = colour_dark_surface(on);
			struct colour now = colour_dark_text(text, on, dark);

			if (colour_contrast(text, on) >= 4.5)
				assert_true(colour_contrast(now, dark) >= 4.5);
		}
}

static void light_surfaces_get_dark_and_keep_their_order(void **state)
{
	struct colour card = { 0xff, 0xff, 0xff }, page = { 0xf4, 0xf4, 0xf5 };
	struct colour band = { 0x23, 0x22, 0x5e }, tint = { 0xfe, 0xf3, 0xc7 };
	struct colour dark_card = colour_dark_surface(card);
	struct colour dark_page = colour_dark_surface(page);
	struct colour dark_tint = colour_dark_surface(tint);

	(void)state;
	assert_true(dark_page.r < dark_card.r && dark_card.r < 0x30);
	assert_true(colour_same(colour_dark_surface(band), band));
	assert_true(dark_tint.r < 0x50 && dark_tint.r > dark_tint.b);
	/* a black button would be lost on it */
	assert_true(colour_contrast(
			    colour_dark_button((struct colour){ 0 }, dark_card),
			    dark_card) > 4.5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(colours_are_read_as_editors_write_them),
		cmocka_unit_test(contrast_is_that_of_wcag),
		cmocka_unit_test(what_is_read_by_day_is_read_by_night),
		cmocka_unit_test(light_surfaces_get_dark_and_keep_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
