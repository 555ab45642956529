/*
 * mail/gmime_own.h - who owns what of GMime and GLib
 *
 * GLib counts references; `CLEANUP(gmime_unref) GMimeMessage *m = ...;` gives
 * one back at the end of the scope. What g_mime_..._get_... returns is
 * borrowed unless said otherwise here:
 *
 *     g_mime_parser_construct_message    owned
 *     g_mime_part_iter_new               owned, by g_mime_part_iter_free
 *     g_mime_object_to_string etc.       owned, by g_free
 *     internet_address_list_parse        owned
 *
 * gmime_begin() must have been called; it may be called by any thread, often.
 */
#ifndef MAIL_GMIME_OWN_H
#define MAIL_GMIME_OWN_H

#include <gmime/gmime.h>
#include <pthread.h>

/* For a variable of any GObject type; memcpy, as void ** may not alias it. */
static inline void gmime_unref(void *variable)
{
	void *object;

	memcpy(&object, variable, sizeof(object));
	if (object)
		g_object_unref(object);
	memset(variable, 0, sizeof(object));
}

static inline void gmime_text_free(char **text)
{
	g_free(*text);
	*text = NULL;
}

static inline void gmime_iter_free(GMimePartIter **iter)
{
	if (*iter)
		g_mime_part_iter_free(*iter);
	*iter = NULL;
}

void gmime_begin(void);

#endif
