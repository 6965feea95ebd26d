import test from 'ava';
import type { Directory } from '../directory.ts';
import { ManualClock } from '../manual-clock.ts';
import { MemoryDirectory } from '../memory-directory.ts';
import { parseManifest } from '../module/manifest.ts';
import { Allowances } from './allowances.ts';
import type { VmContext } from './capability.ts';
import { networkStream } from './network-stream.ts';
import type { RecordingStreams } from './recordings/recording-streams.ts';
import { SimulatedStreams } from './simulated-streams.ts';

const manifest = parseManifest({ name: 'radio', version: '1.0.0', vendor: 'acme' });
const dayMs = 86_400_000;

interface Given {
	readonly bestNetwork?: () => string | undefined;
	readonly recordings?: RecordingStreams;
	/** Of the module; default open. */
	readonly domain?: 'authorized' | 'open';
	readonly clock?: ManualClock;
	readonly directory?: Directory;
	readonly baseband?: string;
}

/** A box with one VM that may fetch, and all that the VM is told, in order. */
async function setUp(grant: object, given: Given = {}) {
	const { clock = new ManualClock(), directory = new MemoryDirectory(), baseband = 'lte0' } = given;
	const { bestNetwork, recordings, domain = 'open' } = given;
	const streams = new SimulatedStreams();
	const allowances = await Allowances.open({ directory, clock });
	const capability = networkStream({
		streams,
		allowances,
		...(bestNetwork && { bestNetwork }),
		...(recordings && { recordings }),
	});
	const told: string[] = [];
	const vm: VmContext = {
		id: 1,
		name: 'radio',
		manifest: { ...manifest, domain },
		baseband,
		send: ({ tag, val }) => {
			if (tag === 'chunk') told.push(`${val.stream}: chunk ${val.offset}+${val.bytes.length}`);
			if (tag === 'stream-ended') told.push(`${val.stream}: ${val.outcome.tag} ${val.outcome.val}`);
		},
		say: () => undefined,
		exceeded: (budget, detail) => told.push(`exceeded ${budget}: ${detail}`),
	};
	const link = (of: object) => capability.link(capability.parse({ hosts: ['*'], ...of }, manifest), vm);
	let { effects } = await link(grant);
	const fetch = (stream: number, url = 'http://content/film', length = 0): void =>
		effects?.fetch?.({ stream, url, offset: 0n, length: BigInt(length) });
	return {
		clock,
		streams,
		allowances,
		told,
		fetch,
		cancel: (stream: number) => effects?.['cancel-fetch']?.(stream),
		close: () => capability.close(vm),
		/** The VM is started again, with this grant. */
		restart: async (of: object) => {
			({ effects } = await link(of));
		},
		/** What the far end of the stream that was opened as the `at`th sends next. */
		bring: (at: number, bytes: number, offset = 0) =>
			streams.opened[at]?.far.chunk(offset, new Uint8Array(bytes)),
	};
}

const spent = 'exceeded network: the 1000 bytes that its budget allows on lte0 in a day are used up';

test('bytes come in order, and then the size of the whole', async (t) => {
	const { fetch, bring, streams, told } = await setUp({});
	fetch(7);
	bring(0, 10);
	bring(0, 5, 10);
	streams.opened[0]?.far.end(15);
	t.deepEqual(told, ['7: chunk 0+10', '7: chunk 10+5', '7: ok 15']);
});

test('when the bytes of a day run out in mid-stream it is cancelled, and the budget is named', async (t) => {
	const { fetch, bring, streams, told } = await setUp({ bytesPerDay: 1000 });
	fetch(1);
	bring(0, 1000);
	t.true(streams.opened[0]?.isOpen);
	bring(0, 1, 1000);
	t.true(streams.opened[0]?.isCancelled);
	bring(0, 1, 1001);
	t.deepEqual(told, ['1: chunk 0+1000', '1: chunk 1000+1', spent, '1: err denied']);
});

test('a fetch with nothing left opens no stream, and the budget is named', async (t) => {
	const { fetch, bring, streams, told, clock } = await setUp({ bytesPerDay: 1000 });
	fetch(1);
	bring(0, 1000);
	streams.opened[0]?.far.end(1000);
	fetch(2);
	t.is(streams.opened.length, 1);
	t.deepEqual(told.slice(2), [spent, '2: err denied']);
	clock.advance(dayMs / 10);
	fetch(3);
	bring(1, 100);
	t.is(told.at(-1), '3: chunk 0+100');
});

