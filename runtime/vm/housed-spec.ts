/**
 * A spec as its cell keeps it: with a module that is compiled when it is asked for.
 *
 * Every turn reads it, so all have one shape, whatever their manifests ask for: what an engine has seen in
 * many shapes it looks up by name.
 */
import { Alike } from '../alike.ts';
import type { ServiceCode } from '../component/service-code.ts';
import type { VmSpec } from './cell-protocol.ts';

const alike = new Alike();
/** Words that come from another thread are new ones each time. */
const words = new Alike();
const noConfig = new Uint8Array(0);
const emptyBucket: NonNullable<VmSpec['bucket']> = new Map();

export class HousedSpec implements VmSpec {
	readonly name: VmSpec['name'];
	readonly code: VmSpec['code'];
	readonly encoding: VmSpec['encoding'];
	readonly foreign: VmSpec['foreign'];
	readonly priority: VmSpec['priority'];
	readonly budget: VmSpec['budget'];
	topics: VmSpec['topics'];
	readonly effects: VmSpec['effects'];
	readonly config: VmSpec['config'];
	readonly baseband: VmSpec['baseband'];
	readonly log: VmSpec['log'];
	readonly bucket: VmSpec['bucket'];
	readonly bucketBytes: VmSpec['bucketBytes'];
	readonly clockStepUs: VmSpec['clockStepUs'];
	readonly sleepAfterMs: VmSpec['sleepAfterMs'];
	readonly passage: VmSpec['passage'];
	readonly keep: VmSpec['keep'];
	readonly recording: VmSpec['recording'];
	readonly isContainer: VmSpec['isContainer'];
	readonly #code: ServiceCode;

	constructor(spec: VmSpec, code: ServiceCode) {
		this.name = spec.name;
		this.code = spec.code;
		this.encoding = words.of(spec.encoding);
		this.foreign = spec.foreign;
		this.priority = words.of(spec.priority);
		this.budget = alike.of(spec.budget);
		this.topics = alike.of(spec.topics);
		this.effects = alike.of(spec.effects);
		this.config = spec.config.length > 0 ? spec.config : noConfig;
		this.baseband = words.of(spec.baseband);
		this.log = alike.of(spec.log);
		this.bucket = spec.bucket?.size === 0 ? emptyBucket : spec.bucket;
		this.bucketBytes = spec.bucketBytes;
		this.clockStepUs = spec.clockStepUs;
		this.sleepAfterMs = spec.sleepAfterMs;
		this.passage = spec.passage;
		this.keep = spec.keep;
		this.recording = spec.recording;
		this.isContainer = spec.isContainer;
		this.#code = code;
	}

	get module(): WebAssembly.Module {
		return this.#code.module;
	}
}
