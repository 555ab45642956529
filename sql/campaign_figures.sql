-- schema: crm
-- The figures of a campaign, in the order of enum figure: counted from the whole
-- ledger, told row by row, and kept. Whoever changes one of the three changes
-- all.

-- name: campaign-figures-count
-- One row; of people with ids above the first and up to the second.
-- args: campaign_id, after, to
SELECT COUNT(*),
       COUNT(CASE WHEN state IN (:CRM_RECIPIENT_SENT) THEN 1 END),
       COUNT(CASE WHEN state IN (:CRM_RECIPIENT_SENT) AND caught <> 0 THEN 1 END),
       COUNT(CASE WHEN state IN (:CRM_RECIPIENT_WAITING) THEN 1 END),
       COUNT(CASE WHEN bounced = :CRM_BOUNCE_HARD THEN 1 END),
       COUNT(CASE WHEN bounced = :CRM_BOUNCE_SOFT THEN 1 END),
       COUNT(CASE WHEN opened_ms IS NOT NULL AND state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 END),
       COUNT(CASE WHEN machine_opened_ms IS NOT NULL AND state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 END),
       COUNT(CASE WHEN clicked_ms IS NOT NULL AND state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 END),
       COUNT(CASE WHEN machine_clicked_ms IS NOT NULL AND state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 END),
       COUNT(CASE WHEN unsubscribed_ms IS NOT NULL AND state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 END),
       COUNT(CASE WHEN complained_ms IS NOT NULL AND state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 END),
       COUNT(CASE WHEN person_id < 0 THEN 1 END)
  FROM campaign_recipient WHERE campaign_id = ? AND person_id > ? AND person_id <= ?;

-- name: campaign-figures-rows
-- What each row of some addresses adds (+: see ledger-known). args: campaign_id, hashes (JSON array)
SELECT 1,
       CASE WHEN state IN (:CRM_RECIPIENT_SENT) THEN 1 ELSE 0 END,
       CASE WHEN state IN (:CRM_RECIPIENT_SENT) AND caught <> 0 THEN 1 ELSE 0 END,
       CASE WHEN state IN (:CRM_RECIPIENT_WAITING) THEN 1 ELSE 0 END,
       CASE WHEN bounced = :CRM_BOUNCE_HARD THEN 1 ELSE 0 END,
       CASE WHEN bounced = :CRM_BOUNCE_SOFT THEN 1 ELSE 0 END,
       CASE WHEN opened_ms IS NOT NULL AND state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 ELSE 0 END,
       CASE WHEN machine_opened_ms IS NOT NULL AND state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 ELSE 0 END,
       CASE WHEN clicked_ms IS NOT NULL AND state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 ELSE 0 END,
       CASE WHEN machine_clicked_ms IS NOT NULL AND state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 ELSE 0 END,
       CASE WHEN unsubscribed_ms IS NOT NULL AND state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 ELSE 0 END,
       CASE WHEN complained_ms IS NOT NULL AND state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 ELSE 0 END,
       CASE WHEN person_id < 0 THEN 1 ELSE 0 END
  FROM campaign_recipient
 WHERE campaign_id = ? AND email_hash IN JSON_TEXTS(?)
 ORDER BY +person_id FOR UPDATE;

-- name: campaign-figures-ensure
-- args: campaign_id
INSERT INTO campaign_figures (campaign_id) VALUES (?) ON CONFLICT (campaign_id) DO NOTHING;

-- name: campaign-figures-get
-- args: campaign_id
SELECT recipients, sent, caught, waiting, bounced_hard, bounced_soft, opened, opened_machines,
       clicked, clicked_machines, unsubscribed, complained, unknown,
       as_of_ms, pace_ms, pace_sent, per_hour, pace_until_ms
  FROM campaign_figures WHERE campaign_id = ? FOR UPDATE;

-- name: campaign-figures-lock-of
-- Those of all campaigns that went to a person by an address. args: person_id, hash
SELECT f.campaign_id FROM campaign_figures f
 WHERE f.campaign_id IN (SELECT r.campaign_id FROM campaign_recipient r
                          WHERE r.person_id = ? AND r.email_hash = ?)
 ORDER BY f.campaign_id FOR UPDATE;

-- name: campaign-figures-remove
-- args: campaign_id
DELETE FROM campaign_figures WHERE campaign_id = ?;
