import { readFile } from 'node:fs/promises';
import test from 'ava';
import fc from 'fast-check';
import { fieldNames } from '../../runtime/field-rules.ts';
import { boardNames, loadBoard, parseBoard } from './board.ts';
import { boardFields } from './board-fields.ts';
import { ImageError } from './image-error.ts';
import { partitionsOf } from './partitions.ts';

const described = async (name: string) =>
	JSON.parse(await readFile(new URL(`boards/${name}.json`, import.meta.url), 'utf8'));
const arm64 = await described('qemu-arm64');
const pc = await described('qemu-x86_64');
const rock = await described('rock64');

test('every board that is described can be read, and its partitions do not touch what is before them', async (t) => {
	const names = await boardNames();
	t.true(names.includes('qemu-arm64') && names.includes('qemu-x86_64'));
	for (const name of names) {
		const board = await loadBoard(name);
		const [first] = partitionsOf(board);
		for (const sector of Object.values(board.loader.build?.onDisk ?? {}))
			t.true(sector * 512 < (first?.start ?? 0), name);
	}
});

test('a board that is not there is refused with the names of those that are, and the one that was meant', async (t) => {
	await t.throwsAsync(loadBoard('toaster'), { code: 'unknown-board', message: /qemu-arm64, .*rock64$/ });
	await t.throwsAsync(loadBoard('rock46'), { code: 'unknown-board', message: /did you mean "rock64"\?$/ });
});

test('a board whose name could not stand in the URL of a release is refused', (t) => {
	const text = JSON.stringify(arm64);
	for (const name of ['MyBox', 'my.box', '-box', ''])
		t.throws(() => parseBoard(name, text), { code: 'bad-board', message: /its name/ });
	t.is(parseBoard('my_box-2', text).name, 'my_box-2');
});

test('every field of a description stands in the table of README.md', async (t) => {
	const readme = await readFile(new URL('README.md', import.meta.url), 'utf8');
	const table = readme.slice(readme.indexOf('## A board'), readme.indexOf('| board |'));
	for (const name of fieldNames(boardFields)) {
		const last = name.split('.').at(-1);
		t.regex(
			table,
			new RegExp(`\`(${name.replaceAll('.', '\\.')}|\\.?${last})\``),
			`${name} is not in README.md`,
		);
	}
});

type Change = Record<string, unknown>;
/** A description in which the field at a path is another one, or left out. */
function changed(board: object, path: string, value?: unknown): Change {
	const copy = structuredClone(board) as Change;
	const names = path.split('.');
	const last = names.pop() ?? '';
	let at = copy;
	for (const name of names) at = at[name] as Change;
	if (value === undefined) delete at[last];
	else at[last] = value;
	return copy;
}

const build = { config: 'qemu_arm64', form: 'fit' };

for (const [what, board, message] of [
	['no disk', changed(arm64, 'loader.disk', 'virtio'), /loader\.disk must be an interface and a number/],
	['no way to its disk', changed(arm64, 'loader.findDisk'), /loader\.findDisk is missing: what U-Boot does/],
	['no boot loader', changed(arm64, 'loader.environment'), /loader has either environment/],
	['two boot loaders', changed(arm64, 'loader.build', build), /loader has either environment/],
	[
		'a boot loader of no known form',
		changed(arm64, 'loader', { ...arm64.loader, environment: undefined, build: { ...build, form: 'tape' } }),
		/loader\.build\.form must be one of rom, fit, not "tape"/,
	],
	['an environment beyond its flash', changed(arm64, 'loader.environment.flashBytes', 4096), /flashBytes/],
	[
		'a boot loader in a FIT of nobody',
		changed(rock, 'loader.build.package'),
		/loader\.build\.package is missing/,
	],
	[
		'a package without its folder',
		changed(rock, 'loader.build.readyMade'),
		/loader\.build\.readyMade is missing/,
	],
	['a boot loader that is built and there', changed(pc, 'emulator.boot', '/u-boot.bin'), /emulator\.boot is/],
	[
		'a boot loader over the table of partitions',
		changed(rock, 'loader.build.onDisk', { 'u-boot.itb': 16 }),
		/from 34/,
	],
	['a boot loader behind the first partition', changed(rock, 'storage.firstMb'), /storage\.firstMb: 2048/],
	['two files in one place', changed(rock, 'loader.build.onDisk', { a: 64, b: 64 }), /onDisk has 64 twice/],
	[
		'another processor',
		changed(arm64, 'architecture', 'mips'),
		/architecture must be one of arm64, amd64, not "mips"/,
	],
	['no processor', changed(rock, 'processor'), /processor is missing/],
	['an address that is none', changed(arm64, 'loadAt.slot', '1 GB'), /loadAt\.slot must be an address/],
	[
		'an address beyond 32 bits',
		changed(arm64, 'loadAt.slot', '0x144000000'),
		/loadAt\.slot must be an address/,
	],
	['no network', changed(arm64, 'networks', []), /networks must be a list of one or more/],
	[
		'a network of no device',
		changed(arm64, 'networks', [{ id: 'a', kind: 'wifi' }]),
		/networks\[0\]\.device is/,
	],
	['a watchdog of no time', changed(arm64, 'watchdog.seconds', 0), /watchdog\.seconds must be how long/],
	[
		'a watchdog that is not mentioned',
		changed(arm64, 'watchdog'),
		/watchdog is missing: .*null where it has none/,
	],
	['a kernel without a device tree', changed(arm64, 'deviceTree'), /deviceTree is missing/],
	[
		'a device tree outside its package',
		changed(arm64, 'deviceTree', '../../x.dtb'),
		/deviceTree must be "loader"/,
	],
	[
		'an address of a tree that is not in the slot',
		changed(arm64, 'loadAt.deviceTree', '0x50000000'),
		/loadAt\.dev/,
	],
	['a PC without its parameters', changed(pc, 'loadAt.setup'), /loadAt\.setup is missing/],
	['parameters of a PC elsewhere', changed(arm64, 'loadAt.setup', '0x90000'), /loadAt\.setup is of a PC/],
	['a kernel that would be moved', changed(arm64, 'loadAt.kernel', '0x40480000'), /multiple of 0x200000/],
	['a list for a board', [], /all of it must be an object/],
	['null for a board', null, /all of it must be an object/],
] as const)
	test(`a description with ${what} is refused`, (t) => {
		t.throws(() => parseBoard('box', JSON.stringify(board)), { code: 'bad-board', message });
	});

