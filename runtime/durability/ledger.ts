/**
 * What the platform has to know of a VM besides its memory, as it follows from its turns: the same while
 * they happen and when they are replayed.
 */
import type { Effect, Event } from '../component/generated/service.ts';
import { nextTickUs } from '../vm/next-tick.ts';
import { Marks, type MessageId } from './marks.ts';

export interface LedgerTimer {
	readonly id: number;
	readonly dueUs: number;
	readonly delayMs: number;
	readonly repeat: boolean;
}

export interface StoredValue {
	/** Undefined where the key was deleted. */
	readonly value: Uint8Array | undefined;
	readonly atUs: number;
}

export interface LedgerTurn {
	readonly turn: number;
	readonly nowUs: number;
	readonly inbox: readonly Event[];
	/** The last message that was in it, of each sender that keeps a journal. */
	readonly had: readonly MessageId[];
	readonly effects: readonly Effect[];
}

/** Longest that the bucket on disk may lag behind, in microseconds. */
const storedForUs = 30_000_000;

export class Ledger {
	/** Number of its last turn. */
	turn: number;
	/** Messages to it from before this sequence are none of its business. */
	joined = 0;
	marks = new Marks();
	readonly timers = new Map<number, LedgerTimer>();
	/** What it waits for an answer to, and what it reads. */
	readonly requests = new Set<number>();
	readonly streams = new Set<number>();
	/** The highest number of a request that it was asked. */
	correlation = 0;
	readonly stored = new Map<string, StoredValue>();
	readonly #clockStepUs: number;

	/** @param clockStepUs the time that its turns are given is a multiple of this */
	constructor(turn: number, clockStepUs: number) {
		this.turn = turn;
		this.#clockStepUs = clockStepUs;
	}

	apply({ turn, nowUs, inbox, had, effects }: LedgerTurn): void {
		this.turn = turn;
		for (let at = 0; at < had.length; at++) this.marks.take(had[at] as MessageId);
		for (let at = 0; at < inbox.length; at++) this.#had(inbox[at] as Event, nowUs);
		for (let at = 0; at < effects.length; at++) {
			const effect = effects[at] as Effect;
			// Most are messages, of which nothing has to be known.
			if (effect.tag !== 'publish') this.#said(effect, nowUs);
		}
	}

	/** Forgets what the bucket on disk has by now. */
	settleStored(nowUs: number): void {
		for (const [key, { atUs }] of this.stored) if (atUs < nowUs - storedForUs) this.stored.delete(key);
	}

	#had(event: Event, nowUs: number): void {
		switch (event.tag) {
			case 'message':
				if (event.val.correlation > this.correlation) this.correlation = event.val.correlation;
				return;
			case 'answer':
				this.requests.delete(event.val.correlation);
				return;
			case 'stream-ended':
				this.streams.delete(event.val.stream);
				return;
			case 'timer': {
				const timer = this.timers.get(event.val);
				// One that is not due yet was set again while the one before waited in the inbox.
				if (timer === undefined || timer.dueUs >= nowUs + this.#clockStepUs) return;
				if (!timer.repeat) this.timers.delete(timer.id);
				else this.timers.set(timer.id, { ...timer, dueUs: nextTickUs(timer, nowUs) });
			}
		}
	}

	#said(effect: Effect, nowUs: number): void {
		switch (effect.tag) {
			case 'set-timer': {
				const { id, delayMs, repeat } = effect.val;
				this.timers.set(id, { id, delayMs, repeat, dueUs: nowUs + delayMs * 1000 });
				return;
			}
			case 'cancel-timer':
				this.timers.delete(effect.val);
				return;
			case 'request':
				this.requests.add(effect.val.correlation);
				return;
			case 'fetch':
				this.streams.add(effect.val.stream);
				return;
			case 'cancel-fetch':
				this.streams.delete(effect.val);
				return;
			case 'put':
				this.stored.set(effect.val.key, { value: effect.val.value, atUs: nowUs });
				return;
			case 'delete':
				this.stored.set(effect.val, { value: undefined, atUs: nowUs });
		}
	}
}
