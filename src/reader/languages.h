/*
 * reader/languages.h - the languages there are, one file each
 */
#ifndef READER_LANGUAGES_H
#define READER_LANGUAGES_H

#include "reader/reader_text.h"

extern const struct reader_language reader_arabic, reader_dutch, reader_english,
	reader_french, reader_german, reader_hebrew, reader_italian,
	reader_portuguese, reader_spanish;

#endif
