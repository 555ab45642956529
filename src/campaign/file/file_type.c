#include "campaign/file/file_type.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/utf8.h"
#include "image/image.h"

#include <string.h>

struct kind {
	enum file_type type;
	const char *mime, *ending;
	const char *mark; /* among the names of a ZIP file; NULL: it is none */
};

#define OFFICE "application/vnd.openxmlformats-officedocument."
#define OPEN "application/vnd.oasis.opendocument."

static const struct kind kinds[] = {
	{ FILE_PDF, "application/pdf", "pdf", NULL },
	{ FILE_DOCX, OFFICE "wordprocessingml.document", "docx",
	  "word/document.xml" },
	{ FILE_XLSX, OFFICE "spreadsheetml.sheet", "xlsx", "xl/workbook.xml" },
	{ FILE_PPTX, OFFICE "presentationml.presentation", "pptx",
	  "ppt/presentation.xml" },
	{ FILE_ODT, OPEN "text", "odt", "mimetype" OPEN "text" },
	{ FILE_ODS, OPEN "spreadsheet", "ods", "mimetype" OPEN "spreadsheet" },
	{ FILE_ODP, OPEN "presentation", "odp",
	  "mimetype" OPEN "presentation" },
	{ FILE_TXT, "text/plain; charset=utf-8", "txt", NULL },
	{ FILE_CSV, "text/csv; charset=utf-8", "csv", NULL },
	{ FILE_ICS, "text/calendar; charset=utf-8", "ics", NULL },
	{ FILE_VCF, "text/vcard; charset=utf-8", "vcf", NULL },
};

bool file_type_is_image(enum file_type type)
{
	return type < FILE_PDF;
}

static const struct kind *kind_of(enum file_type type)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].type == type)
			return &kinds[i];
	BUG_ON(true);
}

const char *file_type_mime(enum file_type type)
{
	return file_type_is_image(type) ? image_type_mime((enum image_type)type)
					: kind_of(type)->mime;
}

const char *file_type_ending(enum file_type type)
{
	return file_type_is_image(type)
		       ? image_type_ending((enum image_type)type)
		       : kind_of(type)->ending;
}

/* --- what it is --- */

static bool holds(struct str bytes, const char *part)
{
	return memmem(bytes.s, bytes.len, part, strlen(part)) != NULL;
}

static int not_taken(struct err *err, const char *what)
{
	return err_set(err, ERR_INVALID,
		       "%s is not taken: give a picture (JPEG, PNG, GIF, "
		       "WebP), PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP or text",
		       what);
}

/* Names stand in the open in a ZIP file. */
static int find_in_zip(struct str bytes, enum file_type *out, struct err *err)
{
	if (holds(bytes, "vbaProject.bin") || holds(bytes, "Basic/"))
		return not_taken(err, "A document with macros");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].mark && holds(bytes, kinds[i].mark)) {
			*out = kinds[i].type;
			return 1;
		}
	return not_taken(err, "An archive");
}

static bool is_text(struct str bytes)
{
	if (bytes.len == 0 || !utf8_is_valid(bytes))
		return false;
	for (size_t i = 0; i < bytes.len; i++)
		if ((unsigned char)bytes.s[i] < 0x20 &&
		    (bytes.s[i] == '\0' || !strchr("\t\n\r\f", bytes.s[i])))
			return false;
	return true;
}

static bool ends_with(const char *name, const char *const *endings, size_t n)
{
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < n; i++)
		if (str_ieq(str_of(dot + 1), endings[i]))
			return true;
	return false;
}

/* What a browser may run, if anybody ever serves it otherwise. */
static bool is_for_browsers(struct str text, const char *name)
{
	static const char *const endings[] = { "html", "htm",  "xhtml", "svg",
					       "xml",  "js",   "mjs",   "css",
					       "json", "wasm", "shtml", "hta",
					       "php",  "mht",  "xsl" };
	static const char *const marks[] = { "<script", "<html", "<svg",
					     "<!doctype", "<?xml" };

	if (str_starts(text, "<") ||
	    ends_with(name, endings, ARRAY_SIZE(endings)))
		return true;
	for (size_t at = 0; at < text.len; at++)
		for (size_t i = 0; text.s[at] == '<' && i < ARRAY_SIZE(marks);
		     i++)
			if (text.len - at >= strlen(marks[i]) &&
			    str_ieq((struct str){ text.s + at,
						  strlen(marks[i]) },
				    marks[i]))
				return true;
	return false;
}

static int find_in_text(struct str bytes, const char *name, enum file_type *out,
			struct err *err)
{
	static const char *const tables[] = { "csv" };
	struct str text = bytes;

	if (str_starts(text, "\xEF\xBB\xBF"))
		text = (struct str){ text.s + 3, text.len - 3 };
	text = str_trim(text);
	if (is_for_browsers(text, name))
		return not_taken(err, "What a browser may run");
	*out = str_starts(text, "BEGIN:VCALENDAR") ? FILE_ICS
	       : str_starts(text, "BEGIN:VCARD")   ? FILE_VCF
	       : ends_with(name, tables, 1)        ? FILE_CSV
						   : FILE_TXT;
	return 1;
}

int file_type_of_document(struct str bytes, const char *name,
			  enum file_type *out, struct err *err)
{
	if (str_starts(bytes, "%PDF-")) {
		*out = FILE_PDF;
		return 1;
	}
	if (str_starts(bytes, "PK\003\004"))
		return find_in_zip(bytes, out, err);
	if (str_starts(bytes, "\xD0\xCF\x11\xE0"))
		return not_taken(err, "A document of an old office program");
	if (is_text(bytes))
		return find_in_text(bytes, name, out, err);
	return 0;
}
