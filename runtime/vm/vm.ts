/**
 * One running instance of a service: its memory, its log of the turn, what it has stored.
 *
 * A turn is a transaction: it returns effects that have been checked as a whole, or throws and
 * has none. After a throw the instance is in an unknown state and must not be called again.
 */
import type { Effect, Event, Init, Result } from '../component/generated/service.ts';
import { fuelFor } from '../component/instrument/fuel.ts';
import type { Lane, LaneCall } from '../component/lane/lane.ts';
import { type Guest, linkService } from '../component/link.ts';
import { LinkError } from '../component/link-error.ts';
import type { LogLine, VmId, VmSpec } from './cell-protocol.ts';
import { checkEffects } from './effect-check.ts';
import { VmError } from './error.ts';

/** A turn's effects are counted by their payloads; with records and topics around them they are larger. */
const copyMargin = 4;

export interface VmOptions {
	readonly id: VmId;
	readonly spec: VmSpec;
	/** Who makes its calls in steps; without one it is called plainly only. */
	readonly lane?: Lane;
}

export class Vm {
	readonly spec: VmSpec;
	readonly id: VmId;
	readonly #lane: Lane | undefined;
	#guest: Guest | undefined;
	#lines: LogLine[] = [];
	#lineBytes = 0;
	#suppressed = 0;
	/** Values stored by earlier turns; what a turn puts is seen by the next one. */
	readonly #bucket: Map<string, Uint8Array>;

	constructor({ id, spec, lane }: VmOptions) {
		this.id = id;
		this.spec = spec;
		this.#lane = lane;
		this.#bucket = new Map(spec.bucket);
	}

	get memoryBytes(): number {
		return this.#guest?.memoryBytes() ?? 0;
	}

	/** Instantiates the module; nothing of it runs yet. @throws VmError */
	link(): void {
		const { spec } = this;
		try {
			this.#guest = linkService({
				module: spec.module,
				encoding: spec.encoding,
				mostBytes: spec.budget.effectBytesPerTurn * copyMargin,
				fuel: fuelFor(spec.budget.turnMs),
				host: {
					log: { write: (level, text) => this.#write({ level, text }) },
					keyValue: { get: (key) => this.#bucket.get(key) },
				},
				...(this.#lane === undefined ? {} : { lane: this.#lane }),
				// What is realtime is to be done before anything else is.
				canPause: spec.priority !== 'realtime',
			});
		} catch (cause) {
			throw this.asError(cause);
		}
	}

	/** Links and starts, plainly. @throws VmError */
	start(nowUs: bigint): Effect[] {
		this.link();
		return this.#checked(() => this.#linked().start(nowUs, this.#init));
	}

	/** @throws VmError */
	turn(nowUs: bigint, inbox: Event[]): Effect[] {
		return this.#checked(() => this.#linked().turn(nowUs, inbox));
	}

	// The same in steps, for a lane: each `open` makes `call` the one to be made, each `close` takes what it returned.

	get call(): LaneCall {
		return this.#linked().steps.call;
	}

	/** False where the module has no start function of its own. */
	openBegin(): boolean {
		return this.#linked().steps.openBegin();
	}

	/** @throws VmError */
	openStart(nowUs: bigint): void {
		this.#guarded(() => this.#linked().steps.openStart(nowUs, this.#init));
	}

	/** @throws VmError */
	closeStart(result: number): Effect[] {
		return this.#checked(() => this.#linked().steps.closeStart(result));
	}

	/** @throws VmError */
	openTurn(nowUs: bigint, inbox: Event[]): void {
		this.#guarded(() => this.#linked().steps.openTurn(nowUs, inbox));
	}

	/** @throws VmError */
	closeTurn(result: number): Effect[] {
		return this.#checked(() => this.#linked().steps.closeTurn(result));
	}

	/** It is not called again. */
	leave(): void {
		this.#guest?.steps.leave();
	}

	/** What a failed call means. */
	asError(cause: unknown): VmError {
		return asVmError(cause, this.spec);
	}

	/** The lines of the last turn; the next turn begins with none. */
	takeLog(): readonly LogLine[] {
		const lines = this.#lines;
		if (lines.length === 0 && this.#suppressed === 0) return lines;
		if (this.#suppressed > 0)
			lines.push({ level: 'warn', text: `${this.#suppressed} more lines were suppressed` });
		this.#lines = [];
		this.#lineBytes = 0;
		this.#suppressed = 0;
		return lines;
	}

	remember(key: string, value: Uint8Array | undefined): void {
		if (value === undefined) this.#bucket.delete(key);
		else this.#bucket.set(key, value);
	}

	// Not a getter: the engine calls a private one through its runtime.
	#linked(): Guest {
		if (this.#guest === undefined) throw new VmError('vm-gone', `${this.spec.name} was not started`);
		return this.#guest;
	}

	get #init(): Init {
		const { topics, config, baseband } = this.spec;
		return { vm: this.id, config, topics: topics.map(({ name }) => name), baseband };
	}

	#guarded<Value>(guestCall: () => Value): Value {
		try {
			return guestCall();
		} catch (cause) {
			throw this.asError(cause);
		}
	}

	#checked(guestCall: () => Result<Effect[], string>): Effect[] {
		const result = this.#guarded(guestCall);
		if (result.tag === 'err')
			throw new VmError('refused', `${this.spec.name} gave the turn back: ${result.val}`);
		checkEffects(this.spec, result.val);
		this.#checkBucket(result.val);
		return result.val;
	}

	#checkBucket(effects: readonly Effect[]): void {
		const most = this.spec.bucketBytes;
		if (most === undefined || !effects.some(({ tag }) => tag === 'put')) return;
		const sizes = new Map([...this.#bucket].map(([key, value]) => [key, key.length + value.length]));
		for (const { tag, val } of effects) {
			if (tag === 'put') sizes.set(val.key, val.key.length + val.value.length);
			if (tag === 'delete') sizes.delete(val);
		}
		const bytes = sizes.values().reduce((sum, size) => sum + size, 0);
		if (bytes > most)
			throw new VmError('over-quota', `${this.spec.name} would keep ${bytes} bytes; its quota is ${most}`);
	}

	#write(line: LogLine): void {
		const { linesPerTurn, bytesPerTurn } = this.spec.log;
		this.#lineBytes += line.text.length;
		if (this.#lines.length >= linesPerTurn || this.#lineBytes > bytesPerTurn) this.#suppressed++;
		else this.#lines.push(line);
	}
}

function asVmError(cause: unknown, { name, budget }: VmSpec): VmError {
	if (cause instanceof VmError) return cause;
	if (cause instanceof LinkError && cause.code === 'out-of-fuel')
		return new VmError('over-budget', `${name}: a turn used up its budget of ${budget.turnMs} ms`, { cause });
	const message = cause instanceof Error ? cause.message : String(cause);
	if (cause instanceof WebAssembly.RuntimeError)
		return new VmError('trapped', `${name}: ${message}`, { cause });
	// A guest can recurse until the host's stack is full; that is its trap, not our failure.
	if (cause instanceof RangeError && message.includes('call stack'))
		return new VmError('trapped', `${name}: ${message}`, { cause });
	return new VmError('malformed-value', `${name}: ${message}`, { cause });
}
