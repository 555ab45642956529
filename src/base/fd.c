#include "base/fd.h"

#include <errno.h>
#include <unistd.h>

int fd_write_all(int fd, struct str data)
{
	while (data.len > 0) {
		ssize_t n = write(fd, data.s, data.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		data.s += n;
		data.len -= (size_t)n;
	}
	return 0;
}
