/*
 * store/boot_id.h - which start of the machine this is
 */
#ifndef STORE_BOOT_ID_H
#define STORE_BOOT_ID_H

struct arena;
struct err;

/* random(4): another one after each start. */
int boot_id_read(struct arena *arena, const char **out, struct err *err);

#endif
