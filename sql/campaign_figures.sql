-- schema: crm
-- The figures of a campaign, in the order of enum figure: counted from the whole
-- ledger, and kept. Whoever changes one of them changes the other, and count_row()
-- in crm/campaign_figures.c, which tells what a row adds.

-- name: campaign-figures-count
-- One row. args: campaign_id
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
  FROM campaign_recipient WHERE campaign_id = ?;

-- name: campaign-figures-rows
-- Of what the figures of some addresses' rows are made, see count_row() in
-- crm/campaign_figures.c (+: see ledger-known). args: campaign_id, hashes
-- (JSON array)
SELECT r.person_id, r.state, r.reason, r.caught, r.bounced, r.at_ms, r.accepted_ms, r.bounced_ms,
       r.opened_ms, r.machine_opened_ms, r.clicked_ms, r.machine_clicked_ms,
       r.unsubscribed_ms, r.complained_ms, e.folded
  FROM campaign_recipient r LEFT JOIN email e ON e.id = r.email_id
 WHERE r.campaign_id = ? AND r.email_hash IN JSON_TEXTS(?)
 ORDER BY +r.person_id FOR UPDATE OF r;

-- name: campaign-figures-people
-- The same of people. args: campaign_id, ids (JSON array)
SELECT r.person_id, r.state, r.reason, r.caught, r.bounced, r.at_ms, r.accepted_ms, r.bounced_ms,
       r.opened_ms, r.machine_opened_ms, r.clicked_ms, r.machine_clicked_ms,
       r.unsubscribed_ms, r.complained_ms, e.folded
  FROM campaign_recipient r LEFT JOIN email e ON e.id = r.email_id
 WHERE r.campaign_id = ? AND r.person_id IN JSON_INTS(?)
 ORDER BY r.person_id FOR UPDATE OF r;

-- name: campaign-figures-between
-- The same of people with ids above the first and up to the second.
-- args: campaign_id, after, to
SELECT r.person_id, r.state, r.reason, r.caught, r.bounced, r.at_ms, r.accepted_ms, r.bounced_ms,
       r.opened_ms, r.machine_opened_ms, r.clicked_ms, r.machine_clicked_ms,
       r.unsubscribed_ms, r.complained_ms, e.folded
  FROM campaign_recipient r LEFT JOIN email e ON e.id = r.email_id
 WHERE r.campaign_id = ? AND r.person_id > ? AND r.person_id <= ?
 ORDER BY r.person_id FOR UPDATE OF r;

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

-- name: campaign-figures-waiting
-- Who waits. args: campaign_id
SELECT person_id FROM campaign_recipient
 WHERE campaign_id = ? AND state IN (:CRM_RECIPIENT_WAITING) ORDER BY person_id;

-- name: campaign-figures-lock-address
-- Those of all campaigns that went to an address of a person, or of who was merged
-- into them. args: email_id, person_id, person_id
SELECT f.campaign_id FROM campaign_figures f
 WHERE f.campaign_id IN (SELECT r.campaign_id FROM campaign_recipient r
                          WHERE r.email_id = ? AND (r.person_id = ? OR r.person_id IN
                                (SELECT p.id FROM person p WHERE p.merged_into_id = ?)))
 ORDER BY f.campaign_id FOR UPDATE;

-- name: campaign-figures-remove
-- args: campaign_id
DELETE FROM campaign_figures WHERE campaign_id = ?;
