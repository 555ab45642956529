-- schema: events

-- name: event-add
-- One event of the log. args: all columns but id and xid
INSERT INTO event (at_ms, kind, campaign_id, member_id, link_id, code,
	ip, agent, detail, instance)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: event-add-many
-- The same for many at once, in their order: one round trip. args: instance,
-- JSON array of arrays of the other columns
INSERT INTO event (at_ms, kind, campaign_id, member_id, link_id, code,
	ip, agent, detail, instance)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'),
	json_extract(value, '$[2]'), json_extract(value, '$[3]'),
	json_extract(value, '$[4]'), json_extract(value, '$[5]'),
	json_extract(value, '$[6]'), json_extract(value, '$[7]'),
	json_extract(value, '$[8]'), ?
FROM json_each(?) ORDER BY key;

-- name: event-add-many @pg
INSERT INTO event (at_ms, kind, campaign_id, member_id, link_id, code,
	ip, agent, detail, instance)
SELECT (v->>0)::bigint, (v->>1)::integer, (v->>2)::bigint, (v->>3)::bigint,
	(v->>4)::integer, (v->>5)::integer, v->>6, v->>7, v->>8, ?
FROM jsonb_array_elements(?::jsonb) WITH ORDINALITY AS t (v, n) ORDER BY n;

-- name: event-lock @pg
-- Commits of events come in the order of their ids: writers queue here until
-- the end of their transaction. SQLite has one writer anyway.
SELECT pg_advisory_xact_lock(7746922);

-- name: event-lock
SELECT 0;

-- name: event-after
-- What follows a place in the log; ids are the order of commits. args: xid
-- (not looked at), id, limit
SELECT id, xid, at_ms, kind, campaign_id, member_id, link_id, code, ip, agent,
	detail
FROM event WHERE CAST(? AS BIGINT) >= 0 AND id > ? ORDER BY id LIMIT ?;

-- name: event-horizon
-- A transaction id that all commits seen from now on are below. SQLite: 0
SELECT 0;

-- name: event-horizon @pg
SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint;

-- name: event-now
-- A transaction id that none begun before has reached. SQLite: -1
SELECT -1;

-- name: event-now @pg
SELECT pg_current_xact_id()::text::bigint;