test('of several streams each ends with the bytes that there are no more for', async (t) => {
	const { fetch, bring, told } = await setUp({ bytesPerDay: 1000 });
	fetch(1);
	fetch(2);
	bring(0, 1001);
	bring(1, 1);
	t.deepEqual(told, ['1: chunk 0+1001', spent, '1: err denied', '2: chunk 0+1', spent, '2: err denied']);
});

test('a VM that is started again has used no less, and a new grant counts from what is used', async (t) => {
	const { fetch, bring, told, restart, clock } = await setUp({ bytesPerDay: 1000 });
	fetch(1);
	bring(0, 1000);
	await restart({ bytesPerDay: 1000 });
	fetch(1);
	t.is(told.at(-1), '1: err denied');
	await restart({ bytesPerDay: 3000 });
	fetch(1);
	bring(1, 2000);
	t.is(told.at(-1), '1: chunk 0+2000');
	clock.advance(dayMs / 2);
	await restart({ bytesPerDay: 1000 });
	fetch(1);
	t.is(told.at(-1), '1: err denied', 'half of the 3000 have come back');
});

test('a module for any network fetches over the one that is best at that moment', async (t) => {
	let best: string | undefined = 'wlan0';
	const { fetch, streams, told } = await setUp(
		{ anyNetwork: true, maxStreams: 3 },
		{ baseband: '', bestNetwork: () => best },
	);
	fetch(1);
	best = 'lte0';
	fetch(2);
	best = undefined;
	fetch(3);
	t.deepEqual(
		streams.opened.map(({ request }) => request.baseband),
		['wlan0', 'lte0'],
	);
	t.deepEqual(told, ['3: err unreachable']);
});

/** Recordings that bring one piece of whatever they are asked for. */
function recordingsTold(asked: string[]): RecordingStreams {
	return {
		open: ({ module, name, offset, length, mostBytes }, { chunk, end }) => {
			asked.push(`${module}/${name} ${offset}+${length} of ${mostBytes}`);
			chunk(offset, new Uint8Array(3));
			end(3);
			return { cancel: () => undefined };
		},
	};
}

test('a recording is read without a network and without using up what may be fetched in a day', async (t) => {
	const asked: string[] = [];
	const grant = { hosts: ['recording:recorder'], bytesPerDay: 1, maxFetchBytes: 100 };
	const given = { recordings: recordingsTold(asked), domain: 'authorized', baseband: '' } as const;
	const { fetch, streams, told } = await setUp(grant, given);
	fetch(1, 'recording:recorder/film', 3);
	fetch(2, 'recording:recorder/film', 3);
	t.deepEqual(asked, ['recorder/film 0+3 of 100', 'recorder/film 0+3 of 100']);
	t.deepEqual(told, ['1: chunk 0+3', '1: ok 3', '2: chunk 0+3', '2: ok 3']);
	t.is(streams.opened.length, 0);
});

for (const [what, hosts, domain, url] of [
	[
		'that the manifest does not name, "*" or not',
		['*', 'recording:other'],
		'authorized',
		'recording:recorder/film',
	],
	["of another module, for one of anybody's", ['recording:recorder'], 'open', 'recording:recorder/film'],
	['with an odd address', ['recording:recorder'], 'authorized', 'recording:recorder/film/2'],
	['without a name', ['recording:recorder'], 'authorized', 'recording:recorder'],
] as const)
	test(`a recording ${what} is denied`, async (t) => {
		const asked: string[] = [];
		const { fetch, told } = await setUp({ hosts }, { recordings: recordingsTold(asked), domain });
		fetch(1, url);
		t.deepEqual([asked, told], [[], ['1: err denied']]);
	});

test("a module of anybody's reads what it has recorded itself", async (t) => {
	const asked: string[] = [];
	const { fetch } = await setUp({ hosts: ['recording:radio'] }, { recordings: recordingsTold(asked) });
	fetch(1, 'recording:radio/film', 3);
	t.is(asked.length, 1);
});

test('a box without recordings denies them', async (t) => {
	const { fetch, told } = await setUp({ hosts: ['recording:recorder'] }, { domain: 'authorized' });
	fetch(1, 'recording:recorder/film');
	t.deepEqual(told, ['1: err denied']);
});

test('a restart of the box brings back no bytes, only time does', async (t) => {
	const directory = new MemoryDirectory();
	const before = await setUp({ bytesPerDay: 1000 }, { directory });
	before.fetch(1);
	before.bring(0, 1000);
	await before.allowances.close();
	before.clock.advance(dayMs / 10);
	const { clock } = before;
	const { fetch, bring, told } = await setUp({ bytesPerDay: 1000 }, { directory, clock });
	fetch(1);
	bring(0, 100);
	bring(0, 1, 100);
	t.deepEqual(told, ['1: chunk 0+100', '1: chunk 100+1', spent, '1: err denied']);
});

