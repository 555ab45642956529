-- schema: audience
-- Addresses that wait to be confirmed, see src/audience/form/address_change.h.

-- name: address-change-find
-- args: member
SELECT asked_ms, address FROM address_change WHERE member_id = ?;

-- name: address-change-put
-- args: member, asked, address
INSERT INTO address_change (member_id, asked_ms, address) VALUES (?, ?, ?)
ON CONFLICT (member_id) DO UPDATE SET asked_ms = excluded.asked_ms,
	address = excluded.address;

-- name: address-change-remove
-- args: member
DELETE FROM address_change WHERE member_id = ?;

-- name: address-change-remove-old
-- args: asked before
DELETE FROM address_change WHERE asked_ms < ?;
