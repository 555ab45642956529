#include "api/test_address.h"

#include "base/email.h"
#include "base/vec.h"

#include <string.h>

void test_address_add(struct texts *list, const char *address)
{
	char hash[MD5_HEX + 1], other[MD5_HEX + 1];

	email_hash(address, hash);
	vec_each (list, one) {
		email_hash(*one, other);
		if (strcmp(other, hash) == 0)
			return;
	}
	vec_push(list, address);
}
