-- schema: audience

-- name: delivery-lease-take
-- Take or renew a lease unless another holds it. args: name, owner, until_ms,
-- now_ms
INSERT INTO delivery_lease (name, owner, until_ms) VALUES (?, ?, ?)
ON CONFLICT (name) DO UPDATE SET owner = excluded.owner,
	until_ms = excluded.until_ms
WHERE delivery_lease.owner = excluded.owner OR delivery_lease.until_ms < ?;

-- name: delivery-lease-check
-- Who holds a lease; on PostgreSQL keeps it from changing hands until the end
-- of the transaction. args: name
SELECT owner FROM delivery_lease WHERE name = ?;

-- name: delivery-lease-check @pg
SELECT owner FROM delivery_lease WHERE name = ? FOR SHARE;

-- name: delivery-lease-drop
-- args: name, owner
DELETE FROM delivery_lease WHERE name = ? AND owner = ?;

-- name: delivery-lease-expire-own
-- Earlier starts of this instance are gone: their leases end now. args: length
-- of the prefix, prefix "<instance>/", owner of this start
UPDATE delivery_lease SET until_ms = 0
WHERE substr(owner, 1, ?) = ? AND owner <> ?;

-- name: delivery-lease-dead
-- Owners of senders that live no more. args: now_ms
SELECT owner FROM delivery_lease
WHERE substr(name, 1, 7) = 'sender/' AND until_ms < ? ORDER BY owner;
