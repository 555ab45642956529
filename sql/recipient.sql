-- schema: audience
-- Not settled yet; the index of those is partial.
-- set: RECIPIENT_OPEN = RECIPIENT_QUEUED RECIPIENT_CLAIMED RECIPIENT_HANDED RECIPIENT_DEFERRED
-- `state IN (:RECIPIENT_OPEN)` beside another condition on the state says to SQLite
-- that the partial index recipient_work will do: it proves nothing itself.

-- name: recipient-load
-- What the applier knows of some recipients of a campaign. args: campaign,
-- JSON array of members
SELECT r.member_id, r.state, r.bounce, r.uncertain, r.attempts, r.next_ms,
	r.first_ms, r.sent_seq, r.at_ms, r.opens, r.machine_opens, r.clicks,
	r.machine_clicks, r.first_open_ms, r.last_open_ms, r.first_click_ms,
	r.last_click_ms, r.unsubscribed_ms, r.complained_ms, r.detail,
	m.address, r.caught
FROM recipient r LEFT JOIN member m ON m.id = r.member_id
WHERE r.campaign_id = ? AND r.member_id IN JSON_INTS(?);

-- name: recipient-move
-- The state of one. One writer: who finds it in the state before. args: state, reason, detail,
-- bounce, caught, uncertain, attempts, next_ms, first_ms, sent_seq, at_ms, state again,
-- campaign, member, state before
UPDATE recipient SET state = ?, reason = ?, detail = ?, bounce = ?,
	caught = ?, uncertain = ?, attempts = ?, next_ms = ?, first_ms = ?, sent_seq = ?,
	at_ms = ?,
	lease_owner = CASE WHEN ? = 3 THEN lease_owner ELSE NULL END
WHERE campaign_id = ? AND member_id = ? AND state = ?;

-- name: recipient-move-many
-- The same of many. One writer: who finds it in the state before. args: JSON array
-- of arrays of campaign, member, state before, state, detail, bounce, caught,
-- uncertain, attempts, next_ms, first_ms, sent_seq, at_ms; JSON array of the
-- members: they are looked up, a join alone may go through the whole table
UPDATE recipient SET state = json_extract(t.value, '$[3]'), reason = NULL,
	detail = json_extract(t.value, '$[4]'), bounce = json_extract(t.value, '$[5]'),
	caught = json_extract(t.value, '$[6]'), uncertain = json_extract(t.value, '$[7]'),
	attempts = json_extract(t.value, '$[8]'), next_ms = json_extract(t.value, '$[9]'),
	first_ms = json_extract(t.value, '$[10]'), sent_seq = json_extract(t.value, '$[11]'),
	at_ms = json_extract(t.value, '$[12]'),
	lease_owner = CASE WHEN json_extract(t.value, '$[3]') = :RECIPIENT_HANDED
		THEN lease_owner ELSE NULL END
FROM json_each(?) AS t
WHERE recipient.campaign_id = json_extract(t.value, '$[0]')
	AND recipient.member_id = json_extract(t.value, '$[1]')
	AND +recipient.state = json_extract(t.value, '$[2]')
	AND recipient.member_id IN JSON_INTS(?);

-- name: recipient-move-many @pg
UPDATE recipient SET state = (t.v->>3)::integer, reason = NULL, detail = t.v->>4,
	bounce = (t.v->>5)::integer, caught = (t.v->>6)::integer,
	uncertain = (t.v->>7)::integer, attempts = (t.v->>8)::integer,
	next_ms = (t.v->>9)::bigint, first_ms = (t.v->>10)::bigint,
	sent_seq = (t.v->>11)::integer, at_ms = (t.v->>12)::bigint,
	lease_owner = CASE WHEN (t.v->>3)::integer = :RECIPIENT_HANDED
		THEN lease_owner ELSE NULL END
FROM jsonb_array_elements(?::jsonb) AS t (v)
WHERE recipient.campaign_id = (t.v->>0)::bigint
	AND recipient.member_id = (t.v->>1)::bigint
	AND +recipient.state = (t.v->>2)::integer
	AND recipient.member_id IN JSON_INTS(?);

