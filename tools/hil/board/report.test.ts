import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { BoardError } from './board-error.ts';
import { junitXml } from './junit.ts';
import { escapeText, legal, relativeLink } from './markup.ts';
import { bootChartFile, writeReport } from './report.ts';
import { writeOverview } from './report-overview.ts';
import { reportPage } from './report-page.ts';
import { RunRecord, type RunReport } from './run-record.ts';

/** A clock that goes on by a second whenever it is looked at. */
function newRecord() {
	let ms = 0;
	return new RunRecord({
		name: 'power cuts',
		now: () => (ms += 1000),
		startedAt: new Date('2031-02-03T04:05:06Z'),
	});
}

async function exampleReport(hostile = 'none'): Promise<RunReport> {
	const record = newRecord();
	await record.test('it starts', async (one) => {
		await one.step('switch on', async () => undefined);
		one.console = `U-Boot\r\n\u001b[1m=> ${hostile}`;
		one.capture(hostile, `serial/${hostile}.log`);
		one.figure(`memory ${hostile}`, `1 MiB ${hostile}`);
		one.starts = [{ life: 1, phases: { 'boot loader': 250, kernel: 1500 } }];
	});
	const failing = record.test(`it comes back ${hostile}`, (one) =>
		one.step('cut', async () => {
			throw new BoardError('board-gone', `QEMU ended: ${hostile}`);
		}),
	);
	await failing.catch(() => undefined);
	record.on({ name: 'qemu-arm64', versions: { qemu: '7.2.22' } });
	return record.report;
}

test('a run is written down as it happened, and errors pass', async (t) => {
	const record = newRecord();

	const failing = record.test('it fails', async (one) => {
		await one.step('first', async () => undefined);
		await one.step('second', () => Promise.reject(new BoardError('board-off', 'off')));
	});
	await t.throwsAsync(failing, { code: 'board-off' });
	t.is(await record.test('it answers', async () => 42), 42);

	t.like(record.report.tests[0], {
		name: 'it fails',
		durationMs: 5000,
		steps: [
			{ name: 'first', durationMs: 1000, hasFailed: false },
			{ name: 'second', durationMs: 1000, hasFailed: true },
		],
		failure: { code: 'board-off', message: 'off' },
	});
	t.is(record.report.tests[1]?.failure, undefined);
});

test('of an assertion that failed the line is told', async (t) => {
	const record = newRecord();

	const attempt = await t.try(async (attempted) => {
		await record.test('it fails', async () => attempted.is(record.report.tests.length, 42, 'there are some'));
	});
	attempt.discard();

	const { failure } = record.report.tests[0] ?? {};
	t.is(failure?.code, 'TestFailure');
	t.regex(failure?.message ?? '', /^report\.test\.ts:\d+: .*attempted\.is\(.*'there are some'\)/);
});

test('JUnit XML counts, and names what failed and why', async (t) => {
	const xml = junitXml(await exampleReport());

	t.regex(xml, /<testsuite name="power cuts" tests="2" failures="1" .*timestamp="2031-02-03T04:05:06"/);
	t.true(xml.includes('<property name="qemu" value="7.2.22"/>'));
	t.regex(xml, /<failure type="board-gone" message="QEMU ended: none">/);
	t.true(xml.includes('ok switch on (1.000 s)') && xml.includes('FAILED cut'));
	t.true(xml.includes('U-Boot\n␛[1m=&gt; none'));
	t.true(xml.includes('[[ATTACHMENT|serial/none.log]]'));
});

test('the page says it all and needs nothing', async (t) => {
	const page = reportPage(await exampleReport());

	t.true(page.includes('<title>power cuts: 1 of 2 failed</title>'));
	for (const part of ['qemu-arm64', '7.2.22', 'switch on', 'board-gone: QEMU ended: none', '␛[1m=&gt; none'])
		t.true(page.includes(part), part);
	t.true(page.includes('href="./serial/none.log"'));
	t.true(page.includes('<dt>memory none</dt><dd>1 MiB none</dd>'));
	t.regex(page, /<th>boot loader<\/th><th>kernel<\/th><\/tr>\n<tr><th>1<\/th><td>0.25<\/td><td>1.50<\/td>/);
	t.notRegex(page, /<script|<link|<img|https?:/);
	t.regex(page, /<details open><summary><span class="failed">it comes back/);
	t.true(page.indexOf('it comes back') < page.indexOf('it starts'), 'what failed comes first');
});

