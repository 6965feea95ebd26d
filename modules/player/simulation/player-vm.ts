/** A player in its VM as the platform runs it: an inbox, turns, and what they bring about. */
import type { Effect, Event } from '../../../runtime/component/generated/service.ts';
import type { Agenda } from './agenda.ts';
import type { Link } from './link.ts';
import { type Checkpoint, checkpoint, type PlayerState, playerState } from './messages.ts';
import type { PlayerGuest } from './player-module.ts';
import type { Sink } from './sink.ts';

const topics = ['media.state', 'session.control', 'session.checkpoint'];

export type Answer = { readonly ok: Uint8Array } | { readonly error: string };

export interface PlayerVmOptions {
	readonly agenda: Agenda;
	readonly link: Link;
	readonly sink: Sink;
	readonly guest: PlayerGuest;
	/** From the first event to the turn that takes it, microseconds. */
	readonly turnDelayUs?: () => number;
}

export class PlayerVm {
	readonly link: Link;
	readonly states: PlayerState[] = [];
	readonly checkpoints: Checkpoint[] = [];
	readonly answers = new Map<number, Answer>();
	/** Places asked for, [from, to) each. */
	readonly fetches: { readonly offset: number; readonly length: number }[] = [];
	mostMemory = 0;
	readonly #options: PlayerVmOptions;
	readonly #guest: PlayerGuest;
	readonly #streams = new Map<number, () => void>();
	readonly #timers = new Map<number, () => void>();
	#inbox: Event[] = [];
	#isDead = false;
	#correlation = 0;

	constructor(options: PlayerVmOptions) {
		this.#options = options;
		this.link = options.link;
		this.#guest = options.guest;
		const { guest, agenda } = options;
		this.#carryOut(guest.start(BigInt(agenda.now), { vm: 1, config: guest.config, topics, baseband: 'any' }));
	}

	get log(): readonly string[] {
		return this.#guest.log;
	}

	/** Sends a request on `session.control`; its answer appears under the number returned. */
	command(payload: Uint8Array): number {
		const correlation = ++this.#correlation;
		this.deliver({ tag: 'message', val: { topic: 1, sender: 0, correlation, payload } });
		return correlation;
	}

	deliver(event: Event): void {
		if (this.#isDead) return;
		this.#inbox.push(event);
		if (this.#inbox.length > 1) return;
		this.#options.agenda.after(this.#options.turnDelayUs?.() ?? 300, () => this.#turn());
	}

	/** It is gone from one instant to the next. */
	crash(): void {
		this.#isDead = true;
		for (const cancel of [...this.#streams.values(), ...this.#timers.values()]) cancel();
	}

	#turn(): void {
		if (this.#isDead) return;
		const inbox = this.#inbox;
		this.#inbox = [];
		const result = this.#guest.turn(BigInt(this.#options.agenda.now), inbox);
		this.mostMemory = Math.max(this.mostMemory, this.#guest.memoryBytes());
		this.#carryOut(result);
	}

	#carryOut(effects: readonly Effect[]): void {
		for (const effect of effects) this.#carryOutOne(effect);
	}

	#carryOutOne(effect: Effect): void {
		switch (effect.tag) {
			case 'publish':
				if (effect.val.topic === 0) this.states.push(playerState(effect.val.payload));
				if (effect.val.topic === 2) this.checkpoints.push(checkpoint(effect.val.payload));
				break;
			case 'reply': {
				const { outcome, correlation } = effect.val;
				this.answers.set(correlation, outcome.tag === 'ok' ? { ok: outcome.val } : { error: outcome.val });
				break;
			}
			case 'set-timer':
				this.#setTimer(effect.val);
				break;
			case 'cancel-timer':
				this.#timers.get(effect.val)?.();
				break;
			case 'fetch':
				this.#fetch(effect.val);
				break;
			case 'cancel-fetch':
				this.#streams.get(effect.val)?.();
				break;
			case 'play': {
				const { sequence, at, duration, bytes } = effect.val;
				this.#options.sink.take(this, { sequence: Number(sequence), at: Number(at), duration, bytes });
				break;
			}
			default:
				throw new Error(`a player has no business with ${effect.tag}`);
		}
	}

	#setTimer({ id, delayMs, repeat }: { id: number; delayMs: number; repeat: boolean }): void {
		const arm = (): void => {
			const cancel = this.#options.agenda.after(delayMs * 1000, () => {
				if (repeat) arm();
				this.deliver({ tag: 'timer', val: id });
			});
			this.#timers.set(id, cancel);
		};
		arm();
	}

	#fetch({ stream, offset, length }: { stream: number; offset: bigint; length: bigint }): void {
		const wanted = { offset: Number(offset), length: Number(length) };
		this.fetches.push(wanted);
		const end = (outcome: Extract<Event, { tag: 'stream-ended' }>['val']['outcome']): void =>
			this.deliver({ tag: 'stream-ended', val: { stream, outcome } });
		const cancel = this.link.open(wanted, {
			chunk: (place, bytes) => this.deliver({ tag: 'chunk', val: { stream, offset: BigInt(place), bytes } }),
			end: (size) => end({ tag: 'ok', val: BigInt(size) }),
			fail: (failure) => end({ tag: 'err', val: failure }),
		});
		this.#streams.set(stream, cancel);
	}
}
