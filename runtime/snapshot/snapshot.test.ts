import test from 'ava';
import fc from 'fast-check';
import { zstdPacking } from '../../firmware/hal/zstd-packing.ts';
import { PageDigester } from '../digest/page-digester.ts';
import { SnapshotError } from './error.ts';
import { hibernate, wake } from './hibernate.ts';
import { packSnapshot, readSnapshot, type Snapshot } from './snapshot.ts';
import { anyChange, digester, origin, reading, revived, ScriptedGuest } from './testbed.ts';

const rounds = fc.array(
	fc.record({ changes: fc.array(anyChange, { maxLength: 6 }), platform: fc.uint8Array() }),
	{
		minLength: 1,
		maxLength: 8,
	},
);

test('a base and its deltas, read one after another, are what the guest was at each of them', (t) => {
	fc.assert(
		fc.property(rounds, fc.boolean(), (all, isPacked) => {
			const guest = new ScriptedGuest();
			const recorder = guest.recorder({ mostDeltaBases: 1000 });
			let snapshot: Snapshot | undefined;
			for (const [turn, { changes, platform }] of all.entries()) {
				guest.apply(changes);
				const bytes = recorder.record(guest.state, { turn, platform });
				const kept = isPacked ? packSnapshot(bytes, { packing: reading.packing, digester }) : bytes;
				snapshot = readSnapshot(kept, reading, snapshot);
				t.is(snapshot.turn, turn);
				t.deepEqual(Buffer.from(snapshot.platform), Buffer.from(platform));
				t.is(revived(snapshot), guest.whole());
			}
		}),
		{ numRuns: 60 },
	);
});

test('a delta holds changed pages only, and a base no page of zeros', (t) => {
	const guest = new ScriptedGuest();
	const recorder = guest.recorder();
	// One page has data, and 16 are there.
	const base = recorder.record(guest.state, { turn: 0 });
	guest.memory[100] = 1;
	guest.memory.fill(0, 8192, 12_288);
	const delta = recorder.record(guest.state, { turn: 1 });
	const read = readSnapshot(base, reading);
	t.deepEqual([...read.image.pages.keys()], [2]);
	t.deepEqual([...readSnapshot(delta, reading, read).image.pages.keys()], [0]);
	for (const bytes of [base, delta]) t.true(bytes.length < 4096 + 300);
});

test('a base comes again when the deltas are as many, or as large, as they may be', (t) => {
	const guest = new ScriptedGuest();
	const few = guest.recorder({ mostDeltas: 2, mostDeltaBases: 1000 });
	const kinds = [0, 1, 2, 3, 4, 5, 6].map((turn) => isBase(few.record(guest.state, { turn })));
	t.deepEqual(kinds, [true, false, false, true, false, false, true]);
	const small = guest.recorder();
	const sizes = [0, 1, 2].map((turn) => {
		guest.memory.fill(turn + 1, 0, 65_536);
		return isBase(small.record(guest.state, { turn }));
	});
	t.deepEqual(sizes, [true, false, true]);
	small.reset();
	t.true(isBase(small.record(guest.state, { turn: 3 })));
});

function isBase(bytes: Uint8Array): boolean {
	try {
		readSnapshot(bytes, reading);
		return true;
	} catch (error) {
		if ((error as SnapshotError).code === 'not-next') return false;
		throw error;
	}
}

test('a delta is read after the one it follows and after no other', (t) => {
	const guest = new ScriptedGuest();
	const recorder = guest.recorder();
	const [first, second, third] = [0, 1, 2].map((turn) => recorder.record(guest.state, { turn }));
	const base = readSnapshot(first as Uint8Array, reading);
	t.throws(() => readSnapshot(third as Uint8Array, reading, base), { code: 'not-next' });
	t.is(readSnapshot(third as Uint8Array, reading, readSnapshot(second as Uint8Array, reading, base)).turn, 2);
});

