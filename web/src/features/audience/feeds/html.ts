/** The mail that we bring along, for who has no HTML: it says its colours to nobody, so that dark mail programs choose theirs. */
interface Words {
  language: string;
  /** As PHP writes dates. */
  date: string;
  more: string;
}

export function usualHtml({ language, date, more }: Words): string {
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>*|RSSFEED:TITLE|*</title>
</head>
<body style="margin:0;padding:0;font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5">
<div style="max-width:600px;margin:0 auto;padding:24px 16px">
<p style="margin:0 0 24px;font-size:14px"><a href="*|RSSFEED:URL|*">*|RSSFEED:TITLE|*</a></p>
*|RSSITEMS:[$count=10]|*
<h2 style="margin:0 0 4px;font-size:22px;line-height:1.3"><a href="*|RSSITEM:URL|*">*|RSSITEM:TITLE|*</a></h2>
<p style="margin:0 0 12px;font-size:13px">*|RSSITEM:DATE:${date}|*</p>
<div style="margin:0 0 12px">*|RSSITEM:CONTENT|*</div>
<p style="margin:0 0 32px"><a href="*|RSSITEM:URL|*">${more}</a></p>
*|END:RSSITEMS|*
</div>
</body>
</html>
`;
}
