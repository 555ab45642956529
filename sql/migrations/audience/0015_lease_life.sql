-- The life of the machine, or of the database server, in which a sender's log
-- was only written: if it is over, the end of that log may be lost. NULL: all
-- of it was synced; '': it is known to be lost.
ALTER TABLE delivery_lease ADD COLUMN life TEXT;
