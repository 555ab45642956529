/*
 * muster backup, restore, confirm-restore: the first two on the database
 * itself, the last through the server
 */
#include "app/client.h"
#include "app/command.h"
#include "app/folder_lock.h"
#include "app/journal_wiring.h"
#include "app/print.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "journal/gate.h"

static int backup(const struct invocation *in, struct err *err)
{
	CLEANUP(store_free) struct store *store = NULL;

	if (store_open(&in->config->store, &store, err) < 0 ||
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

static bool is_whole(const struct store_options *data)
{
	struct err damage = ERR_INIT;

	return store_restore_check(data, data->data, true, &damage) == 0;
}

/* It is replaced all the same: often for that very reason. */
static int not_readable(const struct err *why)
{
	log_warn("what the replaced data knew last of opt-outs is not in the "
		 "suppression journal",
		 LOG_ERR(why));
	return 0;
}

/* What only the data to be replaced knows: its server was killed, the journal's
 * disk was full, or an old journal was put back too. */
static int save_last_words(const struct config *config, const char *folder,
			   struct err *err)
{
	CLEANUP(store_free) struct store *store = NULL;
	CLEANUP(journal_free) struct journal *journal = NULL;
	struct err why = ERR_INIT;

	if (store_restore_check(&config->store, folder, false, &why) == 0)
		return 0; /* there is none */
	if (store_open(&config->store, &store, &why) < 0 ||
	    journal_open_wired(config, store, false, &journal, &why) < 0)
		return not_readable(&why);
	if (journal_lacks_entries(journal))
		return err_set(err, ERR_CONFLICT,
			       "the suppression journal is older than the data "
			       "to be replaced: put the newest one in its "
			       "place, or remove it (nothing is sent then "
			       "until somebody confirms)");
	if (journal_drain(journal, &why) >= 0)
		return 0;
	if (!is_whole(&config->store))
		return not_readable(&why);
	*err = why;
	return err_prefix(err, "what the data to be replaced knew last of "
			       "opt-outs");
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

static int restore(const struct invocation *in, struct err *err)
{
	const struct config *config = in->config;
	const char *folder = in->operands[0];
	bool replace = flag_is_set(in, "yes");
	CLEANUP(fd_release) int fd = -1;

	if (store_restore_check(&config->store, folder, replace, err) < 0 ||
	    lock(config, &fd, err) < 0 ||
	    save_last_words(config, folder, err) < 0 ||
	    note_restore(config, err) < 0 ||
	    store_restore(&config->store, folder, replace, err) < 0)
		return -1;
	printf("restored from %s\n", folder);
	return settle(config, err);
}

static int confirm_restore(const struct invocation *in, struct err *err)
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

int cmd_backup(const struct invocation *in)
{
	return print_end(in, backup);
}

int cmd_restore(const struct invocation *in)
{
	return print_end(in, restore);
}

int cmd_confirm_restore(const struct invocation *in)
{
	return print_end(in, confirm_restore);
}
