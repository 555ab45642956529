-- The webhook's secret could be read by users who are no administrators: the
-- next start makes a new one and removes the webhook that has this one.
UPDATE setting SET key = 'bridge.hook_secret_old' WHERE key = 'bridge.hook_secret';
