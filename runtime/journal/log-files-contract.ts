/** What every `LogFiles` must do, as tests that run over each of them. */
import type { ExecutionContext, TestFn } from 'ava';
import type { LogFiles } from './log-files.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (file: Uint8Array | undefined): string | undefined => file && new TextDecoder().decode(file);

export function logFilesContract(
	test: TestFn,
	{ name, open }: { name: string; open: (t: ExecutionContext) => Promise<LogFiles> },
): void {
	test(`${name}: what is appended reads back in order, and the caller may reuse its buffer afterwards`, async (t) => {
		const files = await open(t);
		const file = await files.create('a');
		const buffer = bytes('one ');

		await file.append(buffer);
		buffer.fill(0);
		await file.append(bytes('two'));

		t.is(text(await files.read('a', 100)), 'one two');
		t.is(text(await files.read('a', 5)), 'one t');
		t.deepEqual(await files.read('a', 100), bytes('one two'));
		await file.close();
	});

	test(`${name}: a file that is made again is empty`, async (t) => {
		const files = await open(t);
		const first = await files.create('a');
		await first.append(bytes('old'));
		await first.close();

		const second = await files.create('a');

		t.is((await files.read('a', 100))?.length, 0);
		await second.close();
	});

	test(`${name}: files are listed in byte order until they are removed`, async (t) => {
		const files = await open(t);
		for (const name of ['b', 'a', 'C']) await (await files.create(name)).close();
		t.deepEqual(await files.list(), ['C', 'a', 'b']);

		await files.remove('b');
		await files.remove('nothing');

		t.deepEqual(await files.list(), ['C', 'a']);
		t.is(await files.read('b', 100), undefined);
	});
}
