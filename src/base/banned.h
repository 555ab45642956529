/*
 * base/banned.h - functions that have a safer twin here; included by the
 * compiler command line, so using one is a compile error
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets strtok
#pragma GCC poison atoi atol atoll atof localtime localtime_r gmtime ctime
#pragma GCC poison asctime tmpnam mktemp

#endif
