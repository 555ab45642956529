#include "http/problem.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "http/auth.h"
#include "http/page.h"
#include "reader/reader_text.h"

#include <string.h>

#define PLAIN_TYPE "about:blank"
#define MC_TYPE "https://mailchimp.com/developer/marketing/docs/errors/"
#define MC_FIELDS                                                            \
	"The resource submitted could not be validated. For field-specific " \
	"details, see the 'errors' array."

/* What an err code is in each dialect. */
static const struct {
	int plain, mailchimp;
	const char *mailchimp_title; /* NULL: that of the status */
} codes[] = {
	[ERR_NONE] = { 500, 500, NULL },
	[ERR_INVALID] = { 400, 400, "Invalid Resource" },
	[ERR_NOT_FOUND] = { 404, 404, NULL },
	[ERR_CONFLICT] = { 409, 400, NULL },
	[ERR_DENIED] = { 403, 403, NULL },
	[ERR_LIMIT] = { 429, 429, NULL },
	[ERR_RETRY] = { 503, 503, NULL },
	[ERR_IO] = { 500, 500, NULL },
	[ERR_FULL] = { 507, 507, NULL },
	[ERR_BUG] = { 500, 500, NULL },
};

/* The usual words for a status; the first detail is ours, the second that of
 * the Marketing API where clients may know it. */
static const struct {
	int status;
	const char *title, *mailchimp_title;
	const char *detail, *mailchimp_detail;
} statuses[] = {
	{ 400, "Bad Request", "Bad Request", "The request is not valid.",
	  NULL },
	{ 401, "Unauthorized", "API Key Invalid", "Sign in, or send a key.",
	  "Your API key may be invalid, or you've attempted to access the "
	  "wrong datacenter." },
	{ 403, "Forbidden", "Forbidden", "You may not do this.", NULL },
	{ 404, "Not Found", "Resource Not Found", "There is no such thing.",
	  "The requested resource could not be found." },
	{ 405, "Method Not Allowed", "Method Not Allowed",
	  "This method does not work here; Allow says which do.",
	  "The requested method and resource are not compatible. See the "
	  "Allow header for this resource's available methods." },
	{ 409, "Conflict", "Bad Request", "It changed in between.", NULL },
	{ 412, "Precondition Failed", "Precondition Failed",
	  "It changed since it was read.", NULL },
	{ 413, "Content Too Large", "Request Entity Too Large",
	  "The body is too long.", NULL },
	{ 415, "Unsupported Media Type", "Unsupported Media Type",
	  "The body must be application/json.", NULL },
	{ 414, "URI Too Long", "Resource Nesting Too Deep",
	  "The address is too long.",
	  "The sub-resource requested is nested too deeply." },
	{ 417, "Expectation Failed", "Expectation Failed",
	  "What the request expects cannot be met.", NULL },
	{ 422, "Unprocessable Content", "Invalid Method Override",
	  "The request cannot be processed.", NULL },
	{ 426, "Upgrade Required", "HTTPS Required", "Use HTTPS.",
	  "Requests to the Mailchimp API must be made over HTTPS." },
	{ 429, "Too Many Requests", "Too Many Requests",
	  "That was too much at once.",
	  "You have exceeded the limit of 10 simultaneous connections." },
	{ 431, "Request Header Fields Too Large",
	  "Request Header Fields Too Large", "The headers are too long.",
	  NULL },
	{ 501, "Not Implemented", "Not Implemented", "This is not known here.",
	  NULL },
	{ 503, "Service Unavailable", "Service Unavailable",
	  "The server is busy; try again.", NULL },
	{ 505, "HTTP Version Not Supported", "HTTP Version Not Supported",
	  "HTTP/1.1 and HTTP/1.0 are spoken.", NULL },
	{ 507, "Insufficient Storage", "Insufficient Storage",
	  "There is no room left on the server's disk: nothing was changed. "
	  "Free some space in the data folder, then try again.",
	  NULL },
	{ 500, "Internal Server Error", "InternalServerError",
	  "Something went wrong here. The server's log says more under the id "
	  "of this request.",
	  "An unexpected internal error has occurred. Please contact Support "
	  "for more information." },
};

/* Titles that decide on the status, wherever they come from. */
static const struct {
	const char *title;
	int status;
} titled[] = {
	{ AUTH_TITLE_MISSING, 401 },          { AUTH_TITLE_INVALID, 401 },
	{ "Unsupported Media Type", 415 },    { "Method Not Allowed", 405 },
	{ "Precondition Failed", 412 },       { "Content Too Large", 413 },
	{ "Resource Nesting Too Deep", 414 }, { "InvalidMethodOverride", 422 },
	{ "Insufficient Storage", 507 },
};

