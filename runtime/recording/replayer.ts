/**
 * Runs a module through recorded turns: the same start, times, inboxes and reads, on any machine.
 *
 * Nothing of what it answers leaves it. It may be another build than the one that was recorded; then
 * topics that only the new one declares get the numbers behind those of the recording.
 */
import type { Opening } from '../../proto/host/recording/recording.ts';
import type { Effect, Event } from '../component/generated/service.ts';
import type { GuestImage } from '../component/guest-state.ts';
import type { PreparedComponent } from '../component/prepare.ts';
import { boxEffects } from '../vm/box-effects.ts';
import type { LogLine, VmSpec } from '../vm/cell-protocol.ts';
import { VmError } from '../vm/error.ts';
import type { TurnWatch } from '../vm/turn-watch.ts';
import { Vm } from '../vm/vm.ts';
import { type Difference, differenceOf } from './difference.ts';
import type { Read, TurnOutcome, TurnRecord } from './turn-record.ts';

export interface ReplayerOptions {
	readonly component: PreparedComponent;
	readonly opening: Opening;
	/** The very module and platform that were recorded: then the fuel of every turn has to be equal too. */
	readonly isSameBuild: boolean;
	/** Instead of a start: only the same build can go on from it. */
	readonly from?:
		| { readonly image: GuestImage; readonly stored: ReadonlyMap<string, Uint8Array> }
		| undefined;
}

/** What came of one turn. */
export interface Replayed {
	readonly outcome: TurnOutcome;
	readonly fuel: number;
	readonly log: readonly LogLine[];
	/** The first difference to the record, if there is one; a replay must not go on after it. */
	readonly difference: Difference | undefined;
}

/** All that a turn can leave behind. */
export interface VmState {
	readonly memoryBytes: number;
	/** Those that the module exports. */
	readonly globals: readonly bigint[];
	readonly stored: ReadonlyMap<string, Uint8Array>;
}

export class Replayer {
	/** Topics by the numbers that effects and events call them by. */
	readonly topics: readonly string[];
	readonly #vm: Vm;
	readonly #feed = new Feed();
	readonly #isSameBuild: boolean;

	/** @throws VmError where the module does not take the state */
	constructor({ component, opening, isSameBuild, from }: ReplayerOptions) {
		const spec = specOf(component, { opening, isSameBuild });
		this.topics = spec.topics.map(({ name }) => name);
		this.#vm = new Vm({ id: opening.vm, spec, watch: this.#feed });
		this.#isSameBuild = isSameBuild;
		if (from === undefined) return;
		this.#vm.resume(from.image);
		for (const [key, value] of from.stored) this.#vm.remember(key, value);
	}

	/** Runs the next turn; the first is the start where it does not go on from a state. */
	play(record: TurnRecord): Replayed {
		const nowUs = BigInt(record.nowUs);
		this.#feed.give(record.reads);
		const outcome = this.#run(() =>
			record.turn === 0 ? this.#vm.start(nowUs) : this.#vm.turn(nowUs, [...record.inbox]),
		);
		const { fuel } = this.#feed;
		return { outcome, fuel, log: this.#vm.takeLog(), difference: this.#compare(record, outcome) };
	}

	state(): VmState {
		return { memoryBytes: this.#vm.memoryBytes, globals: this.#vm.globals(), stored: this.#vm.stored };
	}

	#run(turn: () => readonly Effect[]): TurnOutcome {
		try {
			const effects = turn();
			for (const { tag, val } of effects) {
				if (tag === 'put') this.#vm.remember(val.key, val.value);
				if (tag === 'delete') this.#vm.remember(val, undefined);
			}
			return { tag: 'done', effects };
		} catch (error) {
			if (!(error instanceof VmError)) throw error;
			return { tag: 'fault', code: error.code, message: error.message };
		}
	}

	#compare(record: TurnRecord, outcome: TurnOutcome): Difference | undefined {
		const difference = this.#feed.difference() ?? differenceOf(record.outcome, outcome);
		if (difference !== undefined || !this.#isSameBuild || this.#feed.fuel === record.fuel) return difference;
		return { kind: 'other-fuel', expected: record.fuel, found: this.#feed.fuel };
	}
}

/** Gives the guest what it read when it was recorded, and sees whether it asks for it. */
class Feed implements TurnWatch {
	fuel = 0;
	#reads: readonly Read[] = [];
	#asked = 0;
	#difference: Difference | undefined;

	give(reads: readonly Read[]): void {
		this.#reads = reads;
		this.#asked = 0;
		this.#difference = undefined;
	}

	begins(_nowUs: bigint, _inbox: readonly Event[]): void {
		this.fuel = 0;
	}

	reads(key: string, found: Uint8Array | undefined): Uint8Array | undefined {
		const read = this.#asked++;
		const recorded = this.#reads[read];
		if (recorded?.key === key) return recorded.value;
		this.#difference ??= { kind: 'other-read', read, expected: recorded?.key, found: key };
		return found;
	}

	ends(_outcome: readonly Effect[] | VmError, fuel: number): void {
		this.fuel = fuel;
	}

	difference(): Difference | undefined {
		const left = this.#reads[this.#asked];
		if (this.#difference !== undefined || left === undefined) return this.#difference;
		return { kind: 'other-read', read: this.#asked, expected: left.key, found: undefined };
	}
}

/** Nothing of what a replay logs is suppressed. */
const wholeLog = { linesPerTurn: 65_536, bytesPerTurn: 16_777_216 };

function specOf(
	{ manifest, module, encoding }: PreparedComponent,
	{ opening, isSameBuild }: Pick<ReplayerOptions, 'opening' | 'isSameBuild'>,
): VmSpec {
	const declared = [...Object.keys(manifest.publishes), ...Object.keys(manifest.subscribes)];
	const topics = isSameBuild ? opening.topics : [...new Set([...opening.topics, ...declared])];
	return {
		name: opening.vmName,
		module,
		encoding,
		priority: manifest.priority,
		budget: {
			...manifest.budget,
			turnMs: opening.turnMs,
			effectsPerTurn: opening.effectsPerTurn,
			effectBytesPerTurn: opening.effectBytesPerTurn,
		},
		topics: topics.map((name) => ({ name, mayPublish: true, maySubscribe: true, whenFull: 'block' })),
		// What a new build may do in addition is seen as what it does, not as what it may not.
		effects: isSameBuild ? boxEffects.filter((tag) => opening.effects.includes(tag)) : boxEffects,
		config: opening.config,
		baseband: opening.baseband,
		log: wholeLog,
		bucket: new Map(opening.bucket.map(({ key, value }) => [key, value])),
		...(opening.bucketBytes === undefined ? {} : { bucketBytes: opening.bucketBytes }),
		clockStepUs: 1,
	};
}
