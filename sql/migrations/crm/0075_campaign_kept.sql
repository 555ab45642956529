-- Parts of a campaign's report, kept beside its figures so that nobody counts
-- them: see src/crm/campaign/kept.h; kind, part and name as there.
CREATE TABLE campaign_kept (
	campaign_id BIGINT NOT NULL,
	kind INTEGER NOT NULL,
	part BIGINT NOT NULL,
	name TEXT NOT NULL,
	n BIGINT NOT NULL,
	PRIMARY KEY (campaign_id, kind, part, name)
) WITHOUT ROWID;
INSERT INTO campaign_kept (campaign_id, kind, part, name, n)
SELECT campaign_id, 1, 0, why, COUNT(*)
  FROM (SELECT campaign_id, CASE WHEN state = 6 THEN 'canceled'
                                 ELSE COALESCE(reason, 'other') END AS why
          FROM campaign_recipient
         WHERE state IN (6, 7)) x
 GROUP BY campaign_id, why
UNION ALL
SELECT campaign_id, 10, COALESCE(accepted_ms, at_ms) / 3600000, '', COUNT(*)
  FROM campaign_recipient
 WHERE state IN (2, 4, 5)
 GROUP BY campaign_id, COALESCE(accepted_ms, at_ms) / 3600000
UNION ALL
SELECT campaign_id, 11, opened_ms / 3600000, '', COUNT(*)
  FROM campaign_recipient
 WHERE opened_ms > 0 AND state <> 7
 GROUP BY campaign_id, opened_ms / 3600000
UNION ALL
SELECT campaign_id, 12, clicked_ms / 3600000, '', COUNT(*)
  FROM campaign_recipient
 WHERE clicked_ms > 0 AND state <> 7
 GROUP BY campaign_id, clicked_ms / 3600000
UNION ALL
SELECT campaign_id, 13, unsubscribed_ms / 3600000, '', COUNT(*)
  FROM campaign_recipient
 WHERE unsubscribed_ms > 0 AND state <> 7
 GROUP BY campaign_id, unsubscribed_ms / 3600000
UNION ALL
SELECT campaign_id, 14, COALESCE(bounced_ms, at_ms) / 3600000, '', COUNT(*)
  FROM campaign_recipient
 WHERE bounced <> 0
 GROUP BY campaign_id, COALESCE(bounced_ms, at_ms) / 3600000
UNION ALL
SELECT campaign_id, kind, link_id, '',
       CASE kind WHEN 20 THEN SUM(CASE WHEN people > 0 THEN 1 ELSE 0 END)
                 WHEN 21 THEN SUM(CASE WHEN machines > 0 THEN 1 ELSE 0 END)
                 WHEN 22 THEN SUM(people) ELSE SUM(people + machines) END
  FROM (SELECT r.campaign_id, a.link_id, r.person_id, SUM(1 - a.machine) AS people, SUM(a.machine) AS machines
          FROM campaign_activity a JOIN campaign_recipient r ON r.campaign_id = a.campaign_id AND r.person_id = a.person_id
         WHERE a.kind = 2 AND r.state <> 7
         GROUP BY r.campaign_id, a.link_id, r.person_id) x
 CROSS JOIN (SELECT 20 AS kind UNION ALL SELECT 21
             UNION ALL SELECT 22 UNION ALL SELECT 23) k
 GROUP BY campaign_id, kind, link_id;
INSERT INTO campaign_kept (campaign_id, kind, part, name, n)
SELECT campaign_id, kind, 0, domain,
       SUM(CASE kind WHEN 30 THEN sent WHEN 31 THEN opened
                     WHEN 32 THEN clicked WHEN 33 THEN bounced
                     ELSE unsubscribed END)
  FROM (SELECT r.campaign_id, substr(e.folded, PLACE_OF(e.folded, '@') + 1) AS domain,
               COUNT(CASE WHEN r.state IN (2, 4, 5) THEN 1 END) AS sent,
               COUNT(CASE WHEN r.state <> 7 THEN r.opened_ms END) AS opened,
               COUNT(CASE WHEN r.state <> 7 THEN r.clicked_ms END) AS clicked,
               COUNT(CASE WHEN r.bounced <> 0 THEN 1 END) AS bounced,
               COUNT(CASE WHEN r.state <> 7 THEN r.unsubscribed_ms END) AS unsubscribed
          FROM campaign_recipient r JOIN email e ON e.id = r.email_id
         WHERE e.folded <> ''
         GROUP BY r.campaign_id, substr(e.folded, PLACE_OF(e.folded, '@') + 1)) x
 CROSS JOIN (SELECT 30 AS kind UNION ALL SELECT 31
             UNION ALL SELECT 32 UNION ALL SELECT 33
             UNION ALL SELECT 34) k
 GROUP BY campaign_id, kind, domain;
-- Who took an unsubscribe back, for the report of its campaign.
CREATE INDEX consent_back ON consent (campaign_id, record_id) WHERE state = 2 AND campaign_id IS NOT NULL;
