import test from 'ava';
import type { Directory } from '../directory.ts';
import { KeptCell, probe } from './keeping.fixture.ts';
import { MemoryStorage } from './memory-storage.ts';
import { folderOf } from './vm-key.ts';

/** A disk on which the snapshots of one VM are slow to be found. */
class SlowStorage extends MemoryStorage {
	readonly #slow: string;
	#found: PromiseWithResolvers<void> | undefined;

	constructor(vm: string) {
		super();
		this.#slow = folderOf({ name: vm, digest: probe.component.digest });
	}

	stall(): void {
		this.#found = Promise.withResolvers();
	}

	resume(): void {
		this.#found?.resolve();
	}

	override async snapshots(): Promise<Directory> {
		const directory = await super.snapshots();
		const folder = (name: string): Directory => {
			const there = directory.folder(name);
			if (name !== this.#slow) return there;
			const list = () => Promise.resolve(this.#found?.promise).then(() => there.list());
			return {
				read: there.read.bind(there),
				write: there.write.bind(there),
				remove: there.remove.bind(there),
				list,
				folder: there.folder.bind(there),
			};
		};
		return { ...directory, folder };
	}
}

test('what one VM says while another is still being brought back reaches it', async (t) => {
	const storage = new SlowStorage('probe-1');
	const cell = new KeptCell(storage);
	await cell.start(1);
	await cell.start(2);
	await cell.order({ what: 'count' });
	await cell.write();

	const again = await cell.cut();
	storage.stall();
	await again.start(1);
	await again.start(2);
	// The second obeys at once, and what it says to go on with is for both.
	await again.order({ what: 'chain', count: 1 });
	await again.write();
	storage.resume();
	await again.write();
	await again.write();

	const countsOf = (vm: number) =>
		again.said.flatMap((r) => (r.tag === 'published' && r.vm === vm ? [probe.word(r.payload)] : []));
	t.deepEqual(
		countsOf(2).map(({ text }) => text),
		['orders', '1', '0', '0'],
	);
	t.deepEqual(
		countsOf(1).map(({ text }) => text),
		['orders', '1', '0', '0'],
	);
});

test('all that one VM says before another is there again reaches that one as it was said', async (t) => {
	const cell = new KeptCell();
	await cell.start(1);
	await cell.start(2);
	await cell.order({ what: 'count' });
	await cell.write();

	const again = await cell.cut();
	await again.start(2);
	await again.order({ what: 'chain', count: 9 });
	await again.write();
	await again.start(1);
	await again.write();

	const textsOf = (vm: number): string[] =>
		again.said.flatMap((r) => (r.tag === 'published' && r.vm === vm ? [probe.word(r.payload).text] : []));
	// What came from outside was for the second alone. Behind that each obeys what the other says, too.
	const below = (count: number): string[] => Array.from({ length: count }, (_, at) => String(count - 1 - at));
	t.deepEqual(textsOf(2).slice(0, 11), ['orders', '9', ...below(9)]);
	t.deepEqual(textsOf(1).slice(0, 10), ['orders', ...below(9)]);
});

test('what one VM says while another is being born reaches that one, and nothing from before does', async (t) => {
	const storage = new SlowStorage('probe-1');
	const cell = new KeptCell(storage);
	await cell.start(2);
	await cell.order({ what: 'chain', count: 1 });
	await cell.write();
	storage.stall();
	await cell.start(1);
	await cell.order({ what: 'chain', count: 1 });
	storage.resume();
	await cell.write();
	await cell.write();

	const textsOf = (vm: number) =>
		cell.said.flatMap((r) => (r.tag === 'published' && r.vm === vm ? [probe.word(r.payload).text] : []));
	t.deepEqual(textsOf(2), ['1', '0', '1', '0', '0']);
	t.deepEqual(textsOf(1).toSorted(), ['0', '0', '1']);

	const again = await cell.cut();
	await again.start(1);
	await again.start(2);
	await again.order({ what: 'count' });
	await again.write();
	const last = again.said.findLast((r) => r.tag === 'published' && r.vm === 1);
	t.is(last?.tag === 'published' ? probe.word(last.payload).count : 0, 4);
});

test('a VM that is stopped while it is being brought back is where it was when it is started again', async (t) => {
	const storage = new SlowStorage('probe-1');
	const cell = new KeptCell(storage);
	await cell.start(1);
	for (let left = 3; left > 0; left--) await cell.order({ what: 'count' });
	await cell.write();

	const again = await cell.cut();
	storage.stall();
	await again.start(1);
	again.post({ tag: 'stop', vm: 1 });
	await again.write();
	t.is(again.tags('stopped').length, 1);
	storage.resume();
	await again.start(1);
	await again.order({ what: 'count' });
	await again.write();

	t.is(again.words().at(-1)?.count, 4);
	t.is(again.tags('started').length, 1);
	t.deepEqual(again.lines(), []);
});

test('a VM that is stopped after it has failed is where it was before that turn when it is started again', async (t) => {
	const cell = new KeptCell();
	await cell.start(1);
	await cell.order({ what: 'count' });
	await cell.order({ what: 'trap' });
	await cell.order({ what: 'count' });
	await cell.write();
	cell.post({ tag: 'stop', vm: 1 });
	await cell.write();
	await cell.start(1);
	t.is(cell.tags('fault').length, 2, 'what waited for it waits again');
	for (let left = 3; left > 0; left--) await cell.start(1);
	await cell.write();

	t.is(cell.tags('set-aside').length, 1);
	t.deepEqual(
		cell.words().map(({ count }) => count),
		[1, 2],
	);
});
