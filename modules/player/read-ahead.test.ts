import test from 'ava';
import fc from 'fast-check';
import { type Harness, startHarness } from './harness.ts';

/** The byte of the resource at a place. */
const byteAt = (place: number): number => (place * 31 + (place >> 8)) & 0xff;

interface Fetch {
	readonly stream: number;
	next: number;
	readonly to: number;
}

/** A network whose every step the property chooses, and the book of what it delivered. */
class World {
	readonly #harness: Harness;
	readonly #size: number;
	readonly fetches: Fetch[] = [];
	/** How often each byte was delivered. */
	readonly delivered: Uint8Array;
	#streams = 0;

	constructor(harness: Harness, size: number) {
		this.#harness = harness;
		this.#size = size;
		this.delivered = new Uint8Array(size);
		harness.call('aheadReset', 0n);
	}

	ask(wanted: number, fetchBytes: number): void {
		while (this.#harness.call('aheadPlan', BigInt(wanted), BigInt(fetchBytes), this.#streams + 1))
			this.#begin();
		this.#forget();
	}

	deliver(which: number, length: number): void {
		const fetch = this.fetches[which % this.fetches.length];
		if (fetch === undefined) return;
		const bytes = Uint8Array.from(
			{ length: Math.min(length, Math.min(fetch.to, this.#size) - fetch.next) },
			(_, i) => byteAt(fetch.next + i),
		);
		if (bytes.length > 0) {
			this.#harness.give(bytes);
			if (!this.#harness.call('aheadAccept', fetch.stream, BigInt(fetch.next)))
				throw new Error('turned down');
			for (let i = 0; i < bytes.length; i++) (this.delivered[fetch.next + i] as number)++;
			fetch.next += bytes.length;
		}
		if (fetch.next < Math.min(fetch.to, this.#size)) return;
		this.#remove(fetch.stream);
		if (!this.#harness.call('aheadEnded', fetch.stream, BigInt(this.#size))) throw new Error('ended short');
		this.#forget();
	}

	fail(which: number): void {
		const fetch = this.fetches[which % this.fetches.length];
		if (fetch === undefined) return;
		this.#remove(fetch.stream);
		this.#harness.call('aheadFailed', fetch.stream);
		this.#forget();
	}

	/** @param cut whether the network just broke off, so that what it owes is asked for on the other side */
	handOver(prefetch: number, cut: boolean): void {
		const hasBegun = this.#harness.call('aheadHandOver', BigInt(prefetch), this.#streams + 1, cut ? 1 : 0);
		this.#forget();
		if (hasBegun) this.#begin();
	}

	#begin(): void {
		const next = this.#harness.call('plannedFrom');
		this.fetches.push({ stream: ++this.#streams, next, to: this.#harness.call('plannedTo') });
	}

	/** Ends what the player gave up. */
	#forget(): void {
		for (
			let stream = this.#harness.call('aheadAbandoned');
			stream > 0;
			stream = this.#harness.call('aheadAbandoned')
		) {
			this.#remove(stream);
		}
	}

	#remove(stream: number): void {
		const at = this.fetches.findIndex((fetch) => fetch.stream === stream);
		if (at >= 0) this.fetches.splice(at, 1);
	}
}

const step = fc.oneof(
	{
		weight: 6,
		arbitrary: fc.record({
			kind: fc.constant('deliver' as const),
			which: fc.nat(3),
			amount: fc.integer({ min: 1, max: 3000 }),
		}),
	},
	{
		weight: 2,
		arbitrary: fc.record({
			kind: fc.constant('consume' as const),
			which: fc.constant(0),
			amount: fc.integer({ min: 1, max: 4000 }),
		}),
	},
	{
		weight: 1,
		arbitrary: fc.record({ kind: fc.constant('fail' as const), which: fc.nat(3), amount: fc.constant(0) }),
	},
	{
		weight: 1,
		arbitrary: fc.record({
			kind: fc.constant('hand over' as const),
			which: fc.constant(0),
			amount: fc.nat(2000),
		}),
	},
);

test('whatever breaks off and moves on, every byte comes, in its place, and none twice without a failed fetch', async (t) => {
	const harness = await startHarness();
	fc.assert(
		fc.property(fc.array(step, { maxLength: 80 }), fc.nat(60_000), fc.boolean(), (steps, size, canFail) => {
			const world = new World(harness, size);
			const read: number[] = [];
			let hasFailed = false;
			const consume = (most: number): void => {
				const head = harness.call('aheadHead');
				const end = Math.min(harness.call('aheadEnd'), head + most);
				for (let place = head; place < end; place++) read.push(harness.call('aheadByte', BigInt(place)));
				harness.call('aheadAdvance', BigInt(end));
			};
			for (const { kind, which, amount } of steps) {
				world.ask(9000, 2500);
				if (kind === 'deliver') world.deliver(which, amount);
				if (kind === 'consume') consume(amount);
				if (kind === 'hand over') world.handOver(amount, hasFailed);
				if (kind === 'fail' && canFail) {
					hasFailed = true;
					world.fail(which);
				}
			}
			for (
				let i = 0;
				i < 10_000 && !(harness.call('aheadIsWhole') && harness.call('aheadHead') >= size);
				i++
			) {
				world.ask(9000, 2500);
				world.deliver(i, 3000);
				consume(4000);
			}
			t.is(read.length, size);
			t.true(read.every((byte, place) => byte === byteAt(place)));
			if (!hasFailed) t.true(world.delivered.every((times) => times === 1));
		}),
		{ numRuns: 300 },
	);
});

test('a jump over bytes that are not wanted asks for none of them', async (t) => {
	const harness = await startHarness();
	const world = new World(harness, 50_000);
	world.ask(4000, 4000);
	world.deliver(0, 4000);
	world.ask(4000, 4000);
	harness.call('aheadAdvance', 30_000n);
	world.ask(4000, 4000);
	t.deepEqual(
		world.fetches.map(({ next, to }) => [next, to]),
		[[30_000, 34_000]],
	);
});

test('once the size is known the next fetch is asked for when half of the one before has come', async (t) => {
	const harness = await startHarness();
	const world = new World(harness, 50_000);
	const running = () => world.fetches.map(({ next, to }) => [next, to]);
	world.ask(40_000, 4000);
	world.deliver(0, 3999);
	world.ask(40_000, 4000);
	t.deepEqual(running(), [[3999, 4000]]);
	world.deliver(0, 1);
	world.ask(40_000, 4000);
	t.deepEqual(running(), [[4000, 8000]]);
	world.deliver(0, 2000);
	world.ask(40_000, 4000);
	t.deepEqual(running(), [
		[6000, 8000],
		[8000, 12_000],
	]);
});

test('a fetch that brings other bytes than come next is turned down', async (t) => {
	const harness = await startHarness();
	harness.call('aheadReset', 0n);
	harness.call('aheadPlan', 4000n, 4000n, 1);
	harness.give(new Uint8Array(100));
	t.is(harness.call('aheadAccept', 1, 1n), 0);
	harness.give(new Uint8Array(4001));
	t.is(harness.call('aheadAccept', 1, 0n), 0);
});
