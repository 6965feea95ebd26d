import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'ava';
import { bundleFirmware } from './bundle.ts';
import { footprintOf, footprintTable, packageRows } from './footprint.ts';
import { Staging } from './staging.ts';

async function sizeOf(folder: string): Promise<number> {
	const files = await Promise.all((await readdir(folder)).map((name) => stat(join(folder, name))));
	return files.reduce((sum, { size }) => sum + size, 0);
}

test('every file of a slot is in one row of its footprint, the largest first', async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-footprint-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	const root = new Staging(join(folder, 'root'));
	const initrd = new Staging(join(folder, 'initrd'));
	const other = new Staging(folder);
	await other.write('kernel', new Uint8Array(5000));
	await root.write('bin/node', new Uint8Array(9000));
	await root.write('bin/busybox', new Uint8Array(700));
	await root.link('bin/sh', 'busybox');
	await root.write('lib/aarch64-linux-gnu/libc.so.6', new Uint8Array(400));
	await root.write('lib/aarch64-linux-gnu/libm.so.6', new Uint8Array(40));
	await root.write('lib/modules/6.1/kernel/ext4.ko', new Uint8Array(300));
	await root.write('etc/hosts', new Uint8Array(20));
	await initrd.write('bin/busybox', new Uint8Array(700));
	await initrd.write('lib/modules/6.1/kernel/dm.ko', new Uint8Array(100));
	await root.folders('usr/lib/mullion');
	const file = join(root.folder, 'usr/lib/mullion/firmware.cjs');
	const bundle = await bundleFirmware({ file, without: ['@bytecodealliance/jco-transpile'] });

	const rows = await footprintOf({
		root: root.folder,
		initrd: initrd.folder,
		kernel: join(folder, 'kernel'),
		bundle,
	});

	t.is(
		rows.reduce((sum, { bytes }) => sum + bytes, 0),
		5000 + 9000 + 700 + 440 + 300 + 20 + 700 + 100 + (await sizeOf(dirname(file))),
	);
	t.deepEqual(
		rows,
		rows.toSorted((a, b) => b.bytes - a.bytes),
	);
	const bytesOf = Object.fromEntries(rows.map(({ part, bytes }) => [part, bytes]));
	t.like(bytesOf, { kernel: 5000, Node: 9000, 'C libraries': 440, drivers: 300, 'initrd drivers': 100 });
	t.true(rows.every(({ why }) => why !== ''));
	t.true(footprintTable(rows).split('\n').at(-1)?.startsWith('sum '));
});

test('a package says who brought it in, and small ones share a row', (t) => {
	const file = (bytes: number, ...imports: string[]) => ({
		bytes,
		imports: imports.map((path) => ({ path, kind: 'import-statement' as const })),
	});
	const inputs = {
		'firmware/box/open-box.ts': file(10, 'node_modules/large/index.js'),
		'node_modules/large/index.js': file(30_000, 'node_modules/@scope/large/a.js', 'node_modules/tiny/a.js'),
		'node_modules/@scope/large/a.js': file(25_000),
		'node_modules/tiny/a.js': file(500),
	};
	const inOutput = Object.entries(inputs).map(([path, { bytes }]) => [path, { bytesInOutput: bytes }]);
	const output = { bytes: 55_510, imports: [], exports: [], inputs: Object.fromEntries(inOutput) };
	t.deepEqual(packageRows({ inputs, outputs: { 'firmware.cjs': output } }), [
		{ part: 'npm large', why: 'used by firmware/box', bytes: 30_000 },
		{ part: 'npm @scope/large', why: 'used by large', bytes: 25_000 },
		{ part: 'npm, small', why: 'what those need: tiny', bytes: 500 },
	]);
});
