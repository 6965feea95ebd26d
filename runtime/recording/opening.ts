/** What a recording says first: everything that a VM's turns depend on besides its module. */
import type { Opening } from '../../proto/host/recording/recording.ts';
import type { VmId, VmSpec } from '../vm/cell-protocol.ts';

/** Where the module comes from and what runs it. */
export interface Origin {
	readonly module: string;
	readonly version: string;
	/** SHA-256 of the module's bytes, in hexadecimal. */
	readonly digest: string;
	readonly platform: string;
}

export function openingOf(vm: VmId, spec: VmSpec, { module, version, digest, platform }: Origin): Opening {
	const { name, topics, config, baseband, effects, bucket, bucketBytes, budget } = spec;
	return {
		module,
		version,
		digest: Uint8Array.fromHex(digest),
		platform,
		vmName: name,
		vm,
		topics: topics.map((topic) => topic.name),
		config,
		baseband,
		effects: [...effects],
		bucket: [...(bucket ?? [])].map(([key, value]) => ({ key, value })),
		...(bucketBytes === undefined ? {} : { bucketBytes }),
		turnMs: budget.turnMs,
		effectsPerTurn: budget.effectsPerTurn,
		effectBytesPerTurn: budget.effectBytesPerTurn,
	};
}
