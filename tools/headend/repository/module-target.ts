/** How a module is offered: the path of its target and what boxes may search it by. */

import { certificatePath } from '../../../firmware/update/certificate-path.ts';

/** The part of a module's manifest that boxes may search for before they have the module. */
export interface ModuleSummary {
	readonly name: string;
	readonly version: string;
	readonly vendor: string;
	/** Which sessions it can carry, and over which range classes. */
	readonly session?: { readonly kind: string; readonly ranges: readonly string[] } | undefined;
	/** The devices that it serves, `vendor:product` each. */
	readonly usb?: readonly string[] | undefined;
}

/** What a box finds a module by, and what it then starts it with. */
export interface ModuleCustom extends ModuleSummary {
	/**
	 * In place of the configuration that it was built with: base64. Without it, a box that updates the module goes on with
	 * the one that it has; null brings back the one that it was built with.
	 */
	readonly config?: string | null;
}

/** For `Repository.addTarget`; a box finds it again by `custom`. @param config in place of the one that it was built with; null brings that back */
export function moduleTarget(
	manifest: ModuleSummary,
	config?: Uint8Array | null,
): { path: string; custom: ModuleCustom } {
	const { name, version, vendor, session, usb = [] } = manifest;
	const custom = {
		name,
		version,
		vendor,
		...(session && { session: { kind: session.kind, ranges: session.ranges } }),
		...(usb.length > 0 && { usb }),
		...(config !== undefined && { config: config?.toBase64() ?? null }),
	};
	return { path: `modules/${name}-${version}.wasm`, custom };
}

/** How the certificate of a module is offered: by the digest of the module's bytes. */
export function certificateTarget(sha256: string): { path: string; custom: object } {
	return { path: certificatePath(sha256), custom: { certifies: sha256 } };
}
