/** Modules that firmware carries: in its verified root, from where a box takes them at its first start. */
import { createHash } from 'node:crypto';
import { serviceSignatures } from '../../runtime/component/generated/service.ts';
import { codeOf } from '../../runtime/component/made-code.ts';
import { manifestOf, needsGlue } from '../../runtime/component/prepare.ts';
import type { FactoryModule, FactoryPolicy } from '../factory/factory-module.ts';
import type { Staging } from './staging.ts';

export interface CarriedModule {
	/** A component with its manifest. */
	readonly bytes: Uint8Array;
	/** What becomes of it on a box that has another version; default `newer`. */
	readonly policy?: FactoryPolicy;
}

const folder = 'usr/share/mullion';
const ourWorld = new Map([...serviceSignatures.imports.keys()].map((from) => [from, undefined]));

/** What the image says of them. @throws ManifestError */
export async function stageModules(
	staging: Staging,
	modules: readonly CarriedModule[],
): Promise<FactoryModule[]> {
	const staged: FactoryModule[] = [];
	for (const { bytes, policy = 'newer' } of modules) {
		const { name, version, budget } = manifestOf(bytes);
		const path = `${folder}/${name}.wasm`;
		await staging.write(path, bytes);
		const digest = createHash('sha256').update(bytes).digest('hex');
		const code = needsGlue(bytes, ourWorld) ? undefined : await codeOf(bytes, budget.memoryPages);
		if (code !== undefined) await staging.write(`${folder}/${name}.code.wasm`, code.bytes);
		staged.push({
			name,
			version,
			digest,
			policy,
			file: `/${path}`,
			...(code && { code: { file: `/${folder}/${name}.code.wasm`, memoryPages: code.memoryPages } }),
		});
	}
	return staged;
}
