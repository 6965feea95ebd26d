/** Which VMs a module gets: one, or one for each network that it is made for. */
import type { Manifest, Range } from './manifest.ts';

export interface BoundNetwork {
	readonly id: string;
	readonly range: Range;
}

export interface BoundVm {
	readonly name: string;
	/** Empty when bound to no network. */
	readonly baseband: string;
}

export function vmNames(manifest: Manifest, networks: readonly BoundNetwork[]): BoundVm[] {
	const { name, session, capabilities } = manifest;
	if (session !== undefined)
		return networks
			.filter(({ range }) => session.ranges.includes(range))
			.map(({ id }) => ({ name: `${name}@${id}`, baseband: id }));
	return [{ name, baseband: isBound(capabilities['network-stream']) ? (networks[0]?.id ?? '') : '' }];
}

/** The module that a VM of this name is of. */
export function moduleOf(vm: string): string {
	const [module = ''] = vm.split('@');
	return module;
}

/** @param grant of `network-stream`; one that says that any network will do binds to none */
function isBound(grant: unknown): boolean {
	const { anyNetwork } = (grant ?? { anyNetwork: true }) as { readonly anyNetwork?: unknown };
	return anyNetwork !== true;
}
