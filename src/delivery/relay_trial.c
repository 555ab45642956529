#include "delivery/relay_trial.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/crypto.h"
#include "base/email.h"
#include "base/err.h"
#include "base/random.h"
#include "base/strbuf.h"
#include "delivery/outbox/outbox.h"
#include "delivery/relay_setting.h"
#include "mail/message.h"
#include "smtp/smtp_relay.h"
#include "smtp/smtp_trial.h"

#define TRIAL_MS 18000
#define SUBJECT "A test mail from Muster"
#define TEXT                                                             \
	"This is a test mail. If you read it, the relay of your Muster " \
	"server delivers mails.\n"

struct letter {
	struct email to, from;
	struct strbuf source;
};

void relay_trial_release(struct relay_trial *trial)
{
	vec_release(&trial->steps);
}

static void add_id(const struct email *from, struct strbuf *out)
{
	char local[33];

	random_hex(local, 32);
	message_id_format(str_of(local), str_of(strrchr(from->wire, '@') + 1),
			  out);
}

/* source is the caller's to release. */
static int write_letter(const struct relay_trial_mail *mail,
			struct arena *arena, struct letter *out,
			struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf id = STRBUF_INIT;
	const char *from = *mail->from_email ? mail->from_email : mail->to;
	struct err why = ERR_INIT;
	struct message m = { .text = STR(TEXT) };

	if (email_parse(mail->to, arena, &out->to, &why) < 0)
		return err_field(err, "to", "%s", why.text);
	if (email_parse(from, arena, &out->from, err) < 0)
		return err_prefix(err, "sender");
	add_id(&out->from, &id);
	m.layout.from = (struct mail_address){ str_of(mail->from_name),
					       str_of(out->from.wire) };
	m.fields = (struct message_fields){
		.to = { .address = str_of(out->to.address) },
		.subject = STR(SUBJECT),
		.message_id = strbuf_str(&id),
		.date_ms = mail->now_ms,
	};
	return message_build(&m, &out->source, err);
}

/* --- the outbox --- */

static int catch (const struct letter *letter, struct outbox *outbox,
		  int64_t now_ms, struct relay_trial *out, struct err *err)
{
	struct outbox_new message = { .sender = letter->from.wire,
				      .rcpt = letter->to.folded,
				      .subject = SUBJECT,
				      .source = strbuf_str(&letter->source) };

	if (outbox_add(outbox, &message, 1, now_ms, err) < 0)
		return -1;
	out->accepted = true;
	out->text = "The mail is in the outbox. It went to nobody.";
	vec_push(&out->steps, out->text);
	return 0;
}

/* --- SMTP --- */

/* What to do if the relay itself said nothing. */
static const char *advice(enum smtp_stage stage)
{
	switch (stage) {
	case SMTP_AT_CONNECT:
		return ": check host and port, and that no firewall is "
		       "between";
	case SMTP_AT_GREETING:
		return ": check the port, and whether it wants TLS from the "
		       "first byte";
	case SMTP_AT_TLS:
		return ": check the name of the host, for which its "
		       "certificate must be valid, and what TLS it offers";
	default:
		return "";
	}
}

static void take_report(const struct smtp_trial_report *report,
			struct arena *arena, struct relay_trial *out)
{
	out->accepted = report->outcome == SMTP_ACCEPTED;
	out->code = report->code;
	out->text = report->code ? report->text
				 : arena_printf(arena, "%s%s", report->text,
						advice(report->stage));
	vec_each (&report->steps, step)
		vec_push(&out->steps, *step);
}

static int hand_over(const struct relay_trial_mail *mail, struct letter *letter,
		     struct arena *arena, struct relay_trial *out,
		     struct err *err)
{
	CLEANUP(smtp_trial_report_release)
	struct smtp_trial_report report = { .code = 0 };
	struct smtp_message message = { .sender = letter->from.wire,
					.rcpt = letter->to.folded,
					.content.text = letter->source };
	struct smtp_relay relay;
	int ret;

	if (smtp_relay_parse(mail->url, arena, &relay, err) < 0)
		return -1;
	letter->source = (struct strbuf)STRBUF_INIT;
	ret = smtp_trial_send(&relay, &message, TRIAL_MS, arena, &report, err);
	smtp_content_release(&message.content); /* if it was not taken */
	if (ret == 0)
		take_report(&report, arena, out);
	return ret;
}

int relay_trial_run(const struct relay_trial_mail *mail, struct outbox *outbox,
		    struct arena *arena, struct relay_trial *out,
		    struct err *err)
{
	struct letter letter = { .source = STRBUF_INIT };
	int ret;

	*out = (struct relay_trial){ .text = "" };
	ret = write_letter(mail, arena, &letter, err);
	if (ret == 0 && relay_is_outbox_url(mail->url))
		ret = catch (&letter, outbox, mail->now_ms, out, err);
	else if (ret == 0)
		ret = hand_over(mail, &letter, arena, out, err);
	strbuf_release(&letter.source);
	return ret;
}
