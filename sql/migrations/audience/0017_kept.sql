-- What the report of a campaign shows, kept: see src/campaign/report_kept.h.
-- kind and part as there; what is not there is 0.
CREATE TABLE report_kept (
	campaign_id BIGINT NOT NULL,
	kind INTEGER NOT NULL,
	part BIGINT NOT NULL,
	n BIGINT NOT NULL,
	PRIMARY KEY (campaign_id, kind, part)
) WITHOUT ROWID;
INSERT INTO report_kept (campaign_id, kind, part, n)
SELECT campaign_id, 11, 0, MAX(last_open_ms) FROM recipient
WHERE activity_ms IS NOT NULL AND last_open_ms IS NOT NULL
GROUP BY campaign_id
UNION ALL
SELECT campaign_id, 12, 0, MAX(last_click_ms) FROM recipient
WHERE activity_ms IS NOT NULL AND last_click_ms IS NOT NULL
GROUP BY campaign_id
UNION ALL
SELECT campaign_id, 43, link_id, MAX(at_ms) FROM activity
WHERE kind = 2 AND machine = 0
GROUP BY campaign_id, link_id;
INSERT INTO report_kept (campaign_id, kind, part, n)
SELECT campaign_id, 11, 0, MAX(last_open_ms) FROM recipient
WHERE activity_ms IS NOT NULL AND last_open_ms IS NOT NULL
GROUP BY campaign_id
UNION ALL
SELECT campaign_id, 12, 0, MAX(last_click_ms) FROM recipient
WHERE activity_ms IS NOT NULL AND last_click_ms IS NOT NULL
GROUP BY campaign_id
UNION ALL
SELECT campaign_id, 43, link_id, MAX(at_ms) FROM activity
WHERE kind = 2 AND machine = 0
GROUP BY campaign_id, link_id;
