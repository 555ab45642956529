#include "mail/mail_view.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/utf8.h"

#include <gmime/gmime.h>

static void object_free(gpointer *object)
{
	if (*object)
		g_object_unref(*object);
	*object = NULL;
}

static void init_once(void)
{
	static gsize is_ready;

	if (g_once_init_enter(&is_ready)) {
		g_mime_init();
		g_once_init_leave(&is_ready, 1);
	}
}

static const char *copy(const char *text, struct arena *arena)
{
	if (!text || !utf8_is_valid(str_of(text)))
		return NULL;
	return arena_strdup(arena, text);
}

/* GMime gives the text without its transfer encoding, in UTF-8. */
static const char *part_text(GMimeObject *part, struct arena *arena)
{
	char *text = g_mime_text_part_get_text((GMimeTextPart *)part);
	const char *kept = copy(text, arena);

	g_free(text);
	return kept;
}

struct reading {
	struct arena *arena;
	struct mail_view *out;
};

static void read_part(GMimeObject *parent, GMimeObject *part, gpointer context)
{
	struct reading *r = context;
	GMimeContentType *type = g_mime_object_get_content_type(part);

	(void)parent;
	if (!GMIME_IS_TEXT_PART(part))
		return;
	if (!r->out->html && g_mime_content_type_is_type(type, "text", "html"))
		r->out->html = part_text(part, r->arena);
	if (!r->out->text && g_mime_content_type_is_type(type, "text", "plain"))
		r->out->text = part_text(part, r->arena);
}

static const char *addresses(GMimeMessage *message, GMimeAddressType type,
			     struct arena *arena)
{
	InternetAddressList *list = g_mime_message_get_addresses(message, type);
	char *text = internet_address_list_to_string(list, NULL, FALSE);
	const char *kept = copy(text, arena);

	g_free(text);
	return kept;
}

static void read_message(GMimeMessage *message, struct arena *arena,
			 struct mail_view *out)
{
	struct reading reading = { arena, out };
	GMimeObject *body = g_mime_message_get_mime_part(message);

	out->subject = copy(g_mime_message_get_subject(message), arena);
	out->from = addresses(message, GMIME_ADDRESS_TYPE_FROM, arena);
	out->to = addresses(message, GMIME_ADDRESS_TYPE_TO, arena);
	out->date =
		copy(g_mime_object_get_header((GMimeObject *)message, "Date"),
		     arena);
	if (!body)
		return;
	if (GMIME_IS_MULTIPART(body))
		g_mime_multipart_foreach((GMimeMultipart *)body, read_part,
					 &reading);
	else
		read_part(NULL, body, &reading);
}

int mail_view_read(struct str source, struct arena *arena,
		   struct mail_view *out, struct err *err)
{
	CLEANUP(object_free) gpointer stream = NULL;
	CLEANUP(object_free) gpointer parser = NULL;
	CLEANUP(object_free) gpointer message = NULL;

	if (source.len > MAIL_VIEW_SOURCE_MAX)
		return err_set(err, ERR_LIMIT, "the message is too large");
	init_once();
	*out = (struct mail_view){ .subject = NULL };
	stream = g_mime_stream_mem_new_with_buffer(source.s, source.len);
	parser = g_mime_parser_new_with_stream(stream);
	message = g_mime_parser_construct_message(parser, NULL);
	if (message)
		read_message(message, arena, out);
	return 0;
}
