/*
 * The two newsletters of the demo, as a small market hall might write them: one
 * column of 600 px, tables and inline styles for Outlook's engine, no image
 * that would have to be fetched, a button that is a table cell.
 */
#include "api/demo/demo_private.h"

#define SANS "font-family:Helvetica,Arial,sans-serif;"
#define SERIF "font-family:Georgia,'Times New Roman',serif;"

/* ink: the colour of band and buttons; wash: of the ground around. */
#define HEAD(title, ink, wash)                                               \
	"<!doctype html>\n<html lang=\"en\">\n<head>\n"                      \
	"<meta charset=\"utf-8\">\n<meta name=\"viewport\" "                 \
	"content=\"width=device-width, initial-scale=1\">\n<title>" title    \
	"</title>\n<style>@media (max-width:480px){.wide{display:block "     \
	"!important;width:auto !important;padding:0 0 20px "                 \
	"!important}td.cards{padding:0 22px "                                \
	"!important}td.pad{padding-left:22px !important;padding-right:22px " \
	"!important}}</style>\n</head>\n"                                    \
	"<body style=\"margin:0;padding:0;background:" wash "\">\n"          \
	"<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" "     \
	"cellspacing=\"0\" style=\"background:" wash "\"><tr><td "           \
	"align=\"center\" style=\"padding:28px 12px\">\n"                    \
	"<table role=\"presentation\" width=\"600\" cellpadding=\"0\" "      \
	"cellspacing=\"0\" style=\"width:100%;max-width:600px;"              \
	"background:#ffffff;border-radius:10px;overflow:hidden\">\n"         \
	"<tr><td class=\"pad\" style=\"background:" ink                      \
	";padding:18px 40px;" SANS                                           \
	"font-size:13px;letter-spacing:2px;color:#ffffff\">"                 \
	"HARBOUR STREET MARKET</td></tr>\n"

#define TAIL                                                                \
	"<tr><td class=\"pad\" style=\"padding:24px 40px;"                  \
	"background:#f6f4f0;" SANS                                          \
	"font-size:12px;line-height:1.6;color:#6b665e;text-align:center\">" \
	"You get this because you signed up at our stall.<br>\n"            \
	"*|LIST:ADDRESSLINE|*<br>\n"                                        \
	"<a href=\"*|UPDATE_PROFILE|*\" style=\"color:#6b665e\">"           \
	"Change your preferences</a> &middot; "                             \
	"<a href=\"*|UNSUB|*\" style=\"color:#6b665e\">Unsubscribe</a>"     \
	"</td></tr>\n</table>\n</td></tr></table>\n</body>\n</html>\n"

#define BUTTON(href, ink, text)                                             \
	"<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\">" \
	"<tr><td style=\"background:" ink                                   \
	";border-radius:6px\"><a href=\"" href                              \
	"\" style=\"display:inline-block;padding:13px 26px;" SANS           \
	"font-size:16px;font-weight:bold;color:#ffffff;"                    \
	"text-decoration:none\">" text "</a></td></tr></table>\n"

#define CARD(href, ink, wash, when, title, text)                            \
	"<td class=\"wide\" width=\"50%\" valign=\"top\" "                  \
	"style=\"padding:0 8px 16px\"><table role=\"presentation\" "        \
	"width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" "               \
	"style=\"background:" wash ";border-radius:8px\"><tr><td "          \
	"style=\"padding:20px\">"                                           \
	"<p style=\"margin:0 0 6px;" SANS "font-size:12px;"                 \
	"letter-spacing:1px;color:" ink "\">" when "</p>"                   \
	"<p style=\"margin:0 0 8px;" SERIF "font-size:20px;"                \
	"color:#22201c\"><a href=\"" href                                   \
	"\" style=\"color:#22201c;text-decoration:none\">" title "</a></p>" \
	"<p style=\"margin:0;" SANS "font-size:14px;line-height:1.5;"       \
	"color:#55504a\">" text "</p></td></tr></table></td>\n"

#define TEXT(text)                                           \
	"<p style=\"margin:0 0 18px;" SANS "font-size:16px;" \
	"line-height:1.6;color:#3a3732\">" text "</p>\n"

#define TITLE(text)                                            \
	"<h1 style=\"margin:0 0 18px;" SERIF "font-size:32px;" \
	"line-height:1.2;font-weight:normal;color:#22201c\">" text "</h1>\n"

#define PLUM "#7a2e4d"
#define PLUM_WASH "#f7eef2"
#define PINE "#1f5a4c"
#define PINE_WASH "#eaf3f0"

