#include "app/client.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "httpc/httpc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define URL_DEFAULT "http://127.0.0.1:8080"
#define POLL_MS 200
#define BUSY_TRIES 15
#define BUSY_PAUSE_US 1000000

struct client {
	const char *url;
	const char *key;
	struct httpc *http;
	json_t *problem;
	int status;
};

/* What a bar needs to know of the past. */
struct bar {
	const char *what;
	int64_t started_us;
	bool shown, told;
};

void client_add_query(struct strbuf *path, const char *name, const char *value)
{
	if (!value)
		return;
	strbuf_addch(path, strchr(path->buf, '?') ? '&' : '?');
	strbuf_addf(path, "%s=", name);
	strbuf_add_url(path, str_of(value));
}

int client_open(struct client **out, struct err *err)
{
	struct httpc_options o = HTTPC_OPTIONS_DEFAULT;
	struct client *c;

	if (!getenv("MUSTER_KEY"))
		return err_set(err, ERR_DENIED,
			       "MUSTER_KEY is not set: make a key with "
			       "`muster key create --name NAME --role "
			       "administrator` and export it");
	o.allow_private = true;
	o.total_ms = 0;
	/* a file of two gigabytes is looked through before the reply */
	o.stall_ms = 10 * MS_MINUTE;
	o.body_max = INT64_C(256) << 20;
	c = calloc(1, sizeof(*c));
	BUG_ON(!c);
	c->url = getenv("MUSTER_URL");
	if (!c->url || !*c->url)
		c->url = URL_DEFAULT;
	c->key = getenv("MUSTER_KEY");
	httpc_init();
	c->http = httpc_new(&o);
	*out = c;
	return 0;
}

void client_free(struct client **client)
{
	if (!*client)
		return;
	httpc_free(&(*client)->http);
	json_free(&(*client)->problem);
	free(*client);
	*client = NULL;
}

static enum err_code code_of(int status)
{
	switch (status) {
	case 400:
	case 422:
		return ERR_INVALID;
	case 401:
	case 403:
		return ERR_DENIED;
	case 404:
		return ERR_NOT_FOUND;
	case 409:
		return ERR_CONFLICT;
	case 429:
	case 503:
		return ERR_RETRY;
	default:
		return ERR_IO;
	}
}

/* "field: what is wrong", of each field, with commas between. */
static void join_errors(const json_t *errors, struct strbuf *out)
{
	json_t *one;
	size_t i;

	json_array_foreach ((json_t *)(uintptr_t)errors, i, one) {
		const char *field =
			json_string_value(json_object_get(one, "field"));
		const char *message =
			json_string_value(json_object_get(one, "message"));

		if (field && message)
			strbuf_addf(out, "%s%s: %s", i ? "; " : "", field,
				    message);
	}
}

/* The words of a problem document, with all fields that are wrong. */
static int refusal(struct client *c, const struct httpc_response *reply,
		   struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	const char *detail = NULL;
	struct err ignored = ERR_INIT;

	if (json_parse(strbuf_str(&reply->body), &c->problem, &ignored) == 0)
		detail = json_string_value(
			json_object_get(c->problem, "detail"));
	join_errors(json_object_get(c->problem, "errors"), &text);
	if (text.len > 0) /* the detail says no more than that */
		detail = text.buf;
	return err_set(err, code_of(reply->status), "%s (HTTP %d)",
		       detail ? detail : "the server refused", reply->status);
}

/* Somebody else writes, as an import does: nothing was done, and the same may
 * be asked again. */
static bool is_busy(const struct httpc_response *reply)
{
	return reply->status == 503 &&
	       httpc_header(reply, "Retry-After").len > 0;
}

/* What was read from a pipe was read. */
static bool rewind_upload(const struct httpc_request *rq)
{
	return !rq->upload || fseek(rq->upload, 0, SEEK_SET) == 0;
}