for (const [stranger, board, meant] of [
	['wachdog', { ...changed(arm64, 'watchdog'), wachdog: arm64.watchdog }, 'watchdog'],
	['loader.findDsk', changed(arm64, 'loader.findDsk', ''), 'findDisk'],
	['loader.build.onDiskk', changed(rock, 'loader.build.onDiskk', {}), 'onDisk'],
	['loadAt.ramdsk', changed(pc, 'loadAt.ramdsk', '0x1'), 'ramdisk'],
	['storage.firstMB', changed(rock, 'storage.firstMB', 16), 'firstMb'],
	['watchdog.second', changed(arm64, 'watchdog.second', 1), 'seconds'],
	['emulator.buss', changed(arm64, 'emulator.buss', 'pci'), 'bus'],
	['networks[0].devices', { ...arm64, networks: [{ ...arm64.networks[0], devices: [] }] }, 'device'],
] as const)
	test(`the field ${stranger}, which there is not, is refused with the one that was meant`, (t) => {
		t.throws(() => parseBoard('box', JSON.stringify(board)), {
			code: 'bad-board',
			message: `boards/box.json: ${stranger} is not a field of this version; did you mean "${meant}"?`,
		});
	});

test('a board may say that it has no watchdog', (t) => {
	t.is(parseBoard('box', JSON.stringify({ ...arm64, watchdog: null })).watchdog, null);
});

const anyBoard = fc.constantFrom(arm64, pc, rock);

/** Paths of all objects in a value. */
function objectsIn(value: unknown, at: readonly string[] = []): string[][] {
	if (typeof value !== 'object' || value === null) return [];
	return [[...at], ...Object.entries(value).flatMap(([name, item]) => objectsIn(item, [...at, name]))];
}

test('whatever stands in place of a field, a description is a board or a bad one that is named', (t) => {
	const names = fieldNames(boardFields).flatMap((name) => name.split('.'));
	fc.assert(
		fc.property(anyBoard, fc.nat(), fc.constantFrom(...names), fc.jsonValue(), (board, pick, name, value) => {
			const copy = structuredClone(board);
			const paths = objectsIn(copy);
			const at = (paths[pick % paths.length] ?? []).reduce(
				(inner: Change, step) => inner[step] as Change,
				copy,
			);
			at[name] = value;
			try {
				return parseBoard('box', JSON.stringify(copy)).name === 'box';
			} catch (error) {
				return (
					error instanceof ImageError &&
					error.code === 'bad-board' &&
					error.message.includes('boards/box.json: ')
				);
			}
		}),
		{ numRuns: 2000 },
	);
	t.pass();
});

test('a field that is not known is refused at every level, by its whole name', (t) => {
	fc.assert(
		fc.property(anyBoard, fc.nat(), fc.stringMatching(/^[a-z]{1,12}$/), (board, pick, word) => {
			const copy = structuredClone(board);
			const paths = objectsIn(copy).filter(
				(path) => !path.includes('onDisk') && !/^(drivers|networks|emulator)$/.test(path.at(-2) ?? ''),
			);
			const open = paths.filter(
				(path) => !Array.isArray(path.reduce((inner: Change, step) => inner[step] as Change, copy)),
			);
			const path = open[pick % open.length] ?? [];
			const at = path.reduce((inner: Change, step) => inner[step] as Change, copy);
			const name = `x-${word}`;
			at[name] = 1;
			const whole = [...path, name].join('.');
			t.throws(() => parseBoard('box', JSON.stringify(copy)), {
				code: 'bad-board',
				message: new RegExp(`: ${whole} is not a field`),
			});
		}),
		{ numRuns: 500 },
	);
});

test('a field that is needed cannot be left out, and its name is said', (t) => {
	const optionalOnes =
		/^(processor|powerSupply|emulator.*|loader\.(environment|build)(\..*)?|deviceTree|loadAt\.(setup|ramdisk|deviceTree)|storage\.firstMb|watchdog\.option)$/;
	const needed = fieldNames(boardFields).filter(
		(name) => !optionalOnes.test(name) && !name.startsWith('networks'),
	);
	t.true(needed.includes('loader.findDisk'));
	for (const name of needed)
		t.throws(() => parseBoard('box', JSON.stringify(changed(arm64, name))), {
			code: 'bad-board',
			message: new RegExp(`: ${name} is missing: `),
		});
});
