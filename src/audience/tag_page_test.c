/*
 * Pages of a tag: whoever has it all the time is on exactly one of them,
 * whatever happens to others between two pages.
 */
#include "audience/tag_page.h"

#include "audience/audience_fixture.h"
#include "audience/segment.h"
#include "base/arena.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define PEOPLE 40
#define HISTORIES 60

struct person {
	int64_t id;
	bool tagged;    /* now */
	bool all_along; /* since before the first page */
	int pages;      /* on which it was */
};

struct history {
	struct audience_fixture *f;
	int64_t tag;
	struct person people[PEOPLE];
	unsigned seed;
};

static int choose(struct history *h, int n)
{
	h->seed = h->seed * 1103515245u + 12345u;
	return (int)((h->seed >> 16) % (unsigned)n);
}

static void run_sql(struct history *h, const char *sql, int64_t id)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(tx_begin(h->f->db, &tx, &err), 0);
	assert_true(db_exec_text(&tx, sql,
				 SQL_ARGS(sql_int(h->tag), sql_int(id)),
				 &err) >= 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

static void set_tag(struct history *h, struct person *p, bool on)
{
	if (p->tagged == on)
		return;
	run_sql(h,
		on ? "INSERT INTO segment_member (segment_id, member_id, "
		     "at_ms) VALUES (?, ?, 0)"
		   : "DELETE FROM segment_member WHERE segment_id = ? AND "
		     "member_id = ?",
		p->id);
	p->tagged = on;
	if (!on)
		p->all_along = false;
}

static void move(struct history *h, const struct person *p)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	char key[CONTACT_ID_HEX + 1];
	struct err err = ERR_INIT;

	strbuf_addf(&body, "{\"email_address\":\"m%d.%lld@example.org\"}",
		    choose(h, 1 << 14), (long long)p->id);
	member_contact_id(p->id, key);
	assert_int_equal(audience_fixture_apply(h->f, MEMBER_PATCH, key,
						body.buf, FIXTURE_NOW, NULL,
						&err),
			 0);
}

/* Somebody does something. */
static void happen(struct history *h)
{
	struct person *p = &h->people[choose(h, PEOPLE)];

	switch (choose(h, 3)) {
	case 0:
		set_tag(h, p, true);
		break;
	case 1:
		set_tag(h, p, false);
		break;
	default:
		move(h, p);
	}
}

static void begin(struct history *h)
{
	for (int i = 0; i < PEOPLE; i++) {
		CLEANUP(strbuf_release) struct strbuf address = STRBUF_INIT;

		strbuf_addf(&address, "p%d.%u@example.org", i, h->seed);
		h->people[i].id = audience_fixture_subscribe(h->f, address.buf);
	}
	for (int i = 0; i < PEOPLE; i++)
		if (choose(h, 2)) {
			set_tag(h, &h->people[i], true);
			h->people[i].all_along = true;
		}
}

static void see(struct history *h, const struct members *page)
{
	vec_each (page, m)
		for (int i = 0; i < PEOPLE; i++)
			h->people[i].pages += h->people[i].id == m->id;
}

static void walk(struct history *h)
{
	struct tag_page page = {
		.segment_id = h->tag,
		.statuses = MEMBER_STATUS_BIT(MEMBER_SUBSCRIBED),
	};
	size_t n;

	do {
		CLEANUP(vec_release) struct members members = VEC_INIT;
		struct err err = ERR_INIT;

		page.count = 1 + choose(h, 7);
		page.brief = choose(h, 2) != 0;
		assert_int_equal(tag_page_list(h->f->db, &page, h->f->arena,
					       &members, &err),
				 0);
		n = members.n;
		assert_true((int64_t)n <= page.count);
		see(h, &members);
		if (n > 0)
			page.after_id = members.v[n - 1].id;
		for (int i = choose(h, 4); i > 0; i--)
			happen(h);
	} while (n > 0);
}

static int64_t make_tag(struct audience_fixture *f, unsigned seed)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *tree = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;
	struct segment segment;

	strbuf_addf(&body, "{\"name\":\"t%u\",\"static_segment\":[]}", seed);
	assert_int_equal(json_parse(strbuf_str(&body), &tree, &err), 0);
	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(segment_add(&tx, &f->list, tree, FIXTURE_NOW, f->arena,
				     &segment, &err),
			 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	return segment.id;
}

static void nobody_is_passed_over_or_told_twice(void **state)
{
	for (unsigned seed = 1; seed <= HISTORIES; seed++) {
		struct history h = { .f = *state, .seed = seed };

		h.tag = make_tag(h.f, seed);
		begin(&h);
		walk(&h);
		for (int i = 0; i < PEOPLE; i++) {
			const struct person *p = &h.people[i];

			if (p->pages > 1 || (p->all_along && p->pages != 1))
				fail_msg("history %u: person %d is on %d "
					 "pages",
					 seed, i, p->pages);
		}
	}
}

static void only_the_statuses_asked_for_are_told(void **state)
{
	struct audience_fixture *f = *state;
	struct history h = { .f = f, .tag = make_tag(f, 0) };
	CLEANUP(vec_release) struct members both = VEC_INIT;
	CLEANUP(vec_release) struct members in = VEC_INIT;
	struct tag_page page = { .segment_id = h.tag, .count = 10 };
	struct err err = ERR_INIT;

	h.people[0].id = audience_fixture_subscribe(f, "in@example.org");
	h.people[1].id = audience_fixture_subscribe(f, "out@example.org");
	set_tag(&h, &h.people[0], true);
	set_tag(&h, &h.people[1], true);
	audience_fixture_depart(f, h.people[1].id, DEPART_UNSUBSCRIBED,
				FIXTURE_NOW);
	page.statuses = MEMBER_STATUS_BIT(MEMBER_SUBSCRIBED);
	assert_int_equal(tag_page_list(f->db, &page, f->arena, &in, &err), 0);
	assert_int_equal(in.n, 1);
	assert_string_equal(in.v[0].address, "in@example.org");
	page.statuses |= MEMBER_STATUS_BIT(MEMBER_UNSUBSCRIBED);
	page.brief = true;
	assert_int_equal(tag_page_list(f->db, &page, f->arena, &both, &err), 0);
	assert_int_equal(both.n, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			nobody_is_passed_over_or_told_twice,
			audience_fixture_set_up, audience_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			only_the_statuses_asked_for_are_told,
			audience_fixture_set_up, audience_fixture_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
