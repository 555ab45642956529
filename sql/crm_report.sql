-- schema: crm

-- name: crm-report-taken-back
-- Of those who unsubscribed, whose last word because of it is that it was a mistake.
-- Found by those who said so. args: campaign_id, campaign_id
SELECT COUNT(*)
  FROM (SELECT DISTINCT record_id FROM consent
         WHERE campaign_id = ? AND state = :CONSENT_OPTED_IN AND entity = :ENTITY_PERSON) x
  JOIN campaign_recipient r ON r.campaign_id = ? AND r.person_id = x.record_id
 WHERE r.unsubscribed_ms IS NOT NULL AND r.state <> :CRM_RECIPIENT_LEFT_OUT
   AND (SELECT o.state FROM consent o
         WHERE o.record_id = r.person_id AND o.entity = :ENTITY_PERSON AND o.campaign_id = r.campaign_id
         ORDER BY o.at_ms DESC, o.id DESC LIMIT 1) = :CONSENT_OPTED_IN;

-- name: crm-report-average
-- Rates of our own that were sent before it, of what was delivered, in millionths. One row.
-- args: id, before_ms
SELECT COUNT(*), CAST(ROUND(AVG(x.opened) * 1000000) AS BIGINT),
       CAST(ROUND(AVG(x.clicked) * 1000000) AS BIGINT)
  FROM (SELECT f.opened * 1.0 / (f.sent - f.bounced_hard - f.bounced_soft) AS opened,
               f.clicked * 1.0 / (f.sent - f.bounced_hard - f.bounced_soft) AS clicked
          FROM campaign c JOIN campaign_figures f ON f.campaign_id = c.id
         WHERE c.status = :CRM_CAMPAIGN_SENT AND c.origin IS NULL AND c.id <> ? AND c.sent_ms < ?
           AND f.sent > f.bounced_hard + f.bounced_soft
         ORDER BY c.sent_ms DESC, c.id DESC LIMIT 12) x;
