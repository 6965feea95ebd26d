/** A run as one page that needs nothing else: to be kept, sent and opened anywhere. */
import { type Markup, markup, relativeLink } from './markup.ts';
import { pageOf, secondsOf } from './page-frame.ts';
import type { RunReport, TestReport } from './run-record.ts';
import { type BoardStart, startPhases } from './start-phases.ts';

export interface ReportPageOptions {
	/** SVG of a start, drawn from what the box measured itself. */
	readonly bootChart?: string | undefined;
}

/** What failed comes first, and is open. */
export function reportPage(
	{ name, board, versions, startedAt, tests }: RunReport,
	{ bootChart }: ReportPageOptions = {},
): string {
	const failed = tests.filter(hasFailed);
	const facts = {
		started: startedAt.toISOString(),
		took: secondsOf(tests.reduce((sum, { durationMs }) => sum + durationMs, 0)),
		...(board !== '' && { board }),
		...versions,
	};
	const rows = Object.entries(facts).map(([what, value]) => markup`<dt>${what}</dt><dd>${value}</dd>`);
	const inOrder = [...failed, ...tests.filter((test) => !hasFailed(test))];
	const body = markup`<dl>${rows}</dl>
${inOrder.map(testSection)}${chart(bootChart)}`;
	return pageOf(`${name}: ${verdict(tests.length, failed.length)}`, body);
}

export function verdict(count: number, failed: number): string {
	return failed === 0 ? `all ${count} passed` : `${failed} of ${count} failed`;
}

function hasFailed({ failure }: TestReport): boolean {
	return failure !== undefined;
}

function testSection(test: TestReport): Markup {
	const { name, durationMs, steps, failure, console, captures, starts, figures } = test;
	const links = Object.entries(captures).map(
		([what, path]) => markup`<li><a href="${relativeLink(path)}">${what}</a></li>`,
	);
	const measured = Object.entries(figures).map(([what, value]) => markup`<dt>${what}</dt><dd>${value}</dd>`);
	const parts = [
		...(failure ? [markup`<p>${failure.code}: ${failure.message}</p><pre>${failure.stack}</pre>`] : []),
		...(measured.length === 0 ? [] : [markup`<dl>${measured}</dl>`]),
		list(steps.map((step) => markup`<li>${line(step.name, step.durationMs, step.hasFailed)}</li>`)),
		list(links),
		...(starts.length === 0 ? [] : [startTable(starts)]),
		...(console === undefined
			? []
			: [markup`<p>Console, with the seconds since the box was switched on</p><pre>${console}</pre>`]),
	];
	const open = failure ? markup`<details open>` : markup`<details>`;
	return markup`${open}<summary>${line(name, durationMs, failure !== undefined)}</summary>
${parts}
</details>
`;
}

/** Each start in a row: seconds until it was that far. */
function startTable(starts: readonly BoardStart[]): Markup {
	const columns = startPhases.filter((phase) => starts.some(({ phases }) => phase in phases));
	const rows = starts.map(({ phases }, index) => {
		const cells = columns.map((phase) => {
			const ms = phases[phase];
			return markup`<td>${ms === undefined ? '' : (ms / 1000).toFixed(2)}</td>`;
		});
		return markup`<tr><th>${index + 1}</th>${cells}</tr>`;
	});
	return markup`<table><caption>Starts: seconds until</caption><tr><th></th>${columns.map((phase) => markup`<th>${phase}</th>`)}</tr>
${rows}</table>`;
}

/** As an image, so that nothing in it can be anything else. */
function chart(svg: string | undefined): Markup {
	if (svg === undefined) return markup``;
	const data = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
	return markup`<h2>Start of the box</h2><img alt="chart of a start" src="${data}">
`;
}

function list(items: readonly Markup[]): Markup {
	return items.length === 0 ? markup`` : markup`<ul>${items}</ul>`;
}

function line(name: string, durationMs: number, isBad: boolean): Markup {
	return markup`<span class="${isBad ? 'failed' : 'passed'}">${name} <span class="time">${secondsOf(durationMs)}</span></span>`;
}
