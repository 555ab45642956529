-- schema: crm

-- name: pull-next
-- When the next campaign is to be looked at; 0: none.
SELECT COALESCE(MIN(pull_next_ms), 0) FROM campaign WHERE pull_next_ms IS NOT NULL;

-- name: pull-due
-- args: now_ms
SELECT id FROM campaign
 WHERE pull_next_ms IS NOT NULL AND pull_next_ms <= ? AND marketing_campaign_id IS NOT NULL
 ORDER BY pull_next_ms, id;

-- name: campaign-pull-next
-- args: pull_next_ms or NULL, id
UPDATE campaign SET pull_next_ms = ? WHERE id = ?;

-- name: pull-set-state
-- args: pull_state, id
UPDATE campaign SET pull_state = ? WHERE id = ?;

-- name: pull-accepted
-- Also for those who share the address: they were left out as duplicates, but
-- the message was to them too. Whoever else was left out and got it all the same
-- is not hidden. args: at_ms, accepted_ms, caught, campaign_id, hashes (JSON array)
UPDATE campaign_recipient
   SET state = CASE WHEN state = :CRM_RECIPIENT_LEFT_OUT AND reason = :LEFT_OUT_DUPLICATE THEN :CRM_RECIPIENT_LEFT_OUT
                    ELSE :CRM_RECIPIENT_ACCEPTED END,
       detail = CASE WHEN state = :CRM_RECIPIENT_LEFT_OUT AND reason <> :LEFT_OUT_DUPLICATE
                     THEN 'sent all the same, although left out: ' || reason
                     ELSE detail END,
       reason = CASE WHEN state = :CRM_RECIPIENT_LEFT_OUT AND reason = :LEFT_OUT_DUPLICATE THEN reason END,
       at_ms = ?, accepted_ms = COALESCE(accepted_ms, ?), caught = ?
 WHERE campaign_id = ? AND email_hash IN JSON_TEXTS(?);

-- name: pull-variant
-- Which variant of a test they got. args: variant, campaign_id, hashes (JSON array)
UPDATE campaign_recipient SET variant = ?
 WHERE campaign_id = ? AND email_hash IN JSON_TEXTS(?);

-- name: pull-unanswered
-- Sent, and the relay was lost with its answer. args: detail, at_ms, campaign_id, hash
UPDATE campaign_recipient
   SET state = :CRM_RECIPIENT_EXPIRED, reason = NULL, detail = ?, at_ms = ?, caught = 0
 WHERE campaign_id = ? AND email_hash = ? AND (state <> :CRM_RECIPIENT_LEFT_OUT OR reason <> :LEFT_OUT_DUPLICATE);

-- name: pull-refused
-- One writer: the job that pulls. args: reason, detail, at_ms, bounced,
-- bounced_ms, campaign_id, hash
UPDATE campaign_recipient
   SET state = :CRM_RECIPIENT_REFUSED, reason = ?, detail = ?, at_ms = ?, bounced = ?, bounced_ms = ?,
       caught = 0
 WHERE campaign_id = ? AND email_hash = ? AND (state <> :CRM_RECIPIENT_LEFT_OUT OR reason <> :LEFT_OUT_DUPLICATE);

-- name: pull-erased-waiting
-- Hashes of people who were erased before it was known what became of them: a
-- keyed one is longer. args: campaign_id, limit
SELECT r.email_hash FROM campaign_recipient r JOIN person p ON p.id = r.person_id
 WHERE r.campaign_id = ? AND r.state IN (:CRM_RECIPIENT_WAITING)
   AND p.erased_ms IS NOT NULL AND LENGTH(r.email_hash) > 32
 ORDER BY r.person_id LIMIT ?;

-- name: pull-link-find
-- args: campaign_id, url
SELECT id FROM campaign_link WHERE campaign_id = ? AND url = ?;

-- name: pull-link-add
-- args: campaign_id, url
INSERT INTO campaign_link (campaign_id, url) VALUES (?, ?) RETURNING id;

-- name: pull-activity-put
-- A verdict may change later: machine is taken over.
-- args: kind, at_ms, link_id, machine, ip, campaign_id, hash
INSERT INTO campaign_activity (kind, at_ms, link_id, machine, ip, campaign_id, person_id)
SELECT CAST(? AS INTEGER), CAST(? AS BIGINT), CAST(? AS BIGINT),
       CAST(? AS INTEGER), CAST(? AS TEXT), r.campaign_id, r.person_id
  FROM campaign_recipient r
 WHERE r.campaign_id = ? AND r.email_hash = ? AND (r.state <> :CRM_RECIPIENT_LEFT_OUT OR r.reason = :LEFT_OUT_DUPLICATE)
    ON CONFLICT (campaign_id, person_id, kind, at_ms, link_id)
    DO UPDATE SET machine = excluded.machine;

