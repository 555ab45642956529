#include "audience/kept/member_block.h"

#include "store/tally.h"

int64_t member_block(int64_t member_id)
{
	return member_id / MEMBER_BLOCK;
}

/* How many the rows from `at` on count of their block; *end is the row behind
 * them. */
static int64_t sum_block(const struct tally_rows *rows, size_t at, size_t *end)
{
	int64_t block = rows->v[at].part, sum = 0;

	while (at < rows->n && rows->v[at].part == block)
		sum += rows->v[at++].n;
	*end = at;
	return sum;
}

struct member_place member_place_of(const struct tally *blocks, int64_t offset)
{
	const struct tally_rows *rows = &blocks->rows;
	struct member_place place = { 0, offset };
	size_t at = 0, end;

	while (at < rows->n) {
		int64_t n = sum_block(rows, at, &end);

		if (place.skip < n)
			break;
		place.skip -= n;
		place.from_id = (rows->v[at].part + 1) * MEMBER_BLOCK;
		at = end;
	}
	return place;
}
