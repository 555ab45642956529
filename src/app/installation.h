/*
 * app/installation.h - whose data is in a folder, and how much: to hold a
 * backup against what it would replace
 *
 * An installation is known by its keys of keyed hashes, which never change.
 */
#ifndef APP_INSTALLATION_H
#define APP_INSTALLATION_H

#include "audience/suppression.h"
#include "crm/address.h"
#include "store/backup.h"

struct installation {
	struct forgotten crm;
	bool has_audience_key;
	struct suppression_key audience;
	int64_t people;
	int64_t changed_ms; /* of the person changed last; 0: nobody */
};

/* Of whole databases; changes nothing. */
int installation_look(const char *folder, struct installation *out,
		      struct err *err);
/* False only if both have a key of the same part, and these differ. */
bool installation_is_same(const struct installation *a,
			  const struct installation *b);
/* ERR_CONFLICT: a backup (made_ms 0: unknown when) is not of the installation
 * that it would replace, or it is empty. The text has figures and dates. */
int installation_check(const struct installation *here,
		       const struct installation *backup, int64_t made_ms,
		       struct err *err);

#endif
