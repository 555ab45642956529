#include "mail/mail_report_private.h"

#include "mail/gmime_own.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"

#define PARTS_MAX 200
#define NESTING_MAX 200 /* multiparts in all: GMime reads them by recursion */

const char *mail_report_kind_name(enum mail_report_kind kind)
{
	static const char *const names[] = {
		[MAIL_REPORT_NONE] = "none",
		[MAIL_REPORT_BOUNCE] = "bounce",
		[MAIL_REPORT_COMPLAINT] = "complaint",
		[MAIL_REPORT_AUTO_REPLY] = "auto_reply",
	};

	return names[kind];
}

struct reading {
	struct arena *arena;
	struct mail_report *report;
	struct report_recipients recipients;
	struct strbuf prose; /* the first text part */
	bool has_status, has_feedback;
};

static void reading_release(struct reading *r)
{
	vec_release(&r->recipients);
	strbuf_release(&r->prose);
}

static void part_content(GMimePart *part, struct strbuf *out)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	CLEANUP(gmime_unref) GMimeStream *stream = g_mime_stream_mem_new();
	GByteArray *bytes;

	if (!content ||
	    g_mime_data_wrapper_write_to_stream(content, stream) < 0)
		return;
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	strbuf_add(out, bytes->data, bytes->len);
}

static void note_original(struct reading *r, const char *message_id)
{
	if (r->report->message_id[0] == '\0')
		r->report->message_id = message_id;
}

/* Our own message inside of the report. */
static void read_message(struct reading *r, GMimeMessage *message)
{
	const char *id = g_mime_message_get_message_id(message);

	if (id)
		note_original(r, report_text(str_of(arena_printf(r->arena,
								 "<%s>", id)),
					     r->arena));
}

static void read_text_part(struct reading *r, GMimeObject *part)
{
	CLEANUP(gmime_text_free)
	char *text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));
	const char *p;

	if (!text || r->prose.len > 0)
		return;
	for (p = text; *p; p++)
		if (*p != '\r')
			strbuf_addch(&r->prose, *p);
}

static void read_leaf(struct reading *r, GMimePart *part, const char *type,
		      const char *subtype)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	part_content(part, &text);
	if (strcasecmp(subtype, "delivery-status") == 0 ||
	    strcasecmp(subtype, "global-delivery-status") == 0) {
		r->has_status = true;
		report_read_status(strbuf_str(&text), r->arena, &r->recipients);
	} else if (strcasecmp(subtype, "feedback-report") == 0) {
		r->has_feedback = true;
		report_read_feedback(strbuf_str(&text), r->arena, r->report);
	} else if (strcasecmp(subtype, "rfc822-headers") == 0 ||
		   strcasecmp(subtype, "global-headers") == 0 ||
		   strcasecmp(type, "message") == 0) {
		note_original(
			r, report_read_original(strbuf_str(&text), r->arena));
	}
}

static void read_part(struct reading *r, GMimeObject *part)
{
	GMimeContentType *ct = g_mime_object_get_content_type(part);
	const char *type = g_mime_content_type_get_media_type(ct);
	const char *subtype = g_mime_content_type_get_media_subtype(ct);

	if (GMIME_IS_MESSAGE_PART(part)) {
		GMimeMessage *message = g_mime_message_part_get_message(
			GMIME_MESSAGE_PART(part));

		if (message)
			read_message(r, message);
	} else if (GMIME_IS_TEXT_PART(part) &&
		   strcasecmp(subtype ? subtype : "", "rfc822-headers") != 0) {
		read_text_part(r, part);
	} else if (GMIME_IS_PART(part)) {
		read_leaf(r, GMIME_PART(part), type ? type : "",
			  subtype ? subtype : "");
	}
}

