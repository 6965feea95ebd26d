import test, { type ExecutionContext } from 'ava';
import { Order, Report } from '../../../proto/host/bus/recordings.ts';
import type { Input } from '../../../proto/host/codec.ts';
import { BusError } from '../../bus/hub.ts';
import { ManualClock } from '../../manual-clock.ts';
import { parseManifest } from '../../module/manifest.ts';
import type { VmContext } from '../capability.ts';
import { recordings } from './recordings.ts';
import { makeShelves, sha256 } from './testbed.ts';

const turns = async (): Promise<void> => {
	for (let left = 40; left > 0; left--) await new Promise(setImmediate);
};

/** A box with the capability, and VMs that take reports or not. */
function box(t: ExecutionContext, options: Parameters<typeof makeShelves>[0] = {}) {
	const clock = new ManualClock();
	const { shelves, files } = makeShelves({ clock, ...options });
	let heard: ((message: { topic: string; sender: number; payload: Uint8Array }) => void) | undefined;
	const told = new Map<number, Report[]>();
	const deaf = new Set<number>();
	const capability = recordings({
		clock,
		shelves,
		hub: {
			listen: (_, listener) => {
				heard = listener;
				return () => {
					heard = undefined;
				};
			},
			request: async ({ vm = 0, payload }) => {
				if (deaf.has(vm)) throw new BusError('timed-out', 'it does not answer');
				told.set(vm, [...(told.get(vm) ?? []), Report.decode(payload)]);
				return new Uint8Array();
			},
		},
	});
	t.teardown(() => capability.stop());
	const link = async (id: number, name: string, grant: object = {}) => {
		const manifest = parseManifest({
			name,
			version: '1.0.0',
			vendor: 'acme',
			capabilities: { recordings: grant },
		});
		const said: string[] = [];
		const vm: VmContext = {
			id,
			name,
			manifest,
			baseband: '',
			send: () => undefined,
			say: ({ text }) => said.push(text),
			exceeded: (budget) => said.push(`exceeded ${budget}`),
		};
		await capability.link(capability.parse(grant, manifest), vm);
		return {
			said,
			vm,
			raw: (payload: Uint8Array) => heard?.({ topic: 'recordings.order', sender: id, payload }),
			order: async (order: Input<Order>) => {
				heard?.({ topic: 'recordings.order', sender: id, payload: Order.encode(order) });
				await turns();
			},
			/** What it was told since it last looked. */
			reports: (): Report[] => (told.get(id) ?? []).splice(0),
		};
	};
	return { clock, capability, files, deaf, link };
}

test('a VM is told of each step of its recording: begun, on the disk, ended with its digest', async (t) => {
	const { link, clock } = box(t);
	const { order, reports } = await link(1, 'recorder');
	await order({ name: 'film', begin: { note: Uint8Array.of(7) } });
	t.like(reports()[0]?.recordings[0], { name: 'film', note: Uint8Array.of(7), state: 0, bytes: 0 });
	await order({ name: 'film', append: { offset: 0, bytes: Uint8Array.of(1, 2, 3) } });
	t.deepEqual(reports(), []);
	clock.advance(1000);
	await turns();
	t.like(reports()[0]?.recordings[0], { name: 'film', state: 0, bytes: 3 });
	await order({ name: 'film', finish: { code: 'stopped' } });
	t.like(reports().at(-1)?.recordings[0], {
		state: 1,
		bytes: 3,
		code: 'stopped',
		sha256: Uint8Array.fromHex(sha256(Uint8Array.of(1, 2, 3))),
		endedAtUs: clock.now(),
	});
	await order({ name: 'film', remove: {} });
	t.like(reports().at(-1)?.recordings[0], { name: 'film', state: 2 });
});

