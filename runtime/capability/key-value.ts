/** Keeps small values across restarts, each service in its own bucket. */
import type { Directory } from '../directory.ts';
import { codeOf } from '../error.ts';
import { Fields } from '../module/manifest-fields.ts';
import type { Capability, VmContext } from './capability.ts';

export interface KeyValueGrant {
	/** Keys and values together, in bytes. */
	readonly maxBytes: number;
}

export function keyValue(directory: Directory): Capability<KeyValueGrant> {
	return {
		name: 'key-value',
		imports: 'mullion:service/key-value@0.1.0',
		parse: (grant) => {
			const fields = new Fields(grant, 'manifest.capabilities.key-value');
			const parsed = { maxBytes: fields.whole('maxBytes', { fallback: 65_536, most: 16_777_216 }) };
			fields.end();
			return parsed;
		},
		link: async ({ maxBytes }, vm) => {
			const folder = directory.folder(vm.name.replaceAll('@', '.'));
			const writer = new Writer(folder, vm);
			return {
				spec: { bucket: await readBucket(folder), bucketBytes: maxBytes },
				effects: {
					put: ({ key, value }) => writer.write(key, value),
					delete: (key) => writer.write(key, undefined),
				},
			};
		},
		quota: ({ maxBytes }) => ({ bytes: maxBytes }),
		close: () => undefined,
	};
}

/** Keys are any text; files are named by their hex. */
const fileOf = (key: string) => new TextEncoder().encode(key).toHex();
const keyOf = (file: string) => new TextDecoder().decode(Uint8Array.fromHex(file));

async function readBucket(folder: Directory): Promise<Map<string, Uint8Array>> {
	const bucket = new Map<string, Uint8Array>();
	for (const file of await folder.list()) {
		const value = await folder.read(file);
		if (value !== undefined) bucket.set(keyOf(file), value);
	}
	return bucket;
}

/** Writes one after the other, in the order of the turns that asked for it. */
class Writer {
	readonly #folder: Directory;
	readonly #vm: VmContext;
	#last: Promise<void> = Promise.resolve();

	constructor(folder: Directory, vm: VmContext) {
		this.#folder = folder;
		this.#vm = vm;
	}

	write(key: string, value: Uint8Array | undefined): void {
		const file = fileOf(key);
		this.#last = this.#last
			.then(() => (value === undefined ? this.#folder.remove(file) : this.#folder.write(file, value)))
			.catch((error: unknown) =>
				this.#vm.say({ level: 'error', text: `"${key}" could not be kept: ${codeOf(error)}: ${error}` }),
			);
	}
}
