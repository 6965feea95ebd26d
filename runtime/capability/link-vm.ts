/** Ties a VM to every capability that its manifest asks for, and to those that everyone has. */
import { Alike } from '../alike.ts';
import { type Manifest, ManifestError } from '../module/manifest.ts';
import { orRather } from '../near-name.ts';
import type { BoxEffect, VmSpec } from '../vm/cell-protocol.ts';
import type { Capability, EffectHandlers, Link, Quota, VmContext } from './capability.ts';
import { cappedGrant, type GrantCaps } from './grant-caps.ts';

/** The capabilities of a box, by name. */
export class Capabilities {
	readonly #byName: ReadonlyMap<string, Capability>;
	readonly #caps: GrantCaps;

	/** @param caps the most of each that any module gets; default what the platform allows */
	constructor(capabilities: readonly Capability[], caps: GrantCaps = {}) {
		this.#caps = caps;
		this.#byName = new Map(capabilities.map((capability) => [capability.name, capability]));
	}

	of(name: string): Capability | undefined {
		return this.#byName.get(name);
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

	/** What it asks for, as far as the box allows it. @throws ManifestError as `quotas` */
	grants(manifest: Manifest): { capability: Capability; grant: unknown }[] {
		for (const name of Object.keys(manifest.capabilities)) {
			if (!this.#byName.has(name))
				throw new ManifestError(
					'capability-unknown',
					`manifest.capabilities.${name} is not a capability of this box${orRather(name, this.#byName.keys())}`,
				);
		}
		return [...this.#byName.values()]
			.filter(({ name, isForEveryone }) => isForEveryone || Object.hasOwn(manifest.capabilities, name))
			.map((capability) => {
				const asked = capability.parse(manifest.capabilities[capability.name] ?? {}, manifest);
				return { capability, grant: cappedGrant(capability.name, asked, this.#caps) };
			});
	}
}

type LinkedSpec = Pick<VmSpec, 'log' | 'bucket' | 'bucketBytes' | 'clockStepUs'>;

const alikeNames = new Alike();
const alikeSpecs = new Alike();

/** A box has many, and most of them have it alike: only what is its own is kept for each. */
export class LinkedVm {
	readonly #capabilities: Capabilities;
	readonly #vm: VmContext;
	/** Names of those that it is linked to. */
	readonly #names: readonly string[];
	readonly #handlers: readonly EffectHandlers[];
	/** Without what it has stored, which is its cell's to know. */
	readonly spec: Omit<LinkedSpec, 'bucket'>;

	constructor(capabilities: Capabilities, vm: VmContext, names: readonly string[], links: readonly Link[]) {
		const { bucket: _, ...spec }: LinkedSpec = Object.assign({}, ...links.map((link) => link.spec));
		this.#capabilities = capabilities;
		this.#vm = vm;
		this.#names = alikeNames.of(names);
		// A copy has no room for more.
		this.#handlers = links.flatMap(({ effects }) => effects ?? []).slice();
		this.spec = alikeSpecs.of(spec);
	}

	/** Effects that it may have. */
	effects(): BoxEffect['tag'][] {
		return this.#linked().flatMap(({ effects }) => effects ?? []);
	}

	carryOut({ tag, val }: BoxEffect): void {
		for (const handlers of this.#handlers) {
			const handler = handlers as Partial<Record<BoxEffect['tag'], (val: BoxEffect['val']) => void>>;
			handler[tag]?.(val);
		}
	}

	close(): void {
		for (const capability of this.#linked()) capability.close(this.#vm);
	}

	#linked(): Capability[] {
		return this.#names.flatMap((name) => this.#capabilities.of(name) ?? []);
	}
}

/** @throws ManifestError `capability-unknown`, `bad-manifest` */
export async function linkVm(
	capabilities: Capabilities,
	vm: VmContext,
): Promise<{ linked: LinkedVm; bucket: VmSpec['bucket'] }> {
	const grants = capabilities.grants(vm.manifest);
	const links = await Promise.all(grants.map(({ capability, grant }) => capability.link(grant, vm)));
	const names = grants.map(({ capability }) => capability.name);
	return {
		linked: new LinkedVm(capabilities, vm, names, links),
		bucket: links.find(({ spec }) => spec?.bucket !== undefined)?.spec?.bucket,
	};
}
