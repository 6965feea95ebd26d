import test from 'ava';
import fc from 'fast-check';
import { MemoryDirectory } from '../memory-directory.ts';
import { PowerCut } from '../memory-disk.ts';
import { SnapshotStore } from './store.ts';
import { anyChange, digester, origin, reading, revived, ScriptedGuest } from './testbed.ts';

const { packing } = reading;

function storeIn(directory: MemoryDirectory): SnapshotStore {
	return new SnapshotStore({ directory: directory.folder('vm'), packing, digester });
}

/** Turns 1 to `turns`, each kept; two deltas follow a base. */
async function kept(directory: MemoryDirectory, turns: number): Promise<string[]> {
	const guest = new ScriptedGuest();
	const recorder = guest.recorder({ mostDeltas: 2, mostDeltaBases: 1000 });
	const store = storeIn(directory);
	const states = [''];
	for (let turn = 1; turn <= turns; turn++) {
		guest.apply([{ what: 'write', at: turn * 5000, value: turn }]);
		await store.put(recorder.record(guest.state, { turn }));
		states.push(guest.whole());
	}
	return states;
}

async function damage(directory: MemoryDirectory, file: string): Promise<void> {
	const bytes = (await directory.folder('vm').read(file)) ?? new Uint8Array(1);
	bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
	await directory.folder('vm').write(file, bytes);
}

test('the newest snapshot is loaded, and nothing is lost', async (t) => {
	for (const turns of [1, 2, 3, 4, 5, 9]) {
		const directory = new MemoryDirectory();
		const states = await kept(directory, turns);
		const { snapshot, lost } = await storeIn(directory).load({ origin });
		t.deepEqual([snapshot?.turn, lost], [turns, []]);
		t.is(snapshot && revived(snapshot), states[turns] as string);
	}
});

test('two generations are kept, however many there were', async (t) => {
	const directory = new MemoryDirectory();
	await kept(directory, 20);
	t.deepEqual(await directory.folder('vm').list(), [
		'0000000006.00001.delta',
		'0000000006.00002.delta',
		'0000000006.base',
		'0000000007.00001.delta',
		'0000000007.base',
	]);
});

test('an empty folder has no snapshot and has lost none', async (t) => {
	t.deepEqual(await storeIn(new MemoryDirectory()).load({ origin }), { snapshot: undefined, lost: [] });
});

const damages: Record<string, { files: string[]; turn: number | undefined; lost: string[] }> = {
	'the last delta': { files: ['0000000002.00002.delta'], turn: 5, lost: ['0000000002.00002.delta'] },
	'the first delta': {
		files: ['0000000002.00001.delta'],
		turn: 4,
		lost: ['0000000002.00002.delta', '0000000002.00001.delta'],
	},
	'the newest base': {
		files: ['0000000002.base'],
		turn: 3,
		lost: ['0000000002.00002.delta', '0000000002.00001.delta', '0000000002.base'],
	},
	'both bases': {
		files: ['0000000002.base', '0000000001.base'],
		turn: undefined,
		lost: [
			'0000000002.00002.delta',
			'0000000002.00001.delta',
			'0000000002.base',
			'0000000001.00002.delta',
			'0000000001.00001.delta',
			'0000000001.base',
		],
	},
};

for (const [what, { files, turn, lost }] of Object.entries(damages)) {
	test(`with ${what} damaged the one before is used, the loss is reported, and the next is kept as ever`, async (t) => {
		const directory = new MemoryDirectory();
		const states = await kept(directory, 6);
		for (const file of files) await damage(directory, file);

		const store = storeIn(directory);
		const loaded = await store.load({ origin });
		t.is(loaded.snapshot?.turn, turn);
		if (loaded.snapshot !== undefined) t.is(revived(loaded.snapshot), states[turn ?? 0] as string);
		t.deepEqual(
			loaded.lost.map(({ file }) => file),
			lost,
		);
		t.true(loaded.lost.every(({ code }) => code === 'damaged'));

		const guest = new ScriptedGuest();
		await store.put(guest.recorder().record(guest.state, { turn: 50 }));
		const again = await storeIn(directory).load({ origin });
		t.deepEqual([again.snapshot?.turn, again.lost], [50, []]);
	});
}

