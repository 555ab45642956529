#include "app/data_folder.h"

#include "app/config.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"

#include <unistd.h>

int data_open(const struct config *config, struct store **out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	strbuf_addf(&path, "%s/crm.db", config->store.data);
	if (!*config->store.database && access(path.buf, F_OK) < 0)
		return err_set(err, ERR_NOT_FOUND,
			       "there is no data of Muster in the folder %s: "
			       "say where the server has it with --data or "
			       "MUSTER_DATA (`muster serve` makes new data)",
			       config->store.data);
	return store_open(&config->store, out, err);
}
