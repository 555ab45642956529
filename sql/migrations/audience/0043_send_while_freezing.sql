-- Links enter before recipients now, as sending may begin while they enter: a ledger
-- that was half made begins again, and adds nothing twice.
UPDATE campaign SET freeze_cursor = 0 WHERE frozen = 0 AND freeze_cursor > 0;