static int send_to(struct client *c, struct httpc_request *rq, const char *path,
		   struct httpc_response *reply, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf url = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf bearer = STRBUF_INIT;
	struct httpc_header headers[] = { { "Authorization", NULL },
					  { NULL, NULL } };

	strbuf_addstr(&url, c->url);
	while (url.len > 0 && url.buf[url.len - 1] == '/')
		strbuf_truncate(&url, url.len - 1);
	strbuf_addstr(&url, path);
	strbuf_addf(&bearer, "Bearer %s", c->key);
	headers[0].value = bearer.buf;
	rq->url = url.buf;
	rq->headers = headers;
	json_free(&c->problem);
	c->status = 0;
	for (int tries = 1;; tries++) {
		if (httpc_send(c->http, rq, reply, err) < 0)
			return err_prefix(err, "%s: is the server running?",
					  c->url);
		if (!is_busy(reply) || tries == BUSY_TRIES ||
		    !rewind_upload(rq))
			break;
		clock_sleep_us(BUSY_PAUSE_US);
	}
	c->status = reply->status;
	return reply->status < 300 ? 0 : refusal(c, reply, err);
}

static int read_reply(const struct httpc_response *reply, json_t **out,
		      struct err *err)
{
	if (!out || reply->body.len == 0)
		return 0;
	if (json_parse(strbuf_str(&reply->body), out, err) < 0)
		return err_prefix(err, "the server's answer");
	return 0;
}

int client_call(struct client *c, const char *method, const char *path,
		const char *body, json_t **out, struct err *err)
{
	CLEANUP(httpc_response_release)
	struct httpc_response reply = HTTPC_RESPONSE_INIT;
	struct httpc_request rq = { .method = method };

	if (body) {
		rq.body = str_of(body);
		rq.content_type = "application/json";
	}
	if (send_to(c, &rq, path, &reply, err) < 0)
		return -1;
	return read_reply(&reply, out, err);
}

const json_t *client_problem(const struct client *c)
{
	return c->problem;
}

int client_status(const struct client *c)
{
	return c->status;
}

static int open_upload(const char *file, FILE **out, struct stat *st,
		       struct err *err)
{
	CLEANUP(file_free) FILE *f = NULL;

	f = strcmp(file, "-") == 0 ? fdopen(dup(STDIN_FILENO), "rb")
				   : fopen(file, "rb");
	if (!f && errno == ENOENT)
		return err_set(err, ERR_NOT_FOUND, "there is no file %s", file);
	if (!f || fstat(fileno(f), st) < 0)
		return err_errno(err, "reading %s", file);
	if (S_ISDIR(st->st_mode))
		return err_set(err, ERR_INVALID, "%s is a folder, not a file",
			       file);
	*out = TAKE(f);
	return 0;
}

int client_upload(struct client *c, const char *path, const char *file,
		  const char *content_type, json_t **out, struct err *err)
{
	CLEANUP(httpc_response_release)
	struct httpc_response reply = HTTPC_RESPONSE_INIT;
	CLEANUP(file_free) FILE *f = NULL;
	struct httpc_request rq = { .method = "POST",
				    .content_type = content_type };
	struct stat st;

	if (open_upload(file, &f, &st, err) < 0)
		return -1;
	rq.upload = f;
	rq.upload_size = S_ISREG(st.st_mode) ? st.st_size : -1;
	if (send_to(c, &rq, path, &reply, err) < 0)
		return -1;
	return read_reply(&reply, out, err);
}

int client_download(struct client *c, const char *path, const char *file,
		    struct err *err)
{
	CLEANUP(httpc_response_release)
	struct httpc_response reply = HTTPC_RESPONSE_INIT;
	FILE *to = file ? fopen(file, "wb") : stdout;
	struct httpc_request rq = { .method = "GET", .download = to };
	int ret;

	if (!to)
		return err_errno(err, "writing %s", file);
	ret = send_to(c, &rq, path, &reply, err);
	if ((file ? fclose(to) : fflush(to)) != 0 && ret == 0)
		return err_errno(err, "writing %s", file ? file : "the output");
	return ret;
}

/* --- jobs --- */

static void show_bar(struct bar *bar, int64_t done, int64_t total)
{
	double seconds = (double)(clock_monotonic_us() - bar->started_us) / 1e6;
	double rate = seconds > 0 ? (double)done / seconds : 0;

	if (!isatty(STDERR_FILENO) || done == 0)
		return;
	bar->shown = true;
	fprintf(stderr, "\r\033[K%s: %lld", bar->what, (long long)done);
	if (total > 0)
		fprintf(stderr, " of %lld (%lld %%)", (long long)total,
			(long long)(done * 100 / total));
	fprintf(stderr, ", %.0f/s", rate);
	if (total > done && rate > 0)
		fprintf(stderr, ", %.0f s left", (double)(total - done) / rate);
	fflush(stderr);
}

