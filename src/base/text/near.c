#include "base/text/near.h"

#include <stdbool.h>
#include <string.h>

#define LETTERS_MAX 64 /* longer names are near to nothing */

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* One row of the table of distances between beginnings of both names (optimal
 * string alignment), from the two rows above. */
static void next_row(const char *a, const char *b, size_t i,
		     size_t rows[3][LETTERS_MAX + 1])
{
	size_t *row = rows[i % 3], *up = rows[(i + 2) % 3];
	const size_t *upper = rows[(i + 1) % 3];

	row[0] = i;
	for (size_t j = 1; b[j - 1]; j++) {
		bool same = lower(a[i - 1]) == lower(b[j - 1]);

		row[j] = least(least(up[j], row[j - 1]) + 1,
			       up[j - 1] + (same ? 0 : 1));
		if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
		    lower(a[i - 2]) == lower(b[j - 1]))
			row[j] = least(row[j], upper[j - 2] + 1);
	}
}

size_t near_distance(const char *a, const char *b, size_t most)
{
	size_t rows[3][LETTERS_MAX + 1];
	size_t a_len = strnlen(a, LETTERS_MAX + 1);
	size_t b_len = strnlen(b, LETTERS_MAX + 1);

	if (a_len > LETTERS_MAX || b_len > LETTERS_MAX)
		return most + 1;
	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_len; i++)
		next_row(a, b, i, rows);
	return least(rows[a_len % 3][b_len], most + 1);
}

const char *near_name(const char *given, const char *const *names)
{
	const char *best = NULL;
	size_t best_distance = 0;

	for (; *names; names++) {
		size_t most = (strlen(*names) + 2) / 3;
		size_t distance = near_distance(given, *names, most);

		if (distance > most || (best && distance >= best_distance))
			continue;
		best = *names;
		best_distance = distance;
	}
	return best;
}