test('a box whose clock is behind after a restart gives nothing back for it', async (t) => {
	const directory = new MemoryDirectory();
	const before = await setUp({ bytesPerDay: 1000 }, { directory });
	before.fetch(1);
	before.bring(0, 1000);
	await before.allowances.close();
	const { fetch, told } = await setUp({ bytesPerDay: 1000 }, { directory, clock: new ManualClock(0) });
	fetch(1);
	t.is(told.at(-1), '1: err denied');
});

/** A VM uses so many bytes; then the power is cut, and all that it can have afterwards is counted. */
async function leftAfterCut(used: readonly number[], waitMs = 0): Promise<number> {
	const directory = new MemoryDirectory();
	const { fetch, bring, clock } = await setUp({ bytesPerDay: 16_000 }, { directory });
	fetch(1);
	for (const bytes of used) bring(0, bytes);
	clock.advance(waitMs);
	// What was begun to be written is there; what was not is lost.
	await new Promise(setImmediate);
	const after = await setUp({ bytesPerDay: 16_000 }, { directory: await directory.restart(), clock });
	let left = 0;
	after.fetch(1);
	while (after.streams.opened[0]?.isOpen) {
		after.bring(0, 1);
		left++;
	}
	return left - 1;
}

test('a power cut forgets less than a sixteenth of a day, or what was used in the last five minutes', async (t) => {
	t.is(await leftAfterCut([999]), 16_000);
	t.is(await leftAfterCut([999, 1]), 15_000);
	t.is(await leftAfterCut([5000, 999]), 11_000);
	const backInTime = (300_000 / dayMs) * 16_000;
	t.is(await leftAfterCut([999], 300_000), Math.floor(15_001 + backInTime));
});

test('however much is fetched, it is written down no more often than the flash bears', async (t) => {
	const directory = new MemoryDirectory();
	const { fetch, bring, clock, allowances } = await setUp({ bytesPerDay: 16_000 }, { directory });
	fetch(1);
	for (let at = 0; at < 15_999; at++) bring(0, 1, at);
	clock.advance(dayMs);
	await allowances.close();
	const writes = directory.disk.steps;
	const once = new MemoryDirectory();
	await once.write('used.json', new Uint8Array(1));
	t.true(writes <= 17 * once.disk.steps, `${writes} steps`);
});

test('what the disk holds in place of a list of used bytes is no reason not to start', async (t) => {
	for (const odd of ['', '{', 'null', '{"atUs":1,"used":[["radio",1000,-5]]}', '{"atUs":"x","used":[]}']) {
		const directory = new MemoryDirectory();
		await directory.write('used.json', new TextEncoder().encode(odd));
		const { fetch, bring, told } = await setUp({ bytesPerDay: 1000 }, { directory });
		fetch(1);
		bring(0, 1000);
		t.deepEqual(told, ['1: chunk 0+1000'], odd);
	}
});

const refusals: Record<string, { grant?: object; url?: string; length?: number; baseband?: string }> = {
	'of a host that is not granted': { grant: { hosts: ['elsewhere'] } },
	'of something that is no http: address': { url: 'file:///etc/passwd' },
	'of more bytes than one may bring': { grant: { maxFetchBytes: 10 }, length: 11 },
	'by a VM that is bound to no network': { baseband: '' },
};

for (const [what, { grant = {}, url, length, baseband = 'lte0' }] of Object.entries(refusals)) {
	test(`a fetch ${what} ends with "denied" before anything is opened`, async (t) => {
		const { fetch, streams, told } = await setUp(grant, { baseband });
		fetch(1, url, length);
		t.deepEqual(told, ['1: err denied']);
		t.is(streams.opened.length, 0);
	});
}

test('one stream too many is denied, and one that was cancelled or has ended makes room', async (t) => {
	const { fetch, cancel, streams, told } = await setUp({ maxStreams: 1 });
	fetch(1);
	fetch(2);
	t.deepEqual(told, ['2: err denied']);
	cancel(1);
	t.true(streams.opened[0]?.isCancelled);
	fetch(2);
	streams.opened[1]?.far.fail('unreachable', 'lte0 is down');
	fetch(3);
	t.deepEqual(told.slice(1), ['2: err unreachable']);
	t.is(streams.opened.length, 3);
});

test('a VM that ends, or is started again, leaves no stream open', async (t) => {
	const { fetch, close, restart, streams } = await setUp({});
	fetch(1);
	await restart({});
	fetch(1);
	close();
	t.deepEqual(
		streams.opened.map(({ isCancelled }) => isCancelled),
		[true, true],
	);
});
