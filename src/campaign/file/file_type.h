/*
 * campaign/file/file_type.h - kinds of files that are kept for readers of mails
 *
 * Pictures, which are drawn anew (image/image.h), and documents, which are
 * kept as they are and only ever given as something to be saved. What runs in
 * a browser (HTML, SVG, XML, scripts) is none of them, and neither are macros
 * of office programs. What a file is says what is in it; its name only decides
 * between two kinds of plain text.
 */
#ifndef CAMPAIGN_FILE_FILE_TYPE_H
#define CAMPAIGN_FILE_FILE_TYPE_H

#include "base/str.h"

struct err;

/* Stored: append only. The first are those of enum image_type. */
enum file_type {
	FILE_JPEG = 1,
	FILE_PNG = 2,
	FILE_GIF = 3,
	FILE_PDF = 10, /* the first that is no picture */
	FILE_DOCX = 11,
	FILE_XLSX = 12,
	FILE_PPTX = 13,
	FILE_ODT = 14,
	FILE_ODS = 15,
	FILE_ODP = 16,
	FILE_TXT = 17,
	FILE_CSV = 18,
	FILE_ICS = 19,
	FILE_VCF = 20,
};

bool file_type_is_image(enum file_type type);
const char *file_type_mime(enum file_type type);   /* "application/pdf" */
const char *file_type_ending(enum file_type type); /* "pdf" */

/* 1 and which document it is, 0: it is none (a picture?), -1 ERR_INVALID, in
 * words for people: one of those that are not taken. */
int file_type_of_document(struct str bytes, const char *name,
			  enum file_type *out, struct err *err);

#endif
