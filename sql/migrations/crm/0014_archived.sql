-- When the bridge last archived the member, or was about to: an older page of
-- members may say afterwards that it is subscribed.
ALTER TABLE bridge_member ADD COLUMN archived_ms BIGINT;
