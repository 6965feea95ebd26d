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
	const usesNetwork = Object.hasOwn(capabilities, 'network-stream');
	return [{ name, baseband: usesNetwork ? (networks[0]?.id ?? '') : '' }];
}
