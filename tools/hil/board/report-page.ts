/** A run as one page that needs nothing else: to be kept, sent and opened anywhere. */
import { type Markup, markup, relativeLink } from './markup.ts';
import type { RunReport, TestReport } from './run-record.ts';

const style = markup`<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff; }
h1 { font-size: 1.4rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; }
dd { margin: 0; }
summary { cursor: pointer; padding: 0.3rem 0; }
.passed::before { content: '✔ '; color: #186a2b; }
.failed::before { content: '✘ '; color: #b3261e; }
.time { color: #666; }
details { border-top: 1px solid #ddd; }
pre { background: #f4f4f4; padding: 0.6rem; overflow: auto; max-height: 30rem; white-space: pre-wrap; }
@media (prefers-color-scheme: dark) {
	body { color: #ddd; background: #1b1b1b; }
	pre { background: #262626; }
	a { color: #8ab4f8; }
	.passed::before { color: #6fcf83; }
	.failed::before { color: #ff8a80; }
}
</style>`;

export function reportPage({ name, board, versions, startedAt, tests }: RunReport): string {
	const failed = tests.filter(({ failure }) => failure !== undefined).length;
	const facts = { board, ...versions, started: startedAt.toISOString() };
	const rows = Object.entries(facts).map(([what, value]) => markup`<dt>${what}</dt><dd>${value}</dd>`);
	const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${name}: ${verdict(tests.length, failed)}</title>
${style}
</head>
<body>
<h1>${name}: ${verdict(tests.length, failed)}</h1>
<dl>${rows}</dl>
${tests.map(testSection)}</body>
</html>
`;
	return page.text;
}

function verdict(count: number, failed: number): string {
	return failed === 0 ? `all ${count} passed` : `${failed} of ${count} failed`;
}

function testSection({ name, durationMs, steps, failure, console, captures }: TestReport): Markup {
	const links = Object.entries(captures).map(
		([what, path]) => markup`<li><a href="${relativeLink(path)}">${what}</a></li>`,
	);
	const parts = [
		list(steps.map((step) => markup`<li>${line(step.name, step.durationMs, step.hasFailed)}</li>`)),
		...(failure ? [markup`<p>${failure.code}: ${failure.message}</p><pre>${failure.stack}</pre>`] : []),
		...(console === undefined ? [] : [markup`<p>Console</p><pre>${console}</pre>`]),
		list(links),
	];
	const open = failure ? markup`<details open>` : markup`<details>`;
	return markup`${open}<summary>${line(name, durationMs, failure !== undefined)}</summary>
${parts}
</details>
`;
}

function list(items: readonly Markup[]): Markup {
	return items.length === 0 ? markup`` : markup`<ul>${items}</ul>`;
}

function line(name: string, durationMs: number, hasFailed: boolean): Markup {
	const time = `${(durationMs / 1000).toFixed(1)} s`;
	return markup`<span class="${hasFailed ? 'failed' : 'passed'}">${name} <span class="time">${time}</span></span>`;
}
