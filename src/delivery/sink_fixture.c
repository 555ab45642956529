#include "delivery/sink_fixture.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/thread/wait.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>

#include <cmocka.h>

#define MEMBERS 4096
#define CLIENTS 512

struct sink {
	int fd, port;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more;
	int count[MEMBERS];
	int64_t total;
	struct {
		int member, times;
		const char *text;
	} answers[8];
	int answers_n;
	bool paused, stopping;
	int clients; /* threads that run */
	int client_fd[CLIENTS];
};

struct client {
	struct sink *sink;
	int fd;
	int slot;
	FILE *in;
	int member; /* of the transaction */
	bool refused;
};

static void say(struct client *c, const char *line)
{
	char out[256];
	int len = snprintf(out, sizeof(out), "%s\r\n", line);

	(void)send(c->fd, out, (size_t)len, MSG_NOSIGNAL); /* a test's peer */
}

static const char *answer_for(struct sink *s, int member)
{
	const char *text = NULL;

	pthread_mutex_lock(&s->lock);
	for (int i = 0; i < s->answers_n; i++)
		if ((s->answers[i].member == member ||
		     s->answers[i].member == 0) &&
		    s->answers[i].times-- > 0)
			text = s->answers[i].text;
	pthread_mutex_unlock(&s->lock);
	return text;
}

static void take_rcpt(struct client *c, const char *line)
{
	const char *at = strchr(line, '<');
	const char *answer;

	c->member = at && at[1] == 'm' ? (int)strtol(at + 2, NULL, 10) : 0;
	answer = answer_for(c->sink, c->member);
	c->refused = answer != NULL;
	say(c, answer ? answer : "250 ok");
}

static void take_data(struct client *c, char *line, size_t size)
{
	struct sink *s = c->sink;

	if (c->refused) {
		say(c, "554 no valid recipients");
		return;
	}
	say(c, "354 go on");
	do {
		if (!fgets(line, (int)size, c->in))
			return;
	} while (strcmp(line, ".\r\n") != 0);
	pthread_mutex_lock(&s->lock);
	if (c->member > 0 && c->member < MEMBERS)
		s->count[c->member]++;
	s->total++;
	pthread_cond_broadcast(&s->more);
	pthread_mutex_unlock(&s->lock);
	say(c, "250 taken");
}

static void serve(struct client *c)
{
	char line[2048];

	say(c, "220 sink");
	while (fgets(line, sizeof(line), c->in)) {
		if (strncasecmp(line, "EHLO", 4) == 0)
			say(c, "250-sink\r\n250-8BITMIME\r\n250 PIPELINING");
		else if (strncasecmp(line, "RCPT", 4) == 0)
			take_rcpt(c, line);
		else if (strncasecmp(line, "DATA", 4) == 0)
			take_data(c, line, sizeof(line));
		else if (strncasecmp(line, "QUIT", 4) == 0)
			return;
		else
			say(c, "250 ok");
	}
}

static void *client_main(void *arg)
{
	struct client *c = arg;
	struct sink *s = c->sink;

	c->in = fdopen(dup(c->fd), "r");
	serve(c);
	(void)fclose(c->in);
	pthread_mutex_lock(&s->lock);
	s->client_fd[c->slot] = -1;
	close(c->fd);
	s->clients--;
	pthread_cond_broadcast(&s->more);
	pthread_mutex_unlock(&s->lock);
	free(c);
	return NULL;
}

/* Under lock. */
static void start_client(struct sink *s, int fd)
{
	struct client *c = calloc(1, sizeof(*c));
	pthread_t thread;

	c->sink = s;
	c->fd = fd;
	while (c->slot < CLIENTS && s->client_fd[c->slot] >= 0)
		c->slot++;
	BUG_ON(c->slot == CLIENTS);
	s->client_fd[c->slot] = fd;
	s->clients++;
	pthread_create(&thread, NULL, client_main, c);
	pthread_detach(thread);
}

static void *accept_main(void *arg)
{
	struct sink *s = arg;
	int fd;

	while ((fd = accept(s->fd, NULL, NULL)) >= 0) {
		pthread_mutex_lock(&s->lock);
		if (s->paused || s->stopping)
			close(fd);
		else
			start_client(s, fd);
		pthread_mutex_unlock(&s->lock);
	}
	return NULL;
}

struct sink *sink_start(void)
{
	struct sockaddr_in here = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(here);
	struct sink *s = calloc(1, sizeof(*s));

	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	for (int i = 0; i < CLIENTS; i++)
		s->client_fd[i] = -1;
	pthread_mutex_init(&s->lock, NULL);
	wait_init(&s->more);
	BUG_ON(bind(s->fd, (struct sockaddr *)&here, len) < 0);
	BUG_ON(listen(s->fd, 128) < 0);
	BUG_ON(getsockname(s->fd, (struct sockaddr *)&here, &len) < 0);
	s->port = ntohs(here.sin_port);
	BUG_ON(pthread_create(&s->thread, NULL, accept_main, s) != 0);
	return s;
}

void sink_free(struct sink **sink)
{
	struct sink *s = *sink;

	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	for (int i = 0; i < CLIENTS; i++)
		if (s->client_fd[i] >= 0)
			shutdown(s->client_fd[i], SHUT_RDWR);
	while (s->clients > 0)
		pthread_cond_wait(&s->more, &s->lock);
	pthread_mutex_unlock(&s->lock);
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->fd);
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->more);
	free(s);
	*sink = NULL;
}

int sink_port(const struct sink *s)
{
	return s->port;
}

int sink_count(struct sink *s, int member)
{
	int count;

	pthread_mutex_lock(&s->lock);
	count = s->count[member];
	pthread_mutex_unlock(&s->lock);
	return count;
}

int64_t sink_total(struct sink *s)
{
	int64_t total;

	pthread_mutex_lock(&s->lock);
	total = s->total;
	pthread_mutex_unlock(&s->lock);
	return total;
}

void sink_wait(struct sink *s)
{
	pthread_mutex_lock(&s->lock);
	(void)wait_ms(&s->more, &s->lock, 20);
	pthread_mutex_unlock(&s->lock);
}

void sink_answer_to(struct sink *s, int member, const char *answer, int times)
{
	pthread_mutex_lock(&s->lock);
	s->answers[s->answers_n].member = member;
	s->answers[s->answers_n].text = answer;
	s->answers[s->answers_n++].times = times;
	pthread_mutex_unlock(&s->lock);
}

void sink_pause(struct sink *s, bool paused)
{
	pthread_mutex_lock(&s->lock);
	s->paused = paused;
	for (int i = 0; i < CLIENTS && paused; i++)
		if (s->client_fd[i] >= 0)
			shutdown(s->client_fd[i], SHUT_RDWR);
	pthread_mutex_unlock(&s->lock);
}