-- name: recipient-activity
-- What one did. One writer: the applier, by its lease. args: opens, machine_opens, clicks, machine_clicks, first and
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
		AND a.kind = :ACTIVITY_OPEN AND a.machine = 0),
	machine_opens = (SELECT COUNT(*) FROM activity a
		WHERE a.member_id = recipient.member_id
		AND a.campaign_id = recipient.campaign_id
		AND a.kind = :ACTIVITY_OPEN AND a.machine = 1),
	clicks = (SELECT COUNT(*) FROM activity a
		WHERE a.member_id = recipient.member_id
		AND a.campaign_id = recipient.campaign_id
		AND a.kind = :ACTIVITY_CLICK AND a.machine = 0),
	machine_clicks = (SELECT COUNT(*) FROM activity a
		WHERE a.member_id = recipient.member_id
		AND a.campaign_id = recipient.campaign_id
		AND a.kind = :ACTIVITY_CLICK AND a.machine = 1),
	activity_ms = ?
WHERE campaign_id = ? AND member_id = ?;

-- name: recipient-activity-many
-- The same of many. One writer: the applier, by its lease. args: JSON array of
-- arrays of campaign, member, opens, machine_opens, clicks, machine_clicks,
-- first and last open, first and last click, activity_ms, unsubscribed_ms,
-- complained_ms; JSON array of the members
UPDATE recipient SET opens = json_extract(t.value, '$[2]'),
	machine_opens = json_extract(t.value, '$[3]'),
	clicks = json_extract(t.value, '$[4]'),
	machine_clicks = json_extract(t.value, '$[5]'),
	first_open_ms = json_extract(t.value, '$[6]'),
	last_open_ms = json_extract(t.value, '$[7]'),
	first_click_ms = json_extract(t.value, '$[8]'),
	last_click_ms = json_extract(t.value, '$[9]'),
	activity_ms = json_extract(t.value, '$[10]'),
	unsubscribed_ms = json_extract(t.value, '$[11]'),
	complained_ms = json_extract(t.value, '$[12]')
FROM json_each(?) AS t
WHERE recipient.campaign_id = json_extract(t.value, '$[0]')
	AND recipient.member_id = json_extract(t.value, '$[1]')
	AND recipient.member_id IN JSON_INTS(?);

-- name: recipient-activity-many @pg
UPDATE recipient SET opens = (t.v->>2)::integer,
	machine_opens = (t.v->>3)::integer, clicks = (t.v->>4)::integer,
	machine_clicks = (t.v->>5)::integer, first_open_ms = (t.v->>6)::bigint,
	last_open_ms = (t.v->>7)::bigint, first_click_ms = (t.v->>8)::bigint,
	last_click_ms = (t.v->>9)::bigint, activity_ms = (t.v->>10)::bigint,
	unsubscribed_ms = (t.v->>11)::bigint, complained_ms = (t.v->>12)::bigint
FROM jsonb_array_elements(?::jsonb) AS t (v)
WHERE recipient.campaign_id = (t.v->>0)::bigint
	AND recipient.member_id = (t.v->>1)::bigint
	AND recipient.member_id IN JSON_INTS(?);

-- name: activity-before
-- The last opens and clicks that were applied, the latest first. args: event
-- id, limit
SELECT event_id, member_id, campaign_id, kind, link_id, at_ms, machine_why, ip
FROM activity WHERE event_id <= ? AND kind IN (:ACTIVITY_OPEN, :ACTIVITY_CLICK)
ORDER BY event_id DESC LIMIT ?;

-- name: activity-add
-- args: all columns
INSERT INTO activity (event_id, member_id, campaign_id, kind, link_id, at_ms,
	machine, machine_why, ip, agent)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING;

-- name: activity-turn
-- A later hit showed this one to be a machine's. args: why, event, member,
-- campaign
UPDATE activity SET machine = 1, machine_why = ?
WHERE event_id = ? AND member_id = ? AND campaign_id = ? AND machine = 0;

