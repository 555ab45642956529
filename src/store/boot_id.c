#include "store/boot_id.h"

#include "base/arena.h"
#include "base/err.h"

#include <stdio.h>
#include <string.h>

int boot_id_read(struct arena *arena, const char **out, struct err *err)
{
	char id[64] = "";
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

	if (!file)
		return err_errno(err, "the id of this boot");
	if (!fgets(id, sizeof(id), file))
		id[0] = '\0';
	(void)fclose(file);
	id[strcspn(id, "\n")] = '\0';
	if (!*id)
		return err_set(err, ERR_IO, "the id of this boot is empty");
	*out = arena_strdup(arena, id);
	return 0;
}
