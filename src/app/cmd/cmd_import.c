/*
 * muster import, muster export, muster suppression
 */
#include "app/client.h"
#include "app/command.h"
#include "app/import_print.h"
#include "app/print.h"

#include "base/cleanup.h"
#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define MAPPING_MAX (1 << 20)

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* --consent COLUMN=IS and the like, as one JSON object. */
static int add_answers(const struct invocation *in, const char *flag,
		       const char *parameter, struct strbuf *path,
		       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	CLEANUP(json_free) json_t *all = json_object();
	const char *given;
	int at = 0;

	while ((given = flag_next(in, flag, &at))) {
		const char *is = strrchr(given, '=');
		CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;

		if (!is || is == given)
			return err_field(err, "usage",
					 "--%s %s: must be NAME=ANSWER", flag,
					 given);
		strbuf_add(&name, given, (size_t)(is - given));
		/* said twice: behind what was said in between */
		(void)json_object_del(all, name.buf);
		if (json_object_set_new(all, name.buf, json_string(is + 1)) < 0)
			return err_field(err, "usage", "--%s %s: is not UTF-8",
					 flag, given);
	}
	json_dump(all, &out);
	if (json_object_size(all) > 0)
		client_add_query(path, parameter, out.buf);
	return 0;
}

static int import_path(const struct invocation *in, struct strbuf *path,
		       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf mapping = STRBUF_INIT;
	const char *file = flag_value(in, "mapping");

	strbuf_addstr(path, "/api/v1/imports");
	client_add_query(path, "entity", flag_value(in, "entity"));
	client_add_query(path, "match", flag_value(in, "match"));
	client_add_query(path, "delimiter", flag_value(in, "delimiter"));
	client_add_query(path, "encoding", flag_value(in, "encoding"));
	client_add_query(path, "date_order", flag_value(in, "date-order"));
	if (strcmp(in->operands[0], "-") != 0)
		client_add_query(path, "file_name", base_name(in->operands[0]));
	if (add_answers(in, "consent", "consent", path, err) < 0 ||
	    add_answers(in, "consent-value", "consent_values", path, err) < 0)
		return -1;
	if (flag_is_set(in, "dry-run"))
		client_add_query(path, "dry_run", "true");
	if (!file)
		return 0;
	if (strbuf_add_file(&mapping, file, MAPPING_MAX, err) < 0)
		return -1;
	client_add_query(path, "mapping", mapping.buf);
	return 0;
}

/* The server asked instead of importing: 1, else 0. */
static int print_questions(const struct invocation *in, const struct client *c)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&out);
	const json_t *questions =
		json_object_get(client_problem(c), "questions");

	if (import_print_questions(questions) == 0)
		return 0;
	if (flag_is_set(in, "json")) {
		json_begin_object(&w);
		json_key(&w, "questions");
		json_tree(&w, questions);
		json_end_object(&w);
		puts(out.buf);
	}
	return 1;
}

/* Can the file be written? Found out before anything is imported; it is left
 * as it is. */
static int check_writable(const char *file, struct err *err)
{
	CLEANUP(fd_release)
	int made = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	CLEANUP(fd_release) int there = -1;

	if (made >= 0)
		return unlink(file) < 0 ? err_errno(err, "writing %s", file)
					: 0;
	if (errno == EEXIST)
		there = open(file, O_WRONLY | O_CLOEXEC);
	return there < 0 ? err_errno(err, "writing %s", file) : 0;
}

static int write_refused(struct client *c, const json_t *job, const char *file,
			 struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	long long id = print_int(json_object_get(job, "result"), "import_id");

	strbuf_addf(&path, "/api/v1/imports/%lld/refused.csv", id);
	if (client_download(c, path.buf, file, err) < 0)
		return err_prefix(err,
				  "the import is done; get its refused rows "
				  "with `muster import refused %lld`",
				  id);
	return 0;
}

/* The file leaves questions open. */
static int leave_open(const struct invocation *in)
{
	fputs(flag_is_set(in, "dry-run")
		      ? "muster: answer these first; a dry run does not "
			"remember the answers\n"
		      : "muster: nothing was imported: answer these first; the "
			"answers are remembered for files with these headers\n",
	      stderr);
	return EXIT_USAGE;
}

int cmd_import(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;
	CLEANUP(json_free) json_t *job = NULL;
	const char *refused = flag_value(in, "refused");
	int64_t id;

	if (refused && check_writable(refused, err) < 0)
		return -1;
	if (client_open(&c, err) < 0 || import_path(in, &path, err) < 0)
		return -1;
	if (client_upload(c, path.buf, in->operands[0], "text/csv", &reply,
			  err) < 0)
		return print_questions(in, c) ? leave_open(in) : -1;
	if (client_job_id(reply, &id, err) < 0 ||
	    client_wait_job(c, id, "import", flag_is_set(in, "yes"), &job,
			    err) < 0)
		return err_prefix(err, "import %lld",
				  (long long)print_int(reply, "import_id"));
	import_print_result(job, flag_is_set(in, "json"));
	return refused ? write_refused(c, job, refused, err) : 0;
}

int cmd_suppression_find(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;
	const json_t *item;
	size_t i;

	strbuf_addstr(&path, "/api/v1/suppressions");
	client_add_query(&path, "address", in->operands[0]);
	if (client_open(&c, err) < 0 ||
	    client_call(c, "GET", path.buf, NULL, &reply, err) < 0)
		return -1;
	if (flag_is_set(in, "json")) {
		print_json(reply);
		return 0;
	}
	json_array_foreach (json_object_get(reply, "items"), i, item)
		printf("%s since %s (%s): %s\n", print_text(item, "kind"),
		       print_text(item, "at"), print_text(item, "source"),
		       print_text(item, "effect"));
	if (json_array_size(json_object_get(reply, "items")) == 0)
		puts("nothing stands against it");
	return 0;
}

int cmd_export(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	if (client_open(&c, err) < 0)
		return -1;
	strbuf_addstr(&path, "/api/v1/export/");
	strbuf_add_url(&path, str_of(in->operands[0]));
	strbuf_addstr(&path, ".csv");
	client_add_query(&path, "group_id", flag_value(in, "group"));
	client_add_query(&path, "q", flag_value(in, "q"));
	client_add_query(&path, "filter", flag_value(in, "filter"));
	return client_download(c, path.buf, flag_value(in, "output"), err);
}
