/*
 * A message given to the pool, with its content. Made by the caller, then the
 * loop's.
 */
#include "smtp/smtp_private.h"

#include "base/cleanup.h"
#include "base/email.h"
#include "base/utf8.h"

/* What may stand between < and > of a command: nothing that ends it; in quotes
 * nothing does (RFC 5321, section 4.1.2). */
static int check_path(const char *path, const char *what, bool *is_ascii,
		      struct err *err)
{
	const char *unquoted = path + email_quoted_length(str_of(path));
	const unsigned char *p;

	if (strlen(path) > SMTP_PATH_MAX)
		return err_set(err, ERR_INVALID, "%s: too long", what);
	for (p = (const unsigned char *)path; *p; p++) {
		bool ends = *p == ' ' || *p == '<' || *p == '>';

		if (*p < ' ' || *p == 127 ||
		    (ends && (const char *)p >= unquoted))
			return err_set(err, ERR_INVALID,
				       "%s: holds what no address can", what);
		if (*p > 127)
			*is_ascii = false;
	}
	if (!utf8_is_valid(str_of(path)))
		return err_set(err, ERR_INVALID, "%s: is not UTF-8", what);
	return 0;
}

static int check_rcpt(const char *rcpt, bool *is_ascii, struct err *err)
{
	if (!rcpt || rcpt[0] == '\0')
		return err_set(err, ERR_INVALID, "recipient: missing");
	return check_path(rcpt, "recipient", is_ascii, err);
}

int smtp_job_new(struct smtp_message *message, struct smtp_job **out,
		 struct err *err)
{
	CLEANUP(smtp_job_free) struct smtp_job *job = NULL;
	bool sender_is_ascii = true, rcpt_is_ascii = true;

	if (check_path(message->sender, "sender", &sender_is_ascii, err) < 0 ||
	    check_rcpt(message->rcpt, &rcpt_is_ascii, err) < 0)
		return -1;
	if (smtp_content_scan(&message->content, err) < 0)
		return -1;
	job = calloc(1, sizeof(*job));
	BUG_ON(!job);
	job->content = smtp_content_take(&message->content);
	job->sender = strdup(message->sender);
	job->rcpt = strdup(message->rcpt);
	BUG_ON(!job->sender || !job->rcpt);
	job->needs_utf8 = !sender_is_ascii || !rcpt_is_ascii;
	job->has_ascii_sender = sender_is_ascii;
	job->cookie = message->cookie;
	*out = TAKE(job);
	return 0;
}

void smtp_job_free(struct smtp_job **job)
{
	if (!*job)
		return;
	smtp_content_release(&(*job)->content);
	free((*job)->sender);
	free((*job)->rcpt);
	free(*job);
	*job = NULL;
}

void *smtp_job_cookie(const struct smtp_job *job)
{
	return job->cookie;
}

void smtp_jobs_add(struct smtp_jobs *jobs, struct smtp_job *job)
{
	job->next = NULL;
	if (jobs->last)
		jobs->last->next = job;
	else
		jobs->first = job;
	jobs->last = job;
	jobs->n++;
}

void smtp_jobs_add_first(struct smtp_jobs *jobs, struct smtp_job *job)
{
	job->next = jobs->first;
	jobs->first = job;
	if (!jobs->last)
		jobs->last = job;
	jobs->n++;
}

struct smtp_job *smtp_jobs_take(struct smtp_jobs *jobs)
{
	struct smtp_job *job = jobs->first;

	if (!job)
		return NULL;
	jobs->first = job->next;
	if (!jobs->first)
		jobs->last = NULL;
	jobs->n--;
	job->next = NULL;
	return job;
}
