/*
 * A campaign's message for one recipient. Called by the threads that render,
 * and for the page that shows it in the browser.
 */
#include "audience/side/side.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "delivery/event.h"
#include "delivery/mailing_private.h"
#include "delivery/track_token.h"
#include "mail/dkim.h"
#include "mail/message.h"
#include "store/db.h"

static void add_url(const struct rendering *r, enum track_purpose purpose,
		    int64_t link_id, struct strbuf *out)
{
	const struct mailing_private *m = r->mailing;
	struct track_token token = {
		.purpose = purpose,
		.campaign_id = m->mailing.campaign_id,
		.member_id = r->member_id,
		.link_id = link_id,
	};

	strbuf_addstr(out, m->setup->public_url);
	strbuf_addstr(out, "/t/");
	strbuf_addch(out, (char)purpose);
	strbuf_addch(out, '/');
	track_token_format(m->setup->keys, &token, out);
}

void mailing_slot(void *owner, enum merge_slot slot, int number,
		  struct strbuf *out)
{
	struct rendering *r = owner;
	const char *note = r->mailing->note;
	int64_t whose = note ? TRACK_COPY : 0;

	switch (slot) {
	case MERGE_SLOT_UNSUB:
		r->has_unsubscribe = true;
		add_url(r, TRACK_UNSUBSCRIBE, whose, out);
		return;
	case MERGE_SLOT_PROFILE:
		add_url(r, TRACK_PREFERENCES, whose, out);
		return;
	case MERGE_SLOT_ARCHIVE:
		add_url(r, TRACK_ARCHIVE, whose, out);
		return;
	case MERGE_SLOT_FORWARD:
		add_url(r, note ? TRACK_ARCHIVE : TRACK_FORWARD, whose, out);
		return;
	case MERGE_SLOT_NOTE:
		strbuf_addstr(out, note);
		return;
	case MERGE_SLOT_LINK:
		add_url(r, TRACK_CLICK, number, out);
		return;
	case MERGE_SLOT_PIXEL:
		add_url(r, TRACK_OPEN, 0, out);
		return;
	case MERGE_SLOT_NONE:
		return;
	}
}

/* The author's text, then our footer if this recipient needs it. */
static int render_body(const struct mailing_body *body, struct rendering *r,
		       const struct merge_person *person, struct strbuf *out)
{
	r->has_unsubscribe = false;
	if (merge_render(body->content, person, out) < 0)
		return -1;
	if (r->has_unsubscribe && body->has_link && body->has_address)
		return merge_render(body->end, person, out);
	return merge_render(body->footer_end[r->footer], person, out);
}

static void read_interests(const char *text, struct arena *arena,
			   struct merge_person *out)
{
	struct str rest = str_of(text ? text : "");
	int64_t *ids;

	if (rest.len == 0)
		return;
	ids = arena_array(arena, int64_t, rest.len / 2 + 1);
	while (rest.s && rest.len > 0)
		if (str_to_int(str_cut(&rest, ' '), &ids[out->interests_n]))
			out->interests_n++;
	out->interests = ids;
}

struct merge_person mailing_merge_person(const struct mailing_person *person,
					 const struct merge_fields *fields,
					 struct arena *arena)
{
	struct merge_person out = {
		.address = str_of(person->address),
		.unique_id = str_of(person->unique_id),
		.optin_ms = person->optin_ms,
		.values =
			merge_values_read(fields, str_of(person->merge), arena),
		.language = str_of(person->language ? person->language : ""),
	};

	read_interests(person->interests, arena, &out);
	return out;
}

bool mailing_wants_interests(const struct mailing *mailing)
{
	const struct mailing_private *m = mailing->private;
	const struct merge_program *const programs[] = { m->subject, m->to_name,
							 m->text.content,
							 m->html.content };

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (programs[i] && merge_wants_interests(programs[i]))
			return true;
	return false;
}

int mailing_load_interests(struct db *db, int64_t member_id,
			   struct arena *arena, const char **out,
			   struct err *err)
{
	CLEANUP(vec_release) struct member_interests chosen = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf key = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	strbuf_addf(&key, "[%lld]", (long long)member_id);
	if (member_interests_list(db, sql_str(strbuf_str(&key)), &chosen, err) <
	    0)
		return -1;
	vec_each (&chosen, c)
		strbuf_addf(&text, "%s%lld", text.len ? " " : "",
			    (long long)c->interest_id);
	*out = arena_str(arena, strbuf_str(&text));
	return 0;
}

/* Of a copy for everybody: that of the mail. */
static const struct reader_language *footer_language(
	const struct mailing_private *m, const struct mailing_person *person)
{
	const struct reader_language *own =
		m->note ? NULL : reader_language_find(person->language);

	return own ? own : m->language;
}

static void fill_person(const struct mailing_private *m,
			const struct mailing_person *person,
			struct rendering *r, struct arena *arena,
			struct merge_person *out)
{
	/* the links of nobody, as in a test, change nothing */
	*r = (struct rendering){
		.mailing = m,
		.member_id = m->is_shown ? 0 : person->member_id,
		.footer = reader_language_place(footer_language(m, person)),
		.is_test = person->is_test,
	};
	*out = mailing_merge_person(person, &m->fields, arena);
	out->owner = r;
}

