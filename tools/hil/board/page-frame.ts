/** What all pages of reports have around them. */
import { type Markup, markup } from './markup.ts';

const style = markup`<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff; }
h1 { font-size: 1.4rem; }
h2 { font-size: 1.1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; }
dd { margin: 0; }
summary { cursor: pointer; padding: 0.3rem 0; }
.passed::before { content: '✔ '; color: #186a2b; }
.failed::before { content: '✘ '; color: #b3261e; }
.time { color: #666; }
details { border-top: 1px solid #ddd; }
pre { background: #f4f4f4; padding: 0.6rem; overflow: auto; max-height: 30rem; white-space: pre-wrap; }
table { border-collapse: collapse; }
caption { text-align: left; }
th, td { padding: 0.1rem 0.8rem 0.1rem 0; text-align: right; font-variant-numeric: tabular-nums; }
img { max-width: 100%; }
@media (prefers-color-scheme: dark) {
	body { color: #ddd; background: #1b1b1b; }
	pre { background: #262626; }
	a { color: #8ab4f8; }
	.passed::before { color: #6fcf83; }
	.failed::before { color: #ff8a80; }
	img { background: #fff; }
}
</style>`;

/** A whole page that loads nothing and runs nothing. */
export function pageOf(title: string, body: Markup): string {
	return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${title}</title>
${style}
</head>
<body>
<h1>${title}</h1>
${body}</body>
</html>
`.text;
}

export function secondsOf(ms: number): string {
	return `${(ms / 1000).toFixed(1)} s`;
}
