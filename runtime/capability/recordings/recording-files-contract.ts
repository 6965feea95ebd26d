/** What every `RecordingFiles` must do, as tests that run over each of them. */
import type { ExecutionContext, TestFn } from 'ava';
import type { RecordingFiles, RecordingFolder } from './recording-files.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const whole = async (folder: RecordingFolder, name: string): Promise<string> =>
	new TextDecoder().decode(await folder.read(name, 0, 1000));

export function recordingFilesContract(
	test: TestFn,
	{ name, open }: { name: string; open: (t: ExecutionContext) => Promise<RecordingFiles> },
): void {
	test(`${name}: a file is made by its first bytes, grows, and is read in parts`, async (t) => {
		const folder = (await open(t)).folder('m');
		await folder.extend('a', 0, bytes('hello'));
		await folder.extend('a', 5, bytes(' world'));
		t.is(await whole(folder, 'a'), 'hello world');
		t.is(new TextDecoder().decode(await folder.read('a', 4, 3)), 'o w');
		t.is(new TextDecoder().decode(await folder.read('a', 9, 30)), 'ld');
		t.deepEqual(await folder.list(), [{ name: 'a', bytes: 11 }]);
	});

	test(`${name}: what a file had behind the place that is written is gone`, async (t) => {
		const folder = (await open(t)).folder('m');
		await folder.extend('a', 0, bytes('hello world'));
		await folder.extend('a', 5, bytes('!'));
		t.is(await whole(folder, 'a'), 'hello!');
		await folder.extend('a', 2, new Uint8Array());
		t.is(await whole(folder, 'a'), 'he');
	});

	test(`${name}: nothing can be written behind the end of a file`, async (t) => {
		const folder = (await open(t)).folder('m');
		await folder.extend('a', 0, bytes('abc'));
		await t.throwsAsync(folder.extend('a', 4, bytes('x')), { code: 'io' });
		await t.throwsAsync(folder.extend('b', 1, bytes('x')), { code: 'io' });
		t.is(await whole(folder, 'a'), 'abc');
	});

	test(`${name}: a file is replaced, renamed and removed, and what is not there is no error`, async (t) => {
		const folder = (await open(t)).folder('m');
		await folder.replace('a', bytes('first, and longer'));
		await folder.replace('a', bytes('second'));
		await folder.extend('b', 0, bytes('b'));
		await folder.rename('b', 'a.b');
		await folder.rename('nothing', 'else');
		await folder.remove('nothing');
		t.is(await whole(folder, 'a'), 'second');
		t.deepEqual(
			(await folder.list()).map((file) => file.name),
			['a', 'a.b'],
		);
		await folder.remove('a');
		t.is(await whole(folder, 'a'), '');
		t.deepEqual(
			(await folder.list()).map((file) => file.name),
			['a.b'],
		);
	});

	test(`${name}: folders know nothing of each other, and one that was never written holds nothing`, async (t) => {
		const files = await open(t);
		await files.folder('m').extend('a', 0, bytes('mine'));
		await files.folder('n').extend('a', 0, bytes('other'));
		t.is(await whole(files.folder('m'), 'a'), 'mine');
		t.deepEqual(await files.folder('nobody').list(), []);
		t.is(await whole(files.folder('nobody'), 'a'), '');
		t.deepEqual(await files.folders(), ['m', 'n']);
		t.true((await files.freeBytes()) > 0);
	});

	test(`${name}: a name that is not one plain path segment is refused`, async (t) => {
		const files = await open(t);
		for (const bad of ['', '.', '..', 'a/b', '../a', 'a\0', 'ü', '~a']) {
			t.throws(() => files.folder(bad), { code: 'bad-name' }, JSON.stringify(bad));
			await t.throwsAsync(files.folder('m').extend(bad, 0, bytes('x')), { code: 'bad-name' });
			await t.throwsAsync(files.folder('m').read(bad, 0, 1), { code: 'bad-name' });
		}
	});
}
