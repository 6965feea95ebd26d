/** Modules that firmware carries: in its verified root, from where a box takes them at its first start. */
import { createHash } from 'node:crypto';
import { manifestOf } from '../../runtime/component/prepare.ts';
import type { FactoryModule, FactoryPolicy } from '../factory/factory-module.ts';
import type { Staging } from './staging.ts';

export interface CarriedModule {
	/** A component with its manifest. */
	readonly bytes: Uint8Array;
	/** What becomes of it on a box that has another version; default `newer`. */
	readonly policy?: FactoryPolicy;
}

const folder = 'usr/share/mullion';

/** What the image says of them. @throws ManifestError */
export async function stageModules(
	staging: Staging,
	modules: readonly CarriedModule[],
): Promise<FactoryModule[]> {
	const staged: FactoryModule[] = [];
	for (const { bytes, policy = 'newer' } of modules) {
		const { name, version } = manifestOf(bytes);
		const path = `${folder}/${name}.wasm`;
		await staging.write(path, bytes);
		const digest = createHash('sha256').update(bytes).digest('hex');
		staged.push({ name, version, digest, policy, file: `/${path}` });
	}
	return staged;
}
