/*
 * What a test is, as the Marketing API writes it. Called by the handlers of
 * campaigns; any worker.
 */
#include "api/mc30/campaign_json.h"
#include "campaign/variate/variate_content.h"

/* How many get it in the test; before it is sent, how many would. */
static int count_recipients(struct db *db, const struct campaign *c,
			    const struct variate *v, int64_t count,
			    int64_t out[VARIATE_VARIANTS + 1], struct err *err)
{
	if (c->frozen)
		return variate_recipients(db, c->id, out, err);
	for (int i = 1; i <= VARIATE_VARIANTS; i++)
		out[i] = i <= variate_count(v) ? variate_share(v, count, i) : 0;
	return 0;
}

static void write_combination(const struct variate_combination *c,
			      int64_t recipients, struct json_writer *w)
{
	json_begin_object(w);
	json_key_text(w, "id", c->id);
	json_key_int(w, "subject_line", c->subject_line);
	json_key_int(w, "send_time", c->send_time);
	json_key_int(w, "from_name", c->sender);
	json_key_int(w, "reply_to", c->sender);
	json_key_int(w, "content_description", c->content);
	json_key_int(w, "recipients", recipients);
	json_end_object(w);
}

int mc_variate_write(const struct request *rq, struct db *db,
		     const struct campaign *c, int64_t count,
		     struct json_writer *w, struct err *err)
{
	struct variate_combination all[VARIATE_VARIANTS];
	int64_t recipients[VARIATE_VARIANTS + 1];
	struct variate v;
	bool is_decided;
	int n;

	if (!variate_read(c->variate, rq->arena, &v))
		return 0;
	if (count_recipients(db, c, &v, count, recipients, err) < 0)
		return -1;
	n = variate_combinations(&v, c->hex, all);
	is_decided = c->winner >= 1 && c->winner <= n;
	json_key_begin_object(w, "variate_settings");
	json_key_text(w, "winning_combination_id",
		      is_decided ? all[c->winner - 1].id : "");
	json_key_text(w, "winning_campaign_id", is_decided ? c->hex : "");
	json_key_time(w, "winner_time", c->winner_ms);
	variate_write(&v, w);
	json_key_begin_array(w, "combinations");
	for (int i = 0; i < n; i++)
		write_combination(&all[i], recipients[i + 1], w);
	json_end_array(w);
	json_end_object(w);
	return 0;
}
