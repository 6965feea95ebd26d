/** Brings the player to a box, as an operator would. */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type BuiltModule, buildModule } from '../build/component.ts';
import { keepMap } from '../headend/repository/maps.ts';
import { moduleTarget } from '../headend/repository/module-target.ts';
import type { Stage } from './stage.ts';

const source = fileURLToPath(new URL('../../modules/player', import.meta.url));

/** The thrifty player is pushed; the rich one is only signed: the box fetches it when it needs it. */
export async function publishPlayer(
	stage: Stage,
	tell: (text: string) => void = () => undefined,
): Promise<Record<string, number>> {
	const modules = await buildModule({ directory: source });
	const took = Math.max(...modules.map(({ tookMs }) => tookMs));
	tell(`player built in ${took.toFixed(0)} ms`);
	for (const module of modules) await sign(stage, module);
	const thrifty = modules.find(({ name }) => name === 'player-thrifty');
	if (thrifty === undefined) throw new Error('the player has no thrifty persona');
	const startedAt = performance.now();
	await stage.operator.operate('Device.SoftwareModules.InstallDU()', {
		URL: `tuf:${moduleTarget(thrifty.manifest).path}`,
	});
	const ms = performance.now() - startedAt;
	tell(`${thrifty.name} ${thrifty.version} came over MQTT, was verified and runs: ${ms.toFixed(0)} ms`);
	return { [thrifty.name]: ms };
}

async function sign(
	{ headend: { repository } }: Stage,
	{ bytes, map, manifest }: BuiltModule,
): Promise<void> {
	await repository.addTarget({ ...moduleTarget(manifest), bytes });
	const digest = createHash('sha256').update(bytes).digest('hex');
	await keepMap(repository.directory, { digest, map });
}