-- name: recipient-seq
-- How many of a campaign count as sent. args: campaign
SELECT sent_seq FROM campaign WHERE id = ?;

-- name: recipient-seq @pg
SELECT sent_seq FROM campaign WHERE id = ? FOR UPDATE;

-- name: recipient-seq-put
-- args: sent_seq, campaign
UPDATE campaign SET sent_seq = ? WHERE id = ?;

-- name: event-cursors
-- How far the log is applied.
SELECT name, event_id FROM event_cursor;

-- name: event-cursor-move
-- Unless somebody else did meanwhile. args: name, event id, event id before
INSERT INTO event_cursor (name, xid, event_id) VALUES (?, 0, ?)
ON CONFLICT (name) DO UPDATE SET event_id = excluded.event_id
WHERE event_cursor.event_id = ?;

-- name: recipient-free-claimed
-- A sender is gone: what it had claimed is anybody's. args: campaign, owner
UPDATE recipient SET state = :RECIPIENT_QUEUED, lease_owner = NULL
WHERE campaign_id = ? AND state = :RECIPIENT_CLAIMED AND state IN (:RECIPIENT_OPEN)
	AND lease_owner = ?;

-- name: recipient-doubt-claimed
-- A sender is gone, and the end of its log with it: what it had claimed may have
-- been handed over. args: campaign, owner
UPDATE recipient SET state = :RECIPIENT_HANDED
WHERE campaign_id = ? AND state = :RECIPIENT_CLAIMED AND state IN (:RECIPIENT_OPEN)
	AND lease_owner = ?;

-- name: recipient-free-uncertain
-- What it had handed over without a known outcome goes out again. args:
-- campaign, owner
UPDATE recipient SET state = :RECIPIENT_QUEUED, uncertain = 1, lease_owner = NULL
WHERE campaign_id = ? AND state = :RECIPIENT_HANDED AND state IN (:RECIPIENT_OPEN)
	AND lease_owner = ?;

-- name: recipient-list-uncertain
-- args: campaign, owner
SELECT member_id FROM recipient
WHERE campaign_id = ? AND state = :RECIPIENT_HANDED AND state IN (:RECIPIENT_OPEN)
	AND lease_owner = ?
ORDER BY member_id;

-- name: recipient-campaigns-open
-- Campaigns that may have somebody claimed or handed.
SELECT DISTINCT campaign_id FROM recipient WHERE state IN (:RECIPIENT_OPEN);

-- name: recipient-freeze
-- Enter members into the ledger. args: campaign, state, reason, at_ms, variant,
-- next_ms, JSON array of members, list (+: by the ids, not through the list)
INSERT INTO recipient (campaign_id, member_id, state, reason, at_ms, variant, next_ms)
SELECT CAST(? AS BIGINT), m.id, CAST(? AS INTEGER), CAST(? AS TEXT),
	CAST(? AS BIGINT), CAST(? AS INTEGER), CAST(? AS BIGINT)
FROM member m WHERE m.id IN JSON_INTS(?) AND +m.list_id = ?
ON CONFLICT DO NOTHING;

-- name: recipient-freeze-cursor
-- How far freezing has come. args: member id, campaign
UPDATE campaign SET freeze_cursor = ? WHERE id = ?;

-- name: recipient-freeze-last
-- Nobody enters who joins from now on: ids are given in the order of commits.
-- args: campaign
UPDATE campaign SET freeze_last = (SELECT COALESCE(MAX(m.id), 0) FROM member m) WHERE id = ?;

-- name: recipient-freeze-last-of
-- args: campaign
SELECT freeze_last FROM campaign WHERE id = ? AND freeze_last IS NOT NULL;

-- name: recipient-freeze-shift
-- So much later than planned its batches go. args: ms, campaign
UPDATE campaign SET shift_ms = ? WHERE id = ?;

-- name: recipient-freeze-end
-- The ledger is complete. args: campaign, campaign
UPDATE campaign SET frozen = 1,
	recipients = (SELECT COUNT(*) FROM recipient r WHERE r.campaign_id = ?)
WHERE id = ?;

