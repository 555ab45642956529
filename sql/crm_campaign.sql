-- schema: crm
-- The states that count as sent in a report.
-- set: CRM_RECIPIENT_SENT = CRM_RECIPIENT_ACCEPTED CRM_RECIPIENT_REFUSED CRM_RECIPIENT_EXPIRED
-- set: CRM_RECIPIENT_WAITING = CRM_RECIPIENT_QUEUED CRM_RECIPIENT_DEFERRED

-- name: crm-campaign-get
-- Columns as read by campaign_record.c. args: id
SELECT id, name, group_id, subject, preview_text, from_name, from_email,
       reply_to, status, push_id, audience_id, marketing_campaign_id,
       schedule_ms, started_ms, sent_ms, user_id, created_ms, updated_ms,
       pull_state, html, plain_text, restored_ms,
       hold_reason, hold_detail, hold_ms
  FROM campaign WHERE id = ? FOR UPDATE;

-- name: crm-campaign-page
-- args: before_id, status or 0, status, pattern or NULL, pattern, limit
SELECT id, name, group_id, subject, preview_text, from_name, from_email,
       reply_to, status, push_id, audience_id, marketing_campaign_id,
       schedule_ms, started_ms, sent_ms, user_id, created_ms, updated_ms,
       pull_state, NULL, NULL, restored_ms,
       hold_reason, hold_detail, hold_ms
  FROM campaign
 WHERE id < ? AND (CAST(? AS INTEGER) = 0 OR status = ?)
   AND (CAST(? AS TEXT) IS NULL OR LOWER(name) LIKE ?)
 ORDER BY id DESC LIMIT ?;

-- name: crm-campaign-count
-- args: status or 0, status, pattern or NULL, pattern
SELECT COUNT(*) FROM campaign
 WHERE (CAST(? AS INTEGER) = 0 OR status = ?)
   AND (CAST(? AS TEXT) IS NULL OR LOWER(name) LIKE ?);

-- name: crm-campaign-add
-- args: name, group_id, subject, preview_text, from_name, from_email, reply_to,
-- html, plain_text, user_id, created_ms, updated_ms
INSERT INTO campaign (name, group_id, subject, preview_text, from_name, from_email,
                      reply_to, html, plain_text, status, user_id, created_ms, updated_ms)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, :CRM_CAMPAIGN_DRAFT, ?, ?, ?)
RETURNING id;

-- name: crm-campaign-remove
-- args: id
DELETE FROM campaign WHERE id = ? AND status IN (:CRM_CAMPAIGN_DRAFT, :CRM_CAMPAIGN_CANCELED);

-- name: crm-campaign-status
-- args: id
SELECT status FROM campaign WHERE id = ? FOR UPDATE;

-- name: crm-campaign-set-status
-- args: status, status, now_ms, status, now_ms, updated_ms, id
UPDATE campaign
   SET status = ?, hold_reason = NULL, hold_detail = NULL, hold_ms = NULL,
       started_ms = CASE WHEN CAST(? AS INTEGER) = 3 THEN COALESCE(started_ms, ?) ELSE started_ms END,
       sent_ms = CASE WHEN CAST(? AS INTEGER) = 5 THEN COALESCE(sent_ms, ?) ELSE sent_ms END,
       restored_ms = NULL, updated_ms = ?
 WHERE id = ?;

-- name: crm-campaign-hold
-- Why it stands still. One writer: the job that pulls.
-- args: reason, detail, hold_ms, id
UPDATE campaign SET hold_reason = ?, hold_detail = ?, hold_ms = ?
 WHERE id = ?;

-- name: crm-campaign-schedule
-- args: schedule_ms or NULL, id
UPDATE campaign SET schedule_ms = ? WHERE id = ?;

