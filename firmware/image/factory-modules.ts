/** Modules that a box has from its first start: put on its data partition as an install would have done. */
import { createHash } from 'node:crypto';
import { manifestOf } from '../../runtime/component/prepare.ts';
import { ModuleStore } from '../../runtime/module/store.ts';
import { openDirectory } from '../hal/directory.ts';

export interface FactoryOptions {
	/** Of the box, where its modules are kept below. */
	readonly state: string;
	/** Components with their manifests. */
	readonly modules: readonly Uint8Array[];
	/** Seconds since the epoch. */
	readonly builtAt: number;
}

/** Errors: `bad-manifest`, those of `ModuleStore`. */
export async function installAtFactory({ state, modules, builtAt }: FactoryOptions): Promise<void> {
	const directory = await openDirectory(state);
	const store = await ModuleStore.open({ directory: directory.folder('modules') });
	for (const bytes of modules) {
		const { name, version } = manifestOf(bytes);
		const digest = createHash('sha256').update(bytes).digest('hex');
		await store.put(bytes, digest);
		await store.record({
			name,
			version,
			digest,
			uuid: uuidOf(digest),
			url: `factory:${name}-${version}.wasm`,
			installedAtUs: builtAt * 1_000_000,
			requestedState: 'active',
		});
	}
}

/** The same for the same module: RFC 9562 5.8, version 8. */
function uuidOf(digest: string): string {
	const digits = `${digest.slice(0, 12)}8${digest.slice(13, 16)}8${digest.slice(17, 32)}`;
	return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
