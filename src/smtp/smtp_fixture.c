#include "smtp/smtp_fixture.h"

#include "base/cleanup.h"
#include "base/err.h"

#include <arpa/inet.h>
#include <fnmatch.h>
#include <netinet/in.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>

/* --- certificates --- */

struct smtp_certificate {
	char path[64];
	EVP_PKEY *key;
	X509 *x509;
};

static void add_extension(X509 *x509, int nid, const char *value)
{
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	BUG_ON(!ext);
	X509_add_ext(x509, ext, -1);
	X509_EXTENSION_free(ext);
}

static X509 *make_x509(EVP_PKEY *key, const char *san)
{
	X509 *x509 = X509_new();
	X509_NAME *name;

	BUG_ON(!x509);
	X509_set_version(x509, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
	X509_gmtime_adj(X509_getm_notBefore(x509), -60);
	X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
	X509_set_pubkey(x509, key);
	name = X509_get_subject_name(x509);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
				   (const unsigned char *)"test", -1, -1, 0);
	X509_set_issuer_name(x509, name);
	add_extension(x509, NID_basic_constraints, "critical,CA:TRUE");
	add_extension(x509, NID_subject_alt_name, san);
	BUG_ON(X509_sign(x509, key, EVP_sha256()) == 0);
	return x509;
}

struct smtp_certificate *smtp_certificate_new(const char *san)
{
	struct smtp_certificate *c = calloc(1, sizeof(*c));
	FILE *f;
	int fd;

	BUG_ON(!c);
	c->key = EVP_EC_gen("P-256");
	BUG_ON(!c->key);
	c->x509 = make_x509(c->key, san);
	snprintf(c->path, sizeof(c->path), "/tmp/muster-smtp-XXXXXX");
	fd = mkstemp(c->path);
	BUG_ON(fd < 0);
	f = fdopen(fd, "w");
	BUG_ON(!f || PEM_write_X509(f, c->x509) != 1 || fclose(f) != 0);
	return c;
}

const char *smtp_certificate_path(const struct smtp_certificate *c)
{
	return c->path;
}

void smtp_certificate_free(struct smtp_certificate **c)
{
	if (!*c)
		return;
	(void)unlink((*c)->path);
	X509_free((*c)->x509);
	EVP_PKEY_free((*c)->key);
	free(*c);
	*c = NULL;
}

/* --- the relay --- */

struct smtp_fixture {
	const char *script;
	SSL_CTX *ctx;
	int listen_fd, fd;
	SSL *ssl;
	int port;
	pthread_t thread;
	bool is_running;
	struct strbuf in, content, problem;
};

static void disconnect(struct smtp_fixture *f)
{
	if (f->ssl)
		SSL_free(f->ssl);
	f->ssl = NULL;
	fd_release(&f->fd);
	strbuf_reset(&f->in);
}

static bool connected(struct smtp_fixture *f)
{
	struct timeval wait = { .tv_sec = SMTP_FIXTURE_WAIT_MS / 1000 };
	struct pollfd p = { .fd = f->listen_fd, .events = POLLIN };

	if (f->fd >= 0)
		return true;
	if (poll(&p, 1, SMTP_FIXTURE_WAIT_MS) <= 0)
		return false;
	f->fd = accept(f->listen_fd, NULL, NULL);
	(void)setsockopt(f->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	return f->fd >= 0;
}

static void say(struct smtp_fixture *f, const char *s, size_t len)
{
	if (f->ssl)
		(void)SSL_write(f->ssl, s, (int)len); /* may be gone */
	else
		(void)send(f->fd, s, len, MSG_NOSIGNAL);
}

static bool receive(struct smtp_fixture *f)
{
	char buf[4096];
	ssize_t n;

	if (f->ssl)
		n = SSL_read(f->ssl, buf, sizeof(buf));
	else
		n = recv(f->fd, buf, sizeof(buf), 0);
	if (n > 0)
		strbuf_add(&f->in, buf, (size_t)n);
	return n > 0;
}

static void drop(struct strbuf *sb, size_t n)
{
	memmove(sb->buf, sb->buf + n, sb->len - n + 1);
	sb->len -= n;
}

/* The client's next line, without its end; false: none came. */
static bool read_line(struct smtp_fixture *f, struct strbuf *line)
{
	char *end;

	while (!(end = memchr(f->in.buf, '\n', f->in.len)))
		if (!receive(f))
			return false;
	strbuf_reset(line);
	strbuf_add(line, f->in.buf, (size_t)(end - f->in.buf));
	strbuf_trim(line);
	drop(&f->in, (size_t)(end - f->in.buf) + 1);
	return true;
}

static bool expect(struct smtp_fixture *f, const char *pattern)
{
	CLEANUP(strbuf_release) struct strbuf line = STRBUF_INIT;

	if (!read_line(f, &line)) {
		strbuf_addf(&f->problem, "nothing came instead of %s", pattern);
		return false;
	}
	if (fnmatch(pattern, line.buf, 0) == 0)
		return true;
	strbuf_addf(&f->problem, "%s instead of %s", line.buf, pattern);
	return false;
}

static bool read_content(struct smtp_fixture *f)
{
	char *dot;
	size_t len;

	while (!(dot = memmem(f->in.buf, f->in.len, "\r\n.\r\n", 5))) {
		if (strncmp(f->in.buf, ".\r\n", 3) == 0) {
			drop(&f->in, 3); /* an empty one */
			return true;
		}
		if (!receive(f)) {
			strbuf_addstr(&f->problem, "no final dot came");
			return false;
		}
	}
	len = (size_t)(dot - f->in.buf) + 5;
	strbuf_add(&f->content, f->in.buf, len);
	drop(&f->in, len);
	return true;
}

static bool begin_tls(struct smtp_fixture *f)
{
	f->ssl = SSL_new(f->ctx);
	SSL_set_fd(f->ssl, f->fd);
	/* a client that does not trust us goes away: that is its right */
	return SSL_accept(f->ssl) == 1;
}

static void flood(struct smtp_fixture *f)
{
	char buf[8192];

	memset(buf, '2', sizeof(buf));
	say(f, buf, sizeof(buf));
}

/* Lines separated by |, in one packet. */
static void say_lines(struct smtp_fixture *f, struct str lines)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	while (lines.s) {
		strbuf_addslice(&text, str_cut(&lines, '|'));
		strbuf_addstr(&text, "\r\n");
	}
	say(f, text.buf, text.len);
}

