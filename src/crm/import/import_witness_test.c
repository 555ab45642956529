#include "crm/import/import_fixture.h"

#include "base/email.h"
#include "crm/consent/consent.h"
#include "crm/consent/kept_opt_out.h"
#include "crm/record.h"

#include <stdio.h>

/*
 * Random histories against a model: imports that say "out" or nothing, of
 * people who share addresses and belong to companies, and of companies; words
 * of users; deletions; imports that are taken back, with their opt-outs or
 * without. After each step whoever is opted out has a witness in the model, and
 * the other way round.
 */
#define PEOPLE_N 8
#define COMPANIES_N 3
#define ADDRESSES_N 5
#define IMPORTS_MAX 60
#define SEEDS 24
#define STEPS 60

/* Who says so: bit 0 is what nothing takes back, the others are imports. */
typedef uint64_t witnesses;

static const int address_of[PEOPLE_N] = { 0, 0, 0, 1, 1, 2, 3, 4 };
static const int company_of[PEOPLE_N] = { 0, -1, 1, 0, -1, 1, 2, -1 };

struct one {
	int64_t id; /* 0: is not there */
	witnesses by;
	int made_by; /* place of an import; 0: of none */
};

struct model {
	struct setup *s;
	unsigned random;
	struct one people[PEOPLE_N], companies[COMPANIES_N];
	witnesses kept[ADDRESSES_N];
	int64_t imports[IMPORTS_MAX]; /* ids; 0: taken back */
	int imports_n;                /* place 0 is none */
};

static const struct actor actor = { .user_id = 1,
				    .name = "tester",
				    .now_ms = NOW };

static int pick(struct model *m, int n)
{
	m->random = m->random * 1103515245u + 12345u;
	return (int)(m->random >> 16) % n;
}

/* --- the model --- */

static void reach_sharers(struct model *m, int i, int w, bool only_out)
{
	for (int k = 0; k < PEOPLE_N; k++) {
		struct one *p = &m->people[k];

		if (p->id && address_of[k] == address_of[i] &&
		    (p->by || !only_out))
			p->by |= (witnesses)1 << w;
	}
}

/* What an import says again of whom is out reaches those who are. */
static void model_person(struct model *m, int i, int w, bool only_out)
{
	m->people[i].by |= (witnesses)1 << w;
	reach_sharers(m, i, w, only_out);
}

static void model_company(struct model *m, int c, int w, bool only_out)
{
	struct one *company = &m->companies[c];

	if (company->by & ((witnesses)1 << w))
		return;
	company->by |= (witnesses)1 << w;
	for (int i = 0; i < PEOPLE_N; i++) {
		struct one *p = &m->people[i];

		if (p->id && company_of[i] == c && (p->by || !only_out))
			model_person(m, i, w, only_out);
	}
}

static void model_new(struct model *m, int i, int import)
{
	struct one *p = &m->people[i];

	p->made_by = import;
	p->by = m->kept[address_of[i]];
	if (company_of[i] >= 0)
		p->by |= m->companies[company_of[i]].by;
	for (int k = 0; k < PEOPLE_N; k++) {
		if (k != i && m->people[k].id && address_of[k] == address_of[i])
			p->by |= m->people[k].by;
	}
}

static void model_gone(struct model *m, int i, witnesses but)
{
	m->kept[address_of[i]] |= m->people[i].by & ~but;
	m->people[i] = (struct one){ 0 };
}

static void model_undo(struct model *m, int import, bool keep)
{
	witnesses own = (witnesses)1 << import;

	for (int i = 0; i < PEOPLE_N; i++) {
		struct one *p = &m->people[i];

		if (!p->id || p->made_by != import)
			continue;
		if (number(m->s, arena_printf(m->s->arena,
					      "SELECT COUNT(*) FROM person"
					      " WHERE id = %lld",
					      (long long)p->id)) == 0)
			model_gone(m, i, keep ? 0 : own);
		else if (p->by & own)
			model_person(m, i, 0, true);
	}
	for (int i = 0; i < PEOPLE_N && !keep; i++)
		m->people[i].by &= ~own;
	for (int c = 0; c < COMPANIES_N && !keep; c++)
		m->companies[c].by &= ~own;
	for (int a = 0; a < ADDRESSES_N && !keep; a++)
		m->kept[a] &= ~own;
}

/* --- steps --- */

static void find_ids(struct model *m)
{
	for (int i = 0; i < PEOPLE_N; i++)
		m->people[i].id = number(
			m->s, arena_printf(m->s->arena,
					   "SELECT COALESCE(MAX(id), 0) FROM "
					   "person WHERE external_key = 'p%d'",
					   i));
}