-- name: crm-report-figures
-- One row of all figures. args: campaign_id
SELECT COUNT(*),
       COUNT(CASE WHEN state IN (:CRM_RECIPIENT_SENT) THEN 1 END),
       COUNT(CASE WHEN state IN (:CRM_RECIPIENT_WAITING) THEN 1 END),
       COUNT(CASE WHEN bounced = :CRM_BOUNCE_HARD THEN 1 END),
       COUNT(CASE WHEN bounced = :CRM_BOUNCE_SOFT THEN 1 END),
       COUNT(CASE WHEN opened_ms IS NOT NULL AND state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 END),
       COUNT(CASE WHEN machine_opened_ms IS NOT NULL AND state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 END),
       COUNT(CASE WHEN clicked_ms IS NOT NULL AND state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 END),
       COUNT(CASE WHEN machine_clicked_ms IS NOT NULL AND state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 END),
       COUNT(CASE WHEN unsubscribed_ms IS NOT NULL AND state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 END),
       COUNT(CASE WHEN complained_ms IS NOT NULL AND state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 END)
  FROM campaign_recipient WHERE campaign_id = ?;

-- name: crm-report-left-out
-- Canceled ones count as left out, too. args: campaign_id
SELECT CASE WHEN state = :CRM_RECIPIENT_CANCELED THEN 'canceled' ELSE reason END AS why, COUNT(*)
  FROM campaign_recipient
 WHERE campaign_id = ? AND state IN (:CRM_RECIPIENT_CANCELED, :CRM_RECIPIENT_LEFT_OUT)
 GROUP BY 1 ORDER BY 1;

-- name: crm-report-links
-- People and machines a link.
-- args: campaign_id
SELECT l.url,
       COUNT(DISTINCT CASE WHEN a.machine = 0 THEN a.person_id END),
       COUNT(DISTINCT CASE WHEN a.machine = 1 THEN a.person_id END)
  FROM campaign_link l
  LEFT JOIN campaign_activity a ON a.campaign_id = l.campaign_id AND a.link_id = l.id
                                AND a.kind = :CRM_ACTIVITY_CLICK
       AND EXISTS (SELECT 1 FROM campaign_recipient r WHERE r.campaign_id = a.campaign_id
                      AND r.person_id = a.person_id AND r.state <> :CRM_RECIPIENT_LEFT_OUT)
 WHERE l.campaign_id = ?
 GROUP BY l.id, l.url
 ORDER BY 2 DESC, l.id;

-- name: push-row-page
-- Reasons are of those left out.
-- args: push_id, after, action or 0, action, reason or NULL, reason, limit
SELECT r.person_id, r.email_id, r.action, r.outcome, r.reason, e.address,
       CASE WHEN r.action = :PUSH_UNTAG THEN NULL ELSE r.detail END, r.dropped
  FROM push_row r LEFT JOIN email e ON e.id = r.email_id
 WHERE r.push_id = ? AND r.person_id > ?
   AND (CAST(? AS INTEGER) = 0 OR r.action = ?)
   AND (CAST(? AS TEXT) IS NULL OR (r.reason = ? AND r.action = :PUSH_LEFT_OUT))
 ORDER BY r.person_id LIMIT ?;

-- name: push-row-count
-- args: push_id, action or 0, action, reason or NULL, reason
SELECT COUNT(*) FROM push_row
 WHERE push_id = ? AND (CAST(? AS INTEGER) = 0 OR action = ?)
   AND (CAST(? AS TEXT) IS NULL OR (reason = ? AND action = :PUSH_LEFT_OUT));

-- name: push-page
-- Of one group, newest first. args: group_id, before_id, limit
SELECT id, state, dry_run, segment_id, audience_id, result, at_ms, job_id
  FROM push WHERE group_id = ? AND id < ? ORDER BY id DESC LIMIT ?;

-- name: push-count
-- args: group_id
SELECT COUNT(*) FROM push WHERE group_id = ?;

-- name: parked-page
-- args: before_id, limit
SELECT id, kind, person_id, error, attempts, at_ms FROM bridge_parked
 WHERE solved_ms IS NULL AND id < ? ORDER BY id DESC LIMIT ?;

-- name: parked-count
SELECT COUNT(*) FROM bridge_parked WHERE solved_ms IS NULL;