-- name: pull-figures
-- Make the figures of an address anew from its activity.
-- args: campaign_id, hash
UPDATE campaign_recipient
   SET opened_ms = (SELECT MIN(a.at_ms) FROM campaign_activity a
                     WHERE a.campaign_id = campaign_recipient.campaign_id
                       AND a.person_id = campaign_recipient.person_id
                       AND a.kind = :CRM_ACTIVITY_OPEN AND a.machine = 0),
       opens = (SELECT COUNT(*) FROM campaign_activity a
                 WHERE a.campaign_id = campaign_recipient.campaign_id
                   AND a.person_id = campaign_recipient.person_id
                   AND a.kind = :CRM_ACTIVITY_OPEN AND a.machine = 0),
       machine_opened_ms = (SELECT MIN(a.at_ms) FROM campaign_activity a
                             WHERE a.campaign_id = campaign_recipient.campaign_id
                               AND a.person_id = campaign_recipient.person_id
                               AND a.kind = :CRM_ACTIVITY_OPEN AND a.machine = 1),
       clicked_ms = (SELECT MIN(a.at_ms) FROM campaign_activity a
                      WHERE a.campaign_id = campaign_recipient.campaign_id
                        AND a.person_id = campaign_recipient.person_id
                        AND a.kind = :CRM_ACTIVITY_CLICK AND a.machine = 0),
       clicks = (SELECT COUNT(*) FROM campaign_activity a
                  WHERE a.campaign_id = campaign_recipient.campaign_id
                    AND a.person_id = campaign_recipient.person_id
                    AND a.kind = :CRM_ACTIVITY_CLICK AND a.machine = 0),
       machine_clicked_ms = (SELECT MIN(a.at_ms) FROM campaign_activity a
                              WHERE a.campaign_id = campaign_recipient.campaign_id
                                AND a.person_id = campaign_recipient.person_id
                                AND a.kind = :CRM_ACTIVITY_CLICK AND a.machine = 1)
 WHERE campaign_id = ? AND email_hash = ?;

-- name: pull-unsubscribed
-- Nothing changes the second time. args: at_ms, campaign_id, hash
UPDATE campaign_recipient SET unsubscribed_ms = ?
 WHERE campaign_id = ? AND email_hash = ? AND unsubscribed_ms IS NULL
   AND (state <> :CRM_RECIPIENT_LEFT_OUT OR reason = :LEFT_OUT_DUPLICATE);

-- name: pull-complained
-- args: at_ms, campaign_id, hash
UPDATE campaign_recipient SET complained_ms = ?
 WHERE campaign_id = ? AND email_hash = ? AND complained_ms IS NULL
   AND (state <> :CRM_RECIPIENT_LEFT_OUT OR reason = :LEFT_OUT_DUPLICATE);

-- name: pull-settle-left-out
-- The send is over. Nobody knows the address any more of who was erased
-- meanwhile.
-- args: at_ms, campaign_id
UPDATE campaign_recipient
   SET state = :CRM_RECIPIENT_LEFT_OUT, at_ms = ?,
       reason = COALESCE((SELECT CASE m.status WHEN :MIRROR_NONE THEN NULL
                                               WHEN :MIRROR_UNSUBSCRIBED THEN :LEFT_OUT_UNSUBSCRIBED
                                               WHEN :MIRROR_CLEANED THEN :LEFT_OUT_CLEANED
                                               WHEN :MIRROR_ARCHIVED THEN :LEFT_OUT_SUPPRESSED
                                               WHEN :MIRROR_FORGOTTEN THEN :LEFT_OUT_FORGOTTEN
                                               WHEN :MIRROR_PENDING THEN :LEFT_OUT_PENDING
                                               ELSE :LEFT_OUT_UNSUBSCRIBED END
                            FROM bridge_member m
                           WHERE m.email_hash = campaign_recipient.email_hash), :LEFT_OUT_FORGOTTEN)
 WHERE campaign_id = ? AND state IN (:CRM_RECIPIENT_WAITING)
   AND NOT EXISTS (SELECT 1 FROM bridge_member m
                    WHERE m.email_hash = campaign_recipient.email_hash AND m.status = :MIRROR_SUBSCRIBED);

-- name: pull-waits
-- Is there somebody of whom nothing is known yet? args: campaign_id
SELECT 1 FROM campaign_recipient
 WHERE campaign_id = ? AND state IN (:CRM_RECIPIENT_WAITING) LIMIT 1;

-- name: pull-cancel-waiting
-- Nobody waits any more: the send was canceled, finished, or is over.
-- args: at_ms, campaign_id
UPDATE campaign_recipient SET state = :CRM_RECIPIENT_CANCELED, at_ms = ?
 WHERE campaign_id = ? AND state IN (:CRM_RECIPIENT_WAITING);
