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

/** For `Repository.addTarget`; a box finds it again by `custom`. */
export function moduleTarget(manifest: ModuleSummary): { path: string; custom: ModuleSummary } {
	const { name, version, vendor, session, usb = [] } = manifest;
	const custom = {
		name,
		version,
		vendor,
		...(session && { session: { kind: session.kind, ranges: session.ranges } }),
		...(usb.length > 0 && { usb }),
	};
	return { path: `modules/${name}-${version}.wasm`, custom };
}

/** How the certificate of a module is offered: by the digest of the module's bytes. */
export function certificateTarget(sha256: string): { path: string; custom: object } {
	return { path: certificatePath(sha256), custom: { certifies: sha256 } };
}
