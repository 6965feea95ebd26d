import test from 'ava';
import fc from 'fast-check';
import { bootStates } from './boot-state.fixture.ts';
import { type BootState, copyPlaces, encodeBootState, lostBootState } from './boot-state.ts';
import { BootStateStore } from './boot-state-store.ts';
import { chooser } from './image.fixture.ts';
import { MemoryBlockDevice } from './memory-block-device.ts';

const size = 1_048_576;

function deviceOf(...copies: readonly (BootState | undefined)[]): MemoryBlockDevice {
	const content = new Uint8Array(size);
	for (const [place, state] of copies.entries()) {
		if (state !== undefined) content.set(encodeBootState(state), copyPlaces[place]);
	}
	return new MemoryBlockDevice({ size, content });
}

const withoutSeq = ({ seq: _, ...state }: BootState) => state;

test('the newer of two whole copies counts, wherever it is', async (t) => {
	const older = { ...lostBootState, seq: 15, reason: 'older' };
	const newer = { ...lostBootState, seq: 16, reason: 'newer' };

	for (const copies of [
		[older, newer],
		[newer, older],
		[newer, undefined],
		[undefined, newer],
	]) {
		const store = await BootStateStore.open(deviceOf(...copies));
		t.deepEqual(store.state, newer);
		t.is(store.lost, undefined);
	}
});

test('with both copies lost there is an error to report, and a state that lets both slots be tried', async (t) => {
	const device = deviceOf();
	const store = await BootStateStore.open(device);

	t.is(store.lost?.code, 'boot-state-lost');
	t.deepEqual(store.state, lostBootState);

	// A boot loader that writes it down does not hide it.
	await store.change(() => ({}));
	const again = await BootStateStore.open(device);
	t.is(again.lost?.code, 'boot-state-lost');
	t.deepEqual(again.state, { ...lostBootState, seq: 1 });

	await again.change(() => ({ reason: '' }));
	t.is((await BootStateStore.open(device)).lost, undefined);
});

test('writes go over the older copy in turn, each one more in seq', async (t) => {
	const device = deviceOf(lostBootState);
	const store = await BootStateStore.open(device);

	for (const floor of [1, 2, 3]) await store.change(() => ({ floor }));

	const writes = device.history.events.filter((event) => event.kind === 'write');
	t.deepEqual(
		writes.map(({ at, bytes }) => [at, bytes.length]),
		[
			[0x8000, 512],
			[0, 512],
			[0x8000, 512],
		],
	);
	t.like(store.state, { seq: 3, floor: 3 });
});

test('a change that changes nothing is not written, and changes wait for each other', async (t) => {
	const device = deviceOf({ ...lostBootState, seq: 1 });
	const store = await BootStateStore.open(device);

	await store.change(() => ({ floor: 0 }));
	t.deepEqual(device.history.events, []);
	await Promise.all([1, 2, 3].map(() => store.change(({ floor }) => ({ floor: floor + 1 }))));
	t.like(store.state, { seq: 4, floor: 3 });
});

test('a write that was torn anywhere leaves the state before or the state after', async (t) => {
	await fc.assert(
		fc.asyncProperty(
			bootStates,
			bootStates,
			fc.array(bootStates, { minLength: 1, maxLength: 4 }),
			fc.nat(),
			async (first, second, changes, seed) => {
				const choose = chooser(seed);
				const device = deviceOf(first, second);
				const store = await BootStateStore.open(device);
				const states = [store.state];
				for (const change of changes) states.push(await store.change(() => withoutSeq(change)));
				const { history } = device;
				let synced = 0;
				for (let count = 0; count <= history.events.length; count++) {
					if (history.events[count - 1]?.kind === 'sync') synced++;
					for (const content of [history.prefix(count), history.torn(count, choose)]) {
						const disk = new MemoryBlockDevice({ size, content: content.get('device') ?? new Uint8Array() });
						const { state } = await BootStateStore.open(disk);
						// Changes that changed nothing were not written: they are in `states` twice.
						const written = states.filter(({ seq }, at) => seq !== states[at - 1]?.seq);
						const allowed = written.slice(synced, synced + 2);
						t.true(
							allowed.some((one) => JSON.stringify(one) === JSON.stringify(state)),
							`${JSON.stringify(state)} of ${JSON.stringify(allowed)}`,
						);
					}
				}
			},
		),
		{ numRuns: 40 },
	);
});

test('a device that fails, or gives back something else, leaves the state before', async (t) => {
	for (const operation of ['write', 'sync'] as const) {
		const device = deviceOf({ ...lostBootState, seq: 1 });
		const store = await BootStateStore.open(device);
		device.failAfter(operation, 0);

		const error = await t.throwsAsync(
			store.change(() => ({ floor: 9 })),
			{ code: 'boot-state-not-written' },
		);
		t.like(error?.cause, { code: 'device-failed', cause: { code: 'EIO' } });
		t.is(store.state.floor, 0);
		t.like(await store.change(() => ({ floor: 5 })), { seq: 2, floor: 5 });
	}
	const stuck = deviceOf({ ...lostBootState, seq: 1 });
	const store = await BootStateStore.open(stuck);
	stuck.write = async () => undefined;
	await t.throwsAsync(
		store.change(() => ({ floor: 9 })),
		{ code: 'boot-state-not-written' },
	);
	t.is((await BootStateStore.open(stuck)).state.floor, 0);
});

test('after a write that failed but came, the state before is written anew, even if nothing is to change', async (t) => {
	const device = deviceOf({ ...lostBootState, seq: 1 });
	const store = await BootStateStore.open(device);
	device.failAfter('sync', 0);
	await t.throwsAsync(store.change(() => ({ order: ['b', 'a'] })));
	t.deepEqual((await BootStateStore.open(device)).state.order, ['b', 'a']);

	await store.change(() => ({ order: ['a', 'b'] }));

	t.deepEqual((await BootStateStore.open(device)).state.order, ['a', 'b']);
});

test('a copy that cannot be read is as good as lost, and two are an error of the device', async (t) => {
	const device = deviceOf({ ...lostBootState, seq: 4 }, { ...lostBootState, seq: 3 });
	device.failAfter('read', 0);
	t.is((await BootStateStore.open(device)).state.seq, 3);

	device.failAfter('read', 0);
	device.failAfter('read', 0);
	await t.throwsAsync(BootStateStore.open(device), { code: 'device-failed' });
});
