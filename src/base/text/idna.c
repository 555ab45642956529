#include "base/text/idna.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"

#include <idn2.h>

static void label_free(char **s)
{
	idn2_free(*s);
	*s = NULL;
}

int idna_to_ascii(const char *domain, struct strbuf *out, struct err *err)
{
	CLEANUP(label_free) char *ascii = NULL;
	int rc = idn2_to_ascii_8z(domain, &ascii,
				  IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);

	if (rc != IDN2_OK)
		return err_set(err, ERR_INVALID, "the domain is not valid: %s",
			       idn2_strerror(rc));
	strbuf_addstr(out, ascii);
	return 0;
}

bool idna_to_letters(const char *domain, struct strbuf *out)
{
	CLEANUP(label_free) char *letters = NULL;

	if (idn2_to_unicode_8z8z(domain, &letters, 0) != IDN2_OK)
		return false;
	strbuf_addstr(out, letters);
	return true;
}
