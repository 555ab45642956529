-- Campaigns that were called sent while somebody was still to be tried again
-- send: they end when nobody waits. status 9: finishing, see campaign.h.
UPDATE campaign SET status = 4, done_ms = NULL
WHERE status = 5 AND EXISTS (SELECT 1 FROM recipient r
	WHERE r.campaign_id = campaign.id AND r.state IN (1, 2, 3, 5));
-- Only campaigns that send are looked at now, each by recipient_work.
DROP INDEX recipient_due;
