/** Direct linker for the world `service` of `mullion:service`, generated from its WIT; do not edit. */
import { f32FromBits as __f32FromBits, f32ToBits as __f32ToBits } from '../bits.ts';
import { f64FromBits as __f64FromBits, f64ToBits as __f64ToBits } from '../bits.ts';
import type { CoreSignatures } from '../core-signatures.ts';
import {
	badTag as __badTag,
	exportedFunction as __exportedFunction,
	type GuestMemory,
	unknownCase as __unknownCase,
} from '../guest-memory.ts';

export type Result<T, E> = { readonly tag: 'ok'; readonly val: T } | { readonly tag: 'err'; readonly val: E };

/** An option of an option; a plain one is the value or undefined. */
export type Option<T> = { readonly tag: 'none' } | { readonly tag: 'some'; readonly val: T };

/**
 * A message of a topic this service subscribes. `correlation` 0 is a publication; any
 * other value is a request, to be answered by a `reply` effect with the same value.
 */
export interface Delivery {
	readonly topic: number;
	readonly sender: number;
	readonly correlation: number;
	readonly payload: Uint8Array;
}

/** Why a request or a stream did not end well. */
export type Failure = (typeof failureNames)[number];
const failureNames = ['denied', 'timed-out', 'refused', 'unreachable', 'malformed', 'cancelled'] as const;

/** The end of a request this service made. */
export interface Answer {
	readonly correlation: number;
	readonly outcome: Result<Uint8Array, Failure>;
}

/** Bytes of a stream, in order and without holes. `offset` is their place in the resource. */
export interface Chunk {
	readonly stream: number;
	readonly offset: bigint;
	readonly bytes: Uint8Array;
}

/** The end of a stream: the size of the whole resource, or why it broke off. */
export interface StreamEnd {
	readonly stream: number;
	readonly outcome: Result<bigint, Failure>;
}

/** What the box's player has done: the next frame it will want, and when it will want it. */
export interface SinkReport {
	readonly nextSequence: bigint;
	readonly at: bigint;
	readonly buffered: number;
}

export type Event =
	| { readonly tag: 'message'; readonly val: Delivery; }
	| { readonly tag: 'answer'; readonly val: Answer; }
	// A timer set with this number has run out.
	| { readonly tag: 'timer'; readonly val: number; }
	| { readonly tag: 'chunk'; readonly val: Chunk; }
	| { readonly tag: 'stream-ended'; readonly val: StreamEnd; }
	| { readonly tag: 'sink'; readonly val: SinkReport; };

export interface Publication {
	readonly topic: number;
	readonly payload: Uint8Array;
}

export interface Request {
	readonly topic: number;
	readonly correlation: number;
	readonly deadlineMs: number;
	readonly payload: Uint8Array;
}

export interface Reply {
	readonly correlation: number;
	readonly outcome: Result<Uint8Array, string>;
}

/**
 * Runs out `delay-ms` from now, in place of one that has its number. One that repeats keeps the
 * beat that this begins: a tick that comes late moves none behind it. Less than two periods late
 * it is followed by the one that was due meanwhile, and beyond that those that were missed are left
 * out; so is one that is due while the one before it still waits.
 */
export interface Timer {
	readonly id: number;
	readonly delayMs: number;
	readonly repeat: boolean;
}

export interface Entry {
	readonly key: string;
	readonly value: Uint8Array;
}

/**
 * Ask for `length` bytes of `url` from `offset` on, over the network this VM is bound to.
 * `length` 0 is: to the end.
 */
export interface Fetch {
	readonly stream: number;
	readonly url: string;
	readonly offset: bigint;
	readonly length: bigint;
}

/** One frame for the box's player, to be heard at `at` for `duration` microseconds. */
export interface Frame {
	readonly sequence: bigint;
	readonly at: bigint;
	readonly duration: number;
	readonly bytes: Uint8Array;
}