static const struct {
	const char *name;
	struct problem problem;
} samples[] = {
	{ "BadRequest", { 400, "Bad Request", NULL, NULL, NULL } },
	{ "InvalidAction", { 400, "Invalid Action", NULL, NULL, NULL } },
	{ "InvalidResource",
	  { 400, "Invalid Resource", MC_FIELDS, NULL, NULL } },
	{ "JSONParseException",
	  { 400, "JSON Parse Exception",
	    "We encountered an unspecified JSON parsing error.", NULL, NULL } },
	{ "APIKeyMissing",
	  { 401, AUTH_TITLE_MISSING, "Your request did not include an API key.",
	    NULL, NULL } },
	{ "APIKeyInvalid", { 401, NULL, NULL, NULL, NULL } },
	{ "Forbidden", { 403, NULL, NULL, NULL, NULL } },
	{ "UserDisabled",
	  { 403, "User Disabled", "This account has been disabled.", NULL,
	    NULL } },
	{ "WrongDatacenter",
	  { 403, "Wrong Datacenter",
	    "The API key provided is linked to a different data center.", NULL,
	    NULL } },
	{ "ResourceNotFound", { 404, NULL, NULL, NULL, NULL } },
	{ "MethodNotAllowed", { 405, NULL, NULL, NULL, NULL } },
	{ "ResourceNestingTooDeep", { 414, NULL, NULL, NULL, NULL } },
	{ "InvalidMethodOverride", { 422, NULL, NULL, NULL, NULL } },
	{ "TooManyRequests", { 429, NULL, NULL, NULL, NULL } },
	{ "InternalServerError", { 500, NULL, NULL, NULL, NULL } },
	{ "ComplianceRelated",
	  { 503, "Compliance Related", NULL, NULL, NULL } },
};

bool problem_sample(const char *name, struct problem *out)
{
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		if (strcmp(samples[i].name, name) == 0) {
			*out = samples[i].problem;
			return true;
		}
	}
	return false;
}

/* Fills the words that are not given. Unknown statuses get those of 500. */
static struct problem with_words(const struct problem *p, bool mailchimp)
{
	size_t i = 0, last = sizeof(statuses) / sizeof(statuses[0]) - 1;
	struct problem out = *p;

	while (i < last && statuses[i].status != p->status)
		i++;
	if (!out.title)
		out.title = mailchimp ? statuses[i].mailchimp_title
				      : statuses[i].title;
	if (!out.detail && mailchimp)
		out.detail = statuses[i].mailchimp_detail;
	if (!out.detail)
		out.detail = statuses[i].detail;
	if (out.field && !*out.field)
		out.field = NULL;
	return out;
}

/* "a.b[2].c" as a JSON pointer in a URI fragment (RFC 6901): "#/a/b/2/c". */
static void add_pointer(struct strbuf *out, const char *field)
{
	strbuf_addstr(out, "#/");
	for (; *field; field++) {
		if (*field == '.' || *field == '[')
			strbuf_addch(out, '/');
		else if (*field == '~')
			strbuf_addstr(out, "~0");
		else if (*field == '/')
			strbuf_addstr(out, "~1");
		else if (*field != ']')
			strbuf_addch(out, *field);
	}
}

void problem_write_field(struct json_writer *w, const char *field,
			 const char *message)
{
	CLEANUP(strbuf_release) struct strbuf pointer = STRBUF_INIT;

	add_pointer(&pointer, field);
	json_begin_object(w);
	json_key_text(w, "field", field);
	json_key_text(w, "message", message);
	json_key_text(w, "pointer", pointer.buf);
	json_end_object(w);
}

static void write_errors(struct json_writer *w, const struct problem *p,
			 bool with_pointer)
{
	const char *message = p->message ? p->message : p->detail;

	if (!p->field)
		return;
	json_key_begin_array(w, "errors");
	if (with_pointer) {
		problem_write_field(w, p->field, message);
	} else { /* the Marketing API has none */
		json_begin_object(w);
		json_key_text(w, "field", p->field);
		json_key_text(w, "message", message);
		json_end_object(w);
	}
	json_end_array(w);
}

static void write_json(struct request *rq, struct response *rs,
		       const struct problem *p, const char *type)
{
	struct json_writer w = JSON_WRITER(&rs->body);

	rs->content_type = "application/problem+json; charset=utf-8";
	json_begin_object(&w);
	if (type)
		json_key_text(&w, "type", type);
	json_key_text(&w, "title", p->title);
	json_key_int(&w, "status", p->status);
	json_key_text(&w, "detail", p->detail);
	json_key_text(&w, "instance", rq->id);
	write_errors(&w, p, type && strcmp(type, PLAIN_TYPE) == 0);
	if (p->extra)
		json_key_raw(&w, p->extra, p->extra_json);
	json_end_object(&w);
}

