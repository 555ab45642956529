-- What changed in a list is kept by quarters of an hour, no longer by days of UTC, so
-- that days of any time zone can be told: src/audience/kept/list_history.h. Of what was,
-- only the day is known: its noon is on that day nearly everywhere. In two steps, since
-- a day of the seventies may be a quarter that another day becomes.
UPDATE list_kept SET status = status + 1000, block = block * 96 + 48 WHERE status >= 100;
UPDATE list_kept SET status = status - 1000 WHERE status >= 1000;
-- only: pg
UPDATE list_kept_change SET block = block * 96 + 48 WHERE status >= 100;
