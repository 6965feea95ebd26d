import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import type { CrashReport, TracedMessage } from '../../firmware/agent/ports.ts';
import { emptyModule, startDesk, type } from './trial-desk.ts';

const door = emptyModule(
	{ name: 'door', version: '1.0.0', publishes: { 'door.rung': 'door.Rung' } },
	{ nested: { door: { nested: { Rung: { fields: { door: { type: 'string', id: 1 } } } } } } },
);

/** `{"door":"up"}` */
const payload = Uint8Array.of(0x0a, 2, 0x75, 0x70);

const traced = (changes: Partial<TracedMessage> = {}): TracedMessage => ({
	at: 1_700_000_000_123_000,
	vm: 'door',
	topic: 'door.rung',
	kind: 'message',
	bytes: payload.length,
	payload,
	...changes,
});

async function startWithDoor(...args: Parameters<typeof startDesk>) {
	const desk = await startDesk(...args);
	await desk.write('door.wasm', door);
	await desk.type('push', 'door.wasm');
	return desk;
}

const crashed: CrashReport = {
	id: 'door:2',
	at: 1_700_000_000_123_000,
	vm: 'door',
	module: 'door',
	version: '1.0.0',
	digest: 'ab'.repeat(32),
	code: 'trapped',
	message: 'door: unreachable\u001b[2J',
	budget: '',
	stack: [
		{ function: 3, name: '', offset: 2 },
		{ function: 7, name: '', offset: 5 },
		{ function: 8, name: '', offset: -1 },
	],
	log: [{ level: 'error', text: 'as ordered' }],
	given: [{ topic: 'door.ring', bytes: 15 }],
	givenCount: 3,
	inboxLength: 4,
	inboxBytes: 99,
	memoryBytes: 65_536,
	turns: 41,
	restarts: 1,
	budgets: { turnMs: 200 },
};

/** Offset 2 is the platform's, offset 5 is line 2 of the module. */
const map = {
	version: 3,
	sourceRoot: '',
	sources: ['~lib/mullion/sdk/abort.ts', 'assembly/index.ts'],
	sourcesContent: ['', 'class Door {\n\topen(): void {}\n}'],
	names: [],
	mappings: 'EAAA,GCCC',
	x_mullion_functions: { 3: '~lib/mullion/sdk/abort/abort', 7: 'assembly/index/Door#open' },
};

test('what a VM does is shown in 80 columns, the busiest first, by what was asked', async (t) => {
	const { type: run, modules } = await startWithDoor(t);
	await run('push', 'door.wasm');
	const long = 'a-module-with-a-long-name@and-a-network';
	modules.change('door', {
		id: long,
		state: 'parked',
		reason: 'failed too often; last: trapped: and then some more that does not fit in any terminal',
		restarts: 123,
		memoryBytes: 64 * 1024 * 1024,
	});

	const { out } = await run('top', '--once', '--sort', 'memory');

	const [head = '', , titles, row = ''] = out.split('\n');
	t.is(head, '0 of 1 VMs run, cpu 0.0%, memory 64.0M, 0 turns/s, by memory');
	t.is(titles, 'VM                  CL  CELL  STATE   CPU%    MEM  IN  TURN/S    P99  RST  WHY');
	t.regex(
		row,
		/^a-module-with-a-l… {2}ia {2}open {2}parked +0\.0 +64\.0M +0 +0 +100us +123 {2}failed too often/,
	);
	t.true((titles ?? '').length <= 80);
});

test('a snapshot says everything of every VM, and with an interval there is one a line', async (t) => {
	const { cwd, modules } = await startWithDoor(t);
	modules.change('door', { overruns: [{ budget: 'inbox', count: 3, lastAt: 0, detail: '3 dropped' }] });
	const enough = new AbortController();
	const lines: { vms: { vm: string; exceeded: string[] }[] }[] = [];

	const { code } = await type(['top', '--json', '--interval', '0.25'], {
		cwd,
		signal: enough.signal,
		heard: (line) => {
			lines.push(JSON.parse(line));
			if (lines.length === 2) enough.abort();
		},
	});

	t.is(code, 0);
	t.is(lines.length, 2);
	t.like(lines[1]?.vms, [{ vm: 'door', class: 'interactive', exceeded: ['inbox'], turnP99Us: 100 }]);
});

test('what exceeded a budget is in the status: who, which, how often, when last, and how much', async (t) => {
	const { type: run, modules } = await startWithDoor(t);
	t.notRegex((await run('status')).out, /EXCEEDED/);
	modules.change('door', {
		overruns: [{ budget: 'inbox', count: 3, lastAt: 1_700_000_000_000_000, detail: '3 dropped' }],
	});

	t.regex(
		(await run('status')).out,
		/EXCEEDED BY +BUDGET +TIMES +LAST +WHAT\ndoor +inbox +3 +22:13:20 +3 dropped/,
	);
});

