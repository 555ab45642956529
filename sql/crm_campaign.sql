-- schema: crm
-- The states that count as sent in a report.
-- set: CRM_RECIPIENT_SENT = CRM_RECIPIENT_ACCEPTED CRM_RECIPIENT_REFUSED CRM_RECIPIENT_EXPIRED
-- Those who have a reason, even if it is not known.
-- set: CRM_RECIPIENT_WITH_REASON = CRM_RECIPIENT_REFUSED CRM_RECIPIENT_LEFT_OUT
-- set: CRM_RECIPIENT_WAITING = CRM_RECIPIENT_QUEUED CRM_RECIPIENT_DEFERRED

-- name: crm-campaign-get
-- Columns as read by campaign_record.c. args: id
SELECT id, name, group_id, subject, preview_text, from_name, from_email,
       reply_to, status, push_id, audience_id, marketing_campaign_id,
       schedule_ms, started_ms, sent_ms, user_id, created_ms, updated_ms,
       pull_state, html, plain_text, restored_ms,
       hold_reason, hold_detail, hold_ms,
       CASE WHEN design IS NOT NULL THEN :CRM_CONTENT_DESIGN
            WHEN html IS NOT NULL THEN :CRM_CONTENT_HTML
            WHEN plain_text IS NOT NULL THEN :CRM_CONTENT_PLAIN ELSE 0 END,
       design, plain_is_made, language, direction,
       COALESCE(to_kind, CASE WHEN group_id IS NOT NULL THEN :CRM_CAMPAIGN_TO_GROUP END),
       segment_id, to_name, send_at_ms, ab_test, ab_result,
       b_design, b_html, b_plain_text, b_plain_is_made, c_design, c_html, c_plain_text, c_plain_is_made,
       origin
  FROM campaign WHERE id = ? FOR UPDATE;

-- name: crm-campaign-some
-- The same without content, by id. args: ids (JSON array)
SELECT id, name, group_id, subject, preview_text, from_name, from_email,
       reply_to, status, push_id, audience_id, marketing_campaign_id,
       schedule_ms, started_ms, sent_ms, user_id, created_ms, updated_ms,
       pull_state, NULL, NULL, restored_ms,
       hold_reason, hold_detail, hold_ms,
       CASE WHEN design IS NOT NULL THEN :CRM_CONTENT_DESIGN
            WHEN html IS NOT NULL THEN :CRM_CONTENT_HTML
            WHEN plain_text IS NOT NULL THEN :CRM_CONTENT_PLAIN ELSE 0 END,
       NULL, plain_is_made, language, direction,
       COALESCE(to_kind, CASE WHEN group_id IS NOT NULL THEN :CRM_CAMPAIGN_TO_GROUP END),
       segment_id, to_name, send_at_ms, ab_test, NULL,
       NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, origin
  FROM campaign WHERE id IN JSON_INTS(?) ORDER BY id;

-- name: crm-campaign-beside
-- What is shown beside each, by id; who sent or scheduled it last, and when.
-- args: ids (JSON array)
SELECT c.id, g.name, u.name, s.job_id, COALESCE(o.name, a.actor), a.at_ms,
       f.recipients, f.sent, f.caught, f.waiting, f.bounced_hard, f.bounced_soft, f.opened,
       f.opened_machines, f.clicked, f.clicked_machines, f.unsubscribed, f.complained,
       f.unknown, f.as_of_ms, f.pace_ms, f.pace_sent, f.per_hour, f.pace_until_ms
  FROM campaign c
  LEFT JOIN campaign_send s ON s.campaign_id = c.id
  LEFT JOIN campaign_figures f ON f.campaign_id = c.id
  LEFT JOIN crm_group g ON g.id = c.group_id
  LEFT JOIN app_user u ON u.id = c.user_id
  LEFT JOIN audit_log a ON a.id = (SELECT MAX(id) FROM audit_log
         WHERE record_id = c.id AND entity IS NULL
           AND action IN ('campaign.send', 'campaign.schedule'))
  LEFT JOIN app_user o ON o.id = a.user_id
 WHERE c.id IN JSON_INTS(?) ORDER BY c.id;

-- name: crm-campaign-order
-- Who sent or scheduled it last; detail: a key. args: id
SELECT user_id, detail FROM audit_log
 WHERE record_id = ? AND entity IS NULL
   AND action IN ('campaign.send', 'campaign.schedule')
 ORDER BY id DESC LIMIT 1;

