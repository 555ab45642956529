/*
 * web/web_files.h - what web/tools/pack.ts makes, for files.c alone
 */
#ifndef WEB_WEB_FILES_H
#define WEB_WEB_FILES_H

#include "web/files.h"

extern const unsigned char web_pack[];
extern const struct web_file web_files[];
extern const size_t web_files_n;

#endif
