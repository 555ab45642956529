/*
 * http/request.h - what a client asked, as handlers see it
 *
 * A handler reads the request, calls one module function and writes the
 * response. It runs on one thread from start to end and may use the database,
 * unless it runs on the loop (may_wait).
 * All strings live until the response is done. Bodies are limited
 * (struct http_options); a larger one never reaches a handler.
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include "base/json.h"
#include "base/str.h"

struct arena;
struct err;
struct http_file;

enum http_method {
	HTTP_GET = 1,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_PUT,
	HTTP_PATCH,
	HTTP_DELETE,
	HTTP_OPTIONS,
};

/* Who asks; filled by the authentication callback of the server. */
struct caller {
	int64_t user_id;  /* 0: not signed in */
	int64_t key_id;   /* 0: by no key, or one of the program's own */
	int role;         /* enum user_role of crm/user/user.h; 0: none */
	bool may_send;    /* the right to send campaigns */
	bool by_session;  /* by cookie: writes need the CSRF header */
	const char *csrf; /* of the session, which X-CSRF-Token must equal */
	const char *name; /* for journals: user or key name */
};

struct request {
	enum http_method method;
	const char *path;  /* decoded, begins with / */
	const char *query; /* raw, without ?; "" if none */
	struct str body;
	const char *content_type; /* lower case, no parameters; "" if none */
	const char *client_ip;
	const char *user_agent; /* "" if none */
	char id[37];            /* UUID, as in X-Request-Id and the log */
	int64_t now_ms;
	struct arena *arena;
	struct caller caller;
	void *context; /* of the route table: what app/ wired */
	int argument;  /* of the route */
	bool may_wait; /* false: on the loop, see enum workers of router.h */
	struct request_private *private;
};

/* {person_id} of the path, decoded. Never NULL for a name of the route. */
const char *request_param(const struct request *rq, const char *name);
/* A whole positive number; ERR_NOT_FOUND if it is not one. */
int request_param_id(const struct request *rq, const char *name, int64_t *out,
		     struct err *err);

/* First value of a query parameter, decoded; NULL if absent. */
const char *request_query(const struct request *rq, const char *name);
/* 1, 0 absent, -1 ERR_INVALID with the field. */
int request_query_int(const struct request *rq, const char *name, int64_t least,
		      int64_t most, int64_t *out, struct err *err);
/* true/1, false/0, any case; false: text is neither. */
bool request_flag_parse(const char *text, bool *out);
/* Anything else, and absence, are `otherwise`. */
bool request_query_bool(const struct request *rq, const char *name,
			bool otherwise);

const char *request_header(const struct request *rq, const char *name);
const char *request_cookie(const struct request *rq, const char *name);

/*
 * The body as a JSON object, whatever its content type says; parsed once, the
 * tree lives as long as the request. An empty body is the empty object.
 */
int request_json(struct request *rq, const json_t **out, struct err *err);
/* A field of an application/x-www-form-urlencoded body; NULL if absent. */
const char *request_form(struct request *rq, const char *name);

/*
 * An upload: the body of any type was written to a temporary file instead of
 * memory because the route asked for it (route.upload). Removed afterwards.
 */
const char *request_upload_path(const struct request *rq);

#endif
