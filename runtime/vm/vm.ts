/**
 * One running instance of a service: its memory, its log of the turn, what it has stored.
 *
 * A turn is a transaction: it returns effects that have been checked as a whole, or throws and
 * has none. After a throw the instance is in an unknown state and must not be called again.
 */
import type { Effect, Event, Result, ServiceHost } from '../component/generated/service.ts';
import type { Guest } from '../component/link.ts';
import { LinkError } from '../component/link-error.ts';
import type { ForeignLinker } from '../foreign/foreign-guest.ts';
import type { LogLine, VmId, VmSpec } from './cell-protocol.ts';
import { checkEffects } from './effect-check.ts';
import { VmError } from './error.ts';
import { guestOf } from './guest.ts';

export interface VmOptions {
	readonly id: VmId;
	readonly spec: VmSpec;
	/** What links foreign components; in a cell without it they do not start. */
	readonly linkForeign?: ForeignLinker | undefined;
}

export class Vm {
	readonly spec: VmSpec;
	readonly id: VmId;
	readonly #linkForeign: ForeignLinker | undefined;
	#guest: Guest | undefined;
	#lines: LogLine[] = [];
	#lineBytes = 0;
	#suppressed = 0;
	/** Values stored by earlier turns; what a turn puts is seen by the next one. */
	readonly #bucket: Map<string, Uint8Array>;

	constructor({ id, spec, linkForeign }: VmOptions) {
		this.id = id;
		this.spec = spec;
		this.#linkForeign = linkForeign;
		this.#bucket = new Map(spec.bucket);
	}

	get memoryBytes(): number {
		return this.#guest?.memoryBytes() ?? 0;
	}

	/** Instantiates the module and runs its `start`. @throws VmError */
	start(nowUs: bigint): Effect[] {
		const { spec } = this;
		return this.#call(() => {
			const host: ServiceHost = {
				log: { write: (level, text) => this.#write({ level, text }) },
				keyValue: { get: (key) => this.#bucket.get(key) },
			};
			this.#guest = guestOf({ spec, host, linkForeign: this.#linkForeign });
			const topics = spec.topics.map(({ name }) => name);
			return this.#guest.start(nowUs, { vm: this.id, config: spec.config, topics, baseband: spec.baseband });
		});
	}

	/** @throws VmError */
	turn(nowUs: bigint, inbox: Event[]): Effect[] {
		const guest = this.#guest;
		if (guest === undefined) throw new VmError('vm-gone', `${this.spec.name} was not started`);
		return this.#call(() => guest.turn(nowUs, inbox));
	}

	/** The lines of the last turn; the next turn begins with none. */
	takeLog(): LogLine[] {
		const lines = this.#lines;
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

	#call(guestCall: () => Result<Effect[], string>): Effect[] {
		let result: Result<Effect[], string>;
		try {
			result = guestCall();
		} catch (cause) {
			throw asVmError(cause, this.spec);
		}
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
