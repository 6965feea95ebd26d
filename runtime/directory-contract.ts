/** What every `Directory` must do, as tests that run over each of them. */
import type { ExecutionContext, TestFn } from 'ava';
import type { Directory } from './directory.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (file: Uint8Array | undefined): string | undefined => file && new TextDecoder().decode(file);

export function directoryContract(
	test: TestFn,
	{ name, open }: { name: string; open: (t: ExecutionContext) => Promise<Directory> },
): void {
	test(`${name}: a file that was written reads back whole, and the one written last counts`, async (t) => {
		const directory = await open(t);

		await directory.write('a', bytes('first, and longer'));
		await directory.write('a', bytes('second'));

		t.deepEqual(await directory.read('a'), bytes('second'));
	});

	test(`${name}: a file that is not there reads as undefined, and removing it is no error`, async (t) => {
		const directory = await open(t);

		await directory.remove('nothing');
		await directory.folder('nowhere').remove('nothing');

		t.is(await directory.read('nothing'), undefined);
		t.is(await directory.folder('nowhere').read('nothing'), undefined);
	});

	test(`${name}: files are listed in byte order, without folders`, async (t) => {
		const directory = await open(t);

		for (const file of ['b', 'Z', 'a', '_', '1.x', '.hidden']) await directory.write(file, bytes(file));
		await directory.folder('folder').write('inside', bytes(''));

		t.deepEqual(await directory.list(), ['.hidden', '1.x', 'Z', '_', 'a', 'b']);
		t.deepEqual(await directory.folder('folder').list(), ['inside']);
		t.deepEqual(await directory.folder('nowhere').list(), []);
	});

	test(`${name}: a folder is made by its first write, however deep`, async (t) => {
		const directory = await open(t);

		await directory.folder('a').folder('b').folder('c').write('file', bytes('deep'));

		t.is(text(await directory.folder('a').folder('b').folder('c').read('file')), 'deep');
		t.is(await directory.read('a'), undefined);
	});

	test(`${name}: removed files are gone and empty files are files`, async (t) => {
		const directory = await open(t);

		await directory.write('kept', bytes(''));
		await directory.write('gone', bytes('x'));
		await directory.remove('gone');

		t.deepEqual(await directory.list(), ['kept']);
		t.deepEqual(await directory.read('kept'), await directory.read('kept'));
		t.is((await directory.read('kept'))?.length, 0);
	});

	test(`${name}: a name that is not one plain path segment is refused`, async (t) => {
		const directory = await open(t);

		for (const bad of ['', '.', '..', 'a/b', '../a', 'a\0', 'ü', '~a', 'a b', 'x'.repeat(201)]) {
			await t.throwsAsync(directory.write(bad, bytes('')), { code: 'bad-name' }, JSON.stringify(bad));
			await t.throwsAsync(directory.read(bad), { code: 'bad-name' });
			await t.throwsAsync(directory.remove(bad), { code: 'bad-name' });
			t.throws(() => directory.folder(bad), { code: 'bad-name' });
		}
		t.deepEqual(await directory.list(), []);
	});

	test(`${name}: the caller may reuse its buffers after a write and change what it read`, async (t) => {
		const directory = await open(t);
		const buffer = bytes('mine');

		await directory.write('a', buffer);
		buffer.fill(0);
		(await directory.read('a'))?.fill(0);

		t.is(text(await directory.read('a')), 'mine');
	});

	test(`${name}: many writes of one file at a time leave one of them whole and nothing else`, async (t) => {
		const directory = await open(t);
		const contents = Array.from({ length: 20 }, (_, index) => String(index).repeat(1000 + index));

		await Promise.all(contents.map((content) => directory.folder('f').write('a', bytes(content))));

		t.true(contents.includes(text(await directory.folder('f').read('a')) ?? ''));
		t.deepEqual(await directory.folder('f').list(), ['a']);
	});
}