static void add_person(int i, bool out, struct strbuf *text)
{
	strbuf_addf(text, "p%d,N%d,a%d@example.org,", i, i, address_of[i]);
	if (company_of[i] >= 0)
		strbuf_addf(text, "C%d", company_of[i]);
	strbuf_addf(text, ",%s\n", out ? "yes" : "");
}

static int note_import(struct model *m)
{
	m->imports[++m->imports_n] = m->s->id;
	return m->imports_n;
}

static void people_step(struct model *m)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	bool is_in[PEOPLE_N], out[PEOPLE_N], was_out[PEOPLE_N];
	bool is_new[PEOPLE_N], any = false;
	int nr;

	strbuf_addstr(&text, "key,first name,email,company,opted out\n");
	for (int i = 0; i < PEOPLE_N; i++) {
		is_in[i] = pick(m, 3) == 0 || (i == PEOPLE_N - 1 && !any);
		any |= is_in[i];
		out[i] = is_in[i] && pick(m, 3) == 0;
		was_out[i] = m->people[i].by != 0;
		is_new[i] = is_in[i] && !m->people[i].id;
		if (is_in[i])
			add_person(i, out[i], &text);
	}
	import(m->s, text.buf);
	nr = note_import(m);
	/* who is here and opted out first, then who is new */
	for (int i = 0; i < PEOPLE_N; i++) {
		if (out[i] && m->people[i].id && !was_out[i])
			model_person(m, i, nr, false);
	}
	for (int i = 0; i < PEOPLE_N; i++) {
		if (is_new[i]) {
			m->people[i].id = 1; /* whatever it is */
			model_new(m, i, nr);
		}
	}
	for (int i = 0; i < PEOPLE_N; i++) {
		if (out[i])
			model_person(m, i, nr, was_out[i]);
	}
	/* who comes to a company that is out takes it to their address */
	for (int i = 0; i < PEOPLE_N; i++) {
		for (int k = 0; k < PEOPLE_N && is_new[i]; k++)
			if (m->people[k].id && address_of[k] == address_of[i])
				m->people[k].by |= m->people[i].by;
	}
	find_ids(m);
}

static void companies_step(struct model *m)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	int first = pick(m, COMPANIES_N), nr;

	strbuf_addstr(&text, "name,opted out\n");
	for (int c = first; c < COMPANIES_N; c++)
		strbuf_addf(&text, "C%d,%s\n", c, c == first ? "yes" : "");
	import_with(m->s, text.buf,
		    (struct import_input){ .entity = ENTITY_COMPANY });
	nr = note_import(m);
	model_company(m, first, nr, m->companies[first].by != 0);
}

static void say(struct model *m, enum entity entity, int64_t id, bool out)
{
	struct consent c = { .entity = entity,
			     .record_id = id,
			     .state =
				     out ? CONSENT_OPTED_OUT : CONSENT_OPTED_IN,
			     .source = CONSENT_BY_USER,
			     .reason = "said so" };
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	must(tx_begin(m->s->db, &tx, &err), &err);
	must(consent_add(&tx, &c, &actor, &err), &err);
	must(tx_commit(&tx, &err), &err);
}

static void user_opts_out(struct model *m)
{
	int i = pick(m, PEOPLE_N);

	if (!m->people[i].id)
		return;
	say(m, ENTITY_PERSON, m->people[i].id, true);
	model_person(m, i, 0, false);
}

static void user_opts_company_out(struct model *m)
{
	int c = pick(m, COMPANIES_N);

	say(m, ENTITY_COMPANY, m->companies[c].id, true);
	model_company(m, c, 0, false);
}

/* All who have an address agree. */
static void users_opt_in(struct model *m)
{
	int a = pick(m, ADDRESSES_N);

	for (int i = 0; i < PEOPLE_N; i++) {
		if (!m->people[i].id || address_of[i] != a)
			continue;
		say(m, ENTITY_PERSON, m->people[i].id, false);
		m->people[i].by = 0;
		m->kept[a] = 0;
	}
}

static void company_opts_in(struct model *m)
{
	int c = pick(m, COMPANIES_N);

	say(m, ENTITY_COMPANY, m->companies[c].id, false);
	m->companies[c].by = 0;
}

static void remove_person(struct model *m)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;
	int i = pick(m, PEOPLE_N);

	if (!m->people[i].id)
		return;
	must(tx_begin(m->s->db, &tx, &err), &err);
	must(record_remove(&tx, ENTITY_PERSON, m->people[i].id, &actor,
			   m->s->arena, &err),
	     &err);
	must(tx_commit(&tx, &err), &err);
	model_gone(m, i, 0);
}

