/** Writes down the turns of one VM, from beside it, until it has seen enough. */
import type { Effect, Event } from '../component/generated/service.ts';
import type { RecordingOrder, VmId } from '../vm/cell-protocol.ts';
import { VmError } from '../vm/error.ts';
import type { TurnWatch } from '../vm/turn-watch.ts';
import { framedState, type RecordedState } from './state-writing.ts';
import { framedTurn, type Read, type TurnRecord } from './turn-record.ts';

export interface Recorded {
	/** Parts of a recording, to be put behind those before. */
	readonly bytes: Uint8Array;
	/** Turns in it; the start is one, a state none. */
	readonly turns: number;
	/** Why nothing more comes; undefined while there may be more. */
	readonly ended: string | undefined;
}

export interface RecorderOptions {
	readonly vm: VmId;
	readonly order: RecordingOrder;
	readonly say: (recorded: Recorded) => void;
}

export class Recorder implements TurnWatch {
	readonly #vm: VmId;
	readonly #order: RecordingOrder;
	readonly #say: (recorded: Recorded) => void;
	#turn = 0;
	#bytes = 0;
	#nowUs = 0;
	#inbox: readonly Event[] = [];
	#reads: Read[] = [];
	#isOver = false;

	constructor({ vm, order, say }: RecorderOptions) {
		this.#vm = vm;
		this.#order = order;
		this.#say = say;
	}

	begins(nowUs: bigint, inbox: readonly Event[]): void {
		this.#nowUs = Number(nowUs);
		this.#inbox = inbox;
		this.#reads = [];
	}

	reads(key: string, value: Uint8Array | undefined): Uint8Array | undefined {
		if (!this.#isOver) this.#reads.push({ key, value });
		return value;
	}

	ends(outcome: readonly Effect[] | VmError, fuel: number): void {
		if (this.#isOver) return;
		const record: TurnRecord = {
			vm: this.#vm,
			turn: this.#turn,
			nowUs: this.#nowUs,
			inbox: this.#inbox,
			reads: this.#reads,
			outcome:
				outcome instanceof VmError
					? { tag: 'fault', code: outcome.code, message: outcome.message }
					: { tag: 'done', effects: outcome },
			fuel,
		};
		const bytes = framedTurn(record);
		this.#bytes += bytes.length;
		if (this.#bytes > this.#order.bytes) return this.close('the recording is full');
		this.#turn++;
		const isLast = this.#turn > this.#order.turns;
		const ended = outcome instanceof VmError ? 'the VM failed' : isLast ? 'the turns asked for' : undefined;
		this.#isOver = ended !== undefined;
		this.#say({ bytes, turns: 1, ended });
	}

	/** It does not start, but goes on where it was: before its first turn. */
	goesOn(state: RecordedState): void {
		if (this.#isOver) return;
		const bytes = framedState(state);
		this.#bytes = bytes.length;
		if (this.#bytes > this.#order.bytes) return this.close('its state is larger than the recording may be');
		this.#turn = 1;
		this.#say({ bytes, turns: 0, ended: undefined });
	}

	/** Nothing is recorded from now on; a second time is none. */
	close(why: string): void {
		if (this.#isOver) return;
		this.#isOver = true;
		this.#say({ bytes: new Uint8Array(), turns: 0, ended: why });
	}
}