static void end_bar(const struct bar *bar)
{
	if (bar->shown)
		fputs("\r\033[K", stderr);
}

/* Once: what is tried again may be so for long, and goes on without us. */
static void tell_trouble(struct bar *bar, const json_t *job)
{
	const char *error = json_string_value(json_object_get(job, "error"));

	if (!error || bar->told)
		return;
	end_bar(bar);
	fprintf(stderr, "%s waits, and is tried again by the server: %s\n",
		bar->what, error);
	bar->told = true;
}

static int judge(const char *state, const json_t *job, const char *what,
		 struct err *err)
{
	const char *error = json_string_value(json_object_get(job, "error"));
	const char *question = json_string_value(
		json_object_get(json_object_get(job, "result"), "question"));

	if (strcmp(state, "done") == 0)
		return 0;
	if (strcmp(state, "needs_confirmation") == 0 && question)
		return err_set(err, ERR_CONFLICT,
			       "%s: confirm it with `muster job confirm %lld`, "
			       "or run it again with --yes",
			       question,
			       (long long)json_integer_value(
				       json_object_get(job, "id")));
	if (strcmp(state, "needs_confirmation") == 0)
		return err_set(err, ERR_CONFLICT,
			       "%s would remove many and waits for "
			       "confirmation: look at job %lld, then `muster "
			       "job confirm` it, or run it again with --yes",
			       what,
			       (long long)json_integer_value(
				       json_object_get(job, "id")));
	if (strcmp(state, "canceled") == 0)
		return err_set(err, ERR_CONFLICT, "%s was canceled", what);
	return err_set(err, ERR_IO, "%s failed: %s", what,
		       error ? error : "no reason given");
}

static bool is_open(const char *state)
{
	return strcmp(state, "queued") == 0 || strcmp(state, "running") == 0;
}

static int look(struct client *c, int64_t id, const char *action, json_t **job,
		struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	strbuf_addf(&path, "/api/v1/jobs/%lld%s", (long long)id, action);
	json_free(job);
	if (client_call(c, *action ? "POST" : "GET", path.buf,
			*action ? "{}" : NULL, job, err) < 0)
		return -1;
	if (*action || json_is_string(json_object_get(*job, "state")))
		return 0;
	return err_set(err, ERR_IO, "the server's answer is no job");
}

int client_wait_job(struct client *c, int64_t id, const char *what,
		    bool confirm, json_t **job_out, struct err *err)
{
	CLEANUP(json_free) json_t *job = NULL;
	struct bar bar = { .what = what, .started_us = clock_monotonic_us() };
	struct timespec pause = { .tv_nsec = POLL_MS * 1000000 };
	const char *state;

	for (;;) {
		if (look(c, id, "", &job, err) < 0)
			return -1;
		state = json_string_value(json_object_get(job, "state"));
		if (confirm && strcmp(state, "needs_confirmation") == 0) {
			if (look(c, id, "/confirm", &job, err) < 0)
				return -1;
			continue;
		}
		if (!is_open(state))
			break;
		tell_trouble(&bar, job);
		show_bar(&bar, json_integer_value(json_object_get(job, "done")),
			 json_integer_value(json_object_get(job, "total")));
		nanosleep(&pause, NULL);
	}
	end_bar(&bar);
	if (judge(state, job, what, err) < 0) {
		*job_out = TAKE(job);
		return -1;
	}
	*job_out = TAKE(job);
	return 0;
}

int client_job_id(const json_t *reply, int64_t *out, struct err *err)
{
	if (json_get_int(reply, "job_id", out, err) == 1)
		return 0;
	return err_set(err, ERR_IO, "the server's answer names no job");
}

int client_run_job(struct client *client, const char *method, const char *path,
		   const char *body, const char *what, bool confirm,
		   json_t **job_out, struct err *err)
{
	CLEANUP(json_free) json_t *reply = NULL;
	int64_t id;

	if (client_call(client, method, path, body, &reply, err) < 0 ||
	    client_job_id(reply, &id, err) < 0)
		return -1;
	return client_wait_job(client, id, what, confirm, job_out, err);
}