test('messages are shown as text by the type of their topic, and as bytes where that is not known', async (t) => {
	const { cwd, traces } = await startWithDoor(t);
	traces.messages = [
		traced(),
		traced({ vm: '', topic: 'other.topic', kind: 'request' }),
		traced({ bytes: 5000 }),
		traced({ payload: Uint8Array.of(255), bytes: 1 }),
	];
	traces.leftOut = 7;
	const enough = new AbortController();
	const heard = (line: string): void => {
		if (line.includes('left out')) enough.abort();
	};

	const { out, err, code } = await type(['trace', 'door.*', 'other.topic', '--vm', 'x'], {
		cwd,
		signal: enough.signal,
		heard,
	});

	t.is(code, 0);
	t.regex(err, /^Waiting for messages on door\.\*, other\.topic until Ctrl-C \.\.\.\n$/);
	t.deepEqual(out.split('\n'), [
		'22:13:20.123 door door.rung {"door":"up"}',
		'22:13:20.123 box other.topic? 4 bytes 0a027570',
		'22:13:20.123 door door.rung 5000 bytes 0a027570',
		'22:13:20.123 door door.rung 1 bytes ff',
		'... 7 more were left out',
		'',
	]);
	t.like(traces.requests[0], { topics: ['door.*', 'other.topic'], vm: 'x' });
	t.deepEqual(traces.ended, [traces.requests[0]?.id]);
});

test('with --bytes nothing is decoded', async (t) => {
	const { cwd, traces } = await startWithDoor(t);
	traces.messages = [traced()];
	const enough = new AbortController();

	const { json } = await type(['trace', '*', '--bytes', '--json'], {
		cwd,
		signal: enough.signal,
		heard: () => enough.abort(),
	});

	t.deepEqual(json(), {
		time: '2023-11-14T22:13:20.123Z',
		vm: 'door',
		topic: 'door.rung',
		kind: 'message',
		bytes: 4,
		hex: '0a027570',
	});
});

test('a crash is shown with its source where there is a map, and in offsets where there is none', async (t) => {
	const { type: run, crashes, cwd } = await startWithDoor(t);
	crashes.crash({ ...crashed, id: 'door:1' });
	crashes.crash(crashed);
	await writeFile(join(cwd, 'door.map'), JSON.stringify(map));

	const { out: bare } = await run('crash', 'door');
	t.regex(bare, /^door:2 2023-11-14 22:13:20\.123Z\ntrapped: door: unreachable\\x1b\[2J\n/);
	t.regex(
		bare,
		/at function 3 0x2\n {2}at function 7 0x5\n {2}at function 8 \(the module is not on the box any more\)\n/,
	);
	t.regex(bare, /door\.ring, 15 bytes\n {2}and 2 more\n {2}behind it waited 4 more with 99 bytes/);
	t.regex(bare, /give --map FILE/);

	const { out } = await run('crash', 'door', '--map', 'door.map');
	t.regex(
		out,
		/at abort ~lib\/mullion\/sdk\/abort\.ts:1:1\n {2}at Door#open assembly\/index\.ts:2:2\n {7}open\(\): void \{\}\n/,
	);
	t.regex(
		(await run('crash')).out,
		/^CRASH +TIME +VERSION +WHY +MESSAGE\ndoor:2 +2023-11-14 22:13:20 +1\.0\.0 +trapped/,
	);
	t.like((await run('crash', 'door:1', '--json')).json(), { id: 'door:1' });
});

test('the map of a module that is pushed as a file is taken from beside it', async (t) => {
	const { type: run, write, crashes, cwd } = await startDesk(t);
	await write('door.wasm', door);
	await writeFile(join(cwd, 'door.wasm.map'), JSON.stringify(map));
	await run('push', 'door.wasm');
	crashes.crash({ ...crashed, digest: createHash('sha256').update(door).digest('hex') });

	t.regex((await run('crash', 'door')).out, /at Door#open assembly\/index\.ts:2:2/);
});

for (const [argv, code, exit] of [
	[['crash', 'nobody'], 'no-crash', 1],
	[['crash', 'door', '--map', 'nowhere.map'], 'no-such-file', 1],
	[['crash', 'door', '--map', 'door.wasm'], 'bad-map', 1],
	[['crash', 'a', 'b'], 'usage', 2],
	[['trace'], 'usage', 2],
	[['top', '--sort', 'colour'], 'usage', 2],
	[['top', '--interval', 'often'], 'usage', 2],
] as const) {
	test(`"mullion ${argv.join(' ')}" ends in ${code}`, async (t) => {
		const { type: run, crashes } = await startWithDoor(t);
		crashes.crash(crashed);

		const { code: ended, json } = await run(...argv, '--json');

		t.is(ended, exit);
		t.like(json(), { error: { code } });
	});
}

test('the last start of the box is a table, and a picture in a file', async (t) => {
	const desk = await startDesk(t);
	const { code, out } = await desk.type('boot-chart', '--loader', '1.5', '-o', 'start.svg');
	t.is(code, 0);
	t.regex(out, /kernel +Linux +0\.00 s +1\.00 s +1\.00 s/);
	const svg = await readFile(join(desk.cwd, 'start.svg'), 'utf8');
	t.true(svg.startsWith('<svg'));
	t.true(svg.includes('kernel: Linux, from 1.50 s to 2.50 s'));
	const { json } = await desk.type('boot-chart', '--json');
	t.like(json(), { phases: [{ stage: 'kernel', name: 'Linux', startMs: 0, endMs: 1000 }] });
});

test('the time of a boot loader is a number of seconds', async (t) => {
	const desk = await startDesk(t);
	const { code, err } = await desk.type('boot-chart', '--loader', 'long');
	t.is(code, 2);
	t.true(err.includes('--loader'));
});
