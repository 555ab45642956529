-- Whom users keep from mail by hand: the addresses of those rows of
-- suppression, so that somebody can look through them. What is suppressed is
-- said by that table alone; see src/audience/blocked/blocked_address.h.
CREATE TABLE blocked_address (
	keyed_hash TEXT PRIMARY KEY,
	address TEXT NOT NULL, -- folded
	at_ms BIGINT NOT NULL,
	blocked_by TEXT NOT NULL -- the name of a user or key
);
CREATE UNIQUE INDEX blocked_address_of ON blocked_address (address);
