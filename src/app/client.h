/*
 * app/client.h - the command line as a client of a running server
 *
 * The server is MUSTER_URL (default http://127.0.0.1:8080), the key MUSTER_KEY.
 * Errors of the server arrive as struct err with the text of its problem
 * document.
 */
#ifndef APP_CLIENT_H
#define APP_CLIENT_H

#include "base/json.h"

struct client;
struct err;

int client_open(struct client **out, struct err *err);
void client_free(struct client **client);

/* `?name=value`, or `&`; nothing if value is NULL. */
void client_add_query(struct strbuf *path, const char *name, const char *value);

/* body NULL: none. *reply may be NULL: not wanted. path is below the server,
 * with its query. */
int client_call(struct client *client, const char *method, const char *path,
		const char *body, json_t **reply, struct err *err);
/* The problem document of the last call that the server refused; NULL: none.
 * It lives until the next call. */
const json_t *client_problem(const struct client *client);
/* The HTTP status of the last call; 0: no answer came. */
int client_status(const struct client *client);
/* Sends a file, showing its progress. "-" is standard input. */
int client_upload(struct client *client, const char *path, const char *file,
		  const char *content_type, json_t **reply, struct err *err);
/* Streams the reply into a file; NULL: standard output. */
int client_download(struct client *client, const char *path, const char *file,
		    struct err *err);

/*
 * Waits until job `id` has ended or needs confirmation; shows a bar with rate
 * and time left on a terminal. *job_out is the job as the API shows it.
 * `confirm`: answer a question with yes. ERR_IO with the job's error if it
 * failed; ERR_CONFLICT if it needs confirmation or was canceled.
 */
int client_wait_job(struct client *client, int64_t id, const char *what,
		    bool confirm, json_t **job_out, struct err *err);

/* Calls what adds a job, and waits for it as client_wait_job does. */
int client_run_job(struct client *client, const char *method, const char *path,
		   const char *body, const char *what, bool confirm,
		   json_t **job_out, struct err *err);

/* The job_id of a 202 reply. */
int client_job_id(const json_t *reply, int64_t *out, struct err *err);

#endif
