/** Keeps small values across restarts, each service in its own bucket. */
import type { Directory } from '../directory.ts';
import { codeOf } from '../error.ts';
import { object } from '../field-rules.ts';
import { grantBy } from '../module/manifest.ts';
import { type NumberField, numbers } from '../module/number-field.ts';
import { effectsOf } from '../vm/box-effects.ts';
import type { BoxEffect } from '../vm/cell-protocol.ts';
import type { Capability, EffectHandlers, VmContext } from './capability.ts';

export interface KeyValueGrant {
	/** Keys and values together, in bytes. */
	readonly maxBytes: number;
}

export interface KeyValue extends Capability<KeyValueGrant> {
	/** Removes all that a VM has kept. Errors: `io`. */
	forget(vm: string): Promise<void>;
	/** All that a VM has kept, by key. Errors: `io`. */
	contents(vm: string): Promise<ReadonlyMap<string, Uint8Array>>;
	/** Has a VM that does not run have kept this and nothing else; a cut in between leaves a part of it. Errors: `disk-full`, `io`. */
	replace(vm: string, contents: ReadonlyMap<string, Uint8Array>): Promise<void>;
}

export const keyValueFields = {
	maxBytes: {
		fallback: 65_536,
		most: 16_777_216,
		what: 'Keys and values together, in bytes.',
		beyond: 'nothing of the turn happens (`over-quota`, named `storage`)',
	},
} as const satisfies Record<string, NumberField>;

export function keyValue(directory: Directory): KeyValue {
	const folderOf = (vm: string): Directory => directory.folder(vm.replaceAll('@', '.'));
	const writers = new Map<string, Writer>();
	const buckets: Buckets = { folderOf, writers };
	const forget = async (vm: string): Promise<void> => {
		await writers.get(vm)?.settled();
		writers.delete(vm);
		const folder = folderOf(vm);
		for (const file of await folder.list()) await folder.remove(file);
	};
	return {
		name: 'key-value',
		imports: 'mullion:service/key-value@0.1.0',
		effects: effectsOf('key-value'),
		parse: grantBy('key-value', object('an object', numbers(keyValueFields))),
		link: async ({ maxBytes }, vm) => {
			// What the VM put before it failed is on its way to the disk, and has to be seen.
			await writers.get(vm.name)?.settled();
			return {
				spec: { bucket: await readBucket(folderOf(vm.name)), bucketBytes: maxBytes },
				effects: new Writer(vm, buckets),
			};
		},
		quota: ({ maxBytes }) => ({ bytes: maxBytes }),
		close: () => undefined,
		forget,
		contents: (vm) => readBucket(folderOf(vm)),
		replace: async (vm, contents) => {
			await forget(vm);
			const folder = folderOf(vm);
			for (const [key, value] of contents) await folder.write(fileOf(key), value);
		},
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

const nothingWritten = Promise.resolve();

/** What all VMs have in common. */
interface Buckets {
	/** Of a VM, by its name. */
	readonly folderOf: (vm: string) => Directory;
	/** Of VMs that have written something, by name. */
	readonly writers: Map<string, Writer>;
}

/** Writes one after the other, in the order of the turns that asked for it. */
class Writer implements EffectHandlers {
	readonly #vm: VmContext;
	readonly #buckets: Buckets;
	/** Most VMs never write. */
	#folder: Directory | undefined;
	#last: Promise<void> = nothingWritten;

	constructor(vm: VmContext, buckets: Buckets) {
		this.#vm = vm;
		this.#buckets = buckets;
	}

	/** Resolves when all that was written so far is on the disk, or was found not to fit there. */
	settled(): Promise<void> {
		return this.#last;
	}

	put({ key, value }: Extract<BoxEffect, { tag: 'put' }>['val']): void {
		this.#write(key, value);
	}

	delete(key: string): void {
		this.#write(key, undefined);
	}

	#write(key: string, value: Uint8Array | undefined): void {
		const file = fileOf(key);
		const { folderOf, writers } = this.#buckets;
		this.#folder ??= folderOf(this.#vm.name);
		const folder = this.#folder;
		writers.set(this.#vm.name, this);
		this.#last = this.#last
			.then(() => (value === undefined ? folder.remove(file) : folder.write(file, value)))
			.catch((error: unknown) =>
				this.#vm.say({ level: 'error', text: `"${key}" could not be kept: ${codeOf(error)}: ${error}` }),
			);
	}
}
