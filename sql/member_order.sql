-- schema: audience
-- Members of a list in an order, see src/audience/side/member_order.h.

-- name: member-order-email
-- args: list, after, limit
SELECT id, address FROM member
WHERE list_id = ? AND address > ? ORDER BY address LIMIT ?;

-- name: member-order-email @pg
SELECT id, address FROM member
WHERE list_id = ? AND address COLLATE "C" > ? ORDER BY address COLLATE "C" LIMIT ?;

-- name: member-order-email-down
-- args: list, before, limit
SELECT id, address FROM member
WHERE list_id = ? AND address < ? ORDER BY address DESC LIMIT ?;

-- name: member-order-email-down @pg
SELECT id, address FROM member
WHERE list_id = ? AND address COLLATE "C" < ? ORDER BY address COLLATE "C" DESC LIMIT ?;

-- name: member-order-changed
-- args: list, after ms, after id, limit
SELECT id, changed_ms FROM member
WHERE list_id = ? AND (changed_ms, id) > (?, ?) ORDER BY changed_ms, id LIMIT ?;

-- name: member-order-changed-down
-- args: list, before ms, before id, limit
SELECT id, changed_ms FROM member
WHERE list_id = ? AND (changed_ms, id) < (?, ?) ORDER BY changed_ms DESC, id DESC LIMIT ?;

-- name: member-order-of
-- What these are put in order by. args: JSON array of ids
SELECT id, address, changed_ms FROM member WHERE id IN JSON_INTS(?);
