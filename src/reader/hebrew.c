/*
 * What readers are told, in Hebrew. Data alone, found by reader_text.c; any
 * thread.
 */
#include "reader/languages.h"

const struct reader_language reader_hebrew = {
	.tag = "he",
	.rtl = true,
	.date_format = "DD.MM.YYYY",
	.day_format = "DD.MM",
	.decimal = ".",
	.text = {
		[READER_SENT_TO] = "הודעה זו נשלחה אל *|EMAIL|*.",
		[READER_UNSUBSCRIBE] = "הסרה מרשימת התפוצה",
		[READER_UNSUBSCRIBE_AT] = "הסרה מרשימת התפוצה: *|UNSUB|*",
		[READER_SUBSCRIPTION] = "ההרשמה שלכם",
		[READER_LIST] = "רשימה:",
		[READER_ADDRESS] = "כתובת:",
		[READER_WANTS_NO_MORE] = "האם אינכם רוצים לקבל עוד הודעות מרשימה זו?",
		[READER_HAS_LEFT] = "הוסרתם מהרשימה. לא תקבלו עוד הודעות מרשימה זו.",
		[READER_IS_OUT] = "אינכם רשומים. אינכם מקבלים הודעות מרשימה זו.",
		[READER_IS_TEST] = "זו הייתה הודעת ניסיון: אין את מי להסיר.",
		[READER_TAKE_BACK] = "זו הייתה טעות: רשמו אותי שוב",
		[READER_IS_TAKEN_BACK] = "ביטול הרישום שלכם בוטל. תמשיכו לקבל הודעות מרשימה זו, אלא אם השולח הוציא אתכם ממנה מסיבה אחרת.",
		[READER_CANNOT_TAKE_BACK] = "לא נוכל לרשום אתכם שוב מכאן. אם תרצו לקבל הודעות מרשימה זו, כתבו לשולח.",
		[READER_NO_LINK] = "הקישור אינו תקין",
		[READER_NO_LINK_MORE] = "ייתכן שאינו שלם. פתחו אותו שוב מתוך ההודעה.",
		[READER_BUSY] = "נסו שוב",
		[READER_BUSY_MORE] = "השרת עסוק. נסו שוב בעוד רגע.",
		[READER_FAILED] = "משהו השתבש",
		[READER_FAILED_MORE] = "נסו שוב מאוחר יותר.",
	},
};
