/*
 * audience/webhook_post.h - a form on its way to a program that listens
 *
 * What all jobs of webhooks share: the POST, and what its answer means. The
 * job's progress counts the tries; together they take 75 minutes.
 */
#ifndef AUDIENCE_WEBHOOK_POST_H
#define AUDIENCE_WEBHOOK_POST_H

#include <stdbool.h>

struct err;
struct job_run;
struct strbuf;
struct webhook_options;

/* Pairs of a form, with what separates them; data: `data[name]`. */
void webhook_form_add(struct strbuf *form, const char *key, const char *value);
void webhook_form_add_data(struct strbuf *form, const char *name,
			   const char *value);

/* A job's last call, whose value is to be returned. *gone_out: it was answered
 * with 410, so that nothing is ever to be told there again. */
int webhook_post(struct job_run *run, const struct webhook_options *options,
		 const char *url, const char *form, bool *gone_out,
		 struct err *err);

#endif
