#include "delivery/recipient.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static bool counts_as_sent(enum recipient_state state)
{
	return state == RECIPIENT_ACCEPTED || state == RECIPIENT_REFUSED ||
	       state == RECIPIENT_EXPIRED;
}

static void what_is_sent_stays_sent(void **state)
{
	(void)state;
	for (int from = RECIPIENT_QUEUED; from <= RECIPIENT_LEFT_OUT; from++)
		for (int to = 0; to <= RECIPIENT_LEFT_OUT + 1; to++) {
			bool may =
				recipient_may_move((enum recipient_state)from,
						   (enum recipient_state)to);

			if (counts_as_sent((enum recipient_state)from))
				assert_false(may);
			if (counts_as_sent((enum recipient_state)to) && may)
				assert_true(from == RECIPIENT_HANDED ||
					    to == RECIPIENT_EXPIRED);
			assert_false(may && from == to);
		}
}

static void nobody_is_handed_over_unclaimed(void **state)
{
	(void)state;
	for (int from = RECIPIENT_QUEUED; from <= RECIPIENT_LEFT_OUT; from++)
		assert_int_equal(recipient_may_move((enum recipient_state)from,
						    RECIPIENT_HANDED),
				 from == RECIPIENT_CLAIMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_sent_stays_sent),
		cmocka_unit_test(nobody_is_handed_over_unclaimed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
