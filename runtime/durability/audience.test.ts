import { setImmediate as nextTurn } from 'node:timers/promises';
import test from 'ava';
import { ManualClock } from '../manual-clock.ts';
import type { VmId } from '../vm/cell-protocol.ts';
import { Audience } from './audience.ts';
import { CellLog } from './cell-log.ts';
import { MemoryStorage } from './memory-storage.ts';
import { streamOf } from './vm-key.ts';

const patienceMs = 1000;

/** One life of a cell: who of other cells is there, and whom it waits for. */
async function live(storage: MemoryStorage, there: Record<VmId, string[]> = {}) {
	const clock = new ManualClock();
	const present = new Map(Object.entries(there).map(([vm, topics]) => [Number(vm), topics]));
	let givenUp = 0;
	const audience = new Audience({
		clock,
		present: () => [...present].map(([vm, topics]) => ({ vm, topics })),
		patienceMs,
		gaveUp: () => void givenUp++,
	});
	const log = await CellLog.open({ storage, clock, snapshotOf: async () => undefined });
	audience.open(log);
	const write = async (): Promise<void> => {
		const written = log.journal.whenDurable(log.journal.last);
		clock.advance(2);
		await written;
		await nextTurn();
	};
	return { audience, clock, present, log, write, givenUp: () => givenUp };
}

test('in its first life a cell waits for nobody', async (t) => {
	const { audience } = await live(new MemoryStorage(), { 2: ['news'] });
	t.false(audience.awaits('news'));
	t.false(audience.awaits('weather'));
});

test('a cell that was alone waits for nobody in its second life either', async (t) => {
	const storage = new MemoryStorage();
	const first = await live(storage);
	first.log.streamFor(streamOf({ name: 'lonely', digest: '0'.repeat(64) }));
	await first.write();
	await storage.restart();
	const { audience, log } = await live(storage);
	t.true(log.isAwaiting);
	t.false(audience.awaits('news'));
});

test('who was there in the life before is waited for, on its topics, until it is there or long enough', async (t) => {
	const storage = new MemoryStorage();
	const first = await live(storage, { 2: ['news'], 3: ['news', 'weather'] });
	await first.write();
	await storage.restart();
	const { audience, clock, present, givenUp } = await live(storage);
	t.true(audience.awaits('news'));
	t.true(audience.awaits('weather'));
	t.false(audience.awaits('sport'));
	present.set(3, ['news', 'weather']);
	audience.changed();
	t.true(audience.awaits('news'));
	t.false(audience.awaits('weather'));
	t.is(givenUp(), 0);
	clock.advance(patienceMs);
	t.false(audience.awaits('news'));
	t.is(givenUp(), 1);
});

test('who comes or goes later is known in the next life, and who was given up is not', async (t) => {
	const storage = new MemoryStorage();
	const first = await live(storage);
	await first.write();
	first.present.set(2, ['news']).set(3, ['weather']);
	first.audience.changed();
	await first.write();
	first.present.delete(3);
	first.audience.changed();
	t.true(first.audience.awaits('weather'));
	first.clock.advance(patienceMs);
	await first.write();
	await storage.restart();
	const { audience } = await live(storage);
	t.true(audience.awaits('news'));
	t.false(audience.awaits('weather'));
});

test('a version that wants less is not waited for on what the one before wanted', async (t) => {
	const storage = new MemoryStorage();
	const first = await live(storage, { 2: ['news', 'weather'] });
	first.present.set(2, ['news']);
	first.audience.changed();
	await first.write();
	await storage.restart();
	const { audience } = await live(storage);
	t.true(audience.awaits('news'));
	t.false(audience.awaits('weather'));
});

test('where the journal is damaged there may have been others', async (t) => {
	const storage = new MemoryStorage();
	const first = await live(storage, { 2: ['news'] });
	await first.write();
	const name = '0000000000000001.segment';
	storage.files.flip(name, storage.files.bytesOf(name).length * 8 - 1);
	await storage.restart();
	const { audience, clock } = await live(storage);
	t.true(audience.awaits('sport'));
	clock.advance(patienceMs);
	t.false(audience.awaits('sport'));
});
