-- schema: crm
-- Parts of a campaign's report: see src/crm/campaign/report_parts.h. They count as
-- sql/campaign_figures.sql does.

-- name: crm-report-series
-- How many did each thing first in which step; one look at the ledger. 0: not.
-- args: step_ms (5 times), campaign_id
SELECT CASE WHEN state IN (:CRM_RECIPIENT_SENT) THEN COALESCE(accepted_ms, at_ms) / CAST(? AS BIGINT) ELSE 0 END,
       CASE WHEN state <> :CRM_RECIPIENT_LEFT_OUT THEN COALESCE(opened_ms, 0) / CAST(? AS BIGINT) ELSE 0 END,
       CASE WHEN state <> :CRM_RECIPIENT_LEFT_OUT THEN COALESCE(clicked_ms, 0) / CAST(? AS BIGINT) ELSE 0 END,
       CASE WHEN state <> :CRM_RECIPIENT_LEFT_OUT THEN COALESCE(unsubscribed_ms, 0) / CAST(? AS BIGINT) ELSE 0 END,
       CASE WHEN bounced <> :CRM_BOUNCE_NONE THEN COALESCE(bounced_ms, at_ms) / CAST(? AS BIGINT) ELSE 0 END,
       COUNT(*)
  FROM campaign_recipient WHERE campaign_id = ?
 GROUP BY 1, 2, 3, 4, 5;

-- name: crm-report-domains
-- By the domain of the address, NULL: not known; the most first. args: campaign_id
SELECT NULLIF(substr(e.folded, instr(e.folded, '@') + 1), '') AS domain,
       COUNT(CASE WHEN r.state IN (:CRM_RECIPIENT_SENT) THEN 1 END) AS sent,
       COUNT(CASE WHEN r.opened_ms IS NOT NULL AND r.state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 END),
       COUNT(CASE WHEN r.clicked_ms IS NOT NULL AND r.state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 END),
       COUNT(CASE WHEN r.bounced <> :CRM_BOUNCE_NONE THEN 1 END),
       COUNT(CASE WHEN r.unsubscribed_ms IS NOT NULL AND r.state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 END)
  FROM campaign_recipient r LEFT JOIN email e ON e.id = r.email_id
 WHERE r.campaign_id = ?
 GROUP BY 1
 ORDER BY 2 DESC, 1;

-- name: crm-report-domains @pg
SELECT NULLIF(substr(e.folded, strpos(e.folded, '@') + 1), '') AS domain,
       COUNT(CASE WHEN r.state IN (:CRM_RECIPIENT_SENT) THEN 1 END) AS sent,
       COUNT(CASE WHEN r.opened_ms IS NOT NULL AND r.state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 END),
       COUNT(CASE WHEN r.clicked_ms IS NOT NULL AND r.state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 END),
       COUNT(CASE WHEN r.bounced <> :CRM_BOUNCE_NONE THEN 1 END),
       COUNT(CASE WHEN r.unsubscribed_ms IS NOT NULL AND r.state <> :CRM_RECIPIENT_LEFT_OUT THEN 1 END)
  FROM campaign_recipient r LEFT JOIN email e ON e.id = r.email_id
 WHERE r.campaign_id = ?
 GROUP BY 1
 ORDER BY 2 DESC, 1;

-- name: crm-report-taken-back
-- Of those who unsubscribed, whose last word because of it is that it was a mistake.
-- args: campaign_id
SELECT COUNT(*) FROM campaign_recipient r
 WHERE r.campaign_id = ? AND r.unsubscribed_ms IS NOT NULL AND r.state <> :CRM_RECIPIENT_LEFT_OUT
   AND (SELECT o.state FROM consent o
         WHERE o.record_id = r.person_id AND o.entity = :ENTITY_PERSON AND o.campaign_id = r.campaign_id
         ORDER BY o.at_ms DESC, o.id DESC LIMIT 1) = :CONSENT_OPTED_IN;

-- name: crm-report-average
-- Rates of those sent before it, of what was delivered, in millionths. One row.
-- args: id, before_ms
SELECT COUNT(*), CAST(ROUND(AVG(x.opened) * 1000000) AS BIGINT),
       CAST(ROUND(AVG(x.clicked) * 1000000) AS BIGINT)
  FROM (SELECT f.opened * 1.0 / (f.sent - f.bounced_hard - f.bounced_soft) AS opened,
               f.clicked * 1.0 / (f.sent - f.bounced_hard - f.bounced_soft) AS clicked
          FROM campaign c JOIN campaign_figures f ON f.campaign_id = c.id
         WHERE c.status = :CRM_CAMPAIGN_SENT AND c.id <> ? AND c.sent_ms < ?
           AND f.sent > f.bounced_hard + f.bounced_soft
         ORDER BY c.sent_ms DESC, c.id DESC LIMIT 12) x;
