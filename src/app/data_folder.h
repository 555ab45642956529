/*
 * app/data_folder.h - the data for commands that do not make any
 *
 * In the wrong folder a command such as `key create` would make new data and
 * print a key that the server, which runs elsewhere, refuses.
 */
#ifndef APP_DATA_FOLDER_H
#define APP_DATA_FOLDER_H

struct config;
struct err;
struct store;

/* store_open. ERR_NOT_FOUND, with what to do: there is no data. */
int data_open(const struct config *config, struct store **out, struct err *err);

#endif