test('a snapshot of another build or platform is refused as such', (t) => {
	const guest = new ScriptedGuest();
	const bytes = guest.recorder().record(guest.state, { turn: 0 });
	const module = '00'.repeat(32);
	t.throws(() => readSnapshot(bytes, { ...reading, origin: { ...origin, module } }), {
		code: 'other-module',
	});
	const platformVersion = '1.2.4';
	t.throws(() => readSnapshot(bytes, { ...reading, origin: { ...origin, platformVersion } }), {
		code: 'other-version',
	});
	t.throws(() => readSnapshot(bytes, { ...reading, mostBytes: 1000 }), { code: 'too-large' });
});

test('every flipped bit and every cut is found', (t) => {
	const guest = new ScriptedGuest();
	const plain = guest.recorder().record(guest.state, { turn: 7, platform: Uint8Array.of(1, 2, 3) });
	const packing = zstdPacking();
	const packed = packSnapshot(plain, { packing, digester });
	const isDamaged = (bytes: Uint8Array): boolean => {
		try {
			readSnapshot(bytes, { ...reading, packing });
			return false;
		} catch (error) {
			return error instanceof SnapshotError && error.code === 'damaged';
		}
	};
	for (const bytes of [plain, packed]) {
		for (let length = 0; length < bytes.length; length++)
			if (!isDamaged(bytes.subarray(0, length))) t.fail(`cut to ${length} bytes`);
		for (let bit = 0; bit < bytes.length * 8; bit++) {
			const flipped = bytes.slice();
			flipped[bit >>> 3] = (flipped[bit >>> 3] as number) ^ (1 << (bit & 7));
			if (!isDamaged(flipped)) t.fail(`bit ${bit}`);
		}
		t.true(isDamaged(Buffer.concat([bytes, new Uint8Array(4096)])));
	}
});

test('what was packed with a dictionary is read with it, and is damaged without', (t) => {
	const guest = new ScriptedGuest();
	const plain = guest.recorder().record(guest.state, { turn: 7 });
	const dictionary = plain.slice();
	const packing = zstdPacking();
	const packed = packSnapshot(plain, { packing, digester, dictionary });
	t.true(packed.length < packSnapshot(plain, { packing, digester }).length);
	const read = readSnapshot(packed, { ...reading, packing, dictionary: () => dictionary });
	t.deepEqual(read, readSnapshot(plain, reading));
	t.throws(() => readSnapshot(packed, { ...reading, packing }), { code: 'damaged' });
});

test('any bytes, and any content under a sum that is right, give a code or a snapshot', (t) => {
	const guest = new ScriptedGuest();
	const plain = guest.recorder().record(guest.state, { turn: 7 });
	const packing = zstdPacking();
	const noCheck = new (class extends PageDigester {
		override sum(): bigint {
			return 0n;
		}
	})();
	const ends = (bytes: Uint8Array): boolean => {
		try {
			readSnapshot(bytes, { ...reading, packing, digester: noCheck });
			return true;
		} catch (error) {
			return error instanceof SnapshotError;
		}
	};
	const unsummed = plain.slice();
	unsummed.fill(0, 4, 12);
	const flips = fc.array(fc.record({ at: fc.nat(400), to: fc.nat(255) }), { minLength: 1, maxLength: 5 });
	fc.assert(
		fc.property(flips, (all) => {
			const bytes = unsummed.slice();
			for (const { at, to } of all) if (at < 4 || at >= 12) bytes[at] = to;
			return ends(bytes);
		}),
		{ numRuns: 2000 },
	);
	fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), ends));
	t.pass();
});

test('a guest sleeps in few bytes, in a buffer that is no larger, and is the same when it wakes', (t) => {
	const packing = zstdPacking();
	const guest = new ScriptedGuest();
	guest.apply([
		{ what: 'grow', value: 1 },
		{ what: 'count', value: 5 },
		{ what: 'swap', value: 1 },
	]);
	const asleep = hibernate(guest.state, { origin, digester, packing, turn: 3, platform: Uint8Array.of(9) });
	t.true(asleep.length < 400, `${asleep.length} bytes`);
	t.is(asleep.buffer.byteLength, asleep.length);
	const awake = wake(asleep, { ...reading, packing });
	t.deepEqual([awake.turn, [...awake.platform]], [3, [9]]);
	t.is(revived(awake), guest.whole());
});