static int render_head(const struct mailing_private *m,
		       const struct rendering *r,
		       const struct merge_person *who, int64_t now_ms,
		       struct strbuf *out, struct strbuf *subject)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf id = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf local = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf url = STRBUF_INIT;
	struct message_fields fields = { .date_ms = now_ms };

	if (r->is_test)
		strbuf_addstr(subject, "[Test] ");
	if (merge_render(m->to_name, who, &name) < 0 ||
	    merge_render(m->subject, who, subject) < 0)
		return -1;
	strbuf_trim(&name);
	/* the same at every try: a relay may know it, and doubles show */
	strbuf_addf(&local, "%s.%lld", m->campaign.hex,
		    (long long)r->member_id);
	message_id_format(strbuf_str(&local), str_of(m->message_domain), &id);
	add_url(r, TRACK_UNSUBSCRIBE, 0, &url);
	fields.to = (struct mail_address){ strbuf_str(&name), who->address };
	fields.subject = strbuf_str(subject);
	fields.message_id = strbuf_str(&id);
	fields.unsubscribe_url = strbuf_str(&url);
	message_frame_head(m->frame, &fields, out);
	return 0;
}

static int render_message(const struct mailing_private *m,
			  const struct mailing_person *person, int64_t now_ms,
			  struct strbuf *out, struct strbuf *subject)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct merge_person who;
	struct rendering r;

	fill_person(m, person, &r, arena, &who);
	if (render_head(m, &r, &who, now_ms, out, subject) < 0)
		return -1;
	if (m->has_text && render_body(&m->text, &r, &who, out) < 0)
		return -1;
	if (m->has_text && m->has_html)
		message_frame_next(m->frame, out);
	if (m->has_html && render_body(&m->html, &r, &who, out) < 0)
		return -1;
	message_frame_tail(m->frame, out);
	return 0;
}

int mailing_render(const struct mailing *mailing,
		   const struct mailing_person *person, int64_t now_ms,
		   struct strbuf *message, struct strbuf *subject,
		   struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf unsigned_message = STRBUF_INIT;
	const struct mailing_private *m = mailing->private;
	struct strbuf *out = m->setup->dkim ? &unsigned_message : message;

	strbuf_reset(message);
	strbuf_reset(subject);
	if (render_message(m, person, now_ms, out, subject) < 0)
		return err_set(err, ERR_LIMIT, "the message gets too large");
	if (!m->setup->dkim)
		return 0;
	if (dkim_sign(m->setup->dkim, strbuf_str(out), now_ms, message, err) <
	    0)
		return -1;
	strbuf_addslice(message, strbuf_str(out));
	return 0;
}

int mailing_render_page(const struct mailing *mailing,
			const struct mailing_person *person,
			struct strbuf *html, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const struct mailing_private *m = mailing->private;
	struct merge_person who;
	struct rendering r;

	if (!m->has_html)
		return err_set(err, ERR_NOT_FOUND, "this mail has no HTML");
	fill_person(m, person, &r, arena, &who);
	who.archive_page = true;
	if (render_body(&m->page, &r, &who, html) < 0)
		return err_set(err, ERR_LIMIT, "the page gets too large");
	return 0;
}

static int render_view(const struct mailing_private *m, struct rendering *r,
		       const struct merge_person *who, struct arena *arena,
		       struct mailing_view *out)
{
	CLEANUP(strbuf_release) struct strbuf subject = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf to_name = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf html = STRBUF_INIT;

	if (merge_render(m->subject, who, &subject) < 0 ||
	    merge_render(m->to_name, who, &to_name) < 0 ||
	    (m->has_text && render_body(&m->text, r, who, &text) < 0) ||
	    (m->has_html && render_body(&m->page, r, who, &html) < 0))
		return -1;
	strbuf_trim(&to_name);
	*out = (struct mailing_view){
		.subject = arena_str(arena, strbuf_str(&subject)),
		.to_name = arena_str(arena, strbuf_str(&to_name)),
		.from_name =
			arena_strdup(arena, m->campaign.settings.from_name),
		.from_email = arena_strdup(arena, m->mailing.sender),
		.text = arena_str(arena, strbuf_str(&text)),
		.html = m->has_html ? arena_str(arena, strbuf_str(&html))
				    : NULL,
	};
	return 0;
}

int mailing_render_view(const struct mailing *mailing,
			const struct mailing_person *person,
			struct arena *arena, struct mailing_view *out,
			struct err *err)
{
	const struct mailing_private *m = mailing->private;
	struct merge_person who;
	struct rendering r;

	BUG_ON(!m->is_shown);
	fill_person(m, person, &r, arena, &who);
	/* below a note it is a mail again */
	who.archive_page = m->note && !*m->note;
	if (render_view(m, &r, &who, arena, out) < 0)
		return err_set(err, ERR_LIMIT, "the message gets too large");
	return 0;
}

int mailing_render_link(const struct mailing *mailing,
			const struct mailing_person *person, int64_t link_id,
			const char *text, struct strbuf *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(merge_program_free) struct merge_program *program = NULL;
	const struct mailing_private *m = mailing->private;
	struct merge_how how = { .context = MERGE_URL,
				 .fields = &m->fields,
				 .facts = &m->facts,
				 .slot_fn = mailing_slot };
	struct merge_piece piece;
	struct merge_person who;
	struct rendering r;

	if (!text && (link_id < 1 || (uint64_t)link_id > m->targets_n))
		return 0;
	piece = (struct merge_piece){
		.text = str_of(text ? text : m->targets[link_id - 1]),
	};
	if (merge_compile(&piece, 1, &how, arena, &program, NULL, err) < 0)
		return -1;
	fill_person(m, person, &r, arena, &who);
	if (merge_render(program, &who, out) < 0)
		return err_set(err, ERR_LIMIT, "the link gets too long");
	return 1;
}