test('a page of a run without a board names none', (t) => {
	t.notRegex(reportPage(newRecord().report), /<dt>board</);
});

test('a chart that lies beside the report is shown as an image, in which nothing can run', async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-report-'));
	t.teardown(() => rm(folder, { recursive: true }));
	const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
	await writeFile(join(folder, bootChartFile), svg);

	const page = await readFile(await writeReport(folder, await exampleReport()), 'utf8');

	t.true(page.includes(`src="data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}"`));
	t.notRegex(page, /<script/);
});

test('an overview leads to each run, those that failed first', async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-report-'));
	t.teardown(() => rm(folder, { recursive: true }));
	const good = newRecord();
	await good.test('it starts', async () => undefined);
	await writeReport(join(folder, 'a'), { ...good.report, name: 'a <good> one' });
	await writeReport(join(folder, 'b'), await exampleReport());

	const page = await readFile(await writeOverview(folder, 1), 'utf8');

	t.true(page.includes('href="./b/index.html">power cuts</a>: 1 of 2 failed'));
	t.true(page.includes('href="./a/index.html">a &lt;good&gt; one</a>: all 1 passed'));
	t.true(page.indexOf('power cuts') < page.indexOf('good'));
});

const hostile = fc.oneof(
	fc.string({ unit: 'binary' }),
	fc.string({
		unit: fc.constantFrom('<', '>', '&', '"', "'", '\u0000', '\u001b', '\ud800', '\r', '\n', ']]>', 'x'),
	}),
);

test('an escaped text has no markup of its own, and reads as what it was', (t) => {
	const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
	fc.assert(
		fc.property(hostile, (text) => {
			const escaped = escapeText(text);
			t.notRegex(escaped, /[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
			t.is(
				escaped.replace(/&(#?\w+);/g, (_, name: string) => characters[name] ?? '?'),
				legal(text),
			);
		}),
	);
});

test('legal text has only characters that XML has a place for, and a plain one stays as it is', (t) => {
	fc.assert(
		fc.property(hostile, (text) => {
			const made = legal(text);
			t.true(made.isWellFormed());
			// XML 1.0, 2.2: Char.
			t.regex(made, /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
			t.is(legal(made), made);
		}),
	);
	t.is(legal('plain ünïcödé 🙂\n\ttext'), 'plain ünïcödé 🙂\n\ttext');
});

test('whatever a run is called, the page has the same elements', async (t) => {
	const elements = (page: string) => [...page.matchAll(/<\/?[a-z]\w*/g)].map(([element]) => element);
	const expected = elements(reportPage(await exampleReport()));
	await fc.assert(
		fc.asyncProperty(hostile, async (text) => {
			t.deepEqual(elements(reportPage(await exampleReport(text))), expected);
		}),
		{ numRuns: 50, examples: [['__proto__'], ['constructor']] },
	);
});

test('a capture is a file beside the report, whatever it is called', (t) => {
	t.is(relativeLink('a b/c?#%.log'), './a%20b/c%3F%23%25.log');
	t.is(relativeLink('javascript:alert(1)'), './javascript%3Aalert(1)');
});

test('both are written into a folder that need not be there', async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-report-'));
	t.teardown(() => rm(folder, { recursive: true }));

	const page = await writeReport(join(folder, 'run', '1'), await exampleReport());

	t.is(basename(page), 'index.html');
	t.true((await readFile(page, 'utf8')).startsWith('<!doctype html>'));
	t.true((await readFile(join(dirname(page), 'junit.xml'), 'utf8')).startsWith('<?xml'));
});
