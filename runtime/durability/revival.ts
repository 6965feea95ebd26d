/**
 * Brings a VM back: puts its last snapshot into a fresh instance and replays what the journal has behind it.
 *
 * A replay has to do what was done, to the byte. Nothing of it leaves; what may have to be said again is
 * handed to the caller.
 */

import type { Waiting } from '../../proto/host/durability/kept.ts';
import type { Effect } from '../component/generated/service.ts';
import type { GuestImage } from '../component/guest-state.ts';
import type { TurnRecord } from '../recording/turn-record.ts';
import { VmError } from '../vm/error.ts';
import type { Vm } from '../vm/vm.ts';
import type { PastRecord } from './cell-log.ts';
import type { EffectsDigest } from './effects-digest.ts';
import { DurabilityError } from './error.ts';
import { keptCodec } from './kept-codec.ts';
import type { KeptState } from './kept-state.ts';
import { decodeKeptTurn, recordKind, replayFuel } from './kept-turn.ts';
import { Ledger } from './ledger.ts';
import type { MessageId } from './marks.ts';
import type { RecordedReads } from './recorded-reads.ts';

export interface RevivalOptions {
	/** Not linked yet; it is told what it reads by `reads`. */
	readonly vm: Vm;
	readonly reads: RecordedReads;
	/** Where it goes on from; undefined where the first record is its start. */
	readonly from: { readonly image: GuestImage; readonly kept: KeptState } | undefined;
	readonly records: readonly PastRecord[];
	readonly digest: EffectsDigest;
}

export interface SaidEffect {
	readonly id: MessageId;
	readonly effect: Effect;
}

export interface Revived {
	readonly ledger: Ledger;
	/** Of its last record. */
	readonly sequence: number;
	/** What was used to make its turns behind the snapshot once more. */
	readonly fuel: number;
	/** Effects of its turns behind the snapshot, in order. */
	readonly said: readonly SaidEffect[];
	/** What waited for it when it was stopped, and it has not had since. */
	readonly inbox: readonly Waiting[];
	/** It was stopped alone. */
	readonly hasLeft: boolean;
}

/** @throws DurabilityError `replay-differs`, `state-lost` */
export function revive(options: RevivalOptions): Revived {
	return new Revival(options).run();
}

/** The records from its start on, if that is among them: what was before is another life. */
export function lastLife(records: readonly PastRecord[]): {
	records: readonly PastRecord[];
	isWhole: boolean;
} {
	const start = records.findLastIndex(({ kind }) => kind === recordKind.start);
	return start < 0 ? { records, isWhole: false } : { records: records.slice(start), isWhole: true };
}

class Revival {
	readonly #vm: Vm;
	readonly #reads: RecordedReads;
	readonly #records: readonly PastRecord[];
	readonly #digest: EffectsDigest;
	readonly #said: SaidEffect[] = [];
	readonly #ledger: Ledger;
	#inbox: readonly Waiting[];
	#sequence: number;
	#fuel = 0;
	#isStarted: boolean;
	#hasLeft = false;

	constructor({ vm, reads, from, records, digest }: RevivalOptions) {
		this.#vm = vm;
		this.#reads = reads;
		this.#records = records;
		this.#digest = digest;
		this.#ledger = from?.kept.ledger ?? new Ledger(0, vm.spec.clockStepUs);
		this.#inbox = from?.kept.inbox ?? [];
		this.#sequence = from?.kept.sequence ?? 0;
		this.#isStarted = from !== undefined;
		if (from !== undefined) vm.resume(from.image);
	}

	run(): Revived {
		for (const record of this.#records) this.#go(record);
		if (!this.#isStarted) throw new DurabilityError('state-lost', 'there is neither a snapshot nor a start');
		const { marks } = this.#ledger;
		return {
			ledger: this.#ledger,
			sequence: this.#sequence,
			fuel: this.#fuel,
			said: this.#said,
			inbox: this.#inbox.filter(({ from }) => from === undefined || marks.isNew(from)),
			hasLeft: this.#hasLeft,
		};
	}

	#go({ sequence, kind, payload }: PastRecord): void {
		if (kind === recordKind.joined) {
			const { turn, joined } = keptCodec().Joined.decode(payload);
			if (turn <= this.#ledger.turn) return;
			this.#ledger.turn = turn;
			this.#ledger.joined = joined === 0 ? sequence : joined;
			this.#hasLeft = false;
		} else if (kind === recordKind.rest) {
			const { turn, inbox, left } = keptCodec().Rest.decode(payload);
			if (!this.#isNext(turn)) return;
			this.#ledger.turn = turn;
			this.#hasLeft = left;
			this.#inbox = inbox.map((waiting, index) => ({
				...waiting,
				from: waiting.from ?? { sender: 0, turn, index, sequence },
			}));
		} else this.#replay(kind, sequence, payload);
		this.#sequence = sequence;
	}

	#replay(kind: number, sequence: number, payload: Uint8Array): void {
		const { had, digest, record } = decodeKeptTurn(payload);
		const { turn, nowUs, inbox } = record;
		if (kind !== recordKind.start && !this.#isNext(turn)) return;
		const effects = this.#effectsOf(kind, record, digest);
		this.#ledger.apply({ turn, nowUs, inbox, had, effects });
		this.#fuel += replayFuel(record.fuel);
		for (const [index, effect] of effects.entries()) {
			if (effect.tag === 'put') this.#vm.remember(effect.val.key, effect.val.value);
			if (effect.tag === 'delete') this.#vm.remember(effect.val, undefined);
			this.#said.push({ id: { sender: this.#vm.id, turn, index, sequence }, effect });
		}
		this.#isStarted = true;
	}

	/** False for what the snapshot has. @throws DurabilityError `state-lost` where a record is missing */
	#isNext(turn: number): boolean {
		const { turn: last } = this.#ledger;
		if (turn <= last) return false;
		if (!this.#isStarted || turn !== last + 1)
			throw new DurabilityError('state-lost', `turn ${turn} does not follow turn ${last}`);
		return true;
	}

	/** @throws DurabilityError `replay-differs` where they are not those that were digested */
	#effectsOf(
		kind: number,
		{ turn, nowUs, inbox, reads }: TurnRecord,
		expected: Uint8Array,
	): readonly Effect[] {
		this.#reads.give(reads);
		const effects = this.#call(() =>
			kind === recordKind.start ? this.#vm.start(BigInt(nowUs)) : this.#vm.turn(BigInt(nowUs), [...inbox]),
		);
		this.#vm.takeLog();
		const found = this.#digest.of(effects);
		const isSame = expected.every((byte, at) => byte === found[at]);
		if (!isSame || !this.#reads.isSame)
			throw new DurabilityError('replay-differs', `other ${isSame ? 'reads' : 'effects'} in turn ${turn}`);
		return effects;
	}

	#call(turn: () => readonly Effect[]): readonly Effect[] {
		try {
			return turn();
		} catch (cause) {
			if (!(cause instanceof VmError)) throw cause;
			throw new DurabilityError('replay-differs', `${cause.code}: ${cause.message}`, { cause });
		}
	}
}