-- name: recipient-link-add
-- A distinct link of a campaign that sends. args: campaign, link, hex, url
INSERT INTO campaign_link (campaign_id, link_id, hex, url)
VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING;

-- name: recipient-link-list
-- args: campaign
SELECT link_id, url FROM campaign_link WHERE campaign_id = ? ORDER BY link_id;

-- name: recipient-due-queued
-- Whom to send to next. args: campaign, now_ms, campaign, limit
SELECT r.member_id, r.attempts, r.first_ms, r.uncertain, m.address,
	m.unique_id, m.merge, m.opt_ms, m.language, r.variant
FROM recipient r LEFT JOIN member m ON m.id = r.member_id
WHERE r.campaign_id = ? AND r.state = :RECIPIENT_QUEUED AND r.state IN (:RECIPIENT_OPEN)
	AND r.next_ms <= CAST(? AS BIGINT) - (SELECT c.shift_ms FROM campaign c WHERE c.id = ?)
ORDER BY r.next_ms, r.member_id LIMIT ? FOR UPDATE OF r SKIP LOCKED;

-- name: recipient-due-deferred
-- Those to try again. args: campaign, now_ms, limit
SELECT r.member_id, r.attempts, r.first_ms, r.uncertain, m.address,
	m.unique_id, m.merge, m.opt_ms, m.language, r.variant
FROM recipient r LEFT JOIN member m ON m.id = r.member_id
WHERE r.campaign_id = ? AND r.state = :RECIPIENT_DEFERRED AND r.state IN (:RECIPIENT_OPEN)
	AND r.next_ms <= ?
ORDER BY r.next_ms, r.member_id LIMIT ? FOR UPDATE OF r SKIP LOCKED;

-- name: recipient-claim
-- args: owner, campaign, JSON array of members
UPDATE recipient SET state = :RECIPIENT_CLAIMED, lease_owner = ?
WHERE campaign_id = ? AND member_id IN JSON_INTS(?) AND +state IN (:RECIPIENT_QUEUED, :RECIPIENT_DEFERRED);

-- name: recipient-leave-out
-- args: reason, at_ms, campaign, JSON array of members
UPDATE recipient SET state = :RECIPIENT_LEFT_OUT, reason = ?, at_ms = ?, lease_owner = NULL
WHERE campaign_id = ? AND member_id IN JSON_INTS(?)
	AND +state IN (:RECIPIENT_QUEUED, :RECIPIENT_CLAIMED, :RECIPIENT_DEFERRED);

-- name: recipient-release
-- What was claimed and not handed over goes back. args: campaign, JSON array of
-- members, owner
UPDATE recipient SET
	state = CASE WHEN attempts > 0 AND uncertain = 0 THEN :RECIPIENT_DEFERRED
		ELSE :RECIPIENT_QUEUED END,
	lease_owner = NULL
WHERE campaign_id = ? AND member_id IN JSON_INTS(?) AND +state = :RECIPIENT_CLAIMED
	AND lease_owner = ?;

-- name: recipient-list-untried
-- Who was never handed over, and waits. args: campaign, limit
SELECT member_id FROM recipient
WHERE campaign_id = ? AND state = :RECIPIENT_QUEUED AND state IN (:RECIPIENT_OPEN)
	AND uncertain = 0 LIMIT ? FOR UPDATE;

-- name: recipient-list-waiting
-- Who waits, and did not get it for certain. args: campaign, limit
SELECT member_id FROM recipient
WHERE campaign_id = ? AND state IN (:RECIPIENT_QUEUED, :RECIPIENT_DEFERRED) AND state IN (:RECIPIENT_OPEN)
	AND uncertain = 0
LIMIT ? FOR UPDATE;

-- name: recipient-list-unknown
-- Who waits, and may have got it: no answer is known. args: campaign, limit
SELECT member_id FROM recipient
WHERE campaign_id = ? AND state IN (:RECIPIENT_QUEUED, :RECIPIENT_DEFERRED) AND state IN (:RECIPIENT_OPEN)
	AND uncertain <> 0
LIMIT ?;

