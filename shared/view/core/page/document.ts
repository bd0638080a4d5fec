import { type Html, html, markupOf, verbatim } from './html.ts';
import { PAGE_STYLE } from './style.ts';

/** A whole document, `tag`: in which language. It holds its style sheet, so that it stays readable when it is saved. */
export function documentOf(tag: string, title: string, head: Html, body: Html): string {
  return markupOf(html`<!doctype html>
<html lang="${tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${head}
<title>${title}</title>
<link rel="icon" href="icon.svg">
<style>${verbatim(PAGE_STYLE)}</style>
</head>
<body>
${body}
</body>
</html>
`);
}
