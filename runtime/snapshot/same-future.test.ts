// A guest that goes on from a snapshot does what it would have done.
import test from 'ava';
import fc from 'fast-check';
import { zstdPacking } from '../../firmware/hal/zstd-packing.ts';
import { makeProbe } from '../../modules/probe/testbed.ts';
import type { Event } from '../component/generated/service.ts';
import type { GuestImage } from '../component/guest-state.ts';
import { fuelFor } from '../component/instrument/fuel.ts';
import { type DirectGuest, linkService } from '../component/link.ts';
import { hibernate, wake } from './hibernate.ts';
import { Recorder } from './recorder.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';
import { anyChange, digester, origin, ScriptedGuest } from './testbed.ts';

const packing = zstdPacking();
const reading = { origin, digester, packing };
const init = {
	vm: 1,
	config: new Uint8Array(0),
	topics: ['probe.order', 'probe.out', 'probe.echo', 'media.state'],
	baseband: '',
};
const words = [
	'count',
	'flood',
	'put',
	'get',
	'log',
	'chain',
	'every',
	'ask',
	'after',
	'refuse',
	'fetch',
	'storm',
];

test('whenever it was taken, a probe has the same effects and the same memory from there on', async (t) => {
	const probe = await makeProbe();
	const { module, encoding } = probe.component;
	const stored = (key: string): Uint8Array | undefined =>
		key.length % 2 === 0 ? Uint8Array.of(1) : undefined;
	const link = (image?: GuestImage): DirectGuest => {
		const host = { log: { write: () => undefined }, keyValue: { get: stored } };
		return linkService({ module, encoding, host, mostBytes: 4_000_000, fuel: fuelFor(500), image });
	};
	const memoryOf = (guest: DirectGuest): Buffer => Buffer.from(guest.state.capture().memory);
	const order = fc
		.record({ what: fc.constantFrom(...words), text: fc.string({ maxLength: 9 }), count: fc.nat(60) })
		.map((each) => probe.order(each));
	const event: fc.Arbitrary<Event> = fc.oneof(
		{
			weight: 4,
			arbitrary: fc
				.record({ topic: fc.constantFrom(0, 2), correlation: fc.nat(2), payload: order })
				.map((each): Event => ({ tag: 'message', val: { sender: 2, ...each } })),
		},
		fc.nat(40).map((val): Event => ({ tag: 'timer', val })),
		fc.record({ correlation: fc.nat(9), text: fc.uint8Array() }).map(
			({ correlation, text }): Event => ({
				tag: 'answer',
				val: { correlation, outcome: { tag: 'ok', val: text } },
			}),
		),
	);
	const inboxes = fc.array(fc.array(event, { maxLength: 4 }), { minLength: 1, maxLength: 8 });
	fc.assert(
		fc.property(inboxes, inboxes, fc.boolean(), (before, after, sleeps) => {
			const one = link();
			one.start(1n, init);
			const recorder = new Recorder({ origin, digester });
			let snapshot: Snapshot = readSnapshot(recorder.record(one.state, { turn: 0 }), reading);
			for (const [turn, inbox] of before.entries()) {
				one.turn(2n, inbox);
				snapshot = readSnapshot(recorder.record(one.state, { turn }), reading, snapshot);
			}
			if (sleeps) one.rest();
			if (sleeps) snapshot = wake(hibernate(one.state, { ...reading, turn: before.length }), reading);
			const other = link(snapshot.image);
			t.true(memoryOf(other).equals(memoryOf(one)));
			for (const inbox of after) {
				t.deepEqual(other.turn(3n, inbox), one.turn(3n, inbox));
				t.true(memoryOf(other).equals(memoryOf(one)));
				t.deepEqual(other.state.capture().globals, one.state.capture().globals);
			}
		}),
		{ numRuns: 40 },
	);
});

test('a service that has done much sleeps in 5 KB once it has rested, and goes on the same', async (t) => {
	const probe = await makeProbe();
	const { module, encoding } = probe.component;
	const link = (image?: GuestImage): DirectGuest => {
		const host = { log: { write: () => undefined }, keyValue: { get: () => undefined } };
		return linkService({ module, encoding, host, mostBytes: 4_000_000, fuel: fuelFor(500), image });
	};
	const payload = probe.order({ what: 'flood', count: 200 });
	const inbox: Event[] = [{ tag: 'message', val: { topic: 0, sender: 2, correlation: 0, payload } }];
	const [one, restless] = [link(), link()];
	for (const guest of [one, restless]) {
		guest.start(1n, init);
		for (let turns = 0; turns < 20; turns++) guest.turn(2n, inbox);
		// What the last turn said is kept until the next begins.
		guest.turn(2n, []);
	}
	const awake = hibernate(one.state, { ...reading, turn: 20 }).length;
	one.rest();
	const asleep = hibernate(one.state, { ...reading, turn: 20 });
	t.true(asleep.length <= 5 * 1024 && asleep.length < awake, `${awake} bytes, ${asleep.length} at rest`);
	const other = link(wake(asleep, reading).image);
	for (let turns = 0; turns < 20; turns++) {
		const effects = restless.turn(3n, inbox);
		t.deepEqual(one.turn(3n, inbox), effects);
		t.deepEqual(other.turn(3n, inbox), effects);
	}
});

test('a guest with tables and globals of its own goes on as it would have', (t) => {
	const changes = fc.array(anyChange, { maxLength: 12 });
	fc.assert(
		fc.property(changes, changes, (before, after) => {
			const [one, other] = [new ScriptedGuest(), new ScriptedGuest()];
			one.apply(before);
			other.state.restore(wake(hibernate(one.state, { ...reading, turn: 1 }), reading).image);
			for (const change of after) {
				one.apply([change]);
				other.apply([change]);
				t.is(other.whole(), one.whole());
			}
		}),
		{ numRuns: 60 },
	);
});