-- name: recipient-cancel
-- Of those that wait. By keys: by a condition, PostgreSQL may look through all of
-- a campaign for each. args: at_ms, campaign, JSON array of members
UPDATE recipient SET state = :RECIPIENT_CANCELED, reason = 'canceled', at_ms = ?
WHERE campaign_id = ? AND member_id IN JSON_INTS(?)
	AND +state IN (:RECIPIENT_QUEUED, :RECIPIENT_DEFERRED);

-- name: recipient-list-tried
-- Who waits for another try, and did not get it for certain. Who was claimed only
-- may come back at any time, and is no such. args: campaign, limit
SELECT member_id FROM recipient
WHERE campaign_id = ? AND state = :RECIPIENT_DEFERRED AND state IN (:RECIPIENT_OPEN)
	AND uncertain = 0
LIMIT ?;

-- name: recipient-busy
-- Whether anybody of a campaign waits. args: campaign
SELECT 1 FROM recipient WHERE campaign_id = ? AND state IN (:RECIPIENT_OPEN)
LIMIT 1;

-- name: recipient-mark-uncertain
-- args: campaign, owner
UPDATE recipient SET uncertain = 1
WHERE campaign_id = ? AND state = :RECIPIENT_HANDED AND state IN (:RECIPIENT_OPEN)
	AND lease_owner = ?;

-- name: outgoing-due
-- Single mails to send now. args: now_ms, limit
SELECT id, sender, rcpt, source, attempts, next_ms, created_ms
FROM outgoing_message WHERE next_ms <= ? ORDER BY next_ms, id LIMIT ?;

-- name: outgoing-take
-- Keep a single mail from others for a while. args: until, id, next_ms as read
UPDATE outgoing_message SET next_ms = ?, attempts = attempts + 1
WHERE id = ? AND next_ms = ?;

-- name: outgoing-later
-- args: next_ms, error, id
UPDATE outgoing_message SET next_ms = ?, error = ? WHERE id = ?;

-- name: outgoing-remove
-- args: id
DELETE FROM outgoing_message WHERE id = ?;

-- name: outgoing-recipients
SELECT DISTINCT rcpt FROM outgoing_message;

-- name: outgoing-forget
-- Somebody was erased. args: rcpt
DELETE FROM outgoing_message WHERE LOWER(rcpt) = LOWER(?);

-- name: outgoing-add
-- Queue a single mail. args: sender, rcpt, source, next_ms, created_ms
INSERT INTO outgoing_message (sender, rcpt, source, next_ms, created_ms)
VALUES (?, ?, ?, ?, ?);

-- name: recipient-variant
-- Which variant one gets. args: campaign, member
SELECT variant FROM recipient WHERE campaign_id = ? AND member_id = ?;

-- name: recipient-moved
-- Has the member another address than the message went to?
-- args: campaign, member
SELECT 1 FROM recipient r JOIN member m ON m.id = r.member_id
WHERE r.campaign_id = ? AND r.member_id = ? AND m.moved_ms > r.first_ms;

-- name: recipient-returned
-- Whose a mail is that came back. args: campaign, member
SELECT c.hex, c.settings, m.address,
	CASE WHEN r.first_ms > 0 AND m.moved_ms > r.first_ms THEN 1 ELSE 0 END,
	r.bounce, CASE WHEN r.complained_ms IS NULL THEN 0 ELSE 1 END
FROM recipient r
JOIN campaign c ON c.id = r.campaign_id
JOIN member m ON m.id = r.member_id
WHERE r.campaign_id = ? AND r.member_id = ? AND +m.list_id > 0;

-- name: recipient-list-deferred
-- args: JSON hashes of addresses, campaign hex
SELECT a.email_hash, r.detail, r.next_ms
FROM campaign c
JOIN member_address a ON a.list_id = c.list_id AND a.email_hash IN JSON_TEXTS(?)
JOIN recipient r ON r.campaign_id = c.id AND r.member_id = a.member_id
WHERE c.hex = ? AND r.state = :RECIPIENT_DEFERRED
ORDER BY a.email_hash;
