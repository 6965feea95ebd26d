/** A module as it comes to a box. */
import type { Manifest } from './manifest.ts';

export interface Delivery {
	readonly bytes: Uint8Array;
	/** SHA-256, lower-case hexadecimal; checked before anything else. */
	readonly digest: string;
	/** TR-181 UUID of the unit. */
	readonly uuid: string;
	/** Where the bytes came from. */
	readonly url: string;
	/**
	 * What it starts with in place of the configuration that it was built with, as base64. An update without it goes on
	 * with what the version before was given; null brings back the one that it was built with.
	 */
	readonly config?: string | null | undefined;
	/** Throws if this is not what was wanted, before anything of it is kept. */
	readonly check?: (manifest: Manifest) => void;
}
