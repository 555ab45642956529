/*
 * Bodies of upload routes: a file in the upload folder, for this request only.
 * The handler may rename it to keep it.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/fd.h"
#include "http/exchange.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

int upload_begin(struct exchange *x, struct err *err)
{
	const char *folder = x->server->options.upload_folder;
	char *path;

	if (!folder)
		return err_set(err, ERR_BUG, "no folder for uploads");
	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return err_errno(err, "upload");
	path = arena_printf(x->rq.arena, "%s/upload-XXXXXX", folder);
	x->in.upload_fd = mkostemp(path, O_CLOEXEC);
	if (x->in.upload_fd < 0)
		return err_errno(err, "upload");
	x->in.upload_path = path;
	return 0;
}

int upload_write(struct exchange *x, struct err *err)
{
	if (fd_write_all(x->in.upload_fd, strbuf_str(&x->body)) < 0)
		return err_errno(err, "upload");
	strbuf_reset(&x->body);
	return 0;
}

/* Network file systems and quotas may complain only now. */
int upload_end(struct exchange *x, struct err *err)
{
	int fd = x->in.upload_fd;

	x->in.upload_fd = -1;
	if (close(fd) < 0)
		return err_errno(err, "upload");
	return 0;
}

void upload_remove(struct exchange *x)
{
	fd_release(&x->in.upload_fd);
	if (x->in.upload_path)
		(void)unlink(x->in.upload_path); /* or the handler moved it */
}
