/** A run as JUnit XML, which continuous integration reads. */
import { type Markup, markup } from './markup.ts';
import type { RunReport, TestReport } from './run-record.ts';

export function junitXml({ name, board, versions, startedAt, tests }: RunReport): string {
	const failures = tests.filter(({ failure }) => failure !== undefined).length;
	const time = seconds(tests.reduce((sum, { durationMs }) => sum + durationMs, 0));
	const properties = Object.entries({ board, ...versions }).map(
		([part, version]) => markup`<property name="${part}" value="${version}"/>`,
	);
	const suite = markup`<testsuite name="${name}" tests="${tests.length}" failures="${failures}" errors="0" skipped="0" time="${time}" timestamp="${startedAt.toISOString().slice(0, 19)}">
<properties>${properties}</properties>
${tests.map((test) => testCase(name, test))}</testsuite>`;
	const all = markup`<testsuites name="${name}" tests="${tests.length}" failures="${failures}" time="${time}">
${suite}
</testsuites>
`;
	return `<?xml version="1.0" encoding="UTF-8"?>\n${all.text}`;
}

function testCase(run: string, test: TestReport): Markup {
	const { name, durationMs, failure } = test;
	const why = failure
		? [markup`<failure type="${failure.code}" message="${failure.message}">${failure.stack}</failure>\n`]
		: [];
	return markup`<testcase name="${name}" classname="${run}" time="${seconds(durationMs)}">
${why}<system-out>${output(test)}</system-out>
</testcase>
`;
}

/** Steps, the console, and files in the notation that Jenkins and GitLab look for. */
function output({ steps, console, captures, figures }: TestReport): string {
	return [
		...Object.entries(figures).map(([what, value]) => `${what}: ${value}`),
		...steps.map(
			(step) => `${step.hasFailed ? 'FAILED' : 'ok'} ${step.name} (${seconds(step.durationMs)} s)`,
		),
		...(console === undefined ? [] : ['', console]),
		...Object.values(captures).map((path) => `[[ATTACHMENT|${path}]]`),
	].join('\n');
}

function seconds(ms: number): string {
	return (ms / 1000).toFixed(3);
}
