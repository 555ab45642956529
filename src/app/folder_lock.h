/*
 * app/folder_lock.h - who works on a data folder
 *
 * `serve` holds the lock for as long as it runs, on PostgreSQL too; `restore`
 * takes it while it replaces the data. It goes with the process.
 */
#ifndef APP_FOLDER_LOCK_H
#define APP_FOLDER_LOCK_H

struct config;
struct err;

/* CLEANUP(fd_release) int lock = -1; Makes the folder if it is missing.
 * ERR_CONFLICT: a server runs on it. */
int folder_lock(const struct config *config, int *fd, struct err *err);

#endif
