/** The name of a module's bytes: their SHA-256, 64 lower-case hexadecimal digits. */
export type Digest = string;

/** Makes the digest of bytes; a platform may pass in a faster one than the default. */
export type Hasher = (bytes: Uint8Array) => Promise<Digest>;

export function isDigest(text: unknown): text is Digest {
	return typeof text === 'string' && /^[0-9a-f]{64}$/.test(text);
}

export const sha256: Hasher = async (bytes) => {
	// Web Crypto takes no shared memory, and the type cannot tell: such bytes are copied first.
	const own = bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : bytes.slice();
	return new Uint8Array(await crypto.subtle.digest('SHA-256', own)).toHex();
};