export type Effect =
	| { readonly tag: 'publish'; readonly val: Publication; }
	| { readonly tag: 'request'; readonly val: Request; }
	| { readonly tag: 'reply'; readonly val: Reply; }
	| { readonly tag: 'set-timer'; readonly val: Timer; }
	| { readonly tag: 'cancel-timer'; readonly val: number; }
	| { readonly tag: 'put'; readonly val: Entry; }
	| { readonly tag: 'delete'; readonly val: string; }
	| { readonly tag: 'fetch'; readonly val: Fetch; }
	| { readonly tag: 'cancel-fetch'; readonly val: number; }
	| { readonly tag: 'play'; readonly val: Frame; };

/**
 * What a VM is told once, before its first turn. `config` is the message its manifest
 * declares; `baseband` is empty for a VM that is bound to no network.
 */
export interface Init {
	readonly vm: number;
	readonly config: Uint8Array;
	readonly topics: string[];
	readonly baseband: string;
}

export type Level = (typeof levelNames)[number];
const levelNames = ['debug', 'info', 'warn', 'error'] as const;

/** What the guest may import. What is left out cannot be linked: a guest that imports it does not start. */
export interface ServiceHost {
	readonly log?: {
		write(level: Level, message: string): void;
	};
	readonly keyValue?: {
		get(key: string): Uint8Array | undefined;
	};
}

/** Imports for the core module. `memory` is attached when the instance is there, by the class below. */
export function importsOf(host: ServiceHost, __m: GuestMemory): WebAssembly.Imports {
	const __imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
	const __v0 = host.log;
	if (__v0 !== undefined) {
		__imports['mullion:service/log@0.1.0'] = {
			'write': (__p0: number, __p1: number, __p2: number): void => {
				__m.enter();
				__v0.write(__toLevel(__p0), __m.string(__p1, __p2 >>> 0));
			},
		};
	}
	const __v1 = host.keyValue;
	if (__v1 !== undefined) {
		__imports['mullion:service/key-value@0.1.0'] = {
			'get': (__p0: number, __p1: number, __area: number): void => {
				__m.enter();
				const __r = __v1.get(__m.string(__p0, __p1 >>> 0));
				const __to = __m.region(__area, 12, 4);
				const __v2 = __r;
				if (__v2 === undefined) {
					__m.u8[__to] = 0;
				} else {
					__m.u8[__to] = 1;
					const __v3 = __m.lowerBytes(__v2);
					__m.u32[(__to + 4) >>> 2] = __v3;
					__m.u32[(__to + 8) >>> 2] = __v2.length;
				}
			},
		};
	}
	return __imports;
}

/** What the guest exports. After a call has thrown, the instance must not be called again. */
export class ServiceGuest {
	readonly #memory: GuestMemory;
	readonly #start: (__p0: bigint, __p1: number, __p2: number, __p3: number, __p4: number, __p5: number, __p6: number, __p7: number) => number;
	readonly #startDone: ((__p: number) => void) | undefined;
	readonly #turn: (__p0: bigint, __p1: number, __p2: number) => number;
	readonly #turnDone: ((__p: number) => void) | undefined;

	/** @throws LinkError `missing-export` */
	constructor({ exports }: WebAssembly.Instance, memory: GuestMemory) {
		memory.attach(exports);
		this.#memory = memory;
		this.#start = __exportedFunction(exports, 'mullion:service/guest@0.1.0#start');
		this.#startDone = 'cabi_post_mullion:service/guest@0.1.0#start' in exports ? __exportedFunction(exports, 'cabi_post_mullion:service/guest@0.1.0#start') : undefined;
		this.#turn = __exportedFunction(exports, 'mullion:service/guest@0.1.0#turn');
		this.#turnDone = 'cabi_post_mullion:service/guest@0.1.0#turn' in exports ? __exportedFunction(exports, 'cabi_post_mullion:service/guest@0.1.0#turn') : undefined;
	}

	/** Of the next core call. */
	readonly startArguments = { __p0: 0n, __p1: 0, __p2: 0, __p3: 0, __p4: 0, __p5: 0, __p6: 0, __p7: 0 };

