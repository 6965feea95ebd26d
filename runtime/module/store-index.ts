/** The list of what is installed, as one file: its SHA-256 on the first line, JSON after it. */
import { type Digest, type Hasher, isDigest } from './store-digest.ts';
import { StoreError } from './store-error.ts';

/** One installed module (TR-181: a Deployment Unit). Its name is its key. */
export interface Unit {
	readonly name: string;
	readonly version: string;
	/** Of the bytes it runs from. */
	readonly digest: Digest;
	/** TR-181 UUID: the same for every version of a unit. */
	readonly uuid: string;
	/** Where it was last installed from. */
	readonly url?: string;
	/** Microseconds since the Unix epoch. */
	readonly installedAtUs: number;
	/** What its VM should be doing, whatever it does at the moment (TR-181 RequestedState). */
	readonly requestedState: 'active' | 'idle';
	/** The module's own manifest, any JSON. */
	readonly manifest?: unknown;
	/** What it starts with in place of the configuration that it was built with, as base64. */
	readonly config?: string;
	/** The version to go back to; its bytes are kept as long as it is named here. */
	readonly previous?: { readonly version: string; readonly digest: Digest };
}

/** The digests a unit keeps on the box. */
export function digestsOf(unit: Unit): Digest[] {
	return unit.previous === undefined ? [unit.digest] : [unit.digest, unit.previous.digest];
}

export async function encodeIndex(units: readonly Unit[], hash: Hasher): Promise<Uint8Array> {
	const body = JSON.stringify({ format: 1, units });
	const checksum = await hash(new TextEncoder().encode(body));
	return new TextEncoder().encode(`${checksum}\n${body}`);
}

/** Errors: `store-corrupt`, `store-newer`. */
export async function decodeIndex(file: Uint8Array, hash: Hasher): Promise<Unit[]> {
	const body = file.subarray(65);
	const head = new TextDecoder().decode(file.subarray(0, 65));
	if (head !== `${await hash(body)}\n`) {
		throw new StoreError('store-corrupt', 'the index of installed modules does not match its checksum');
	}
	const { format, units } = JSON.parse(new TextDecoder().decode(body));
	if (format !== 1) {
		throw new StoreError('store-newer', `the index of installed modules has format ${format}, not 1`);
	}
	return units;
}

/** Errors: `bad-unit`, naming the first field that is wrong. */
export function checkUnit(unit: Unit): void {
	const { name, version, digest, uuid, installedAtUs, requestedState, previous, config } = unit;
	const wrong = Object.entries({
		name: name.length > 0,
		version: version.length > 0,
		uuid: uuid.length > 0,
		digest: isDigest(digest),
		installedAtUs: Number.isSafeInteger(installedAtUs) && installedAtUs >= 0,
		requestedState: requestedState === 'active' || requestedState === 'idle',
		config: config === undefined || /^[A-Za-z0-9+/]*={0,2}$/.test(config),
		previous: previous === undefined || (previous.version.length > 0 && isDigest(previous.digest)),
	}).find(([, isRight]) => !isRight);
	if (wrong !== undefined) {
		throw new StoreError('bad-unit', `the deployment unit ${JSON.stringify(name)} has a bad ${wrong[0]}`);
	}
}
