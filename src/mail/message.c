#include "mail/message.h"

#include "mail/qp.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/random.h"

/* "=_" and random digits: in no quoted-printable text, and not guessed. */
#define BOUNDARY_DIGITS 24

struct message_frame {
	struct strbuf head; /* constant fields, up to where the text begins */
	struct strbuf next; /* between the two parts */
	struct strbuf tail;
};

static bool is_field_name(const char *name)
{
	const char *p;

	for (p = name; *p; p++)
		if (*p <= ' ' || *p >= 127 || *p == ':')
			return false;
	return p > name && p - name < 70;
}

static int check_extra(const struct message_header *extra, size_t n,
		       struct err *err)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!extra[i].name || !is_field_name(extra[i].name))
			return err_set(err, ERR_INVALID,
				       "message: a header field has no name");
	return 0;
}

static void add_extra(struct strbuf *out, const struct message_header *extra,
		      size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (extra[i].is_token)
			header_add_token(out, extra[i].name, extra[i].value);
		else
			header_add_text(out, extra[i].name, extra[i].value);
	}
}

static void add_part_header(struct strbuf *out, bool is_html)
{
	strbuf_addf(out,
		    "Content-Type: text/%s; charset=\"utf-8\"" MAIL_CRLF
		    "Content-Transfer-Encoding: quoted-printable" MAIL_CRLF
			    MAIL_CRLF,
		    is_html ? "html" : "plain");
}

static void add_content_header(struct message_frame *frame,
			       const struct message_layout *layout)
{
	char boundary[2 + BOUNDARY_DIGITS + 1] = "=_";

	if (!layout->has_text || !layout->has_html) {
		add_part_header(&frame->head, layout->has_html);
		return;
	}
	random_hex(boundary + 2, BOUNDARY_DIGITS);
	strbuf_addf(&frame->head,
		    "Content-Type: multipart/alternative;" MAIL_CRLF
		    " boundary=\"%s\"" MAIL_CRLF MAIL_CRLF "--%s" MAIL_CRLF,
		    boundary, boundary);
	add_part_header(&frame->head, false);
	strbuf_addf(&frame->next, MAIL_CRLF "--%s" MAIL_CRLF, boundary);
	add_part_header(&frame->next, true);
	strbuf_addf(&frame->tail, MAIL_CRLF "--%s--" MAIL_CRLF, boundary);
}

static struct message_frame *frame_alloc(void)
{
	struct message_frame *frame = calloc(1, sizeof(*frame));

	BUG_ON(!frame);
	frame->head = (struct strbuf)STRBUF_INIT;
	frame->next = (struct strbuf)STRBUF_INIT;
	frame->tail = (struct strbuf)STRBUF_INIT;
	return frame;
}

int message_frame_new(const struct message_layout *layout,
		      struct message_frame **out, struct err *err)
{
	struct message_frame *frame;

	if (layout->from.address.len == 0)
		return err_set(err, ERR_INVALID, "message: has no sender");
	if (!layout->has_text && !layout->has_html)
		return err_set(err, ERR_INVALID, "message: has no content");
	if (check_extra(layout->extra, layout->extra_n, err) < 0)
		return -1;
	frame = frame_alloc();
	header_add_addresses(&frame->head, "From", &layout->from, 1);
	if (layout->reply_to.address.len > 0)
		header_add_addresses(&frame->head, "Reply-To",
				     &layout->reply_to, 1);
	if (layout->list_id.len > 0)
		header_add_list_id(&frame->head, layout->list_name,
				   layout->list_id);
	add_extra(&frame->head, layout->extra, layout->extra_n);
	header_add_token(&frame->head, "MIME-Version", STR("1.0"));
	add_content_header(frame, layout);
	*out = frame;
	return 0;
}

void message_frame_free(struct message_frame **frame)
{
	if (!*frame)
		return;
	strbuf_release(&(*frame)->head);
	strbuf_release(&(*frame)->next);
	strbuf_release(&(*frame)->tail);
	free(*frame);
	*frame = NULL;
}

/* <uri>; what would end it is percent-encoded. */
static void add_uri(struct strbuf *out, struct str uri)
{
	unsigned char c;
	size_t i;

	strbuf_addch(out, '<');
	for (i = 0; i < uri.len; i++) {
		c = (unsigned char)uri.s[i];
		if (c <= ' ' || c > 126 || c == '<' || c == '>' || c == ',')
			strbuf_addf(out, "%%%02X", c);
		else
			strbuf_addch(out, (char)c);
	}
	strbuf_addch(out, '>');
}

/* Each URI on its own line: they are long. RFC 2369, RFC 8058. */
static void add_unsubscribe(struct strbuf *out,
			    const struct message_fields *fields)
{
	bool has_url = fields->unsubscribe_url.len > 0;
	bool has_mailto = fields->unsubscribe_mailto.len > 0;

	if (!has_url && !has_mailto)
		return;
	strbuf_addstr(out, "List-Unsubscribe: ");
	if (has_url)
		add_uri(out, fields->unsubscribe_url);
	if (has_url && has_mailto)
		strbuf_addstr(out, "," MAIL_CRLF " ");
	if (has_mailto)
		add_uri(out, fields->unsubscribe_mailto);
	strbuf_addstr(out, MAIL_CRLF);
	if (has_url)
		strbuf_addstr(out, "List-Unsubscribe-Post: "
				   "List-Unsubscribe=One-Click" MAIL_CRLF);
}

void message_frame_head(const struct message_frame *frame,
			const struct message_fields *fields, struct strbuf *out)
{
	header_add_date(out, fields->date_ms);
	if (fields->message_id.len > 0)
		header_add_token(out, "Message-ID", fields->message_id);
	if (fields->to.address.len > 0)
		header_add_addresses(out, "To", &fields->to, 1);
	header_add_text(out, "Subject", fields->subject);
	add_unsubscribe(out, fields);
	add_extra(out, fields->extra, fields->extra_n);
	strbuf_addslice(out, strbuf_str(&frame->head));
}

void message_frame_next(const struct message_frame *frame, struct strbuf *out)
{
	strbuf_addslice(out, strbuf_str(&frame->next));
}

void message_frame_tail(const struct message_frame *frame, struct strbuf *out)
{
	if (frame->tail.len > 0)
		strbuf_addslice(out, strbuf_str(&frame->tail));
	else if (!str_ends(strbuf_str(out), MAIL_CRLF))
		strbuf_addstr(out, MAIL_CRLF);
}

int message_build(const struct message *message, struct strbuf *out,
		  struct err *err)
{
	CLEANUP(message_frame_free) struct message_frame *frame = NULL;
	struct message_layout layout = message->layout;

	layout.has_text = message->text.len > 0;
	layout.has_html = message->html.len > 0;
	if (message_frame_new(&layout, &frame, err) < 0 ||
	    check_extra(message->fields.extra, message->fields.extra_n, err) <
		    0)
		return -1;
	message_frame_head(frame, &message->fields, out);
	if (layout.has_text)
		qp_encode(message->text, out);
	message_frame_next(frame, out);
	if (layout.has_html)
		qp_encode(message->html, out);
	message_frame_tail(frame, out);
	return 0;
}
