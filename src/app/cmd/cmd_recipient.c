/*
 * muster campaign recipients, campaign group: who is behind the figures of a
 * report. Called by command_run; main thread.
 */
#include "app/client.h"
#include "app/cmd/cmd_campaign_private.h"
#include "app/command.h"
#include "app/print.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/strbuf.h"

#include <stdio.h>

/* The flags that say who, and what the API calls them. */
#define FILTER_FLAGS                                                     \
	{ "response", "WHAT",                                            \
	  "opened, clicked, bounced, bounced_hard, bounced_soft, "       \
	  "unsubscribed, complained, not_opened, not_clicked, "          \
	  "machine_opened or machine_clicked" },                         \
		{ "state", "STATE",                                      \
		  "sent, delivered, caught, waiting, not_sent, "         \
		  "accepted ..." },                                      \
		{ "reason", "REASON", "of those left out or refused" },  \
		{ "link", "ID", "who clicked this link of the report" }, \
		{ "domain", "NAME", "at addresses of this domain" },     \
		{ "not-domains", "LIST",                                 \
		  "at none of these, comma-separated" },                 \
		{ "from", "TIME", "when they did it, or it was sent" },  \
		{ "until", "TIME", "before that" },                      \
	{                                                                \
		"q", "WORDS", "whose name or address contains them"      \
	}

static const struct {
	const char *flag, *name;
} texts[] = {
	{ "response", "response" },
	{ "state", "state" },
	{ "reason", "reason" },
	{ "domain", "domain" },
	{ "not-domains", "not_domains" },
	{ "from", "from" },
	{ "until", "until" },
	{ "q", "q" },
};

const struct flag recipients_flags[] = {
	FILTER_FLAGS,
	{ "sort", "FIELD", "name, at, opens or clicks; -name: downwards" },
	{ "limit", "N", "at most so many (default 50)" },
	{ "csv", NULL, "all of them as CSV" },
	{ "output", "FILE", "with --csv: write to a file" },
	JSON_FLAG,
	END,
};

const struct flag recipients_group_flags[] = {
	{ "name", "NAME", "required" },
	{ "kind", "KIND",
	  "static (default), or dynamic: it keeps up with "
	  "--response" },
	FILTER_FLAGS,
	JSON_FLAG,
	END,
};

static void add_filter(const struct invocation *in, struct strbuf *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		client_add_query(path, texts[i].name,
				 flag_value(in, texts[i].flag));
	client_add_query(path, "link", flag_value(in, "link"));
}

static int download(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	campaign_path(in, "/recipients/export", &path);
	add_filter(in, &path);
	if (client_open(&c, err) < 0)
		return -1;
	return client_download(c, path.buf, flag_value(in, "output"), err);
}

int cmd_campaign_recipients(const struct invocation *in, struct err *err)
{
	static const struct column columns[] = {
		{ "person_id", "ID", 8, NULL },
		{ "state", "STATE", 9, NULL },
		{ "opens", "OPENS", 6, NULL },
		{ "clicks", "CLICKS", 7, NULL },
		{ "name", "NAME", 28, NULL },
		{ "address", "ADDRESS", 0, NULL },
		{ NULL, NULL, 0, NULL },
	};
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	if (flag_is_set(in, "csv"))
		return download(in, err);
	campaign_path(in, "/recipients", &path);
	add_filter(in, &path);
	client_add_query(&path, "sort", flag_value(in, "sort"));
	client_add_query(&path, "limit", flag_value(in, "limit"));
	return print_list(in, path.buf, columns, err);
}

static int write_group(const struct invocation *in, struct json_writer *w,
		       struct err *err)
{
	const char *link = flag_value(in, "link");
	int64_t id = 0;

	if (link && !text_to_int(link, &id))
		return err_field(err, "usage", "--link is not a number");
	json_begin_object(w);
	json_key_text(w, "name", flag_value(in, "name"));
	json_key_text(w, "kind",
		      flag_is_set(in, "kind") ? flag_value(in, "kind")
					      : "static");
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (flag_is_set(in, texts[i].flag))
			json_key_text(w, texts[i].name,
				      flag_value(in, texts[i].flag));
	if (link)
		json_key_int(w, "link", id);
	json_end_object(w);
	return 0;
}

int cmd_campaign_group(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *group = NULL;
	struct json_writer w = JSON_WRITER(&body);

	if (!flag_is_set(in, "name"))
		return err_field(err, "usage", "--name is missing");
	campaign_path(in, "/recipients/group", &path);
	if (write_group(in, &w, err) < 0 || client_open(&c, err) < 0 ||
	    client_call(c, "POST", path.buf, body.buf, &group, err) < 0)
		return -1;
	print_new_group(in, group);
	return 0;
}
