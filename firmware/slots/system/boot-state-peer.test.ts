/** The tools of libubootenv, as an independent reader and writer of our copies: package `libubootenv-tool`. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { BlockDeviceFile } from '../../hal/block-device-file.ts';
import { bootStates } from '../boot-state.fixture.ts';
import { type BootState, copyPlaces, encodeBootState, lostBootState } from '../boot-state.ts';
import { BootStateStore } from '../boot-state-store.ts';

const run = promisify(execFile);

async function partition(t: ExecutionContext) {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-boot-state-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	const path = join(folder, 'bootstate');
	await writeFile(path, '');
	await truncate(path, 1_048_576);
	const device = await BlockDeviceFile.open(path);
	t.teardown(() => device[Symbol.asyncDispose]());
	const configs: string[] = [];
	for (const at of copyPlaces) {
		const config = join(folder, `copy-${at}.config`);
		// Each copy by itself: which one counts is not U-Boot's way of two environments, but ours.
		await writeFile(config, `${path} 0x${at.toString(16)} 0x200\n`);
		configs.push(config);
	}
	const [first = '', second = ''] = configs;
	return { device, first, second };
}

async function printed(config: string): Promise<Record<string, string>> {
	const { stdout, stderr } = await run('fw_printenv', ['-c', config]);
	if (/bad CRC|default/i.test(stderr)) throw new Error(stderr);
	return Object.fromEntries(
		stdout
			.trim()
			.split('\n')
			.map((line) => line.split('=') as [string, string]),
	);
}

function variablesOf({ seq, order, a, b, floor, tried, reason }: BootState): Record<string, string> {
	return {
		seq: seq.toString(16),
		order: order.join(' '),
		a_left: a.left.toString(16),
		a_good: String(Number(a.isGood)),
		b_left: b.left.toString(16),
		b_good: String(Number(b.isGood)),
		floor: floor.toString(16),
		...(tried === undefined ? {} : { tried }),
		...(reason === '' ? {} : { reason }),
	};
}

test('fw_printenv reads what the store wrote, in the copy that counts', async (t) => {
	const { device, first, second } = await partition(t);
	await device.write(copyPlaces[1], encodeBootState(lostBootState));
	const store = await BootStateStore.open(device);

	await fc.assert(
		fc.asyncProperty(bootStates, async ({ seq: _, ...changes }) => {
			const before = store.state.seq;
			const state = await store.change(() => changes);
			if (state.seq === before) return;
			t.deepEqual(await printed(state.seq % 2 === 1 ? first : second), variablesOf(state));
		}),
		{ numRuns: 30 },
	);
});

test('the store reads what fw_setenv wrote', async (t) => {
	const { device, first, second } = await partition(t);
	for (const at of copyPlaces) await device.write(at, encodeBootState({ ...lostBootState, seq: 9 }));

	await run('fw_setenv', ['-c', second, 'a_left', '2']);
	await run('fw_setenv', ['-c', second, 'tried', 'a']);
	await run('fw_setenv', ['-c', second, 'seq', 'a']);

	const { state } = await BootStateStore.open(device);
	t.deepEqual(state, { ...lostBootState, seq: 10, tried: 'a', a: { left: 2, isGood: false } });
	t.is((await printed(first))['seq'], '9');
});
