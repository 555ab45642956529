#include "mail/gmime_own.h"

static void begin(void)
{
	g_mime_init();
}

void gmime_begin(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, begin); /* cannot fail */
}
