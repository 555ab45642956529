/*
 * mail/message.h - messages: a campaign's, for which all that is constant is
 * made once, and single ones
 *
 * A campaign's message is written into one buffer in turn, the parts by
 * whoever renders them (campaign/merge_tag renders quoted-printable):
 *
 *     message_frame_new(&layout, &frame, err);           once a campaign
 *
 *     message_frame_head(frame, &fields, &out);          for each recipient
 *     merge_render(text, &person, &out);
 *     message_frame_next(frame, &out);
 *     merge_render(html, &person, &out);
 *     message_frame_tail(frame, &out);
 *
 * The result has CRLF lines, no byte above 126, and lines within RFC 5322's
 * limits as long as the parts are quoted-printable. The boundary holds "=_",
 * which no quoted-printable text can. A frame is immutable: any thread.
 */
#ifndef MAIL_MESSAGE_H
#define MAIL_MESSAGE_H

#include "mail/header.h"

struct err;
struct message_frame;

/* One further field of the header; value as header_add_text takes it. */
struct message_header {
	const char *name;
	struct str value;
	bool is_token; /* header_add_token instead */
};

/* The same for every recipient. Empty or NULL: the field is left out. */
struct message_layout {
	struct mail_address from;
	struct mail_address reply_to;
	struct str list_name; /* List-ID: name <list_id>; UTF-8 */
	struct str list_id;   /* "a1b2c3d4e5.list.example.org" */
	const struct message_header *extra;
	size_t extra_n;
	bool has_text, has_html; /* both: multipart/alternative, text first */
};

/* One recipient's. */
struct message_fields {
	struct mail_address to;
	struct str subject;
	struct str message_id; /* with <>; see message_id_format */
	int64_t date_ms;
	/* List-Unsubscribe: URL for RFC 8058 (https), and mailto:... URI; if
	 * the first is there, List-Unsubscribe-Post is too. */
	struct str unsubscribe_url;
	struct str unsubscribe_mailto;
	const struct message_header *extra;
	size_t extra_n;
};

/* ERR_INVALID: no sender, no part, or a header name that is none. */
int message_frame_new(const struct message_layout *layout,
		      struct message_frame **out, struct err *err);
void message_frame_free(struct message_frame **frame);

/* The header, and of multipart the first part's header. */
void message_frame_head(const struct message_frame *frame,
			const struct message_fields *fields,
			struct strbuf *out);
/* End of the text part, header of the HTML part. Nothing without two parts. */
void message_frame_next(const struct message_frame *frame, struct strbuf *out);
/* End of the last part. */
void message_frame_tail(const struct message_frame *frame, struct strbuf *out);

/* --- single messages: tests, confirmations, alerts --- */

struct message {
	struct message_layout layout; /* has_text, has_html are not read */
	struct message_fields fields;
	struct str text, html; /* UTF-8; one may be empty */
};

/* Appends the whole message. Errors as message_frame_new. */
int message_build(const struct message *message, struct strbuf *out,
		  struct err *err);

#endif
