-- What changed in a list on each day stands beside its numbers of members, with
-- kinds from 100 on in place of a status, and the day in place of a block: see
-- src/audience/kept/list_history.h. Of what was before, members tell.
INSERT INTO list_kept (list_id, block, status, n)
SELECT h.list_id, h.at_ms / 86400000, h.kind, COUNT(*)
FROM (SELECT list_id, 101 AS kind, CASE WHEN opt_ms > 0 THEN opt_ms
			WHEN signup_ms > 0 THEN signup_ms ELSE changed_ms END AS at_ms
		FROM member WHERE status = 1
	UNION ALL SELECT list_id, 101, opt_ms
		FROM member WHERE status IN (2, 3, 6) AND opt_ms > 0
	UNION ALL SELECT list_id, 102, COALESCE(unsubscribed_ms, changed_ms)
		FROM member WHERE status = 2 AND opt_ms > 0
	UNION ALL SELECT list_id, 102, changed_ms
		FROM member WHERE status IN (3, 6) AND opt_ms > 0
	UNION ALL SELECT list_id, 103, COALESCE(unsubscribed_ms, changed_ms)
		FROM member WHERE status = 2
	UNION ALL SELECT list_id, CASE status WHEN 3 THEN 104 WHEN 6 THEN 105
			WHEN 4 THEN 106 ELSE 107 END, changed_ms
		FROM member WHERE status IN (3, 4, 5, 6)) AS h
WHERE h.list_id > 0
GROUP BY h.list_id, h.at_ms / 86400000, h.kind;

-- Domains whose owner has shown that mails to it reach them: see
-- src/audience/batch/verified_domain.h.
CREATE TABLE verified_domain (
	id SERIAL_ID,
	domain TEXT NOT NULL UNIQUE, -- in A-labels, lower case
	email TEXT NOT NULL,
	code_hash TEXT, -- NULL: it was used, or tried too often
	tries INTEGER NOT NULL DEFAULT 0,
	sent_ms BIGINT NOT NULL,
	verified_ms BIGINT
);
