-- schema: audience

-- name: delivery-lease-take
-- Take or renew a lease unless another holds it: one that was given up or,
-- with this until_ms, seen to be dead. args: name, owner, until_ms, until_ms of
-- a dead one
INSERT INTO delivery_lease (name, owner, until_ms) VALUES (?, ?, ?)
ON CONFLICT (name) DO UPDATE SET owner = excluded.owner,
	until_ms = excluded.until_ms
WHERE delivery_lease.owner = excluded.owner OR delivery_lease.until_ms IN (0, ?);

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

-- name: delivery-lease-live
-- args: life, name, owner
UPDATE delivery_lease SET life = ? WHERE name = ? AND owner = ?;

-- name: delivery-lease-life
-- args: name
SELECT life FROM delivery_lease WHERE name = ?;

-- name: delivery-lease-look
-- What another has. args: name, owner
SELECT until_ms FROM delivery_lease WHERE name = ? AND owner <> ?;

-- name: delivery-lease-senders
SELECT owner, until_ms FROM delivery_lease
WHERE substr(name, 1, 7) = 'sender/' ORDER BY owner;
