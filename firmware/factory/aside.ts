/** What is needed on the way back to other firmware: components that it does not carry, and what VMs had kept. */
import type { Directory } from '../../runtime/directory.ts';

/** By VM, then by key. */
export type KeptBuckets = ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>;
type Packed = readonly (readonly [string, readonly (readonly [string, string])[]])[];

export interface Aside {
	putBuckets(module: string, firmware: string, kept: KeptBuckets): Promise<void>;
	/** Undefined where nothing was set aside, or it is damaged. */
	bucketsOf(module: string, firmware: string): Promise<KeptBuckets | undefined>;
	putBytes(digest: string, bytes: Uint8Array): Promise<void>;
	bytes(digest: string): Promise<Uint8Array | undefined>;
	/** Removes all else. */
	keepOnly(needed: {
		readonly firmware: string | undefined;
		readonly bytes: readonly string[];
	}): Promise<void>;
}

export function openAside(directory: Directory): Aside {
	const [buckets, components] = [directory.folder('buckets'), directory.folder('components')];
	const fileOf = (module: string, firmware: string): string => `${module}.${firmware}`;
	return {
		putBuckets: (module, firmware, kept) => {
			const packed: Packed = [...kept].map(([vm, bucket]) => [
				vm,
				[...bucket].map(([key, value]) => [key, value.toBase64()]),
			]);
			return buckets.write(fileOf(module, firmware), new TextEncoder().encode(JSON.stringify(packed)));
		},
		bucketsOf: async (module, firmware) => {
			const bytes = await buckets.read(fileOf(module, firmware));
			if (bytes === undefined) return undefined;
			try {
				const packed = JSON.parse(new TextDecoder().decode(bytes)) as Packed;
				return new Map(
					packed.map(([vm, bucket]) => [
						vm,
						new Map(bucket.map(([key, value]) => [key, Uint8Array.fromBase64(value)])),
					]),
				);
			} catch {
				return undefined;
			}
		},
		putBytes: (digest, bytes) => components.write(digest, bytes),
		bytes: (digest) => components.read(digest),
		keepOnly: async ({ firmware, bytes }) => {
			for (const name of await buckets.list())
				if (firmware === undefined || !name.endsWith(`.${firmware}`)) await buckets.remove(name);
			for (const digest of await components.list())
				if (!bytes.includes(digest)) await components.remove(digest);
		},
	};
}