static int64_t int_of(const char *json, const char *key)
{
	CLEANUP(json_free) json_t *tree = NULL;
	struct err err = ERR_INIT;
	int64_t n = -1;

	must(json_parse(str_of(json), &tree, &err), &err);
	must(json_get_int(tree, key, &n, &err), &err);
	return n;
}

/* What is told before is what it comes to. */
static void undo_one(struct model *m)
{
	CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;
	int import = m->imports_n ? 1 + pick(m, m->imports_n) : 0;
	bool keep = pick(m, 4) == 0;
	struct import_run run;
	struct err err = ERR_INIT;
	int64_t told;

	if (!import || !m->imports[import])
		return;
	m->s->id = m->imports[import];
	must(import_get(m->s->db, m->s->id, m->s->arena, &run, &err), &err);
	must(import_opt_outs_count(m->s->db, &run, &told, &err), &err);
	must(import_undo_start(m->s->db, m->s->id, keep, 0, NOW, &m->s->job_id,
			       &err),
	     &err);
	assert_int_equal(try_run(m->s, import_undo_steps, 0, &result, &err), 1);
	model_undo(m, import, keep);
	m->imports[import] = 0;
	if (keep)
		assert_int_equal(int_of(result.buf, "opt_outs_given_back"), 0);
	else
		assert_true(int_of(result.buf, "opt_outs_given_back") <= told);
}

/* --- comparing --- */

static int64_t is_out(struct model *m, const char *of, int64_t id)
{
	return number(m->s, arena_printf(m->s->arena,
					 "SELECT opted_out FROM %s"
					 " WHERE id = %lld",
					 of, (long long)id));
}

static void compare(struct model *m, unsigned seed, int step)
{
	struct err err = ERR_INIT;

	for (int i = 0; i < PEOPLE_N; i++) {
		const struct one *p = &m->people[i];

		if (p->id && is_out(m, "person", p->id) != (p->by != 0))
			fail_msg("seed %u step %d: person %d is %s", seed, step,
				 i, p->by ? "in" : "out");
	}
	for (int c = 0; c < COMPANIES_N; c++) {
		const struct one *o = &m->companies[c];

		if (is_out(m, "company", o->id) != (o->by != 0))
			fail_msg("seed %u step %d: company %d is %s", seed,
				 step, c, o->by ? "in" : "out");
	}
	for (int a = 0; a < ADDRESSES_N; a++) {
		const char *address =
			arena_printf(m->s->arena, "a%d@example.org", a);
		struct kept_opt_out kept;
		int found = kept_opt_out_find(m->s->db, address, m->s->arena,
					      &kept, &err);

		must(found, &err);
		if (found != (m->kept[a] != 0))
			fail_msg("seed %u step %d: address %d is %s", seed,
				 step, a, found ? "kept" : "not kept");
	}
}

static void (*const steps[])(struct model *) = {
	people_step,     people_step,   companies_step,        user_opts_out,
	undo_one,        undo_one,      user_opts_company_out, users_opt_in,
	company_opts_in, remove_person,
};

static void one_history(unsigned seed)
{
	void *own = NULL;
	struct model m = { .random = seed };

	open_setup(&own);
	m.s = own;
	import_with(m.s, "name\nC0\nC1\nC2\n",
		    (struct import_input){ .entity = ENTITY_COMPANY });
	for (int c = 0; c < COMPANIES_N; c++)
		m.companies[c].id =
			number(m.s, arena_printf(m.s->arena,
						 "SELECT id FROM company"
						 " WHERE name = 'C%d'",
						 c));
	for (int step = 0; step < STEPS && m.imports_n < IMPORTS_MAX - 1;
	     step++) {
		steps[pick(&m, ARRAY_SIZE(steps))](&m);
		compare(&m, seed, step);
	}
	free_setup(&own);
}

static void whoever_is_out_has_a_witness(void **state)
{
	const char *given = getenv("MUSTER_SEED");

	(void)state;
	if (given) {
		one_history((unsigned)strtoul(given, NULL, 10));
		return;
	}
	for (int seed = 1; seed <= SEEDS; seed += store_fixture_stride())
		one_history((unsigned)seed);
}

int main(void)
{
	const struct CMUnitTest list[] = {
		cmocka_unit_test(whoever_is_out_has_a_witness),
	};

	return cmocka_run_group_tests(list, NULL, NULL);
}