-- name: crm-campaign-ab-result
-- What came of its A/B test so far. args: ab_result, id
UPDATE campaign SET ab_result = ? WHERE id = ?;

-- name: crm-campaign-showing
-- Those whose HTML, that of a variant too, holds something. args: pattern, pattern, pattern
SELECT name, marketing_campaign_id FROM campaign
 WHERE html LIKE ? OR b_html LIKE ? OR c_html LIKE ? ORDER BY id DESC LIMIT 100;

-- name: crm-campaign-add
-- args: name, folded, group_id, subject, preview_text, from_name, from_email, reply_to,
-- design, plain_is_made, html, plain_text, language, direction, to_kind, segment_id,
-- to_name, send_at_ms, ab_test, b_design, b_html, b_plain_text, b_plain_is_made, the same
-- of c, user_id, created_ms, updated_ms
INSERT INTO campaign (name, name_folded, group_id, subject, preview_text, from_name, from_email,
                      reply_to, design, plain_is_made, html, plain_text, status, language,
                      direction, to_kind, segment_id, to_name, send_at_ms, ab_test,
                      b_design, b_html, b_plain_text, b_plain_is_made,
                      c_design, c_html, c_plain_text, c_plain_is_made, user_id, created_ms,
                      updated_ms)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, :CRM_CAMPAIGN_DRAFT, ?, ?, ?, ?, ?, ?,
        ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
RETURNING id;

-- name: crm-campaign-remove
-- args: id
DELETE FROM campaign WHERE id = ? AND status IN (:CRM_CAMPAIGN_DRAFT, :CRM_CAMPAIGN_CANCELED);

-- name: crm-campaign-status
-- args: id
SELECT status FROM campaign WHERE id = ? FOR UPDATE;

-- name: crm-campaign-set-status
-- A draft has not begun. args: status, status, now_ms, status, now_ms, updated_ms, id
UPDATE campaign
   SET status = ?, hold_reason = NULL, hold_detail = NULL, hold_ms = NULL,
       started_ms = CASE CAST(? AS INTEGER) WHEN 3 THEN COALESCE(started_ms, ?) WHEN 1 THEN NULL ELSE started_ms END,
       sent_ms = CASE WHEN CAST(? AS INTEGER) = 5 THEN COALESCE(sent_ms, ?) ELSE sent_ms END,
       restored_ms = NULL, updated_ms = ?
 WHERE id = ?;

-- name: crm-campaign-hold
-- Why it stands still. One writer: the job that pulls, once it is sent; before, who
-- has locked it.
-- args: reason, detail, hold_ms, id
UPDATE campaign SET hold_reason = ?, hold_detail = ?, hold_ms = ?
 WHERE id = ?;

-- name: crm-campaign-schedule
-- args: schedule_ms or NULL, id
UPDATE campaign SET schedule_ms = ? WHERE id = ?;

-- name: crm-campaign-keep-time
-- args: send_at_ms or NULL, id
UPDATE campaign SET send_at_ms = ? WHERE id = ?;

-- name: crm-report-links
-- A link: people and machines who clicked it, clicks by people, and all clicks.
-- args: campaign_id
SELECT l.id, l.url, COALESCE(p.n, 0), COALESCE(m.n, 0), COALESCE(c.n, 0), COALESCE(t.n, 0)
  FROM campaign_link l
  LEFT JOIN campaign_kept p ON p.campaign_id = l.campaign_id AND p.kind = :CRM_KEPT_LINK_PEOPLE
       AND p.part = l.id AND p.name = ''
  LEFT JOIN campaign_kept m ON m.campaign_id = l.campaign_id AND m.kind = :CRM_KEPT_LINK_MACHINES
       AND m.part = l.id AND m.name = ''
  LEFT JOIN campaign_kept c ON c.campaign_id = l.campaign_id AND c.kind = :CRM_KEPT_LINK_CLICKS
       AND c.part = l.id AND c.name = ''
  LEFT JOIN campaign_kept t ON t.campaign_id = l.campaign_id AND t.kind = :CRM_KEPT_LINK_TOTAL
       AND t.part = l.id AND t.name = ''
 WHERE l.campaign_id = ?
 ORDER BY 3 DESC, l.id;

