-- Who has asked to be subscribed, and has not confirmed it yet. asked_ms: last.
-- given: what is laid over the member when it does (JSON, as the API's bodies).
CREATE TABLE signup (
	member_id BIGINT PRIMARY KEY,
	asked_ms BIGINT NOT NULL,
	given TEXT NOT NULL
);
CREATE INDEX signup_asked ON signup (asked_ms);

-- How often something was done lately, by keyed hashes of addresses and of
-- clients: times in ms, with spaces between them. at_ms: the last. What is older
-- than a day goes.
CREATE TABLE signup_limit (
	keyed_hash TEXT PRIMARY KEY,
	times TEXT NOT NULL,
	at_ms BIGINT NOT NULL
);
CREATE INDEX signup_limit_at ON signup_limit (at_ms);