/* The parts of the report, not those of our message within it. */
static void read_parts(struct reading *r, GMimeObject *top)
{
	GMimeMultipart *multipart;
	int i, n;

	if (!GMIME_IS_MULTIPART(top)) {
		read_part(r, top);
		return;
	}
	multipart = GMIME_MULTIPART(top);
	n = g_mime_multipart_get_count(multipart);
	for (i = 0; i < n && i < PARTS_MAX; i++) {
		GMimeObject *part = g_mime_multipart_get_part(multipart, i);

		if (GMIME_IS_MULTIPART(part) && i == 0) /* alternative prose */
			read_parts(r, part);
		else
			read_part(r, part);
	}
}

/* --- the header of the report --- */

static const char *header(GMimeMessage *message, const char *name)
{
	const char *value =
		g_mime_object_get_header(GMIME_OBJECT(message), name);

	return value ? value : "";
}

static const char *sender(GMimeMessage *message, struct arena *arena)
{
	InternetAddressList *from = g_mime_message_get_from(message);
	InternetAddress *first;
	const char *address = NULL;

	if (from && internet_address_list_length(from) > 0) {
		first = internet_address_list_get_address(from, 0);
		if (INTERNET_ADDRESS_IS_MAILBOX(first))
			address = internet_address_mailbox_get_addr(
				INTERNET_ADDRESS_MAILBOX(first));
	}
	return report_text(str_of(address), arena);
}

static void read_header(GMimeMessage *message, struct arena *arena,
			struct mail_report *out)
{
	out->from = sender(message, arena);
	out->subject =
		report_text(str_of(g_mime_message_get_subject(message)), arena);
	out->in_reply_to = report_message_id(
		str_of(header(message, "In-Reply-To")), arena);
	if (out->in_reply_to[0] == '\0')
		out->in_reply_to = report_message_id(
			str_of(header(message, "References")), arena);
}

static bool is_auto_reply(GMimeMessage *message)
{
	struct str submitted = str_of(header(message, "Auto-Submitted"));
	struct str precedence = str_of(header(message, "Precedence"));

	if (submitted.len > 0 && !str_ieq(str_trim(submitted), "no"))
		return true;
	return header(message, "X-Autoreply")[0] != '\0' ||
	       header(message, "X-Autorespond")[0] != '\0' ||
	       str_ieq(str_trim(precedence), "auto_reply");
}

/* --- what it is --- */

static bool is_complaint(const struct reading *r)
{
	return r->has_feedback &&
	       strcasecmp(r->report->feedback_type, "not-spam") != 0;
}

/* A bounce of a server that writes no status part. */
static void read_prose_bounce(struct reading *r, GMimeMessage *message)
{
	struct mail_report_recipient one = { .address = "",
					     .status = "",
					     .diagnostic = "" };
	struct str failed = str_of(header(message, "X-Failed-Recipients"));
	struct str prose = strbuf_str(&r->prose);
	const char *original;
	bool is_said = failed.len > 0; /* that it failed */

	if (is_said)
		one.address = report_text(report_address(str_cut(&failed, ',')),
					  r->arena);
	report_read_prose(prose, r->arena, &one);
	/* "not yet delivered" reads alike */
	if (!is_said &&
	    (one.status[0] == '4' || (one.code > 0 && one.code < 500)))
		one.action = MAIL_ACTION_DELAYED;
	vec_push(&r->recipients, one);
	original = prose.len > 0 ? strcasestr(r->prose.buf, "\nMessage-ID:")
				 : NULL;
	if (original)
		note_original(r, report_read_original(str_of(original + 1),
						      r->arena));
}

static void classify(struct reading *r, GMimeMessage *message)
{
	struct mail_report *report = r->report;
	bool by_mailer = report_is_by_mailer(report->from, report->subject);

	if (is_complaint(r)) {
		report->kind = MAIL_REPORT_COMPLAINT;
	} else if (r->has_status && r->recipients.n > 0) {
		report->kind = MAIL_REPORT_BOUNCE;
	} else if (header(message, "X-Failed-Recipients")[0] != '\0' ||
		   (by_mailer && r->prose.len > 0)) {
		report->kind = MAIL_REPORT_BOUNCE;
		read_prose_bounce(r, message);
	} else if (is_auto_reply(message)) {
		report->kind = MAIL_REPORT_AUTO_REPLY;
	}
	if (report->kind != MAIL_REPORT_NONE && report->message_id[0] == '\0')
		report->message_id = report->in_reply_to;
}

