/** What a turn was given and what it answered, a line each. */
import type { Effect, Event } from '../../runtime/component/generated/service.ts';
import type { Read, TurnOutcome, TurnRecord } from '../../runtime/recording/turn-record.ts';
import { bytesText, PayloadText, type Types } from './payload-text.ts';

export class TurnText {
	readonly payloads: PayloadText;
	readonly #topics: readonly string[];
	/** Topics of the requests that were given and made, by correlation, so that answers can be read. */
	readonly #given = new Map<number, string>();
	readonly #made = new Map<number, string>();

	constructor(types: Types, topics: readonly string[]) {
		this.payloads = new PayloadText(types);
		this.#topics = topics;
	}

	/** To be told of every turn in its order, before its effects are shown. */
	follow({ inbox, outcome }: Pick<TurnRecord, 'inbox' | 'outcome'>): void {
		for (const { tag, val } of inbox)
			if (tag === 'message' && val.correlation !== 0) this.#given.set(val.correlation, this.topic(val.topic));
		if (outcome.tag === 'fault') return;
		for (const { tag, val } of outcome.effects)
			if (tag === 'request') this.#made.set(val.correlation, this.topic(val.topic));
	}

	topic(number: number): string {
		return this.#topics[number] ?? `topic ${number}`;
	}

	event(event: Event): string {
		switch (event.tag) {
			case 'message': {
				const { topic, sender, correlation, payload } = event.val;
				const what = correlation === 0 ? 'message' : `request ${correlation}`;
				return `${what} on ${this.topic(topic)} from VM ${sender}: ${this.#message(topic, payload)}`;
			}
			case 'answer': {
				const { correlation, outcome } = event.val;
				const text =
					outcome.tag === 'err' ? outcome.val : this.#answer(this.#made.get(correlation), outcome.val);
				return `answer ${correlation}: ${text}`;
			}
			case 'timer':
				return `timer ${event.val}`;
			case 'chunk':
				return `stream ${event.val.stream}: ${event.val.bytes.length} bytes at ${event.val.offset}`;
			case 'stream-ended':
				return `stream ${event.val.stream} ended: ${event.val.outcome.tag === 'ok' ? `${event.val.outcome.val} bytes` : event.val.outcome.val}`;
			case 'sink':
				return `player wants frame ${event.val.nextSequence} at ${event.val.at}, has ${event.val.buffered}`;
		}
	}

	effect(effect: Effect): string {
		switch (effect.tag) {
			case 'publish':
				return `publish on ${this.topic(effect.val.topic)}: ${this.#message(effect.val.topic, effect.val.payload)}`;
			case 'request': {
				const { topic, correlation, deadlineMs, payload } = effect.val;
				return `request ${correlation} on ${this.topic(topic)} within ${deadlineMs} ms: ${this.#message(topic, payload)}`;
			}
			case 'reply': {
				const { correlation, outcome } = effect.val;
				const text =
					outcome.tag === 'err'
						? `refused: ${outcome.val}`
						: this.#answer(this.#given.get(correlation), outcome.val);
				return `reply ${correlation}: ${text}`;
			}
			case 'set-timer':
				return `timer ${effect.val.id} ${effect.val.repeat ? 'every' : 'in'} ${effect.val.delayMs} ms`;
			case 'put':
				return `put ${JSON.stringify(effect.val.key)}: ${bytesText(effect.val.value)}`;
			case 'delete':
				return `delete ${JSON.stringify(effect.val)}`;
			case 'fetch':
				return `fetch ${effect.val.url} as stream ${effect.val.stream}, ${effect.val.length || 'all'} bytes from ${effect.val.offset}`;
			case 'play':
				return `play frame ${effect.val.sequence} at ${effect.val.at}: ${effect.val.bytes.length} bytes`;
			case 'cancel-timer':
				return `cancel timer ${effect.val}`;
			case 'cancel-fetch':
				return `cancel stream ${effect.val}`;
		}
	}

	outcome(outcome: TurnOutcome): string[] {
		if (outcome.tag === 'fault') return [`fault ${outcome.code}: ${outcome.message}`];
		return outcome.effects.map((effect) => this.effect(effect));
	}

	read({ key, value }: Read): string {
		return `read ${JSON.stringify(key)}: ${value === undefined ? 'not there' : bytesText(value)}`;
	}

	/** The topic whose reply has this correlation. */
	requestTopic(correlation: number): string | undefined {
		return this.#given.get(correlation);
	}

	#message(topic: number, payload: Uint8Array): string {
		return jsonText(this.payloads.message(this.topic(topic), payload)) ?? bytesText(payload);
	}

	#answer(topic: string | undefined, payload: Uint8Array): string {
		const value = topic === undefined ? undefined : this.payloads.answer(topic, payload);
		return jsonText(value) ?? bytesText(payload);
	}
}

function jsonText(value: unknown): string | undefined {
	return value === undefined ? undefined : JSON.stringify(value);
}
