-- Designs to begin with (src/campaign/template). user_id: of the customer
-- records; nobody else joins it.
CREATE TABLE template (
	id SERIAL_ID,
	name TEXT NOT NULL,
	about TEXT,
	design TEXT NOT NULL, -- JSON
	user_id BIGINT,
	created_ms BIGINT NOT NULL,
	updated_ms BIGINT NOT NULL
);
