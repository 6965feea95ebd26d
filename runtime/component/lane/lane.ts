/**
 * Makes the calls into many guests, one at a time, each of which can be suspended when it has had its slice.
 *
 * One suspendable stack carries calls until one is suspended on it; the next run takes a new one. So a short
 * call costs a few nanoseconds more than a plain one, not the hundreds of a stack of its own.
 */

import type { FuelTank } from '../instrument/fuel.ts';
import { LinkError } from '../link-error.ts';
import { laneModule } from './generated/lane.ts';
import { pauseModule } from './generated/pause.ts';

/** What the function at a place is, as `lane.wat` tells them apart. */
export const callKind = { turn: 0, start: 1, begin: 2 } as const;
export type CallKind = (typeof callKind)[keyof typeof callKind];

/** One guest's calls, one after the other: never two at a time. */
export interface LaneCall {
	/** Where its function lies: see `seat`. */
	place: number;
	kind: CallKind;
	readonly tank: FuelTank;
	/** Units that are handed out at a time; the lane adapts them to the code. */
	portion: number;
	/** False for what runs to its end once it has begun. */
	readonly canPause: boolean;
}

export interface PausedCall {
	readonly call: LaneCall;
	/** It goes on soon, but not from here. */
	resume(): void;
	/** It ends where it is, with this. */
	abort(cause: Error): void;
}

export interface LaneHost {
	/** Microseconds, monotonic. */
	now(): number;
	/** What is to be called next, with its arguments set; undefined ends the run. Must not throw. */
	next(): LaneCall | undefined;
	/** Must not throw. */
	returned(call: LaneCall, result: number): void;
	/** It has trapped, used up its fuel or was aborted; its guest must not be called again. */
	failed(call: LaneCall, cause: unknown): void;
	/** Whether the running call has had its slice, at this time. */
	isSliceOver(nowUs: number): boolean;
	paused(call: PausedCall): void;
}

interface Stack {
	call: LaneCall | undefined;
}

interface Exports {
	readonly calls: WebAssembly.Table;
	readonly pauses: WebAssembly.Table;
	readonly memory: WebAssembly.Memory;
	readonly gate: () => void;
	readonly run: () => void;
}

/** Engines that can suspend a stack (JavaScript Promise Integration); the types of the language do not know it yet. */
const { promising, Suspending } = WebAssembly as unknown as {
	promising(call: () => void): () => Promise<void>;
	Suspending: new (call: () => Promise<void>) => WebAssembly.ImportValue;
};

/** A portion of fuel should last about so long. */
const portionUs = { least: 40, most: 160 };
export const firstPortion = 40_000;
const mostPortion = 16_000_000;
const leastPortion = 5_000;

export class Lane {
	/** To be put into a guest's gate. */
	readonly gate: () => void;
	readonly #host: LaneHost;
	readonly #run: () => Promise<void>;
	readonly #calls: WebAssembly.Table;
	readonly #pauses: WebAssembly.Table;
	readonly #free: number[] = [];
	readonly #wide: BigInt64Array;
	readonly #real: Float64Array;
	readonly #words: Int32Array;
	#places = 0;
	/** The stack that runs at this instant, or is about to. */
	#stack: Stack | undefined;
	/** Of a call that is made from outside of a run, to its end. */
	#plain: FuelTank | undefined;
	#refilledAt = 0;

	constructor(host: LaneHost) {
		this.#host = host;
		const { calls, pauses, memory, gate, run } = instanceOf<Exports>(laneModule, {
			next: (result: number) => this.#next(result),
			refill: () => this.#refill(),
		});
		this.#calls = calls;
		this.#pauses = pauses;
		this.#wide = new BigInt64Array(memory.buffer);
		this.#real = new Float64Array(memory.buffer);
		this.#words = new Int32Array(memory.buffer);
		this.gate = gate;
		this.#run = promising(run);
	}

	/** True from the beginning of a run, or of going on with a call, to its end or the next pause. */
	get isBusy(): boolean {
		return this.#stack !== undefined;
	}

