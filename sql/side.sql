-- schema: audience
-- What hangs on members beside their row, see src/audience/side.

-- name: side-interests
-- What these members have chosen. args: JSON array of ids
SELECT member_id, interest_id FROM member_interest
WHERE member_id IN JSON_INTS(?) ORDER BY member_id, interest_id;

-- name: side-choose
-- Not what is being removed. args: JSON array of members, interest
INSERT INTO member_interest (interest_id, member_id)
SELECT i.id, k.value FROM JSON_INTS(?) AS k CROSS JOIN interest i
WHERE i.id = ? ON CONFLICT (interest_id, member_id) DO NOTHING;

-- name: side-choose @pg
INSERT INTO member_interest (interest_id, member_id)
SELECT i.id, k.value FROM JSON_INTS(?) AS k CROSS JOIN interest i
WHERE i.id = ? FOR KEY SHARE OF i
ON CONFLICT (interest_id, member_id) DO NOTHING;

-- name: side-unchoose
-- args: interest, JSON array of members
DELETE FROM member_interest
WHERE interest_id = ? AND member_id IN JSON_INTS(?);

-- name: side-places
-- args: JSON array of ids
SELECT member_id, latitude, longitude FROM member_place
WHERE member_id IN JSON_INTS(?) ORDER BY member_id;

-- name: side-place
-- rows: of different keys
-- args: member, latitude, longitude
INSERT INTO member_place (member_id, latitude, longitude) VALUES (?, ?, ?)
ON CONFLICT (member_id) DO UPDATE SET latitude = excluded.latitude,
	longitude = excluded.longitude;

-- name: side-clients
-- args: JSON array of ids
SELECT member_id, client FROM member_client
WHERE member_id IN JSON_INTS(?) ORDER BY member_id;

-- name: side-client-put
-- Not of who is forgotten meanwhile. args: client, JSON array of members
INSERT INTO member_client (member_id, client)
SELECT m.id, CAST(? AS INTEGER) FROM member m
WHERE m.id IN JSON_INTS(?) AND +m.list_id > 0
ON CONFLICT (member_id) DO UPDATE SET client = excluded.client;

-- name: side-clients-count
-- Of who is subscribed: how many, with which. args: list
SELECT COUNT(*) AS n, c.client FROM member m
JOIN member_client c ON c.member_id = m.id
WHERE m.list_id = ? AND m.status = :MEMBER_SUBSCRIBED
GROUP BY c.client ORDER BY n DESC, c.client;

-- name: side-drop-clients
-- args: JSON array of members
DELETE FROM member_client WHERE member_id IN JSON_INTS(?);

-- name: side-list-drop-clients
-- args: list
DELETE FROM member_client WHERE member_id IN (
	SELECT id FROM member WHERE list_id = ?);

-- name: side-drop-interests
-- args: JSON array of members
DELETE FROM member_interest WHERE member_id IN JSON_INTS(?);

-- name: side-drop-places
-- args: JSON array of members
DELETE FROM member_place WHERE member_id IN JSON_INTS(?);

-- name: side-drop-notes
-- args: JSON array of members
DELETE FROM member_note WHERE member_id IN JSON_INTS(?);

-- name: side-drop-events
-- args: JSON array of members
DELETE FROM member_event WHERE member_id IN JSON_INTS(?);

-- name: side-list-drop-places
-- Of a list that is removed, while its members are there. args: list
DELETE FROM member_place WHERE member_id IN (
	SELECT id FROM member WHERE list_id = ?);

-- name: side-list-drop-notes
-- args: list
DELETE FROM member_note WHERE member_id IN (
	SELECT id FROM member WHERE list_id = ?);

-- name: side-list-drop-events
-- args: list
DELETE FROM member_event WHERE member_id IN (
	SELECT id FROM member WHERE list_id = ?);

-- name: side-drop-signups
-- args: JSON array of member ids
DELETE FROM signup WHERE member_id IN JSON_INTS(?);

-- name: side-list-drop-signups
-- args: list
DELETE FROM signup WHERE member_id IN (SELECT id FROM member WHERE list_id = ?);

-- name: side-drop-address-changes
-- args: JSON array of member ids
DELETE FROM address_change WHERE member_id IN JSON_INTS(?);

-- name: side-list-drop-address-changes
-- args: list
DELETE FROM address_change WHERE member_id IN (
	SELECT id FROM member WHERE list_id = ?);

-- name: side-drop-addresses-left
-- args: JSON array of member ids
DELETE FROM address_left WHERE member_id IN JSON_INTS(?);

-- name: side-list-drop-addresses-left
-- args: list
DELETE FROM address_left WHERE member_id IN (
	SELECT id FROM member WHERE list_id = ?);

-- name: side-permission-said
-- args: member, interest, given, now, source, by whom
INSERT INTO permission_said (member_id, interest_id, given, at_ms, source, said_by)
VALUES (?, ?, ?, ?, ?, ?);

-- name: side-drop-permissions-said
-- args: JSON array of member ids
DELETE FROM permission_said WHERE member_id IN JSON_INTS(?);