static const char workshops[] =
	HEAD("Autumn workshops", PLUM,
	     "#efe9e4") "<tr><td class=\"pad\" style=\"padding:44px 40px "
			"12px\">\n"         //
	TITLE("Make something this autumn") //
	TEXT("Dear *|FNAME|*,")             //
	TEXT("the evenings get long, and our workshop on the first floor is "
	     "warm. From next week on, four people who know their craft show "
	     "you how it is done. Groups are small, everything you need is "
	     "there, and you take home what you made.") //
	"</td></tr>\n<tr><td class=\"cards\" style=\"padding:0 32px\"><table "
	"role=\"presentation\" width=\"100%\" cellpadding=\"0\" "
	"cellspacing=\"0\"><tr>\n" //
	CARD("https://www.example.com/workshops/pottery", PLUM, PLUM_WASH,
	     "TUESDAYS, 6 PM", "Pottery",
	     "Two bowls and a cup, thrown, glazed and fired.") //
	CARD("https://www.example.com/workshops/bread", PLUM, PLUM_WASH,
	     "WEDNESDAYS, 5 PM", "Sourdough",
	     "Feed it, fold it, bake it. The starter is yours.") //
	"</tr><tr>\n"                                            //
	CARD("https://www.example.com/workshops/printing", PLUM, PLUM_WASH,
	     "THURSDAYS, 7 PM", "Letterpress",
	     "Set your own cards by hand, in lead and wood.") //
	CARD("https://www.example.com/workshops/bicycles", PLUM, PLUM_WASH,
	     "SATURDAYS, 10 AM", "Bicycle repair",
	     "Bring yours. Leave with brakes that work.") //
	"</tr></table></td></tr>\n"
	"<tr><td class=\"pad\" style=\"padding:16px 40px 44px\">\n"        //
	BUTTON("https://www.example.com/workshops", PLUM, "See all dates") //
	"</td></tr>\n" TAIL;

static const char open_day[] = HEAD(
	"Open day", PINE, "#e4ece9") "<tr><td class=\"pad\" "
				     "style=\"padding:44px 40px 12px\">\n" //
	TITLE("*|FNAME|*, you are invited")                                //
	TEXT("On Saturday we open all doors: the cold store, the roof with "
	     "the beehives, and the cellar that nobody has seen for thirty "
	     "years. Come and look behind the stalls.") //
	"</td></tr>\n<tr><td class=\"pad\" style=\"padding:0 40px 12px\">"
	"<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" "
	"cellspacing=\"0\" style=\"background:" PINE_WASH
	";border-radius:8px\"><tr><td style=\"padding:22px 24px;" SANS
	"font-size:16px;line-height:1.7;color:#22201c\">"
	"<strong>10:00</strong> &nbsp;Coffee for those who come early<br>"
	"<strong>11:30</strong> &nbsp;"
	"<a href=\"https://www.example.com/open-day/roof\" style=\"color:" PINE
	"\">Honey from the roof</a>, with a taste<br>"
	"<strong>14:00</strong> &nbsp;"
	"<a href=\"https://www.example.com/open-day/cellar\" "
	"style=\"color:" PINE "\">Down to the cellar</a>, by lamplight<br>"
	"<strong>16:00</strong> &nbsp;Music from Bilbao, and soup"
	"</td></tr></table></td></tr>\n"
	"<tr><td class=\"pad\" style=\"padding:16px 40px 44px\">\n" //
	TEXT("It costs nothing. So that there is enough soup, tell us whether "
	     "you come.")                                                   //
	BUTTON("https://www.example.com/open-day", PINE, "I will be there") //
	"<p style=\"margin:24px 0 0;" SANS "font-size:14px;color:#55504a\">"
	"<a href=\"https://www.example.com/how-to-find-us\" style=\"color:" PINE
	"\">How to find us</a></p>\n"
	"</td></tr>\n" TAIL;

const struct demo_mail demo_mails[DEMO_CAMPAIGNS] = {
	{ .name = "Autumn workshops (demo)",
	  .subject = "Make something this autumn: our new workshops",
	  .preview_text = "Pottery, sourdough, letterpress and bicycles",
	  .html = workshops,
	  .days_ago = 21 },
	{ .name = "Open day (demo)",
	  .subject = "*|FNAME|*, an invitation to our open day",
	  .preview_text =
		  "Behind the stalls, up on the roof, down in the cellar",
	  .html = open_day,
	  .days_ago = 7 },
};
