#include "httpc/httpc.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/thread/stop.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#define HEADERS_MAX (256 << 10)

struct httpc {
	CURL *curl;
	struct httpc_options options;
};

/* One request; what curl's callbacks see. */
struct transfer {
	const struct httpc *client;
	const struct httpc_request *request;
	struct httpc_response *reply;
	bool denied;
	bool too_long;
	bool file_failed;
	bool stopped;
};

void httpc_init(void)
{
	BUG_ON(curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK);
}

struct httpc *httpc_new(const struct httpc_options *options)
{
	struct httpc *client = calloc(1, sizeof(*client));

	BUG_ON(!client);
	client->options = *options;
	client->curl = curl_easy_init();
	BUG_ON(!client->curl);
	return client;
}

void httpc_free(struct httpc **client)
{
	if (!*client)
		return;
	curl_easy_cleanup((*client)->curl);
	free(*client);
	*client = NULL;
}

void httpc_response_release(struct httpc_response *reply)
{
	strbuf_release(&reply->body);
	strbuf_release(&reply->headers);
	strbuf_release(&reply->url);
}

static void slist_free(struct curl_slist **list)
{
	curl_slist_free_all(*list);
	*list = NULL;
}

/* --- what curl calls --- */

static size_t on_header(char *data, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	struct strbuf *headers = &t->reply->headers;

	/* A new status line: what came before was a redirect or a 100. */
	if (n > 5 && memcmp(data, "HTTP/", 5) == 0)
		strbuf_reset(headers);
	if (headers->len + n > HEADERS_MAX) {
		t->too_long = true;
		return 0;
	}
	strbuf_add(headers, data, size * n);
	return size * n;
}

static bool goes_to_file(const struct transfer *t)
{
	long status = 0;

	if (!t->request->download)
		return false;
	(void)curl_easy_getinfo(t->client->curl, CURLINFO_RESPONSE_CODE,
				&status);
	return status >= 200 && status < 300;
}

static size_t on_body(char *data, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	struct strbuf *body = &t->reply->body;
	size_t len = size * n;

	if (goes_to_file(t)) {
		if (fwrite(data, 1, len, t->request->download) == len)
			return len;
		t->file_failed = true;
		return 0;
	}
	if ((int64_t)(body->len + len) > t->client->options.body_max) {
		t->too_long = true;
		return 0;
	}
	strbuf_add(body, data, len);
	return len;
}

static size_t on_upload(char *out, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	size_t len = fread(out, 1, size * n, t->request->upload);

	if (len == 0 && ferror(t->request->upload)) {
		t->file_failed = true;
		return CURL_READFUNC_ABORT;
	}
	return len;
}

/* A kept connection may turn out to be dead: curl then sends again. */
static int on_seek(void *arg, curl_off_t offset, int origin)
{
	struct transfer *t = arg;

	if (fseeko(t->request->upload, offset, origin) < 0)
		return CURL_SEEKFUNC_CANTSEEK;
	return CURL_SEEKFUNC_OK;
}

static int on_progress(void *arg, curl_off_t down_total, curl_off_t down,
		       curl_off_t up_total, curl_off_t up)
{
	struct transfer *t = arg;

	(void)down_total;
	(void)up_total;
	t->stopped = stop_is_asked() ||
		     (t->request->progress &&
		      !t->request->progress(t->request->context, up, down));
	return t->stopped;
}

static bool v4_is_private(uint32_t a)
{
	static const struct {
		uint32_t net;
		int bits;
	} nets[] = {
		{ 0x00000000, 8 },  /* this network */
		{ 0x0a000000, 8 },  /* private */
		{ 0x64400000, 10 }, /* carrier-grade NAT */
		{ 0x7f000000, 8 },  /* loopback */
		{ 0xa9fe0000, 16 }, /* link-local: cloud metadata too */
		{ 0xac100000, 12 }, /* private */
		{ 0xc0000000, 24 }, /* IETF protocols */
		{ 0xc0a80000, 16 }, /* private */
		{ 0xc6120000, 15 }, /* benchmarks */
		{ 0xe0000000, 3 },  /* multicast, reserved, broadcast */
	};

	for (size_t i = 0; i < ARRAY_SIZE(nets); i++)
		if ((a ^ nets[i].net) >> (32 - nets[i].bits) == 0)
			return true;
	return false;
}

