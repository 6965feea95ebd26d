import test from 'ava';
import { logFilesContract } from './log-files-contract.ts';
import { MemoryLogFiles } from './memory-log-files.ts';

logFilesContract(test, { name: 'in memory', open: async () => new MemoryLogFiles() });

const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(1);

test('what was appended survives a cut, and of what was under way what the test chooses', async (t) => {
	const files = new MemoryLogFiles();
	const file = await files.create('a');
	await file.append(bytes(10));
	files.cutAfter(1);
	await t.throwsAsync(file.append(bytes(10)), { name: 'PowerCut' });
	files.restart((most) => Math.min(most, 4));

	t.deepEqual(await files.read('a', 100), bytes(14));
});

test('without power nothing works, and a disk that was told to fail fails once', async (t) => {
	const files = new MemoryLogFiles({ capacity: 15 });
	const file = await files.create('a');
	files.failAfter(0, 'io');
	await t.throwsAsync(file.append(bytes(1)), { code: 'io' });
	await file.append(bytes(10));
	await t.throwsAsync(file.append(bytes(10)), { code: 'disk-full' });
	files.cutAfter(0);
	await t.throwsAsync(file.append(bytes(1)), { name: 'PowerCut' });
	await t.throwsAsync(files.list(), { name: 'PowerCut' });
});

test('of a file whose first append was cut the name may be there without bytes, and both or neither', async (t) => {
	const cut = async (steps: number, choose: (most: number) => number) => {
		const files = new MemoryLogFiles();
		const file = await files.create('a');
		files.cutAfter(steps);
		await t.throwsAsync(file.append(bytes(10)), { name: 'PowerCut' });
		files.restart(choose);
		return (await files.read('a', 100))?.length;
	};
	const nothing = (): number => 0;
	const all = (most: number): number => most;
	const [beforeWrite, beforeSync, beforeName] = [0, 1, 2];
	t.is(await cut(beforeWrite, all), 0);
	t.is(await cut(beforeSync, (most) => (most === 1 ? 1 : 0)), 0);
	t.is(await cut(beforeSync, nothing), undefined);
	t.is(await cut(beforeName, nothing), undefined);
	t.is(await cut(beforeName, all), 10);
});

test('a removal that is not durable yet is undone by a cut, whatever is appended to files beside it', async (t) => {
	const files = new MemoryLogFiles();
	const file = await files.create('a');
	for (const each of [file, await files.create('b')]) await each.append(bytes(1));
	files.stall('remove');
	const removal = t.throwsAsync(files.remove('b'), { name: 'PowerCut' });
	await file.append(bytes(1));
	files.resume();
	files.cutAfter(0);
	await removal;
	files.restart();

	t.deepEqual(await files.list(), ['a', 'b']);
});