test('a module sees its own recordings only, and whoever of its VMs asks sees all of them', async (t) => {
	const { link } = box(t);
	const mine = await link(1, 'recorder');
	const other = await link(2, 'other');
	await mine.order({ name: 'film', begin: {} });
	await other.order({ name: 'film', append: { offset: 0, bytes: Uint8Array.of(1) } });
	t.like(other.reports()[0]?.refusals[0], { name: 'film', code: 'recording-unknown' });
	await other.order({ name: 'film', remove: {} });
	t.like(other.reports()[0]?.refusals[0], { code: 'recording-unknown' });
	await other.order({ list: {} });
	t.like(other.reports()[0], { recordings: [], listed: true });
	mine.reports();
	await mine.order({ list: {} });
	t.like(mine.reports()[0], { recordings: [{ name: 'film' }], listed: true });
});

test('many recordings are listed in several reports, of which the last says so', async (t) => {
	const { link } = box(t);
	const { order, reports } = await link(1, 'recorder');
	for (let at = 0; at < 40; at++) await order({ name: `film-${at}`, begin: {} });
	reports();
	await order({ list: {} });
	const all = reports();
	t.is(new Set(all.flatMap((report) => report.recordings.map(({ name }) => name))).size, 40);
	t.deepEqual(
		all.map(({ listed }) => listed),
		[false, false, true],
	);
});

test('what is refused is told with its code and where the recording ends', async (t) => {
	const { link } = box(t);
	const { order, reports } = await link(1, 'recorder');
	await order({ name: 'film', begin: {} });
	await order({ name: 'film', append: { offset: 0, bytes: new Uint8Array(10) } });
	reports();
	await order({ name: 'film', append: { offset: 11, bytes: new Uint8Array(1) } });
	t.like(reports()[0]?.refusals[0], { name: 'film', code: 'recording-misplaced', bytes: 10 });
	await order({ name: 'film', begin: {} });
	t.like(reports()[0]?.refusals[0], { code: 'recording-there' });
	await order({ name: '../film', begin: {} });
	t.like(reports()[0]?.refusals[0], { code: 'recording-name' });
});

test('a VM that does not listen finds the newest state once it does, and once', async (t) => {
	const { link, deaf, clock } = box(t);
	const { order, reports } = await link(1, 'recorder');
	deaf.add(1);
	await order({ name: 'film', begin: {} });
	for (let at = 0; at < 5; at++) {
		await order({ name: 'film', append: { offset: at * 10, bytes: new Uint8Array(10) } });
		clock.advance(1000);
		await turns();
	}
	deaf.clear();
	clock.advance(1000);
	await turns();
	t.deepEqual(
		reports().map((report) => report.recordings.map(({ bytes }) => bytes)),
		[[50]],
	);
});

test('what the manifest does not grant ends the recording, and the budget is named', async (t) => {
	const { link } = box(t);
	const { order, reports, said } = await link(1, 'recorder', { maxBytes: 15 });
	await order({ name: 'film', begin: {} });
	await order({ name: 'film', append: { offset: 0, bytes: new Uint8Array(10) } });
	await order({ name: 'film', append: { offset: 10, bytes: new Uint8Array(6) } });
	t.like(reports().at(-1)?.recordings[0], { state: 1, bytes: 10, code: 'recordings-full' });
	t.deepEqual(said, ['exceeded storage']);
});

test('nonsense is told to the log, and changes nothing', async (t) => {
	const { link, files } = box(t);
	const { order, raw, said, reports } = await link(1, 'recorder');
	raw(Uint8Array.of(0xff));
	await order({ name: 'film' });
	t.deepEqual(said, [
		'what it ordered of its recordings is no Order',
		'an order of film says nothing that this box knows',
	]);
	t.deepEqual(reports(), []);
	t.is(files.steps, 0);
});

test('a grant has its limits and its defaults', (t) => {
	const { capability } = box(t);
	const manifest = parseManifest({ name: 'a', version: '1.0.0', vendor: 'acme' });
	t.deepEqual(capability.parse({}, manifest), { maxBytes: 1_073_741_824, maxRecordings: 64 });
	for (const bad of [{ maxBytes: 0 }, { maxRecordings: 1025 }, { bytes: 1 }])
		t.throws(() => capability.parse(bad, manifest), { code: 'bad-manifest' });
});