static uint32_t read_v4(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

/* Forms of IPv6 that hold an IPv4 address are judged by it. */
static bool v6_is_private(const unsigned char a[16])
{
	static const unsigned char zero[16],
		nat64[12] = { 0, 0x64, 0xff, 0x9b },
		mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

	if (memcmp(a, mapped, 12) == 0 || memcmp(a, nat64, 12) == 0 ||
	    memcmp(a, zero, 12) == 0) /* :: and ::1 too */
		return v4_is_private(read_v4(a + 12));
	if (a[0] == 0x20 && a[1] == 0x02) /* 6to4 */
		return v4_is_private(read_v4(a + 2));
	return (a[0] & 0xfe) == 0xfc ||                   /* unique local */
	       (a[0] == 0xfe && (a[1] & 0x80) == 0x80) || /* link, site */
	       a[0] == 0xff;                              /* multicast */
}

bool httpc_address_is_private(const struct sockaddr *sa)
{
	const struct sockaddr_in *v4 = (const void *)sa;
	const struct sockaddr_in6 *v6 = (const void *)sa;

	if (sa->sa_family == AF_INET)
		return v4_is_private(ntohl(v4->sin_addr.s_addr));
	if (sa->sa_family == AF_INET6)
		return v6_is_private(v6->sin6_addr.s6_addr);
	return true;
}

/* Here the name is resolved already, so a name that resolves to something
 * else the second time cannot lead us astray. */
static curl_socket_t on_socket(void *arg, curlsocktype purpose,
			       struct curl_sockaddr *a)
{
	struct transfer *t = arg;

	(void)purpose;
	if (!t->client->options.allow_private &&
	    httpc_address_is_private(&a->addr)) {
		t->denied = true;
		return CURL_SOCKET_BAD;
	}
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/* --- a request --- */

#define SET(c, option, value) (void)curl_easy_setopt((c), (option), (value))

static void set_limits(CURL *c, const struct httpc_options *o)
{
	SET(c, CURLOPT_NOSIGNAL, 1L);
	SET(c, CURLOPT_CONNECTTIMEOUT_MS, (long)o->connect_ms);
	SET(c, CURLOPT_TIMEOUT_MS, (long)o->total_ms);
	SET(c, CURLOPT_FOLLOWLOCATION, o->redirects > 0 ? 1L : 0L);
	SET(c, CURLOPT_MAXREDIRS, (long)o->redirects);
	SET(c, CURLOPT_PROTOCOLS_STR, "http,https");
	SET(c, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	if (o->stall_ms > 0) {
		SET(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
		SET(c, CURLOPT_LOW_SPEED_TIME,
		    (long)((o->stall_ms + 999) / 1000));
	}
}

/*
 * A proxy of the environment would resolve names in our place, and cannot
 * reach our own loopback.
 */
static void set_proxy(CURL *c, const struct httpc_options *o, const char *url)
{
	struct str u = str_of(url);

	if (!o->allow_private || str_starts(u, "http://127.") ||
	    str_starts(u, "http://localhost") || str_starts(u, "http://[::1]"))
		SET(c, CURLOPT_PROXY, "");
}

static void set_callbacks(CURL *c, struct transfer *t)
{
	SET(c, CURLOPT_HEADERFUNCTION, on_header);
	SET(c, CURLOPT_HEADERDATA, t);
	SET(c, CURLOPT_WRITEFUNCTION, on_body);
	SET(c, CURLOPT_WRITEDATA, t);
	SET(c, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	SET(c, CURLOPT_OPENSOCKETDATA, t);
	SET(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	SET(c, CURLOPT_XFERINFODATA, t);
	SET(c, CURLOPT_NOPROGRESS, 0L);
}

static void set_body(CURL *c, struct transfer *t)
{
	const struct httpc_request *r = t->request;
	const char *method = r->method ? r->method : "GET";

	if (r->upload) {
		SET(c, CURLOPT_UPLOAD, 1L);
		SET(c, CURLOPT_READFUNCTION, on_upload);
		SET(c, CURLOPT_READDATA, t);
		SET(c, CURLOPT_SEEKFUNCTION, on_seek);
		SET(c, CURLOPT_SEEKDATA, t);
		SET(c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)r->upload_size);
	} else if (r->body.len > 0 || strcmp(method, "POST") == 0) {
		SET(c, CURLOPT_POSTFIELDS, r->body.len > 0 ? r->body.s : "");
		SET(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.len);
	} else if (strcmp(method, "HEAD") == 0) {
		SET(c, CURLOPT_NOBODY, 1L);
	}
	/* Also for GET after a body was set, which means POST to curl. */
	SET(c, CURLOPT_CUSTOMREQUEST, method);
}

static void append(struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*list, line);

	BUG_ON(!longer);
	*list = longer;
}

static void add_header(struct curl_slist **list, const char *name,
		       const char *value)
{
	CLEANUP(strbuf_release) struct strbuf line = STRBUF_INIT;

	BUG_ON(strpbrk(name, "\r\n: ") || strpbrk(value, "\r\n"));
	strbuf_addf(&line, *value ? "%s: %s" : "%s;", name, value);
	append(list, line.buf);
}

static void set_headers(CURL *c, const struct httpc_request *r,
			struct curl_slist **list)
{
	const struct httpc_header *h = r->headers;

	/* Otherwise curl waits a second for a 100, and makes up a type. */
	append(list, "Expect:");
	if (!r->content_type)
		append(list, "Content-Type:");
	else
		add_header(list, "Content-Type", r->content_type);
	for (; h && h->name; h++)
		add_header(list, h->name, h->value);
	SET(c, CURLOPT_HTTPHEADER, *list);
	SET(c, CURLOPT_USERAGENT, "Muster/" MUSTER_VERSION);
	if (r->user) {
		SET(c, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		SET(c, CURLOPT_USERNAME, r->user);
		SET(c, CURLOPT_PASSWORD, r->password ? r->password : "");
	}
}

/* Text for logs: curl's own, which tells host and port, or its usual one. */
static int explain(const struct transfer *t, CURLcode code, const char *text,
		   struct err *err)
{
	enum err_code kind = ERR_RETRY;

	if (t->denied)
		return err_set(err, ERR_DENIED,
			       "the address is private; requests go to public "
			       "addresses only");
	if (t->too_long)
		return err_set(err, ERR_LIMIT, "the reply is too long");
	if (t->file_failed)
		return err_errno(err, "%s",
				 t->request->download ? "download" : "upload");
	if (t->stopped)
		return err_set(err, ERR_RETRY, "the request was stopped");
	if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
		kind = ERR_INVALID;
	return err_set(err, kind, "%s",
		       text[0] ? text : curl_easy_strerror(code));
}

int httpc_send(struct httpc *client, const struct httpc_request *request,
	       struct httpc_response *reply, struct err *err)
{
	CLEANUP(slist_free) struct curl_slist *headers = NULL;
	struct transfer t = { .client = client,
			      .request = request,
			      .reply = reply };
	const char *from = NULL;
	char text[CURL_ERROR_SIZE] = "";
	CURL *c = client->curl;
	CURLcode code;
	long status = 0;

	reply->status = 0;
	strbuf_reset(&reply->body);
	strbuf_reset(&reply->headers);
	strbuf_reset(&reply->url);
	curl_easy_reset(c); /* options only: connections stay open */
	SET(c, CURLOPT_ERRORBUFFER, text);
	SET(c, CURLOPT_URL, request->url);
	set_limits(c, &client->options);
	set_proxy(c, &client->options, request->url);
	set_callbacks(c, &t);
	set_body(c, &t);
	set_headers(c, request, &headers);
	SET(c, CURLOPT_FRESH_CONNECT, request->once ? 1L : 0L);
	SET(c, CURLOPT_FORBID_REUSE, request->once ? 1L : 0L);
	code = curl_easy_perform(c);
	(void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	reply->status = (int)status;
	if (curl_easy_getinfo(c, CURLINFO_EFFECTIVE_URL, &from) == CURLE_OK &&
	    from)
		strbuf_addstr(&reply->url, from);
	return code == CURLE_OK ? 0 : explain(&t, code, text, err);
}

bool httpc_resolve(const char *base, const char *link, struct strbuf *out)
{
	CURLU *url = curl_url();
	char *whole = NULL;
	bool ok = url && !curl_url_set(url, CURLUPART_URL, base, 0) &&
		  !curl_url_set(url, CURLUPART_URL, link, CURLU_URLENCODE) &&
		  !curl_url_get(url, CURLUPART_URL, &whole, 0) &&
		  (!strncasecmp(whole, "http://", 7) ||
		   !strncasecmp(whole, "https://", 8));

	if (ok)
		strbuf_addstr(out, whole);
	curl_free(whole);
	curl_url_cleanup(url);
	return ok;
}

struct str httpc_header(const struct httpc_response *reply, const char *name)
{
	struct str rest = strbuf_str(&reply->headers);

	while (rest.len > 0) {
		struct str line = str_cut(&rest, '\n');
		struct str key = str_cut(&line, ':');

		if (line.s && str_ieq(key, name))
			return str_trim(line);
	}
	return (struct str){ "", 0 };
}