-- name: push-page
-- Of one group, newest first; -1: plans and what is none. args: group_id,
-- before_id, dry_run or -1, dry_run, job_id or 0, job_id, limit
SELECT p.id, p.state, p.dry_run, p.segment_id, p.audience_id, p.result, p.at_ms, p.job_id,
       p.group_id, p.group_name,
       (SELECT u.name FROM app_user u WHERE u.id = p.user_id),
       COALESCE(j.state, 0), j.error, j.finished_ms, c.id, c.name
  FROM push p LEFT JOIN job j ON j.id = p.job_id
  LEFT JOIN campaign_send s ON s.job_id = p.job_id LEFT JOIN campaign c ON c.id = s.campaign_id
 WHERE p.group_id = ? AND p.id < ? AND (CAST(? AS INTEGER) = -1 OR p.dry_run = ?)
   AND (CAST(? AS BIGINT) = 0 OR p.job_id = ?)
 ORDER BY p.id DESC LIMIT ?;

-- name: push-count
-- args: group_id, dry_run or -1, dry_run, job_id or 0, job_id
SELECT COUNT(*) FROM push
 WHERE group_id = ? AND (CAST(? AS INTEGER) = -1 OR dry_run = ?)
   AND (CAST(? AS BIGINT) = 0 OR job_id = ?);

-- name: push-one
-- args: id
SELECT p.id, p.state, p.dry_run, p.segment_id, p.audience_id, p.result, p.at_ms, p.job_id,
       p.group_id, p.group_name,
       (SELECT u.name FROM app_user u WHERE u.id = p.user_id),
       COALESCE(j.state, 0), j.error, j.finished_ms, c.id, c.name
  FROM push p LEFT JOIN job j ON j.id = p.job_id
  LEFT JOIN campaign_send s ON s.job_id = p.job_id LEFT JOIN campaign c ON c.id = s.campaign_id
 WHERE p.id = ?;

-- name: push-last
-- The newest of each group that is no plan. args: groups (JSON array)
SELECT p.id, p.state, p.dry_run, p.segment_id, p.audience_id, p.result, p.at_ms, p.job_id,
       p.group_id, p.group_name,
       (SELECT u.name FROM app_user u WHERE u.id = p.user_id),
       COALESCE(j.state, 0), j.error, j.finished_ms, c.id, c.name
  FROM push p LEFT JOIN job j ON j.id = p.job_id
  LEFT JOIN campaign_send s ON s.job_id = p.job_id LEFT JOIN campaign c ON c.id = s.campaign_id
 WHERE p.id IN (SELECT MAX(id) FROM push
                 WHERE dry_run = 0 AND group_id IN JSON_INTS(?) GROUP BY group_id);

-- name: push-plan-of
-- What a plan was made of. args: id, group_id
SELECT group_name, group_criteria FROM push
 WHERE id = ? AND group_id = ? AND dry_run = 1;

-- name: push-plan-old
-- A plan that nobody will look at any more, and whose job has ended. args: made
-- before, group or 0, group, newer ones of its group
SELECT p.id FROM push p
 WHERE p.dry_run = 1
   AND (p.at_ms < ?
        OR ((CAST(? AS BIGINT) = 0 OR p.group_id = ?)
            AND (SELECT COUNT(*) FROM push n
                  WHERE n.group_id = p.group_id AND n.dry_run = 1 AND n.id > p.id) >= ?))
   AND NOT EXISTS (SELECT 1 FROM job j WHERE j.id = p.job_id AND j.state IN (:JOB_OPEN))
 LIMIT 1;

-- name: push-plan-rows-remove
-- A page of them. args: push_id, push_id, limit
DELETE FROM push_row WHERE push_id = ? AND person_id IN
	(SELECT person_id FROM push_row WHERE push_id = ? ORDER BY person_id LIMIT ?);

-- name: push-plan-remove
-- args: id
DELETE FROM push WHERE id = ? AND dry_run = 1;

-- name: parked-page
-- args: before_id, limit
SELECT id, kind, person_id, error, attempts, at_ms FROM bridge_parked
 WHERE solved_ms IS NULL AND id < ? ORDER BY id DESC LIMIT ?;

-- name: parked-count
SELECT COUNT(*) FROM bridge_parked WHERE solved_ms IS NULL;
