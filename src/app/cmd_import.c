/*
 * muster import, muster export
 */
#include "app/client.h"
#include "app/command.h"

#include "base/cleanup.h"
#include "base/err.h"

#include <string.h>

#define MAPPING_MAX (1 << 20)

static void add_query(struct strbuf *path, const char *name, const char *value)
{
	if (!value)
		return;
	strbuf_addch(path, strchr(path->buf, '?') ? '&' : '?');
	strbuf_addf(path, "%s=", name);
	strbuf_add_url(path, str_of(value));
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int import_path(const struct invocation *in, struct strbuf *path,
		       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf mapping = STRBUF_INIT;
	const char *file = flag_value(in, "mapping");

	strbuf_addstr(path, "/api/v1/imports");
	add_query(path, "entity", flag_value(in, "entity"));
	add_query(path, "match", flag_value(in, "match"));
	add_query(path, "delimiter", flag_value(in, "delimiter"));
	add_query(path, "file_name", base_name(in->operands[0]));
	if (flag_is_set(in, "dry-run"))
		add_query(path, "dry_run", "true");
	if (!file)
		return 0;
	if (strbuf_add_file(&mapping, file, MAPPING_MAX, err) < 0)
		return -1;
	add_query(path, "mapping", mapping.buf);
	return 0;
}

static int64_t count(const json_t *result, const char *key)
{
	return json_integer_value(json_object_get(result, key));
}

static void print_import(const struct invocation *in, const json_t *job)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&out);
	static const char *const keys[] = { "created", "updated", "unchanged",
					    "refused" };
	const json_t *result = json_object_get(job, "result");

	if (!flag_is_set(in, "json")) {
		printf("%s%lld created, %lld updated, %lld unchanged, %lld "
		       "refused (job %lld)\n",
		       flag_is_set(in, "dry-run") ? "dry run: " : "",
		       (long long)count(result, "created"),
		       (long long)count(result, "updated"),
		       (long long)count(result, "unchanged"),
		       (long long)count(result, "refused"),
		       (long long)count(job, "id"));
		return;
	}
	json_begin_object(&w);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		json_key_int(&w, keys[i], count(result, keys[i]));
	json_key_int(&w, "job_id", count(job, "id"));
	json_end_object(&w);
	puts(out.buf);
}

static int write_refused(struct client *c, const json_t *job, const char *file,
			 struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	const json_t *result = json_object_get(job, "result");
	FILE *f = fopen(file, "wb");
	int ret;

	if (!f)
		return err_errno(err, "writing %s", file);
	strbuf_addf(&path, "/api/v1/imports/%lld/refused.csv",
		    (long long)count(result, "import_id"));
	ret = client_download(c, path.buf, f, err);
	if (fclose(f) != 0 && ret == 0)
		return err_errno(err, "writing %s", file);
	return ret;
}

static int import(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;
	CLEANUP(json_free) json_t *job = NULL;
	int64_t id;

	if (client_open(&c, err) < 0 || import_path(in, &path, err) < 0 ||
	    client_upload(c, path.buf, in->operands[0], &reply, err) < 0 ||
	    client_job_id(reply, &id, err) < 0 ||
	    client_wait_job(c, id, "import", false, &job, err) < 0)
		return -1;
	print_import(in, job);
	if (flag_is_set(in, "refused"))
		return write_refused(c, job, flag_value(in, "refused"), err);
	return 0;
}

int cmd_import(const struct invocation *in)
{
	struct err err = ERR_INIT;

	return import(in, &err) < 0 ? command_failed(&err) : EXIT_DONE;
}

static int export(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	const char *file = flag_value(in, "output");
	FILE *to = stdout;
	int ret;

	if (client_open(&c, err) < 0)
		return -1;
	strbuf_addstr(&path, "/api/v1/export/");
	strbuf_add_url(&path, str_of(in->operands[0]));
	strbuf_addstr(&path, ".csv");
	add_query(&path, "group_id", flag_value(in, "group"));
	if (file)
		to = fopen(file, "wb");
	if (!to)
		return err_errno(err, "writing %s", file);
	ret = client_download(c, path.buf, to, err);
	if ((file ? fclose(to) : fflush(to)) != 0 && ret == 0)
		return err_errno(err, "writing %s", file ? file : "the output");
	return ret;
}

int cmd_export(const struct invocation *in)
{
	struct err err = ERR_INIT;

	return export(in, &err) < 0 ? command_failed(&err) : EXIT_DONE;
}