static bool step(struct smtp_fixture *f, const char *line)
{
	if (line[0] == 'X') {
		disconnect(f);
		return true;
	}
	if (!connected(f)) {
		strbuf_addf(&f->problem, "nobody connected for %s", line);
		return false;
	}
	switch (line[0]) {
	case 'S':
		say_lines(f, str_of(line + 2));
		return true;
	case 'C':
		return expect(f, line + 2);
	case 'D':
		return read_content(f);
	case 'T':
		return begin_tls(f);
	case 'Z':
		flood(f);
		return true;
	case 'W':
		while (receive(f))
			;
		return true;
	default:
		strbuf_addf(&f->problem, "no such step: %s", line);
		return false;
	}
}

static void *run(void *arg)
{
	CLEANUP(strbuf_release) struct strbuf line = STRBUF_INIT;
	struct smtp_fixture *f = arg;
	struct str rest = str_of(f->script), next;

	while (rest.s && rest.len > 0) {
		next = str_cut(&rest, '\n');
		strbuf_reset(&line);
		strbuf_addslice(&line, next);
		if (!step(f, line.buf))
			break;
	}
	disconnect(f);
	fd_release(&f->listen_fd);
	return NULL;
}

static void listen_at(struct smtp_fixture *f, const char *address)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);

	BUG_ON(inet_pton(AF_INET, address, &addr.sin_addr) != 1);
	f->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	BUG_ON(bind(f->listen_fd, (struct sockaddr *)&addr, len) < 0 ||
	       listen(f->listen_fd, 20) < 0 ||
	       getsockname(f->listen_fd, (struct sockaddr *)&addr, &len) < 0);
	f->port = ntohs(addr.sin_port);
}

struct smtp_fixture *smtp_fixture_start(const char *address, const char *script,
					struct smtp_certificate *certificate)
{
	struct smtp_fixture *f = calloc(1, sizeof(*f));
	sigset_t pipe_signal;

	BUG_ON(!f);
	f->script = script;
	f->fd = -1;
	f->in = f->content = f->problem = (struct strbuf)STRBUF_INIT;
	if (certificate) {
		f->ctx = SSL_CTX_new(TLS_server_method());
		SSL_CTX_use_certificate(f->ctx, certificate->x509);
		SSL_CTX_use_PrivateKey(f->ctx, certificate->key);
	}
	listen_at(f, address);
	sigemptyset(&pipe_signal);
	sigaddset(&pipe_signal, SIGPIPE);
	(void)pthread_sigmask(SIG_BLOCK, &pipe_signal, NULL);
	BUG_ON(pthread_create(&f->thread, NULL, run, f) != 0);
	f->is_running = true;
	return f;
}

int smtp_fixture_port(const struct smtp_fixture *f)
{
	return f->port;
}

const char *smtp_fixture_finish(struct smtp_fixture *f)
{
	if (f->is_running)
		(void)pthread_join(f->thread, NULL);
	f->is_running = false;
	return f->problem.buf;
}

struct str smtp_fixture_content(const struct smtp_fixture *f)
{
	return strbuf_str(&f->content);
}

void smtp_fixture_free(struct smtp_fixture **f)
{
	if (!*f)
		return;
	(void)smtp_fixture_finish(*f);
	SSL_CTX_free((*f)->ctx);
	strbuf_release(&(*f)->in);
	strbuf_release(&(*f)->content);
	strbuf_release(&(*f)->problem);
	free(*f);
	*f = NULL;
}