static void keep_recipients(struct reading *r)
{
	struct mail_report_recipient *kept;
	size_t n = r->recipients.n;

	if (r->report->kind != MAIL_REPORT_BOUNCE)
		return;
	kept = arena_array(r->arena, struct mail_report_recipient, n);
	memcpy(kept, r->recipients.v, n * sizeof(*kept));
	r->report->recipients = kept;
	r->report->recipients_n = n;
}

static bool is_bomb(struct str source)
{
	static const char word[] = "content-type";
	const char *at = source.s, *end = source.s + source.len;
	int n = 0;

	while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
		at++;
		if ((size_t)(end - at) >= sizeof(word) - 1 &&
		    strncasecmp(at, word, sizeof(word) - 1) == 0 &&
		    ++n > NESTING_MAX)
			return true;
	}
	return false;
}

static void read_message_source(struct reading *r, struct str source)
{
	CLEANUP(gmime_unref)
	GMimeStream *stream =
		g_mime_stream_mem_new_with_buffer(source.s, source.len);
	CLEANUP(gmime_unref)
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	CLEANUP(gmime_unref)
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

	if (!message)
		return;
	read_header(message, r->arena, r->report);
	if (g_mime_message_get_mime_part(message))
		read_parts(r, g_mime_message_get_mime_part(message));
	classify(r, message);
	keep_recipients(r);
}

static void add_texts(GMimeMessage *message, struct strbuf *out)
{
	CLEANUP(gmime_iter_free)
	GMimePartIter *iter = g_mime_part_iter_new(GMIME_OBJECT(message));
	int n = 0;

	if (!g_mime_part_iter_is_valid(iter))
		return;
	do {
		GMimeObject *part = g_mime_part_iter_get_current(iter);

		if (!part || !GMIME_IS_PART(part))
			continue;
		strbuf_addch(out, '\n');
		part_content(GMIME_PART(part), out);
	} while (g_mime_part_iter_next(iter) && ++n < PARTS_MAX);
}

int mail_report_texts(struct str source, struct strbuf *out, struct err *err)
{
	CLEANUP(gmime_unref) GMimeStream *stream = NULL;
	CLEANUP(gmime_unref) GMimeParser *parser = NULL;
	CLEANUP(gmime_unref) GMimeMessage *message = NULL;

	if (source.len > MAIL_REPORT_SOURCE_MAX)
		return err_set(err, ERR_LIMIT, "report: too large");
	gmime_begin();
	if (source.len == 0 || is_bomb(source))
		return 0;
	stream = g_mime_stream_mem_new_with_buffer(source.s, source.len);
	parser = g_mime_parser_new_with_stream(stream);
	message = g_mime_parser_construct_message(parser, NULL);
	if (message)
		add_texts(message, out);
	return 0;
}

int mail_report_read(struct str source, struct arena *arena,
		     struct mail_report *out, struct err *err)
{
	struct mail_report report = { .message_id = "",
				      .in_reply_to = "",
				      .from = "",
				      .subject = "",
				      .feedback_type = "",
				      .recipient = "" };
	CLEANUP(reading_release)
	struct reading r = { .arena = arena,
			     .report = &report,
			     .prose = STRBUF_INIT };

	if (source.len > MAIL_REPORT_SOURCE_MAX)
		return err_set(err, ERR_LIMIT, "report: too large");
	gmime_begin();
	if (source.len > 0 && !is_bomb(source))
		read_message_source(&r, source);
	*out = report;
	return 0;
}
