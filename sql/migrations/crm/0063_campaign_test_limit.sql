-- How many tests of campaigns a user asked for in the last hour (0: a key that
-- is nobody's): see crm/campaign/test_mail.h.
CREATE INDEX job_tests ON job ((COALESCE(user_id, 0)), created_ms)
	WHERE kind = 'campaign-test';