	/**
	 * Makes what pauses calls, if it was not made before. For that the engine compiles with its optimiser, which takes
	 * milliseconds: best when nobody waits, and not while a box starts.
	 */
	prepare(): void {
		if (this.#pauses.get(0) !== null) return;
		const { pause } = instanceOf<{ pause: () => void }>(pauseModule, {
			pause: new Suspending(() => this.#pause()),
		});
		this.#pauses.set(0, pause);
	}

	/** Makes a function of a guest one that can be called; returns its place. */
	seat(call: CoreFunction): number {
		const place = this.#free.pop() ?? this.#places++;
		if (place >= this.#calls.length) this.#calls.grow(this.#calls.length);
		this.#calls.set(place, call);
		return place;
	}

	vacate(place: number): void {
		this.#calls.set(place, null);
		this.#free.push(place);
	}

	setArguments(first: bigint, rest: readonly number[]): void {
		this.#wide[0] = first;
		for (let at = 0; at < rest.length; at++) this.#words[2 + at] = rest[at] as number;
	}

	/** The same for a turn, without a list, and with a whole number for the time. */
	setTurn(now: number, inbox: number, length: number): void {
		this.#real[0] = now;
		this.#words[2] = inbox;
		this.#words[3] = length;
	}

	/** Makes calls until the host has none or one is suspended. A trap is told a little later. */
	run(): void {
		const stack: Stack = { call: undefined };
		this.#stack = stack;
		this.#refilledAt = this.#host.now();
		const ended = this.#run();
		ended.catch((cause: unknown) => {
			if (this.#stack === stack) this.#stack = undefined;
			if (stack.call === undefined) throw cause;
			this.#host.failed(stack.call, cause);
		});
	}

	/** Makes a call into a guest that cannot be suspended, from outside of a run or in its callbacks. */
	plainly<Value>(tank: FuelTank, call: () => Value): Value {
		const before = this.enter(tank);
		try {
			return call();
		} finally {
			this.leave(before);
		}
	}

	/**
	 * The same in two steps: what `enter` gives goes back to `leave`, whatever the calls between throw.
	 * In `next` and `returned` of the host nothing need go back: behind them the lane calls again.
	 */
	enter(tank: FuelTank): FuelTank | undefined {
		const before = this.#plain;
		this.#plain = tank;
		return before;
	}

	leave(before: FuelTank | undefined): void {
		this.#plain = before;
	}

	#next(result: number): number {
		const stack = this.#stack as Stack;
		const { call } = stack;
		if (call !== undefined) {
			stack.call = undefined;
			this.#host.returned(call, result);
		}
		const next = this.#host.next();
		this.#plain = undefined;
		if (next === undefined) {
			this.#stack = undefined;
			return -1;
		}
		stack.call = next;
		return 4 * next.place + next.kind;
	}

	#refill(): number {
		if (this.#plain !== undefined) {
			if (!this.#plain.refill(mostPortion)) throw outOfFuel();
			return 0;
		}
		const call = this.#stack?.call as LaneCall;
		const now = this.#host.now();
		const tookUs = now - this.#refilledAt;
		this.#refilledAt = now;
		if (tookUs < portionUs.least) call.portion = Math.min(call.portion * 2, mostPortion);
		else if (tookUs > portionUs.most) call.portion = Math.max(call.portion >> 1, leastPortion);
		if (!call.tank.refill(call.portion)) throw outOfFuel();
		if (!call.canPause || !this.#host.isSliceOver(now)) return 0;
		this.prepare();
		return 1;
	}

	#pause(): Promise<void> {
		const stack = this.#stack as Stack;
		this.#stack = undefined;
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const goOn = (end: () => void): void => {
			this.#stack = stack;
			this.#refilledAt = this.#host.now();
			end();
		};
		this.#host.paused({
			call: stack.call as LaneCall,
			resume: () => goOn(resolve),
			abort: (cause) => goOn(() => reject(cause)),
		});
		return promise;
	}
}

function instanceOf<Exported>(base64: string, host: WebAssembly.ModuleImports): Exported {
	const module = new WebAssembly.Module(Uint8Array.fromBase64(base64));
	return new WebAssembly.Instance(module, { host }).exports as unknown as Exported;
}

type CoreFunction = (...values: never[]) => unknown;

function outOfFuel(): LinkError {
	return new LinkError('out-of-fuel', 'the guest used up the fuel of one call');
}
