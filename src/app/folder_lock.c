#include "app/folder_lock.h"

#include "app/config.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

int folder_lock(const struct config *config, int *fd, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	if (mkdir(config->store.data, 0700) < 0 && errno != EEXIST &&
	    errno != ENOENT)
		return err_errno(err, "making %s", config->store.data);
	strbuf_addf(&path, "%s/muster.lock", config->store.data);
	*fd = open(path.buf, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	if (*fd < 0)
		return err_errno(err, "opening %s", path.buf);
	if (flock(*fd, LOCK_EX | LOCK_NB) < 0)
		return err_set(err, ERR_CONFLICT,
			       "another Muster serves the folder %s: stop it, "
			       "or choose another with --data",
			       config->store.data);
	return 0;
}
