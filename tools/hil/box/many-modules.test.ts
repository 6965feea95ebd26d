// Eight modules of both domains and all classes use one box at once, and each of them gets on.
import test from 'ava';
import { readVmLoads } from '../../cli/vm-loads.ts';
import { Pulse } from './pulse.ts';
import { TestBox } from './test-box.ts';
import { withManifest } from './variant.ts';

const places = [
	['authorized', 'realtime'],
	['authorized', 'interactive'],
	['authorized', 'background'],
	['open', 'realtime'],
	['open', 'interactive'],
	['open', 'interactive'],
	['open', 'background'],
	['open', 'background'],
] as const;
const tickMs = 10;
/** Each hears so many events more while all are at work. */
const wanted = 200;

const box = await TestBox.start();
test.after.always(() => box[Symbol.asyncDispose]());

/** How many events each VM has heard, by name. */
async function heard(): Promise<Map<string, number>> {
	const { vms } = await readVmLoads(box.stage.operator);
	return new Map([...vms].map(([name, { load }]) => [name, load.events]));
}

test('eight modules tick and answer at once, and the count of each rises', async (t) => {
	const names = places.map((_, at) => `worker-${at + 1}`);
	for (const [at, [domain, priority]] of places.entries()) {
		const name = names[at] ?? '';
		const bytes = withManifest(box.probe.built.bytes, (manifest) => ({
			...manifest,
			name,
			domain,
			priority,
			publishes: { 'probe.out': 'probe.Word' },
			subscribes: { [`${name}.order`]: 'probe.Order', [`${name}.echo`]: 'probe.Word' },
		}));
		t.deepEqual(await box.install(await box.sign(bytes, `modules/${name}.wasm`)), { fault: 0, code: '' });
	}
	for (const name of names) await box.order({ what: 'every', text: 'tick', count: tickMs }, `${name}.order`);

	const before = await heard();
	const pulses = names.map((name) => new Pulse(box, `${name}.echo`));
	const rises = async (): Promise<number[]> => {
		const now = await heard();
		return names.map((name) => (now.get(name) ?? 0) - (before.get(name) ?? 0));
	};
	let risen = await rises();
	while (Math.min(...risen) < wanted) risen = await rises();
	const beats = await Promise.all(pulses.map((pulse) => pulse.stop()));

	t.is(before.size, places.length);
	for (const [at, { answers, failures }] of beats.entries()) {
		t.deepEqual(failures, [], names[at]);
		t.true(answers > 0, names[at]);
	}
	const { vms } = await box.stage.sample();
	t.deepEqual(
		vms
			.map(({ id, state, restarts }) => ({ id, state, restarts }))
			.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
		names.map((id) => ({ id, state: 'running', restarts: 0 })),
	);
	t.log(`${risen.join(', ')} events; ${beats.map(({ answers }) => answers).join(', ')} answers`);
});
