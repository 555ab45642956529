#include "http/request.h"

#include "base/arena.h"
#include "base/err.h"
#include "http/exchange.h"

#include <string.h>
#include <strings.h>

const char *request_param(const struct request *rq, const char *name)
{
	const char *value = params_find(&rq->private->path, name);

	BUG_ON(!value);
	return value;
}

int request_param_id(const struct request *rq, const char *name, int64_t *out,
		     struct err *err)
{
	int64_t id;

	if (!text_to_int(request_param(rq, name), &id) || id <= 0)
		return err_set(err, ERR_NOT_FOUND, "no such %s", name);
	*out = id;
	return 0;
}

const char *request_query(const struct request *rq, const char *name)
{
	return params_find(&rq->private->query, name);
}

int request_query_int(const struct request *rq, const char *name, int64_t least,
		      int64_t most, int64_t *out, struct err *err)
{
	const char *text = request_query(rq, name);
	int64_t n;

	if (!text || !*text)
		return 0;
	if (!text_to_int(text, &n) || n < least || n > most)
		return err_field(err, name,
				 "must be a whole number from %lld to %lld",
				 (long long)least, (long long)most);
	*out = n;
	return 1;
}

bool request_flag_parse(const char *text, bool *out)
{
	*out = strcasecmp(text, "true") == 0 || strcmp(text, "1") == 0;
	return *out || strcasecmp(text, "false") == 0 || strcmp(text, "0") == 0;
}

bool request_query_bool(const struct request *rq, const char *name,
			bool otherwise)
{
	const char *text = request_query(rq, name);
	bool flag;

	return text && request_flag_parse(text, &flag) ? flag : otherwise;
}

const char *request_header(const struct request *rq, const char *name)
{
	return head_header(&rq->private->head, name);
}

const char *request_cookie(const struct request *rq, const char *name)
{
	struct request_private *in = rq->private;

	if (!in->cookies_parsed)
		params_add_cookies(&in->cookies,
				   str_of(request_header(rq, "Cookie")),
				   rq->arena);
	in->cookies_parsed = true;
	return params_find(&in->cookies, name);
}

#define JSON_TITLE "JSON Parse Exception" /* Mailchimp's name */

/* Inflating is a way to make a little body a big one; nobody needs it. */
static int is_plain(const struct request *rq, struct err *err)
{
	struct str coding =
		str_trim(str_of(request_header(rq, "Content-Encoding")));

	if (coding.len == 0 || str_ieq(coding, "identity"))
		return 0;
	return err_title(err, ERR_INVALID, "Unsupported Media Type",
			 "The body is compressed: send it as it is, without "
			 "Content-Encoding");
}

int request_json(struct request *rq, const json_t **out, struct err *err)
{
	struct request_private *in = rq->private;
	struct err why;

	if (in->json) {
		*out = in->json;
		return 0;
	}
	if (str_trim(rq->body).len == 0) {
		in->json = json_object();
	} else if (is_plain(rq, err) < 0) {
		return -1;
	} else if (json_parse(rq->body, &in->json, err) < 0) {
		why = *err;
		return err_title(err, ERR_INVALID, JSON_TITLE,
				 "We encountered an unspecified JSON parsing "
				 "error: %s",
				 why.text);
	}
	if (!json_is_object(in->json)) {
		json_free(&in->json);
		return err_title(err, ERR_INVALID, JSON_TITLE,
				 "The body must be a JSON object");
	}
	*out = in->json;
	return 0;
}

const char *request_form(struct request *rq, const char *name)
{
	struct request_private *in = rq->private;

	if (!in->form_parsed &&
	    strcmp(rq->content_type, "application/x-www-form-urlencoded") == 0)
		params_add_form(&in->form, rq->body, rq->arena);
	in->form_parsed = true;
	return params_find(&in->form, name);
}

const char *request_upload_path(const struct request *rq)
{
	BUG_ON(!rq->private->upload_path);
	return rq->private->upload_path;
}
