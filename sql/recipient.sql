-- schema: audience

-- name: recipient-load
-- What the applier knows of some recipients of a campaign. args: campaign,
-- JSON array of members
SELECT r.member_id, r.state, r.bounce, r.uncertain, r.attempts, r.next_ms,
	r.first_ms, r.sent_seq, r.at_ms, r.opens, r.machine_opens, r.clicks,
	r.machine_clicks, r.first_open_ms, r.last_open_ms, r.first_click_ms,
	r.last_click_ms, r.unsubscribed_ms, r.complained_ms, r.detail,
	m.address
FROM recipient r LEFT JOIN member m ON m.id = r.member_id
WHERE r.campaign_id = ? AND r.member_id IN JSON_INTS(?);

-- name: recipient-move
-- The state of one, if it is still what it was. args: state, reason, detail,
-- bounce, uncertain, attempts, next_ms, first_ms, sent_seq, at_ms, state again,
-- campaign, member, state before
UPDATE recipient SET state = ?, reason = ?, detail = ?, bounce = ?,
	uncertain = ?, attempts = ?, next_ms = ?, first_ms = ?, sent_seq = ?,
	at_ms = ?,
	lease_owner = CASE WHEN ? = 3 THEN lease_owner ELSE NULL END
WHERE campaign_id = ? AND member_id = ? AND state = ?;

-- name: recipient-activity
-- What one did. args: opens, machine_opens, clicks, machine_clicks, first and
-- last open, first and last click, activity_ms, unsubscribed_ms,
-- complained_ms, campaign, member
UPDATE recipient SET opens = ?, machine_opens = ?, clicks = ?,
	machine_clicks = ?, first_open_ms = ?, last_open_ms = ?,
	first_click_ms = ?, last_click_ms = ?, activity_ms = ?,
	unsubscribed_ms = ?, complained_ms = ?
WHERE campaign_id = ? AND member_id = ?;

-- name: recipient-recount
-- The figures of one, from its activity. args: activity_ms, campaign, member
UPDATE recipient SET
	opens = (SELECT COUNT(*) FROM activity a
		WHERE a.member_id = recipient.member_id
		AND a.campaign_id = recipient.campaign_id
		AND a.kind = 1 AND a.machine = 0),
	machine_opens = (SELECT COUNT(*) FROM activity a
		WHERE a.member_id = recipient.member_id
		AND a.campaign_id = recipient.campaign_id
		AND a.kind = 1 AND a.machine = 1),
	clicks = (SELECT COUNT(*) FROM activity a
		WHERE a.member_id = recipient.member_id
		AND a.campaign_id = recipient.campaign_id
		AND a.kind = 2 AND a.machine = 0),
	machine_clicks = (SELECT COUNT(*) FROM activity a
		WHERE a.member_id = recipient.member_id
		AND a.campaign_id = recipient.campaign_id
		AND a.kind = 2 AND a.machine = 1),
	activity_ms = ?
WHERE campaign_id = ? AND member_id = ?;

-- name: activity-recent
-- Opens and clicks that matter for the verdict of new ones. args: campaign,
-- JSON array of members, since
SELECT member_id, event_id, kind, link_id, at_ms, machine_why, ip, agent
FROM activity
WHERE campaign_id = ? AND member_id IN JSON_INTS(?) AND at_ms >= ?
	AND kind IN (1, 2)
ORDER BY member_id, at_ms, event_id;

-- name: activity-add
-- args: all columns
INSERT INTO activity (member_id, campaign_id, event_id, kind, link_id, at_ms,
	machine, machine_why, ip, agent)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING;

-- name: activity-turn
-- A later hit showed this one to be a machine's. args: why, member, campaign,
-- event
UPDATE activity SET machine = 1, machine_why = ?
WHERE member_id = ? AND campaign_id = ? AND event_id = ? AND machine = 0;

-- name: recipient-seq
-- How many of a campaign count as sent. args: campaign
SELECT sent_seq FROM campaign WHERE id = ?;

-- name: recipient-seq @pg
SELECT sent_seq FROM campaign WHERE id = ? FOR UPDATE;

-- name: recipient-seq-put
-- args: sent_seq, campaign
UPDATE campaign SET sent_seq = ? WHERE id = ?;

-- name: event-cursor-get
-- How far the log is applied. args: name
SELECT xid, event_id FROM event_cursor WHERE name = ?;

-- name: event-cursor-put
-- args: name, xid, event id
INSERT INTO event_cursor (name, xid, event_id) VALUES (?, ?, ?)
ON CONFLICT (name) DO UPDATE SET xid = excluded.xid,
	event_id = excluded.event_id;

-- name: recipient-free-claimed
-- A sender is gone: what it had claimed is anybody's. args: campaign, owner
UPDATE recipient SET state = 1, lease_owner = NULL
WHERE campaign_id = ? AND state = 2 AND lease_owner = ?;

-- name: recipient-free-uncertain
-- What it had handed over without a known outcome goes out again. args:
-- campaign, owner
UPDATE recipient SET state = 1, uncertain = 1, lease_owner = NULL
WHERE campaign_id = ? AND state = 3 AND lease_owner = ?;

-- name: recipient-list-uncertain
-- args: campaign, owner
SELECT member_id FROM recipient
WHERE campaign_id = ? AND state = 3 AND lease_owner = ? ORDER BY member_id;

-- name: recipient-campaigns-open
-- Campaigns that may have somebody claimed or handed.
SELECT DISTINCT campaign_id FROM recipient WHERE state IN (1, 2, 3, 5);
