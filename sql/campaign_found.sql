-- schema: crm
-- Campaigns that the CRM did not order: see src/crm/campaign/found.c.

-- name: campaign-found-known
-- Which of them have a row, whoever made it. args: ids of the Marketing API (JSON array)
SELECT marketing_campaign_id FROM campaign
 WHERE marketing_campaign_id IN JSON_TEXTS(?) ORDER BY marketing_campaign_id;

-- name: campaign-found-add
-- Nothing, if it has one, or while the demo is made or removed: its campaigns are
-- there before they are here, and longer. args: name, folded, subject, preview_text,
-- from_name, from_email, html, plain_text, to_kind, to_name, audience_id,
-- marketing_campaign_id, started_ms, sent_ms, created_ms, updated_ms, pull_next_ms,
-- origin, marketing_campaign_id
INSERT INTO campaign (name, name_folded, subject, preview_text, from_name, from_email, html,
                      plain_text, to_kind, to_name, audience_id, marketing_campaign_id,
                      started_ms, sent_ms, created_ms, updated_ms, pull_next_ms, origin, status)
SELECT CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT),
       CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS INTEGER), CAST(? AS TEXT),
       CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT),
       CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS INTEGER), :CRM_CAMPAIGN_SENDING
 WHERE NOT EXISTS (SELECT 1 FROM campaign WHERE marketing_campaign_id = ?)
   AND NOT EXISTS (SELECT 1 FROM job WHERE kind IN ('demo', 'demo-remove') AND state IN (:JOB_OPEN))
    ON CONFLICT DO NOTHING;

-- name: campaign-found-sent
-- Who stands in the list of those who were sent it was not left out, whatever is
-- known of them by now. args: campaign_id, hashes (JSON array)
UPDATE campaign_recipient SET state = :CRM_RECIPIENT_QUEUED, reason = NULL
 WHERE campaign_id = ? AND email_hash IN JSON_TEXTS(?) AND accepted_ms IS NULL
   AND state = :CRM_RECIPIENT_LEFT_OUT AND reason <> :LEFT_OUT_DUPLICATE;
