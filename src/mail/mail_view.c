#include "mail/mail_view.h"

#include "mail/gmime_own.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/utf8.h"

static const char *copy(const char *text, struct arena *arena)
{
	if (!text || !utf8_is_valid(str_of(text)))
		return NULL;
	return arena_strdup(arena, text);
}

/* GMime gives the text without its transfer encoding, in UTF-8. */
static const char *part_text(GMimeObject *part, struct arena *arena)
{
	CLEANUP(gmime_text_free)
	char *text = g_mime_text_part_get_text((GMimeTextPart *)part);

	return copy(text, arena);
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
	CLEANUP(gmime_text_free)
	char *text = internet_address_list_to_string(list, NULL, FALSE);

	return copy(text, arena);
}

static void read_fields(GMimeMessage *message, struct arena *arena,
			struct mail_view *out)
{
	GMimeHeaderList *list =
		g_mime_object_get_header_list((GMimeObject *)message);
	int n = g_mime_header_list_get_count(list);
	struct mail_field *fields =
		arena_array(arena, struct mail_field, (size_t)n + 1);

	for (int i = 0; i < n; i++) {
		GMimeHeader *h = g_mime_header_list_get_header_at(list, i);
		const char *name = copy(g_mime_header_get_name(h), arena);
		const char *value = copy(g_mime_header_get_value(h), arena);

		if (name)
			fields[out->fields_n++] =
				(struct mail_field){ name, value ? value : "" };
	}
	out->fields = fields;
}

static void read_message(GMimeMessage *message, struct arena *arena,
			 struct mail_view *out)
{
	struct reading reading = { arena, out };
	GMimeObject *body = g_mime_message_get_mime_part(message);

	read_fields(message, arena, out);
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
	CLEANUP(gmime_unref) GMimeStream *stream = NULL;
	CLEANUP(gmime_unref) GMimeParser *parser = NULL;
	CLEANUP(gmime_unref) GMimeMessage *message = NULL;

	if (source.len > MAIL_VIEW_SOURCE_MAX)
		return err_set(err, ERR_LIMIT, "the message is too large");
	gmime_begin();
	*out = (struct mail_view){ .subject = NULL };
	stream = g_mime_stream_mem_new_with_buffer(source.s, source.len);
	parser = g_mime_parser_new_with_stream(stream);
	message = g_mime_parser_construct_message(parser, NULL);
	if (message)
		read_message(message, arena, out);
	return 0;
}
