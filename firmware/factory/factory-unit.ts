/** A module that firmware has put on the box, as the box knows it. */
import type { Unit } from '../../runtime/module/store-index.ts';
import { type FactoryModule, factoryScheme } from './factory-module.ts';

/**
 * @param before what it takes the place of: who it is, and whether it is to run, stays
 * @param config of the operator, as base64
 */
export function factoryUnit(
	{ name, version, digest }: FactoryModule,
	{
		before,
		config,
		now,
	}: { readonly before: Unit | undefined; readonly config: string | undefined; readonly now: number },
): Unit {
	return {
		name,
		version,
		digest,
		uuid: before?.uuid ?? uuidOf(digest),
		url: `${factoryScheme}${name}-${version}.wasm`,
		installedAtUs: now,
		requestedState: before?.requestedState ?? 'active',
		...(config !== undefined && { config }),
	};
}

/** The same for the same module: RFC 9562 5.8, version 8. */
function uuidOf(digest: string): string {
	const digits = `${digest.slice(0, 12)}8${digest.slice(13, 16)}8${digest.slice(17, 32)}`;
	return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