test('snapshots of another version are reported and stay, for when the platform goes back', async (t) => {
	const directory = new MemoryDirectory();
	await kept(directory, 2);
	const files = await directory.folder('vm').list();
	const newer = { ...origin, platformVersion: '2.0.0' };
	const { snapshot, lost } = await storeIn(directory).load({ origin: newer });
	t.is(snapshot, undefined);
	t.true(lost.length === 2 && lost.every(({ code }) => code === 'other-version'));
	t.deepEqual(await directory.folder('vm').list(), files);
	t.is((await storeIn(directory).load({ origin })).snapshot?.turn, 2);
});

test('after a snapshot could not be written, changes to it are refused and a base is taken', async (t) => {
	const directory = new MemoryDirectory();
	const guest = new ScriptedGuest();
	const recorder = guest.recorder({ mostDeltaBases: 1000 });
	const store = storeIn(directory);
	await store.put(recorder.record(guest.state, { turn: 1 }));
	directory.disk.failAfter(0, 'disk-full');
	await t.throwsAsync(store.put(recorder.record(guest.state, { turn: 2 })), { code: 'disk-full' });
	await t.throwsAsync(store.put(recorder.record(guest.state, { turn: 3 })), { code: 'not-next' });
	recorder.reset();
	await store.put(recorder.record(guest.state, { turn: 4 }));
	t.is((await storeIn(directory).load({ origin })).snapshot?.turn, 4);
});

test('snapshots put at once are kept in their order, and all can be forgotten', async (t) => {
	const directory = new MemoryDirectory();
	const guest = new ScriptedGuest();
	const recorder = guest.recorder({ mostDeltas: 3, mostDeltaBases: 1000 });
	const store = storeIn(directory);
	await Promise.all([1, 2, 3, 4, 5, 6].map((turn) => store.put(recorder.record(guest.state, { turn }))));
	t.is((await storeIn(directory).load({ origin })).snapshot?.turn, 6);
	await store.clear();
	t.deepEqual(await directory.folder('vm').list(), []);
});

test('wherever the power is cut, the last snapshot that was kept is there, or the one it was at', async (t) => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.array(anyChange, { maxLength: 3 }), { minLength: 1, maxLength: 12 }),
			fc.nat(90),
			fc.infiniteStream(fc.nat(1000)),
			async (rounds, cutAfter, choices) => {
				const directory = new MemoryDirectory();
				const guest = new ScriptedGuest();
				const recorder = guest.recorder({ mostDeltas: 2, mostDeltaBases: 1000 });
				const store = storeIn(directory);
				directory.disk.cutAfter(cutAfter);
				const states = new Map<number | undefined, string>([[undefined, 'none']]);
				let settled: number | undefined;
				for (const [turn, changes] of rounds.entries()) {
					guest.apply(changes);
					states.set(turn, guest.whole());
					try {
						await store.put(recorder.record(guest.state, { turn }));
					} catch (error) {
						t.true(error instanceof PowerCut);
						break;
					}
					settled = turn;
				}

				const after = await directory.restart((most) => (choices.next().value ?? 0) % (most + 1));

				const { snapshot, lost } = await storeIn(after).load({ origin });
				const allowed = settled === undefined ? [undefined, 0] : [settled, settled + 1];
				t.true(allowed.includes(snapshot?.turn), `turn ${snapshot?.turn} instead of ${allowed}`);
				t.deepEqual(lost, []);
				t.is(snapshot === undefined ? 'none' : revived(snapshot), states.get(snapshot?.turn) as string);
			},
		),
		{ numRuns: 150 },
	);
});
