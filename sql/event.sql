-- schema: events
-- What takes effect before what came earlier, see delivery/apply/urgent.h.
-- set: EVENT_URGENT = EVENT_REFUSED EVENT_UNSUBSCRIBED EVENT_COMPLAINED EVENT_BOUNCED

-- name: event-add
-- One event of the log. args: all columns but id and xid
INSERT INTO event (at_ms, kind, campaign_id, member_id, link_id, code,
	ip, agent, detail, instance)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: event-lock @pg
-- Commits of events come in the order of their ids: writers queue here until
-- the end of their transaction. SQLite has one writer anyway.
SELECT pg_advisory_xact_lock(7746922);

-- name: event-lock
SELECT 0;

-- name: event-after
-- What follows a place in the log; ids are the order of commits. args: id,
-- limit
SELECT id, at_ms, kind, campaign_id, member_id, link_id, code, ip, agent, detail
FROM event WHERE id > ? ORDER BY id LIMIT ?;

-- name: event-urgent
-- The same of those kinds that must not wait (urgent.h). args: id, limit
SELECT id, at_ms, kind, campaign_id, member_id, link_id, code, ip, agent, detail
FROM event WHERE kind IN (:EVENT_URGENT) AND id > ? ORDER BY id LIMIT ?;

-- name: event-is-there
-- One of so many of the last is like this: it was not lost. args: how many,
-- at_ms, kind, campaign, member
SELECT 1 FROM event
WHERE id > (SELECT COALESCE(MAX(id), 0) FROM event) - CAST(? AS BIGINT)
	AND at_ms = ? AND kind = ? AND campaign_id = ? AND member_id = ?
ORDER BY id DESC LIMIT 1;

-- name: event-last
SELECT COALESCE(MAX(id), 0) FROM event;

-- name: event-behind
-- What of the log is not applied: its last id, and when its first event
-- happened. args: id of the last that is applied
SELECT COALESCE((SELECT MAX(id) FROM event), 0), COALESCE((SELECT at_ms
	FROM event WHERE id > ? ORDER BY id LIMIT 1), 0);
