/** Ties a VM to every capability that its manifest asks for, and to those that everyone has. */
import { type Manifest, ManifestError } from '../module/manifest.ts';
import type { VmSpec } from '../vm/cell-protocol.ts';
import type { Capability, EffectHandlers, Quota, VmContext } from './capability.ts';

/** The capabilities of a box, by name. */
export class Capabilities {
	readonly #byName: ReadonlyMap<string, Capability>;

	constructor(capabilities: readonly Capability[]) {
		this.#byName = new Map(capabilities.map((capability) => [capability.name, capability]));
	}

	/** Interface of imports -> the capability that a manifest has to ask for; undefined is for everyone. */
	provided(): Map<string, string | undefined> {
		const entries = [...this.#byName.values()].flatMap(({ name, imports, isForEveryone }) =>
			imports === undefined ? [] : [[imports, isForEveryone ? undefined : name] as const],
		);
		return new Map(entries);
	}

	/** @throws ManifestError `capability-unknown`, or `bad-manifest` for a grant that makes no sense */
	quotas(manifest: Manifest): Record<string, Quota> {
		return Object.fromEntries(
			this.grants(manifest).map(({ capability, grant }) => [capability.name, capability.quota(grant)]),
		);
	}

	grants(manifest: Manifest): { capability: Capability; grant: unknown }[] {
		for (const name of Object.keys(manifest.capabilities)) {
			if (!this.#byName.has(name))
				throw new ManifestError(
					'capability-unknown',
					`manifest.capabilities.${name} is not a capability of this box`,
				);
		}
		return [...this.#byName.values()]
			.filter(({ name, isForEveryone }) => isForEveryone || Object.hasOwn(manifest.capabilities, name))
			.map((capability) => ({
				capability,
				grant: capability.parse(manifest.capabilities[capability.name] ?? {}, manifest),
			}));
	}
}

export interface LinkedVm {
	readonly effects: EffectHandlers;
	readonly spec: Pick<VmSpec, 'log' | 'bucket' | 'bucketBytes' | 'clockStepUs'>;
	close(): void;
}

/** @throws ManifestError `capability-unknown`, `bad-manifest` */
export async function linkVm(capabilities: Capabilities, vm: VmContext): Promise<LinkedVm> {
	const grants = capabilities.grants(vm.manifest);
	const links = await Promise.all(grants.map(({ capability, grant }) => capability.link(grant, vm)));
	const linked = grants.map(({ capability }) => capability);
	return {
		effects: Object.assign({}, ...links.map(({ effects }) => effects)),
		spec: Object.assign({}, ...links.map(({ spec }) => spec)),
		close: () => {
			for (const capability of linked) capability.close(vm);
		},
	};
}
