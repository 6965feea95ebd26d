/** From source to a running VM: building, installing and starting the player. */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openDirectory } from '../../firmware/hal/directory.ts';
import { allImports } from '../../modules/probe/testbed.ts';
import { prepareComponent } from '../../runtime/component/prepare.ts';
import { ModuleStore } from '../../runtime/module/store.ts';
import { bareSpec } from '../../runtime/vm/bare-spec.fixture.ts';
import { Vm } from '../../runtime/vm/vm.ts';
import { buildModule } from '../build/component.ts';
import { type Figure, interleaved, limited } from './figure.ts';

const run = promisify(execFile);
const source = fileURLToPath(new URL('../../modules/player', import.meta.url));
const commandLine = fileURLToPath(new URL('../mullion.ts', import.meta.url));

export async function lifecycleFigures(): Promise<Figure[]> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-bench-'));
	try {
		return [...(await buildFigures(folder)), ...(await installFigures(folder))];
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/** As an author waits for it: the whole command, its Node included. */
async function buildFigures(folder: string): Promise<Figure[]> {
	const module = join(folder, 'player');
	await cp(source, module, { recursive: true });
	const build = (): Promise<number> =>
		milliseconds(() => run(process.execPath, [commandLine, 'build', module]));
	const measured = await interleaved(
		{
			cold: async () => {
				await rm(join(module, 'dist'), { recursive: true, force: true });
				return build();
			},
			warm: build,
		},
		3,
	);
	return [
		limited('mullion build player, cold', 'ms', measured.cold, 3000),
		limited('mullion build player, warm', 'ms', measured.warm, 1000),
	];
}

async function installFigures(folder: string): Promise<Figure[]> {
	const [player] = await buildModule({ directory: source });
	if (player === undefined) throw new Error('the player was not built');
	const { bytes } = player;
	const provided = allImports;
	let round = 0;
	const install = async (): Promise<void> => {
		const digest = createHash('sha256').update(bytes).digest('hex');
		const { manifest } = await prepareComponent(bytes, { provided });
		const directory = await openDirectory(join(folder, `store-${round++}`));
		const store = await ModuleStore.open({ directory });
		await store.put(bytes, digest);
		const { name, version } = manifest;
		await store.record({ name, version, digest, uuid: 'bench', installedAtUs: 0, requestedState: 'active' });
	};
	const component = await prepareComponent(bytes, { provided });
	const spec = bareSpec(component, { effects: ['fetch', 'cancel-fetch', 'play'], baseband: 'lte0' });
	const measured = await interleaved(
		{
			install: () => milliseconds(install),
			start: () => milliseconds(async () => void new Vm({ id: 1, spec }).start(0n)),
		},
		15,
	);
	return [
		limited('install of the player: verify, decode, compile, store', 'ms', measured.install, 300),
		limited('start of an installed VM', 'ms', measured.start, 5),
	];
}

async function milliseconds(action: () => Promise<unknown>): Promise<number> {
	const startedAt = performance.now();
	await action();
	return performance.now() - startedAt;
}
