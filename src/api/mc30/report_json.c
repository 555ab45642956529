#include "api/mc30/report_json.h"

#include "audience/member.h"
#include "base/arena.h"
#include "base/err.h"

void mc_reading_release(struct mc_reading *reading)
{
	vec_release(&reading->defs);
	tx_release(&reading->tx);
	store_put(&reading->db);
}

int mc_reading_begin(const struct request *rq, struct mc_reading *out,
		     struct err *err)
{
	if (mc_db(rq, &out->db, err) < 0 ||
	    tx_begin_snapshot(out->db, &out->tx, err) < 0)
		return -1;
	return mc_campaign_to_read(rq, out->db, &out->campaign, err);
}

int mc_reading_defs(const struct request *rq, struct mc_reading *reading,
		    struct err *err)
{
	return merge_field_list(reading->db, reading->campaign.list_id,
				rq->arena, &reading->defs, err);
}

int mc_report_row_of_path(const struct request *rq,
			  const struct mc_reading *reading, int64_t link_id,
			  struct report_row *out, struct err *err)
{
	struct member member;
	int found;

	found = member_find(reading->db, reading->campaign.list_id,
			    request_param(rq, "subscriber_hash"), rq->arena,
			    &member, err);
	if (found > 0)
		found = report_find(reading->db, reading->campaign.id,
				    member.id, link_id, rq->arena, out, err);
	if (found < 0)
		return -1;
	return found == 0 ? mc_not_found(err) : 0;
}

void mc_report_ids_write(const struct campaign *campaign, struct json_writer *w)
{
	json_key_text(w, "campaign_id", campaign->hex);
	json_key_text(w, "list_id", campaign->list_hex);
	json_key_bool(w, "list_is_active", *campaign->list_hex != '\0');
}

void mc_person_write(const struct mc_reading *reading,
		     const struct report_row *row, bool with_fields,
		     struct json_writer *w)
{
	json_key_text(w, "email_id", row->email_hash);
	json_key_text(w, "email_address", row->address);
	if (!with_fields)
		return;
	json_key(w, "merge_fields");
	merge_values_write(&reading->defs, row->merge, w);
	json_key_bool(w, "vip", row->vip);
	json_key_text(w, "contact_status",
		      row->status ? member_status_name(
					    (enum member_status)row->status)
				  : "");
}

void mc_report_end(const struct request *rq, const struct campaign *campaign,
		   int64_t total, const char *part, struct json_writer *w)
{
	const char *parent =
		arena_printf(rq->arena, "/reports/%s", campaign->hex);

	json_key_text(w, "campaign_id", campaign->hex);
	mc_collection_end(w, total, mc_base(rq),
			  arena_printf(rq->arena, "%s%s", parent, part),
			  parent);
}
