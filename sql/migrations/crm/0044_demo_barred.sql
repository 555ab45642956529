-- Addresses that get no mail while mails leave (bridge.c notes it in the setting):
-- the demo's people and leads, except while the demo itself is made (jobs that
-- are queued or run).
CREATE VIEW demo_barred AS
SELECT x.hash FROM setting s
  JOIN demo_row d ON d.kind IN ('person', 'lead')
  JOIN email x ON x.record_id = d.record_id
   AND x.entity = CASE d.kind WHEN 'person' THEN 1 ELSE 2 END
 WHERE s.key = 'mail.leaves'
   AND NOT EXISTS (SELECT 1 FROM job j WHERE j.kind = 'demo' AND j.state IN (1, 2));
