// A box in the process of somebody else, from the sources; as a package it is in `tools/hil/library`.
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { type Broker, startBroker } from '../../tools/headend/broker.ts';
import { Repository } from '../../tools/headend/repository/repository.ts';
import { PowerFolder } from '../../tools/hil/box/power-folder.ts';
import { openBox } from './index.ts';
import type { Box, BoxConfig } from './mullion.d.ts';

interface Place {
	readonly folder: string;
	readonly broker: Broker;
	/** With relative paths. */
	config(changes?: Partial<BoxConfig>): BoxConfig;
	/** Opens one that is closed at the end of the test; resolves once it has come to its broker. */
	open(config: BoxConfig, onLine?: (line: string) => void): Promise<Box>;
}

async function place(t: ExecutionContext): Promise<Place> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-library-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	const repository = await Repository.create({ directory: join(folder, 'repository') });
	await writeFile(join(folder, 'root.json'), await repository.rootJson());
	const broker = await startBroker();
	t.teardown(() => broker.close());
	return {
		folder,
		broker,
		config: (changes) => ({
			endpointId: 'os::00D09E-LIBRARY-000001',
			state: 'state',
			broker: broker.url,
			controllers: [],
			root: 'root.json',
			networks: [],
			...changes,
		}),
		open: async (config, onLine = () => undefined) => {
			const { promise: isThere, resolve } = Promise.withResolvers<void>();
			const box = await openBox({
				config,
				folder,
				// Flags of the engine would be those of all tests of this process.
				tunesEngine: false,
				onLine: (line) => {
					if (line.startsWith('usp {"kind":"ready"')) resolve();
					onLine(line);
				},
			});
			t.teardown(() => box.close());
			await isThere;
			return box;
		},
	};
}

test.serial('a program opens a box, reads its lines, and closes it', async (t) => {
	const { config, open, broker } = await place(t);
	const lines: string[] = [];
	{
		await using box = await open(config(), (line) => lines.push(line));
		t.true(broker.connections > 0);
		void box.ended.then((why) => lines.push(`ended: ${why}`));
	}
	t.is(lines.at(-1), 'ended: closed');
	t.true(lines.some((line) => /^usp \{"kind":"ready"/.test(line)));
});

test.serial('it may be closed twice, and opened again where it was', async (t) => {
	const { config, open } = await place(t);
	const box = await open(config());
	await Promise.all([box.close(), box.close()]);
	await box.close();
	t.is(await box.ended, 'closed');
	await t.notThrowsAsync(open(config()));
});

test.serial('what it is told is checked as in a file, with the field that is wrong', async (t) => {
	const { config, folder } = await place(t);
	for (const [wrong, field] of [
		[{ ...config(), controllers: 'nobody' }, /the configuration: controllers/],
		[config({ broker: 'somewhere' }), /broker/],
		[config({ root: 'nowhere.json' }), /root: .*nowhere\.json/],
		[undefined, /the configuration/],
		[{ ...config(), endpointId: 1n }, /cannot be written as JSON/],
	] as [never, RegExp][])
		await t.throwsAsync(openBox({ config: wrong, folder, tunesEngine: false }), {
			code: 'bad-config',
			message: field,
		});
	const withNull = { ...config(), metrics: null } as never;
	const box = await openBox({ config: withNull, folder, tunesEngine: false });
	await box.close();
});

test.serial(
	'a box that cannot be opened leaves no connection behind, and can be opened once it can',
	async (t) => {
		const { config, folder, open, broker } = await place(t);
		await mkdir(join(folder, 'state'));
		const inTheWay = join(folder, 'state', 'code');
		await writeFile(inTheWay, 'a file where a folder should be');
		await t.throwsAsync(openBox({ config: config(), folder, tunesEngine: false }), { code: 'not-opened' });
		// The broker hears of it a moment later.
		while (broker.connections > 0) await pause(1);
		await rm(inTheWay);
		await t.notThrowsAsync(open(config()));
	},
);

test.serial('two boxes live in one process, each with its own name and folder', async (t) => {
	const { config, open } = await place(t);
	const one = await open(config());
	const other = await open(config({ endpointId: 'os::00D09E-LIBRARY-000002', state: 'other' }));
	await one.close();
	t.is(await Promise.race([other.ended, Promise.resolve('open')]), 'open');
	await other.close();
});

test.serial(
	'a second box of the same name, or on the same folder by whatever path, is refused',
	async (t) => {
		const { config, open, folder } = await place(t);
		await open(config());
		await symlink(join(folder, 'state'), join(folder, 'link'));
		const second = (changes: Partial<BoxConfig>) =>
			openBox({ config: config(changes), folder, tunesEngine: false });
		await t.throwsAsync(second({ state: 'other' }), { code: 'already-open', message: /endpoint id/ });
		const endpointId = 'os::00D09E-LIBRARY-000002';
		await t.throwsAsync(second({ endpointId }), { code: 'already-open', message: /state/ });
		await t.throwsAsync(second({ endpointId, state: 'link' }), { code: 'already-open', message: /state/ });
	},
);

test.serial(
	'a box whose battery is nearly empty closes, and says so to who can switch off the machine',
	async (t) => {
		const { config, folder, open } = await place(t);
		const power = await PowerFolder.make(join(folder, 'power'));
		await power.setMains(false);
		const box = await open(config({ power: { supplies: power.folder } }));
		await power.setBattery({ percent: 1 });
		t.is(await box.ended, 'power-off');
	},
);

test.serial(
	'the process stays that of the program: its signals, its environment, its warnings',
	async (t) => {
		const { config, open } = await place(t);
		const of = () => ({
			listeners: process.eventNames().map((name) => [name, process.listenerCount(name)]),
			environment: { ...process.env },
			noDeprecation: process.noDeprecation,
			folder: process.cwd(),
		});
		const before = of();
		const box = await open(config());
		t.deepEqual(of(), before);
		await box.close();
		t.deepEqual(of(), before);
	},
);

test.serial('a program that fails at a line fails by itself, and the box goes on', async (t) => {
	const { config, open } = await place(t);
	const listeners = process.listeners('uncaughtException');
	process.removeAllListeners('uncaughtException');
	t.teardown(() => {
		for (const listener of listeners) process.on('uncaughtException', listener);
	});
	const failed = once(process, 'uncaughtException');
	let isFirst = true;
	const box = await open(config(), () => {
		if (!isFirst) return;
		isFirst = false;
		throw new Error('the program of somebody else');
	});
	t.like((await failed)[0], { message: 'the program of somebody else' });
	t.is(await Promise.race([box.ended, Promise.resolve('open')]), 'open');
});
