#include "base/text/language_tag.h"

#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

bool language_tag_is_valid(const char *text)
{
	size_t n = strspn(text, LETTERS);

	if (n < 2 || n > 8 || strlen(text) > LANGUAGE_TAG_MAX)
		return false;
	for (text += n; *text == '-'; text += n + 1) {
		n = strspn(text + 1, LETTERS "0123456789");
		if (n < 1 || n > 8)
			return false;
	}
	return *text == '\0';
}
