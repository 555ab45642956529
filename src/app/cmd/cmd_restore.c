/*
 * muster backup, restore, confirm-restore: the first two on the database
 * itself, the last through the server
 */
#include "app/client.h"
#include "app/command.h"
#include "app/data_folder.h"
#include "app/folder_lock.h"
#include "app/installation.h"
#include "app/journal_wiring.h"
#include "app/print.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "journal/gate.h"
#include "store/backup.h"

int cmd_backup(const struct invocation *in, struct err *err)
{
	CLEANUP(store_free) struct store *store = NULL;

	if (data_open(in->config, &store, err) < 0 ||
	    store_backup(store, in->operands[0], err) < 0)
		return -1;
	printf("backup written to %s\n", in->operands[0]);
	return 0;
}

static int lock(const struct config *config, int *fd, struct err *err)
{
	if (folder_lock(config, fd, err) == 0)
		return 0;
	if (err->code != ERR_CONFLICT)
		return -1;
	return err_set(err, ERR_CONFLICT,
		       "a server runs on the folder %s: stop it before its "
		       "data is replaced",
		       config->store.data);
}

/* --- is it the backup that is meant? --- */

static int check_yes(const struct invocation *in, struct err *err)
{
	const struct config *config = in->config;

	if (flag_is_set(in, "yes") || !store_has_data(&config->store))
		return 0;
	return err_set(err, ERR_CONFLICT,
		       "there is data in %s already: --yes replaces it",
		       config->store.data);
}

/* What is here cannot be compared if it cannot be read. */
static int check_same(const struct invocation *in, const struct backup *backup,
		      bool *is_other, struct err *err)
{
	const struct store_options *data = &in->config->store;
	struct installation here, there;

	*is_other = false;
	if (!store_is_whole(data))
		return 0;
	if (installation_look(data->data, &here, err) < 0 ||
	    installation_look(in->operands[0], &there, err) < 0)
		return -1;
	*is_other = !installation_is_same(&here, &there);
	return flag_is_set(in, "other-data")
		       ? 0
		       : installation_check(&here, &there, backup->made_ms,
					    err);
}

static int check_backup(const struct invocation *in, struct backup *out,
			struct err *err)
{
	const char *folder = in->operands[0];

	if (*in->config->store.database)
		return err_set(err, ERR_INVALID,
			       "the data is in PostgreSQL: use pg_restore; the "
			       "next start of the server does the rest");
	if (backup_look(folder, out, err) < 0)
		return -1;
	if (!out->strange || flag_is_set(in, "other-data"))
		return 0;
	return err_set(err, ERR_CONFLICT,
		       "%s/%s.db is not the one that this backup was made "
		       "with: it is of another backup, or was changed since; "
		       "if it is meant, say --other-data",
		       folder, out->strange);
}

/* --- what the replaced data knows --- */

/* It is replaced all the same, often for that very reason, if a journal is
 * there: only what came last is not in that. */
static int not_readable(const struct invocation *in, const char *why,
			struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(journal_file_free) struct journal_file *file = NULL;
	const char *path = journal_path(in->config, arena);
	struct err ignored = ERR_INIT;

	if (journal_file_open(path, &file, &ignored) <= 0 &&
	    !flag_is_set(in, "lose-opt-outs"))
		return err_set(
			err, ERR_CONFLICT,
			"%s, and there is no suppression journal %s: opt-outs "
			"since the backup would be lost. Put the newest "
			"journal there, or say --lose-opt-outs (nothing is "
			"sent then until an administrator confirms)",
			why, path);
	log_warn("what the replaced data knew last of opt-outs is not in the "
		 "suppression journal",
		 LOG_TEXT("error", why));
	return 0;
}

static int save(const struct invocation *in, bool is_other, struct err *err)
{
	CLEANUP(store_free) struct store *store = NULL;
	CLEANUP(journal_free) struct journal *journal = NULL;
	int saved;

	if (store_open(&in->config->store, &store, err) < 0 ||
	    journal_open_wired(in->config, store, false, &journal, err) < 0)
		return -1;
	if (is_other) /* hashes that the backup cannot read */
		return journal_drain(journal, err) < 0 ? -1 : 0;
	saved = journal_save_all(journal, err);
	if (saved > 0)
		puts("the suppression journal was missing or did not fit: a "
		     "new one has all that the replaced data knows of "
		     "opt-outs");
	return saved < 0 ? -1 : 0;
}

