/**
 * The signed result of replaying a module's recordings: which bytes were tried, where, and whether
 * they did what was recorded.
 *
 * It stands in a DSSE envelope, which signs the very bytes of the statement, so nothing depends on how
 * its JSON is written. A certificate is of one module alone: another one's change does not touch it.
 */
import { CertificateError } from './certificate-error.ts';
import type { Digest } from './store-digest.ts';

export interface Certificate {
	readonly module: string;
	readonly version: string;
	/** SHA-256 of the module's bytes, in hexadecimal. */
	readonly digest: Digest;
	/** Version of the platform that replayed. */
	readonly platform: string;
	/** `equal` only where every profile was. */
	readonly outcome: 'equal' | 'different';
	/** ISO 8601, UTC. */
	readonly certifiedAt: string;
	readonly recordings: readonly CertifiedRecording[];
	readonly profiles: readonly CertifiedProfile[];
}

export interface CertifiedRecording {
	/** SHA-256 of the file, in hexadecimal. */
	readonly digest: Digest;
	readonly vm: string;
	/** Version of the module, and of the platform, that were recorded. */
	readonly version: string;
	readonly platform: string;
	readonly turns: number;
	readonly events: number;
	readonly effects: number;
}

/** What one kind of device made of the recordings. */
export interface CertifiedProfile {
	readonly name: string;
	/** Flags of the engine that stand for the device. */
	readonly flags: readonly string[];
	/** Processor and engine of the machine that replayed. */
	readonly machine: string;
	readonly outcome: 'equal' | 'different';
	/** The first difference, for people. */
	readonly difference?: string;
}

export interface Envelope {
	readonly payloadType: string;
	/** Base64 of the statement. */
	readonly payload: string;
	readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

export const certificateType = 'application/vnd.mullion.certificate+json';
/** Larger ones are not read. */
export const mostCertificateBytes = 262_144;

/** What is signed: DSSE v1, pre-authentication encoding. */
export function signedBytes(payload: Uint8Array): Uint8Array<ArrayBuffer> {
	const head = new TextEncoder().encode(
		`DSSEv1 ${certificateType.length} ${certificateType} ${payload.length} `,
	);
	const bytes = new Uint8Array(head.length + payload.length);
	bytes.set(head);
	bytes.set(payload, head.length);
	return bytes;
}

export interface CertificateCheck {
	/** The envelope, as JSON text. */
	readonly bytes: Uint8Array;
	/** Of the module that is to be started. */
	readonly digest: Digest;
	/** Public ed25519 keys in hexadecimal; one that has signed is enough. */
	readonly keys: readonly string[];
}

/** The certificate, if it lets the module start. @throws CertificateError `not-certified` */
export async function checkCertificate({ bytes, digest, keys }: CertificateCheck): Promise<Certificate> {
	if (bytes.length > mostCertificateBytes) throw refused(`${bytes.length} bytes are too many`);
	const envelope = parsed(bytes) as Partial<Envelope>;
	const payload = bytesOf(envelope.payload);
	const isSigned = envelope.payloadType === certificateType && (await isSignedBy(keys, envelope, payload));
	if (!isSigned) throw refused('it is not signed by a key that this box trusts');
	const certificate = parsed(payload) as Partial<Certificate>;
	if (certificate.digest !== digest) throw refused(`it is for ${certificate.digest}, not for ${digest}`);
	if (certificate.outcome !== 'equal') throw refused('its replays were not equal');
	return certificate as Certificate;
}

async function isSignedBy(
	keys: readonly string[],
	{ signatures }: Partial<Envelope>,
	payload: Uint8Array,
): Promise<boolean> {
	if (!Array.isArray(signatures) || signatures.length > 16) return false;
	const data = signedBytes(payload);
	for (const hex of keys) {
		const key = await crypto.subtle.importKey('raw', Uint8Array.fromHex(hex), 'Ed25519', false, ['verify']);
		for (const signature of signatures as (Partial<Envelope['signatures'][number]> | null)[]) {
			if (await crypto.subtle.verify('Ed25519', key, bytesOf(signature?.sig), data)) return true;
		}
	}
	return false;
}

function parsed(bytes: Uint8Array): object {
	try {
		const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
		if (typeof json === 'object' && json !== null) return json;
	} catch (cause) {
		throw refused('it is not JSON', { cause });
	}
	throw refused('it is no object');
}

function bytesOf(base64: unknown): Uint8Array<ArrayBuffer> {
	try {
		if (typeof base64 === 'string') return Uint8Array.fromBase64(base64);
	} catch (cause) {
		throw refused('a part of it is not base64', { cause });
	}
	throw refused('a part of it is missing');
}

function refused(what: string, options?: ErrorOptions): CertificateError {
	return new CertificateError('not-certified', `the certificate does not count: ${what}`, options);
}