	start(now: bigint, init: Init): Result<Effect[], string> {
		this.lowerStart(now, init);
		const __a = this.startArguments;
		return this.liftStart(this.#start(__a.__p0, __a.__p1, __a.__p2, __a.__p3, __a.__p4, __a.__p5, __a.__p6, __a.__p7));
	}

	/** Writes the values into the guest, and their places into the arguments. */
	lowerStart(now: bigint, init: Init): void {
		const __m = this.#memory;
		const __a = this.startArguments;
		let __v4 = 0n;
		__v4 = now;
		let __v5 = 0;
		let __v6 = 0;
		let __v7 = 0;
		let __v8 = 0;
		let __v9 = 0;
		let __v10 = 0;
		let __v11 = 0;
		__v5 = init.vm;
		const __v12 = __m.lowerBytes(init.config);
		__v6 = __v12;
		__v7 = init.config.length;
		const __v14 = init.topics;
		const __v15 = __v14.length;
		const __v13 = __m.allocate(4, __v15 * 8);
		for (let __v16 = 0, __v17 = __v13; __v16 < __v15; __v16++, __v17 += 8) {
			const __v18 = __v14[__v16]!;
			const __v19 = __m.lowerString(__v18);
			const __v20 = __m.units;
			__m.u32[(__v17) >>> 2] = __v19;
			__m.u32[(__v17 + 4) >>> 2] = __v20;
		}
		__v8 = __v13;
		__v9 = __v15;
		const __v21 = __m.lowerString(init.baseband);
		const __v22 = __m.units;
		__v10 = __v21;
		__v11 = __v22;
		__a.__p0 = __v4;
		__a.__p1 = __v5;
		__a.__p2 = __v6;
		__a.__p3 = __v7;
		__a.__p4 = __v8;
		__a.__p5 = __v9;
		__a.__p6 = __v10;
		__a.__p7 = __v11;
	}

	/** Reads what the core call has returned. */
	liftStart(__r: number): Result<Effect[], string> {
		const __m = this.#memory;
		__m.enter();
		const __from = __m.region(__r, 12, 4);
		let __v23: Result<Effect[], string>;
		switch (__m.u8[__from]!) {
			case 0: {
				const __v24 = __m.u32[(__from + 8) >>> 2]!;
				const __v25 = __m.region(__m.u32[(__from + 4) >>> 2]!, __v24 * 40, 8);
				const __v26 = new Array<Effect>(__v24);
				for (let __v27 = 0, __v28 = __v25; __v27 < __v24; __v27++, __v28 += 40) {
					__v26[__v27] = __loadEffect(__m, __v28);
				}
				__v23 = { tag: 'ok', val: __v26 };
				break;
			}
			case 1: {
				__v23 = { tag: 'err', val: __m.string(__m.u32[(__from + 4) >>> 2]!, __m.u32[(__from + 8) >>> 2]!) };
				break;
			}
			default: __badTag('result', __m.u8[__from]!);
		}
		const __value = __v23;
		if (this.#startDone !== undefined) __m.release(this.#startDone, __r);
		return __value;
	}

	/** Of the next core call. */
	readonly turnArguments = { __p0: 0n, __p1: 0, __p2: 0 };

	turn(now: bigint, inbox: Event[]): Result<Effect[], string> {
		this.lowerTurn(now, inbox);
		const __a = this.turnArguments;
		return this.liftTurn(this.#turn(__a.__p0, __a.__p1, __a.__p2));
	}

	/** Writes the values into the guest, and their places into the arguments. */
	lowerTurn(now: bigint, inbox: Event[]): void {
		const __m = this.#memory;
		const __a = this.turnArguments;
		let __v29 = 0n;
		__v29 = now;
		let __v30 = 0;
		let __v31 = 0;
		const __v33 = inbox;
		const __v34 = __v33.length;
		const __v32 = __m.allocate(8, __v34 * 32);
		for (let __v35 = 0, __v36 = __v32; __v35 < __v34; __v35++, __v36 += 32) {
			const __v37 = __v33[__v35]!;
			__storeEvent(__m, __v36, __v37);
		}
		__v30 = __v32;
		__v31 = __v34;
		__a.__p0 = __v29;
		__a.__p1 = __v30;
		__a.__p2 = __v31;
	}

	/** Reads what the core call has returned. */
	liftTurn(__r: number): Result<Effect[], string> {
		const __m = this.#memory;
		__m.enter();
		const __from = __m.region(__r, 12, 4);
		let __v38: Result<Effect[], string>;
		switch (__m.u8[__from]!) {
			case 0: {
				const __v39 = __m.u32[(__from + 8) >>> 2]!;
				const __v40 = __m.region(__m.u32[(__from + 4) >>> 2]!, __v39 * 40, 8);
				const __v41 = new Array<Effect>(__v39);
				for (let __v42 = 0, __v43 = __v40; __v42 < __v39; __v42++, __v43 += 40) {
					__v41[__v42] = __loadEffect(__m, __v43);
				}
				__v38 = { tag: 'ok', val: __v41 };
				break;
			}
			case 1: {
				__v38 = { tag: 'err', val: __m.string(__m.u32[(__from + 4) >>> 2]!, __m.u32[(__from + 8) >>> 2]!) };
				break;
			}
			default: __badTag('result', __m.u8[__from]!);
		}
		const __value = __v38;
		if (this.#turnDone !== undefined) __m.release(this.#turnDone, __r);
		return __value;
	}
}

/** Core types of what the guest imports and exports. */
export const serviceSignatures: CoreSignatures = {
	imports: new Map([
		['mullion:service/log@0.1.0', new Map([['write', 'i32 i32 i32 ->']])],
		['mullion:service/key-value@0.1.0', new Map([['get', 'i32 i32 i32 ->']])],
	]),
	exports: new Map([
		['mullion:service/guest@0.1.0#start', 'i64 i32 i32 i32 i32 i32 i32 i32 -> i32'],
		['cabi_post_mullion:service/guest@0.1.0#start', 'i32 ->'],
		['mullion:service/guest@0.1.0#turn', 'i64 i32 i32 -> i32'],
		['cabi_post_mullion:service/guest@0.1.0#turn', 'i32 ->'],
	]),
};

function __loadDelivery(__m: GuestMemory, __p: number): Delivery {
	return { topic: __m.u32[(__p) >>> 2]!, sender: __m.u32[(__p + 4) >>> 2]!, correlation: __m.u32[(__p + 8) >>> 2]!, payload: __m.bytes(__m.u32[(__p + 12) >>> 2]!, __m.u32[(__p + 16) >>> 2]!) };
}

function __storeDelivery(__m: GuestMemory, __p: number, __value: Delivery): void {
	__m.u32[(__p) >>> 2] = __value.topic;
	__m.u32[(__p + 4) >>> 2] = __value.sender;
	__m.u32[(__p + 8) >>> 2] = __value.correlation;
	const __v44 = __m.lowerBytes(__value.payload);
	__m.u32[(__p + 12) >>> 2] = __v44;
	__m.u32[(__p + 16) >>> 2] = __value.payload.length;
}

function __toFailure(__tag: number): Failure {
	return failureNames[__tag] ?? __badTag('failure', __tag);
}

function __fromFailure(__value: Failure): number {
	const __tag = failureNames.indexOf(__value);
	return __tag >= 0 ? __tag : __unknownCase('failure', __value);
}

function __loadAnswer(__m: GuestMemory, __p: number): Answer {
	let __v45: Result<Uint8Array, Failure>;
	switch (__m.u8[__p + 4]!) {
		case 0: {
			__v45 = { tag: 'ok', val: __m.bytes(__m.u32[(__p + 8) >>> 2]!, __m.u32[(__p + 12) >>> 2]!) };
			break;
		}
		case 1: {
			__v45 = { tag: 'err', val: __toFailure(__m.u8[__p + 8]!) };
			break;
		}
		default: __badTag('result', __m.u8[__p + 4]!);
	}
	return { correlation: __m.u32[(__p) >>> 2]!, outcome: __v45 };
}

function __storeAnswer(__m: GuestMemory, __p: number, __value: Answer): void {
	__m.u32[(__p) >>> 2] = __value.correlation;
	const __v46 = __value.outcome;
	if (__v46.tag === 'ok') {
		__m.u8[__p + 4] = 0;
		const __v47 = __m.lowerBytes(__v46.val);
		__m.u32[(__p + 8) >>> 2] = __v47;
		__m.u32[(__p + 12) >>> 2] = __v46.val.length;
	} else {
		__m.u8[__p + 4] = 1;
		__m.u8[__p + 8] = __fromFailure(__v46.val);
	}
}

function __loadChunk(__m: GuestMemory, __p: number): Chunk {
	return { stream: __m.u32[(__p) >>> 2]!, offset: __m.view.getBigUint64(__p + 8, true), bytes: __m.bytes(__m.u32[(__p + 16) >>> 2]!, __m.u32[(__p + 20) >>> 2]!) };
}

function __storeChunk(__m: GuestMemory, __p: number, __value: Chunk): void {
	__m.u32[(__p) >>> 2] = __value.stream;
	__m.view.setBigUint64(__p + 8, __value.offset, true);
	const __v48 = __m.lowerBytes(__value.bytes);
	__m.u32[(__p + 16) >>> 2] = __v48;
	__m.u32[(__p + 20) >>> 2] = __value.bytes.length;
}

function __loadStreamEnd(__m: GuestMemory, __p: number): StreamEnd {
	let __v49: Result<bigint, Failure>;
	switch (__m.u8[__p + 8]!) {
		case 0: {
			__v49 = { tag: 'ok', val: __m.view.getBigUint64(__p + 16, true) };
			break;
		}
		case 1: {
			__v49 = { tag: 'err', val: __toFailure(__m.u8[__p + 16]!) };
			break;
		}
		default: __badTag('result', __m.u8[__p + 8]!);
	}
	return { stream: __m.u32[(__p) >>> 2]!, outcome: __v49 };
}

function __storeStreamEnd(__m: GuestMemory, __p: number, __value: StreamEnd): void {
	__m.u32[(__p) >>> 2] = __value.stream;
	const __v50 = __value.outcome;
	if (__v50.tag === 'ok') {
		__m.u8[__p + 8] = 0;
		__m.view.setBigUint64(__p + 16, __v50.val, true);
	} else {
		__m.u8[__p + 8] = 1;
		__m.u8[__p + 16] = __fromFailure(__v50.val);
	}
}

function __loadSinkReport(__m: GuestMemory, __p: number): SinkReport {
	return { nextSequence: __m.view.getBigUint64(__p, true), at: __m.view.getBigUint64(__p + 8, true), buffered: __m.u32[(__p + 16) >>> 2]! };
}

function __storeSinkReport(__m: GuestMemory, __p: number, __value: SinkReport): void {
	__m.view.setBigUint64(__p, __value.nextSequence, true);
	__m.view.setBigUint64(__p + 8, __value.at, true);
	__m.u32[(__p + 16) >>> 2] = __value.buffered;
}

function __loadEvent(__m: GuestMemory, __p: number): Event {
	switch (__m.u8[__p]!) {
		case 0: {
			return { tag: 'message', val: __loadDelivery(__m, __p + 8) };
		}
		case 1: {
			return { tag: 'answer', val: __loadAnswer(__m, __p + 8) };
		}
		case 2: {
			return { tag: 'timer', val: __m.u32[(__p + 8) >>> 2]! };
		}
		case 3: {
			return { tag: 'chunk', val: __loadChunk(__m, __p + 8) };
		}
		case 4: {
			return { tag: 'stream-ended', val: __loadStreamEnd(__m, __p + 8) };
		}
		case 5: {
			return { tag: 'sink', val: __loadSinkReport(__m, __p + 8) };
		}
	}
	return __badTag('event', __m.u8[__p]!);
}

function __storeEvent(__m: GuestMemory, __p: number, __value: Event): void {
	switch (__value.tag) {
		case 'message': {
			__m.u8[__p] = 0;
			__storeDelivery(__m, __p + 8, __value.val);
			return;
		}
		case 'answer': {
			__m.u8[__p] = 1;
			__storeAnswer(__m, __p + 8, __value.val);
			return;
		}
		case 'timer': {
			__m.u8[__p] = 2;
			__m.u32[(__p + 8) >>> 2] = __value.val;
			return;
		}
		case 'chunk': {
			__m.u8[__p] = 3;
			__storeChunk(__m, __p + 8, __value.val);
			return;
		}
		case 'stream-ended': {
			__m.u8[__p] = 4;
			__storeStreamEnd(__m, __p + 8, __value.val);
			return;
		}
		case 'sink': {
			__m.u8[__p] = 5;
			__storeSinkReport(__m, __p + 8, __value.val);
			return;
		}
		default: __unknownCase('event', __value);
	}
}

function __loadPublication(__m: GuestMemory, __p: number): Publication {
	return { topic: __m.u32[(__p) >>> 2]!, payload: __m.bytes(__m.u32[(__p + 4) >>> 2]!, __m.u32[(__p + 8) >>> 2]!) };
}

function __storePublication(__m: GuestMemory, __p: number, __value: Publication): void {
	__m.u32[(__p) >>> 2] = __value.topic;
	const __v51 = __m.lowerBytes(__value.payload);
	__m.u32[(__p + 4) >>> 2] = __v51;
	__m.u32[(__p + 8) >>> 2] = __value.payload.length;
}

function __loadRequest(__m: GuestMemory, __p: number): Request {
	return { topic: __m.u32[(__p) >>> 2]!, correlation: __m.u32[(__p + 4) >>> 2]!, deadlineMs: __m.u32[(__p + 8) >>> 2]!, payload: __m.bytes(__m.u32[(__p + 12) >>> 2]!, __m.u32[(__p + 16) >>> 2]!) };
}

function __storeRequest(__m: GuestMemory, __p: number, __value: Request): void {
	__m.u32[(__p) >>> 2] = __value.topic;
	__m.u32[(__p + 4) >>> 2] = __value.correlation;
	__m.u32[(__p + 8) >>> 2] = __value.deadlineMs;
	const __v52 = __m.lowerBytes(__value.payload);
	__m.u32[(__p + 12) >>> 2] = __v52;
	__m.u32[(__p + 16) >>> 2] = __value.payload.length;
}

function __loadReply(__m: GuestMemory, __p: number): Reply {
	let __v53: Result<Uint8Array, string>;
	switch (__m.u8[__p + 4]!) {
		case 0: {
			__v53 = { tag: 'ok', val: __m.bytes(__m.u32[(__p + 8) >>> 2]!, __m.u32[(__p + 12) >>> 2]!) };
			break;
		}
		case 1: {
			__v53 = { tag: 'err', val: __m.string(__m.u32[(__p + 8) >>> 2]!, __m.u32[(__p + 12) >>> 2]!) };
			break;
		}
		default: __badTag('result', __m.u8[__p + 4]!);
	}
	return { correlation: __m.u32[(__p) >>> 2]!, outcome: __v53 };
}

function __storeReply(__m: GuestMemory, __p: number, __value: Reply): void {
	__m.u32[(__p) >>> 2] = __value.correlation;
	const __v54 = __value.outcome;
	if (__v54.tag === 'ok') {
		__m.u8[__p + 4] = 0;
		const __v55 = __m.lowerBytes(__v54.val);
		__m.u32[(__p + 8) >>> 2] = __v55;
		__m.u32[(__p + 12) >>> 2] = __v54.val.length;
	} else {
		__m.u8[__p + 4] = 1;
		const __v56 = __m.lowerString(__v54.val);
		const __v57 = __m.units;
		__m.u32[(__p + 8) >>> 2] = __v56;
		__m.u32[(__p + 12) >>> 2] = __v57;
	}
}

function __loadTimer(__m: GuestMemory, __p: number): Timer {
	return { id: __m.u32[(__p) >>> 2]!, delayMs: __m.u32[(__p + 4) >>> 2]!, repeat: __m.u8[__p + 8]! !== 0 };
}

function __storeTimer(__m: GuestMemory, __p: number, __value: Timer): void {
	__m.u32[(__p) >>> 2] = __value.id;
	__m.u32[(__p + 4) >>> 2] = __value.delayMs;
	__m.u8[__p + 8] = __value.repeat ? 1 : 0;
}

function __loadEntry(__m: GuestMemory, __p: number): Entry {
	return { key: __m.string(__m.u32[(__p) >>> 2]!, __m.u32[(__p + 4) >>> 2]!), value: __m.bytes(__m.u32[(__p + 8) >>> 2]!, __m.u32[(__p + 12) >>> 2]!) };
}

function __storeEntry(__m: GuestMemory, __p: number, __value: Entry): void {
	const __v58 = __m.lowerString(__value.key);
	const __v59 = __m.units;
	__m.u32[(__p) >>> 2] = __v58;
	__m.u32[(__p + 4) >>> 2] = __v59;
	const __v60 = __m.lowerBytes(__value.value);
	__m.u32[(__p + 8) >>> 2] = __v60;
	__m.u32[(__p + 12) >>> 2] = __value.value.length;
}

function __loadFetch(__m: GuestMemory, __p: number): Fetch {
	return { stream: __m.u32[(__p) >>> 2]!, url: __m.string(__m.u32[(__p + 4) >>> 2]!, __m.u32[(__p + 8) >>> 2]!), offset: __m.view.getBigUint64(__p + 16, true), length: __m.view.getBigUint64(__p + 24, true) };
}

function __storeFetch(__m: GuestMemory, __p: number, __value: Fetch): void {
	__m.u32[(__p) >>> 2] = __value.stream;
	const __v61 = __m.lowerString(__value.url);
	const __v62 = __m.units;
	__m.u32[(__p + 4) >>> 2] = __v61;
	__m.u32[(__p + 8) >>> 2] = __v62;
	__m.view.setBigUint64(__p + 16, __value.offset, true);
	__m.view.setBigUint64(__p + 24, __value.length, true);
}

function __loadFrame(__m: GuestMemory, __p: number): Frame {
	return { sequence: __m.view.getBigUint64(__p, true), at: __m.view.getBigUint64(__p + 8, true), duration: __m.u32[(__p + 16) >>> 2]!, bytes: __m.bytes(__m.u32[(__p + 20) >>> 2]!, __m.u32[(__p + 24) >>> 2]!) };
}

function __storeFrame(__m: GuestMemory, __p: number, __value: Frame): void {
	__m.view.setBigUint64(__p, __value.sequence, true);
	__m.view.setBigUint64(__p + 8, __value.at, true);
	__m.u32[(__p + 16) >>> 2] = __value.duration;
	const __v63 = __m.lowerBytes(__value.bytes);
	__m.u32[(__p + 20) >>> 2] = __v63;
	__m.u32[(__p + 24) >>> 2] = __value.bytes.length;
}

function __loadEffect(__m: GuestMemory, __p: number): Effect {
	switch (__m.u8[__p]!) {
		case 0: {
			return { tag: 'publish', val: __loadPublication(__m, __p + 8) };
		}
		case 1: {
			return { tag: 'request', val: __loadRequest(__m, __p + 8) };
		}
		case 2: {
			return { tag: 'reply', val: __loadReply(__m, __p + 8) };
		}
		case 3: {
			return { tag: 'set-timer', val: __loadTimer(__m, __p + 8) };
		}
		case 4: {
			return { tag: 'cancel-timer', val: __m.u32[(__p + 8) >>> 2]! };
		}
		case 5: {
			return { tag: 'put', val: __loadEntry(__m, __p + 8) };
		}
		case 6: {
			return { tag: 'delete', val: __m.string(__m.u32[(__p + 8) >>> 2]!, __m.u32[(__p + 12) >>> 2]!) };
		}
		case 7: {
			return { tag: 'fetch', val: __loadFetch(__m, __p + 8) };
		}
		case 8: {
			return { tag: 'cancel-fetch', val: __m.u32[(__p + 8) >>> 2]! };
		}
		case 9: {
			return { tag: 'play', val: __loadFrame(__m, __p + 8) };
		}
	}
	return __badTag('effect', __m.u8[__p]!);
}

function __storeEffect(__m: GuestMemory, __p: number, __value: Effect): void {
	switch (__value.tag) {
		case 'publish': {
			__m.u8[__p] = 0;
			__storePublication(__m, __p + 8, __value.val);
			return;
		}
		case 'request': {
			__m.u8[__p] = 1;
			__storeRequest(__m, __p + 8, __value.val);
			return;
		}
		case 'reply': {
			__m.u8[__p] = 2;
			__storeReply(__m, __p + 8, __value.val);
			return;
		}
		case 'set-timer': {
			__m.u8[__p] = 3;
			__storeTimer(__m, __p + 8, __value.val);
			return;
		}
		case 'cancel-timer': {
			__m.u8[__p] = 4;
			__m.u32[(__p + 8) >>> 2] = __value.val;
			return;
		}
		case 'put': {
			__m.u8[__p] = 5;
			__storeEntry(__m, __p + 8, __value.val);
			return;
		}
		case 'delete': {
			__m.u8[__p] = 6;
			const __v64 = __m.lowerString(__value.val);
			const __v65 = __m.units;
			__m.u32[(__p + 8) >>> 2] = __v64;
			__m.u32[(__p + 12) >>> 2] = __v65;
			return;
		}
		case 'fetch': {
			__m.u8[__p] = 7;
			__storeFetch(__m, __p + 8, __value.val);
			return;
		}
		case 'cancel-fetch': {
			__m.u8[__p] = 8;
			__m.u32[(__p + 8) >>> 2] = __value.val;
			return;
		}
		case 'play': {
			__m.u8[__p] = 9;
			__storeFrame(__m, __p + 8, __value.val);
			return;
		}
		default: __unknownCase('effect', __value);
	}
}

function __loadInit(__m: GuestMemory, __p: number): Init {
	const __v66 = __m.u32[(__p + 16) >>> 2]!;
	const __v67 = __m.region(__m.u32[(__p + 12) >>> 2]!, __v66 * 8, 4);
	const __v68 = new Array<string>(__v66);
	for (let __v69 = 0, __v70 = __v67; __v69 < __v66; __v69++, __v70 += 8) {
		__v68[__v69] = __m.string(__m.u32[(__v70) >>> 2]!, __m.u32[(__v70 + 4) >>> 2]!);
	}
	return { vm: __m.u32[(__p) >>> 2]!, config: __m.bytes(__m.u32[(__p + 4) >>> 2]!, __m.u32[(__p + 8) >>> 2]!), topics: __v68, baseband: __m.string(__m.u32[(__p + 20) >>> 2]!, __m.u32[(__p + 24) >>> 2]!) };
}

function __storeInit(__m: GuestMemory, __p: number, __value: Init): void {
	__m.u32[(__p) >>> 2] = __value.vm;
	const __v71 = __m.lowerBytes(__value.config);
	__m.u32[(__p + 4) >>> 2] = __v71;
	__m.u32[(__p + 8) >>> 2] = __value.config.length;
	const __v73 = __value.topics;
	const __v74 = __v73.length;
	const __v72 = __m.allocate(4, __v74 * 8);
	for (let __v75 = 0, __v76 = __v72; __v75 < __v74; __v75++, __v76 += 8) {
		const __v77 = __v73[__v75]!;
		const __v78 = __m.lowerString(__v77);
		const __v79 = __m.units;
		__m.u32[(__v76) >>> 2] = __v78;
		__m.u32[(__v76 + 4) >>> 2] = __v79;
	}
	__m.u32[(__p + 12) >>> 2] = __v72;
	__m.u32[(__p + 16) >>> 2] = __v74;
	const __v80 = __m.lowerString(__value.baseband);
	const __v81 = __m.units;
	__m.u32[(__p + 20) >>> 2] = __v80;
	__m.u32[(__p + 24) >>> 2] = __v81;
}

function __toLevel(__tag: number): Level {
	return levelNames[__tag] ?? __badTag('level', __tag);
}

function __fromLevel(__value: Level): number {
	const __tag = levelNames.indexOf(__value);
	return __tag >= 0 ? __tag : __unknownCase('level', __value);
}