/* These three come without a type; clients were written against that. */
static const char *mailchimp_type(const char *title)
{
	if (strcmp(title, "Member Exists") == 0 ||
	    strcmp(title, "Member In Compliance State") == 0 ||
	    strcmp(title, "Forgotten Email Not Subscribed") == 0)
		return NULL;
	return MC_TYPE;
}

/* What mails lead to: their readers need not hear of our app, nor in English.
 */
static bool is_of_readers(const struct request *rq)
{
	return strncmp(rq->path, "/t/", 3) == 0 ||
	       strcmp(rq->path, "/subscribe") == 0 ||
	       strncmp(rq->path, "/subscribe/", 11) == 0 ||
	       strncmp(rq->path, "/files/", 7) == 0;
}

/* What readers are told of a status: a title, and the next is what to do. */
static enum reader_text reader_text_of(int status)
{
	switch (status) {
	case 404:
		return READER_NO_LINK;
	case 429:
	case 503:
		return READER_BUSY;
	default:
		return READER_FAILED;
	}
}

static void write_readers_page(const struct request *rq, struct response *rs,
			       const struct problem *p)
{
	const struct reader_language *language =
		reader_language_accepted(request_header(rq, "Accept-Language"));
	enum reader_text title = reader_text_of(p->status);

	page_begin_in(&rs->body, language, language->text[title]);
	page_paragraph(&rs->body, language->text[title + 1]);
	page_end(&rs->body);
}

/* People are told when it was instead of an id, which says nothing to them. */
static void add_time(const struct request *rq, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf time = STRBUF_INIT;

	time_format_http(rq->now_ms, &time);
	strbuf_addf(&text,
		    "Something went wrong here. The server's log says more: %s",
		    time.buf);
	page_paragraph(out, text.buf);
}

static void write_page(const struct request *rq, struct response *rs,
		       const struct problem *p)
{
	rs->content_type = PAGE_TYPE;
	if (is_of_readers(rq)) {
		write_readers_page(rq, rs, p);
		return;
	}
	page_begin(&rs->body, p->title);
	if (p->status == 500)
		add_time(rq, &rs->body);
	else
		page_paragraph(&rs->body, p->detail);
	strbuf_addstr(&rs->body, "<p>");
	page_link(&rs->body, "/", "To the start page");
	strbuf_addstr(&rs->body, "</p>\n");
	page_end(&rs->body);
}

void problem_write(struct request *rq, struct response *rs,
		   enum http_dialect dialect, const struct problem *problem)
{
	struct problem p = with_words(problem, dialect == DIALECT_MAILCHIMP);

	strbuf_reset(&rs->body);
	rs->status = p.status;
	if (p.status == 401 && !auth_is_browser(rq))
		response_header(rs, "WWW-Authenticate",
				dialect == DIALECT_MAILCHIMP
					? "Basic realm=\"Muster\""
					: "Bearer realm=\"Muster\"");
	if ((p.status == 503 || p.status == 429) &&
	    !response_has_header(rs, "Retry-After"))
		response_header(rs, "Retry-After", "1");
	if (dialect == DIALECT_PAGE || auth_is_navigation(rq))
		write_page(rq, rs, &p);
	else if (dialect == DIALECT_MAILCHIMP)
		write_json(rq, rs, &p, mailchimp_type(p.title));
	else
		write_json(rq, rs, &p, PLAIN_TYPE);
}

static int status_of(const struct err *err, bool mailchimp)
{
	for (size_t i = 0; i < sizeof(titled) / sizeof(titled[0]); i++)
		if (strcmp(err->title, titled[i].title) == 0)
			return titled[i].status;
	return mailchimp ? codes[err->code].mailchimp : codes[err->code].plain;
}

void problem_write_err(struct request *rq, struct response *rs,
		       enum http_dialect dialect, const struct err *err)
{
	bool mailchimp = dialect == DIALECT_MAILCHIMP;
	struct problem p = { .status = status_of(err, mailchimp) };

	/* also which disk is full is for the log only */
	if (p.status == 500 || err->inside || err->code == ERR_FULL) {
		log_error("request failed", LOG_TEXT("request", rq->id),
			  LOG_ERR(err));
		problem_write(rq, rs, dialect, &p);
		return;
	}
	/* Mailchimp has its own words for what is missing. */
	if (!mailchimp || p.status != 404 || err->title[0])
		p.detail = err->text;
	if (mailchimp)
		p.title = codes[err->code].mailchimp_title;
	/* The titles of 401 are the Marketing API's. */
	if (err->title[0] && (mailchimp || p.status != 401))
		p.title = err->title;
	p.field = err->field;
	p.message = err->text;
	if (mailchimp && err->field[0] && !err->title[0])
		p.detail = MC_FIELDS;
	problem_write(rq, rs, dialect, &p);
}
