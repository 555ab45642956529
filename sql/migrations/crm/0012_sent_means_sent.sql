-- Campaigns that were called sent while somebody still waited send: the bridge
-- looks at them again, and ends them when nobody waits.
UPDATE campaign SET status = 3, sent_ms = NULL, pull_next_ms = 1,
	pull_state = REPLACE(pull_state, '"settled":true', '"settled":false')
WHERE status = 5 AND EXISTS (SELECT 1 FROM campaign_recipient r
	WHERE r.campaign_id = campaign.id AND r.state IN (1, 3));
