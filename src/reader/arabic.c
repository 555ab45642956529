/*
 * What readers are told, in Arabic. Data alone, found by reader_text.c; any
 * thread.
 */
#include "reader/languages.h"

const struct reader_language reader_arabic = {
	.tag = "ar",
	.rtl = true,
	.date_format = "DD/MM/YYYY",
	.day_format = "DD/MM",
	.decimal = ".",
	.text = {
		[READER_SENT_TO] = "أُرسلت هذه الرسالة إلى *|EMAIL|*.",
		[READER_UNSUBSCRIBE] = "إلغاء الاشتراك",
		[READER_UNSUBSCRIBE_AT] = "إلغاء الاشتراك: *|UNSUB|*",
		[READER_SUBSCRIPTION] = "اشتراككم",
		[READER_LIST] = "القائمة:",
		[READER_ADDRESS] = "العنوان:",
		[READER_WANTS_NO_MORE] = "هل تريدون التوقف عن تلقي رسائل هذه القائمة؟",
		[READER_HAS_LEFT] = "تم إلغاء اشتراككم. لن تصلكم رسائل أخرى من هذه القائمة.",
		[READER_IS_OUT] = "لستم مشتركين. لا تصلكم رسائل من هذه القائمة.",
		[READER_IS_TEST] = "كانت هذه رسالة تجريبية: لا يوجد اشتراك يمكن إلغاؤه.",
		[READER_TAKE_BACK] = "كان ذلك خطأً: أعيدوا اشتراكي",
		[READER_IS_TAKEN_BACK] = "أُلغي إلغاء اشتراككم. ستستمر رسائل هذه القائمة في الوصول إليكم، ما لم يكن المرسل قد استثناكم لسبب آخر.",
		[READER_CANNOT_TAKE_BACK] = "لا يمكننا إعادة اشتراككم من هنا. إن أردتم تلقي رسائل هذه القائمة فاكتبوا إلى المرسل.",
		[READER_NO_LINK] = "هذا الرابط غير صالح",
		[READER_NO_LINK_MORE] = "ربما كان غير كامل. يرجى فتحه من الرسالة مرة أخرى.",
		[READER_BUSY] = "يرجى المحاولة مرة أخرى",
		[READER_BUSY_MORE] = "الخادم مشغول. يرجى المحاولة بعد قليل.",
		[READER_FAILED] = "حدث خطأ ما",
		[READER_FAILED_MORE] = "يرجى المحاولة لاحقًا.",
	},
};
