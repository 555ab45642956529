/*
 * Rows a second of an import, end to end: from the CSV file to the commit.
 *
 *     import_bench [-n ROWS] [-c FILE] [-d postgresql://...] [-f FOLDER]
 *
 * Makes a file of ROWS people (1,000,000), imports it into a new database in
 * FOLDER (/tmp) or into the one given, imports it again, counts groups over
 * it, and prints what each took and the memory of the process at its largest.
 * FILE: a CSV of ROWS people to import instead, as of tools/make_people.py.
 */
#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/random.h"
#include "base/strbuf.h"
#include "crm/group/group.h"
#include "crm/import/import.h"
#include "crm/import/import_steps.h"
#include "store/store.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static const char *const first_names[] = {
	"Anna",   "Max",  "S\xc3\xb8ren", "Jos\xc3\xa9", "Ada", "Li",
	"Fatima", "Ivan", "Emma",         "Noah",        "Mia", "M\xc3\xa1ria",
};
static const char *const cities[] = { "Bern",   "Paris",  "London",
				      "Madrid", "Berlin", "K\xc3\xb6ln",
				      "Oslo",   "Wien" };

static void must(int ret, const struct err *err)
{
	if (ret >= 0)
		return;
	fprintf(stderr, "import_bench: %s\n", err->text);
	exit(1);
}

static void write_people(const char *path, long n)
{
	FILE *f = fopen(path, "w");
	struct prng random = { 1 };

	if (!f)
		exit(1);
	fprintf(f, "First name,Last name,E-mail,Company,City,Country,Phone\n");
	for (long i = 0; i < n; i++)
		fprintf(f,
			"%s,Lastname%lu,user%ld.%lx@example%lu.org,Company "
			"%lu,%s,CH,+41 31 %07lu\n",
			first_names[prng_below(&random,
					       ARRAY_SIZE(first_names))],
			(unsigned long)prng_below(&random, 100000), i,
			(unsigned long)prng_below(&random, 1 << 30),
			(unsigned long)prng_below(&random, 500),
			(unsigned long)prng_below(&random, 20000),
			cities[prng_below(&random, ARRAY_SIZE(cities))],
			(unsigned long)prng_below(&random, 10000000));
	fclose(f);
}

static int save(void *context, struct tx *tx, int64_t done, int64_t total,
		const char *state_json, struct err *err)
{
	int64_t *shown = context;

	(void)total;
	(void)state_json;
	(void)tx;
	(void)err;
	if (done / 100000 != *shown && isatty(2)) {
		*shown = done / 100000;
		fprintf(stderr, "\r%ld00,000 rows", (long)*shown);
	}
	return 0;
}

static double cpu_seconds(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void copy_people(const char *from, const char *to)
{
	CLEANUP(strbuf_release) struct strbuf command = STRBUF_INIT;

	strbuf_addf(&command, "cp '%s' '%s'", from, to);
	if (system(command.buf) != 0)
		exit(1);
}

static void import(struct db *db, const char *folder, const char *file, long n,
		   const char *what)
{
	char path[300];
	struct import_input input = { .entity = ENTITY_PERSON,
				      .folder = folder,
				      .path = path };
	CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;
	struct import_steps steps = { .db = db,
				      .folder = folder,
				      .save = save };
	struct err err = ERR_INIT;
	int64_t job, began, shown = 0;
	double seconds, cpu;

	snprintf(path, sizeof(path), "%s/bench.csv", folder);
	if (file)
		copy_people(file, path);
	else
		write_people(path, n);
	steps.context = &shown;
	cpu = cpu_seconds();
	began = clock_monotonic_us();
	must(import_start(db, &input, clock_now_ms(), &steps.import_id, &job,
			  &err),
	     &err);
	must(import_steps(&steps, &result, &err), &err);
	seconds = (double)(clock_monotonic_us() - began) / 1e6;
	cpu = cpu_seconds() - cpu;
	printf("%-28s %8.2f s %10.0f rows/s %6.1f us CPU/row\n", what, seconds,
	       (double)n / seconds, cpu * 1e6 / (double)n);
}

static void group(struct db *db, const char *name, const char *criteria)
{
	json_t *json = json_loads(criteria, 0, NULL);
	struct ids sample = { 0 };
	struct err err = ERR_INIT;
	int64_t began = clock_monotonic_us(), n;

	must(group_preview(db, ENTITY_PERSON, json, &n, &sample, &err), &err);
	printf("%-28s %8.0f ms %9ld people\n", name,
	       (double)(clock_monotonic_us() - began) / 1e3, (long)n);
	vec_release(&sample);
	json_decref(json);
}

static void make_group(struct db *db, const char *criteria)
{
	json_t *json = json_loads(criteria, 0, NULL);
	struct group_input input = { .name = "bench",
				     .kind = GROUP_STATIC,
				     .criteria = json };
	struct err err = ERR_INIT;
	int64_t began = clock_monotonic_us(), id;

	must(group_add(db, &input, clock_now_ms(), &id, &err), &err);
	printf("%-28s %8.0f ms\n", "static group of it",
	       (double)(clock_monotonic_us() - began) / 1e3);
	must(group_remove(db, id, NULL, &err), &err);
	json_decref(json);
}

static void groups(struct db *db)
{
	group(db, "everybody", "{\"conditions\":[]}");
	group(db, "city is",
	      "{\"conditions\":[{\"field\":\"city\",\"op\":\"is\","
	      "\"value\":\"k\xc3\xb6LN\"}]}");
	group(db, "email contains",
	      "{\"conditions\":[{\"field\":\"email\",\"op\":\"contains\","
	      "\"value\":\"77@example7\"}]}");
	group(db, "company and city",
	      "{\"conditions\":[{\"field\":\"company.name\",\"op\":\"starts\","
	      "\"value\":\"company 7\"},{\"field\":\"city\",\"op\":\"not\","
	      "\"value\":\"Bern\"}]}");
	make_group(db, "{\"conditions\":[{\"field\":\"city\",\"op\":\"not\","
		       "\"value\":\"Bern\"}]}");
}

int main(int argc, char **argv)
{
	struct store_options options = STORE_OPTIONS_DEFAULT;
	char folder[256] = "/tmp/muster-bench-XXXXXX";
	CLEANUP(store_free) struct store *store = NULL;
	CLEANUP(store_put) struct db *db = NULL;
	struct err err = ERR_INIT;
	struct rusage usage;
	const char *file = NULL;
	long n = 1000000;
	int option;

	while ((option = getopt(argc, argv, "n:c:d:f:")) != -1) {
		if (option == 'n')
			n = strtol(optarg, NULL, 10);
		else if (option == 'c')
			file = optarg;
		else if (option == 'd')
			options.database = optarg;
		else if (option == 'f')
			snprintf(folder, sizeof(folder), "%s/bench-XXXXXX",
				 optarg);
		else
			return 2;
	}
	crypto_init();
	if (!mkdtemp(folder))
		return 1;
	options.data = folder;
	must(store_open(&options, &store, &err), &err);
	must(store_get(store, STORE_CRM, &db, &err), &err);
	printf("%ld people, data in %s\n", n,
	       options.database ? "PostgreSQL" : folder);
	import(db, folder, file, n, "import");
	import(db, folder, file, n, "import again");
	groups(db);
	getrusage(RUSAGE_SELF, &usage);
	printf("%-28s %8ld MB\n", "memory at most", usage.ru_maxrss / 1024);
	return 0;
}