/* What only the data to be replaced knows: its server was killed, the journal's
 * disk was full, the journal is lost or an old one was put back too. */
static int save_last_words(const struct invocation *in, bool is_other,
			   struct err *err)
{
	const struct store_options *data = &in->config->store;

	if (!store_has_data(data))
		return 0;
	if (!store_is_whole(data))
		return not_readable(in, "the data to be replaced is damaged",
				    err);
	if (save(in, is_other, err) < 0)
		return err_prefix(err, "nothing was replaced: what the data "
				       "knows of opt-outs could not be "
				       "written to the suppression journal");
	return 0;
}

/* From here on a kill is seen by the next start. */
static int note_restore(const struct config *config, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct err of_file = ERR_INIT;

	if (journal_note_restore(journal_path(config, arena), clock_now_ms(),
				 &of_file) >= 0 ||
	    of_file.code == ERR_INVALID) /* no journal: found out later */
		return 0;
	*err = of_file;
	return -1;
}

static void print_counts(const struct journal_counts *counts)
{
	static const struct {
		enum journal_kind kind;
		const char *what;
	} lines[] = {
		{ JOURNAL_OPT_OUT, "opt-outs" },
		{ JOURNAL_UNSUBSCRIBE, "unsubscribes" },
		{ JOURNAL_COMPLAINT, "complaints" },
		{ JOURNAL_CLEAN, "cleaned addresses" },
		{ JOURNAL_ERASURE, "erasures" },
	};

	puts("applied from the suppression journal:");
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		printf("  %6lld %s\n", (long long)counts->of[lines[i].kind],
		       lines[i].what);
	if (counts->paused > 0)
		printf("campaigns that were under way are paused: %lld; look "
		       "at each before you resume or cancel it\n",
		       (long long)counts->paused);
}

static int settle(const struct config *config, struct err *err)
{
	CLEANUP(store_free) struct store *store = NULL;
	CLEANUP(journal_free) struct journal *journal = NULL;
	struct journal_counts counts;
	struct err closed = ERR_INIT;

	if (store_open(&config->store, &store, err) < 0 ||
	    journal_open_wired(config, store, true, &journal, err) < 0)
		return err_prefix(err, "the files are restored, but");
	counts = journal_counts(journal);
	print_counts(&counts);
	if (gate_pass_store(store, &closed) < 0)
		printf("%s\n", closed.text);
	return 0;
}

/* --- the command --- */

static int replace(const struct invocation *in, const struct backup *backup,
		   struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf aside = STRBUF_INIT;
	const char *folder = in->operands[0];
	bool keep = !flag_is_set(in, "discard-replaced");

	struct err why = ERR_INIT;

	if (store_restore(&in->config->store, folder, backup,
			  keep ? &aside : NULL, &why) < 0) {
		*err = why;
		return why.code != ERR_LIMIT ? -1
					     : err_set(err, ERR_LIMIT,
						       "%s: make room, or say "
						       "--discard-replaced",
						       why.text);
	}
	printf("restored from %s\n", folder);
	if (aside.len > 0)
		printf("what was replaced is in %s, until the next restore\n",
		       aside.buf);
	return 0;
}

int cmd_restore(const struct invocation *in, struct err *err)
{
	CLEANUP(fd_release) int fd = -1;
	struct backup backup;
	bool is_other;

	if (check_backup(in, &backup, err) < 0 || check_yes(in, err) < 0 ||
	    lock(in->config, &fd, err) < 0 ||
	    check_same(in, &backup, &is_other, err) < 0 ||
	    save_last_words(in, is_other, err) < 0 ||
	    note_restore(in->config, err) < 0 || replace(in, &backup, err) < 0)
		return -1;
	return settle(in->config, err);
}

int cmd_confirm_restore(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(json_free) json_t *reply = NULL;

	if (client_open(&c, err) < 0 ||
	    client_call(c, "POST", "/api/v1/restore/confirm", "{}", &reply,
			err) < 0)
		return -1;
	if (flag_is_set(in, "json"))
		print_json(reply);
	else
		puts("sending is on again");
	return 0;
}
