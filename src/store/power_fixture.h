/*
 * store/power_fixture.h - a disk that forgets what was not synced, for tests
 *
 * SQLite's files of a folder, as they would be after a power cut: each by
 * itself either as it was when it was synced last, or as it is now.
 *
 *     power_begin(folder);          before the store is opened
 *     ...                           kept up from here on: at each sync
 *     power_cut(folder, to, ~0u);   while nobody writes (a stopped process)
 *
 * A process has one such folder at a time.
 */
#ifndef STORE_POWER_FIXTURE_H
#define STORE_POWER_FIXTURE_H

/* What lies in the folder now counts as synced. Aborts on failure, as the
 * rest. */
void power_begin(const char *folder);
/* From now on the disk keeps nothing more: each sync fails. */
void power_break(void);
/* Makes the folder `to`. Of the files that may have lost something, in the
 * order of their names, the nth has if bit n of `lost` is set. Any process. */
void power_cut(const char *folder, const char *to, unsigned lost);

#endif
