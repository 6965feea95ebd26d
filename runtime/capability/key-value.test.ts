import test from 'ava';
import { MemoryDirectory } from '../memory-directory.ts';
import { parseManifest } from '../module/manifest.ts';
import type { VmContext } from './capability.ts';
import { keyValue } from './key-value.ts';

const manifest = parseManifest({ name: 'one', version: '1.0.0', vendor: 'acme' });
const vm = (name: string, lines: string[] = []): VmContext => ({
	id: 1,
	name,
	manifest,
	baseband: '',
	send: () => undefined,
	say: ({ text }) => lines.push(text),
	exceeded: () => undefined,
});
const bytes = (text: string) => new TextEncoder().encode(text);

test('what a VM puts is there when it comes back, even right after it failed', async (t) => {
	const capability = keyValue(new MemoryDirectory());
	const grant = capability.parse({}, manifest);
	const first = await capability.link(grant, vm('one'));
	first.effects?.put?.({ key: 'a/b ü', value: bytes('1') });
	first.effects?.put?.({ key: 'gone', value: bytes('2') });
	first.effects?.delete?.('gone');
	const second = await capability.link(grant, vm('one'));
	t.deepEqual(second.spec?.bucket, new Map([['a/b ü', bytes('1')]]));
});

test('a VM sees its own bucket only, and nothing when it was forgotten', async (t) => {
	const capability = keyValue(new MemoryDirectory());
	const grant = capability.parse({ maxBytes: 10 }, manifest);
	const first = await capability.link(grant, vm('one'));
	first.effects?.put?.({ key: 'key', value: bytes('1') });
	t.is((await capability.link(grant, vm('two'))).spec?.bucket?.size, 0);
	await capability.forget('one');
	t.is((await capability.link(grant, vm('one'))).spec?.bucket?.size, 0);
});

test('a value that the disk has no room for is said in the log of the VM', async (t) => {
	const directory = new MemoryDirectory();
	const capability = keyValue(directory);
	const lines: string[] = [];
	const { effects } = await capability.link(capability.parse({}, manifest), vm('one', lines));
	directory.disk.failAfter(0, 'disk-full');
	effects?.put?.({ key: 'key', value: bytes('1') });
	await capability.link(capability.parse({}, manifest), vm('one'));
	t.regex(lines.join(), /"key" could not be kept: disk-full/);
});
