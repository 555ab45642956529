-- Who has asked for mail at another address, and has not confirmed it from
-- there yet. asked_ms: last. address: folded.
CREATE TABLE address_change (
	member_id BIGINT PRIMARY KEY,
	asked_ms BIGINT NOT NULL,
	address TEXT NOT NULL
);
CREATE INDEX address_change_asked ON address_change (asked_ms);
