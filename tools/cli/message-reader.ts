/** Payloads as messages, by what the modules of the repository say of their topics. */
import { decodeAny } from '../../proto/host/codec.ts';
import { codeOf } from '../../runtime/error.ts';
import type { Context } from './command.ts';
import { modulesIn, openRepository } from './repository.ts';
import { type Topic, topicIn } from './topic.ts';

export interface ReadMessage {
	/** Full name of the protobuf message. */
	readonly type: string;
	readonly message: object;
}

export class MessageReader {
	readonly #context: Context;
	readonly #topics = new Map<string, Topic | undefined>();

	constructor(context: Context) {
		this.#context = context;
	}

	/** Undefined where nobody declares the topic, or the bytes are something else. */
	async read(name: string, payload: Uint8Array): Promise<ReadMessage | undefined> {
		const topic = this.#topics.has(name) ? this.#topics.get(name) : await this.#find(name);
		if (topic === undefined) return undefined;
		try {
			return { type: topic.type, message: decodeAny(topic.schema, topic.type, payload) };
		} catch {
			return undefined;
		}
	}

	// Modules may come while messages are watched: each topic is looked for when it is first seen.
	async #find(name: string): Promise<Topic | undefined> {
		const topic = await this.#look(name);
		this.#topics.set(name, topic);
		return topic;
	}

	async #look(name: string): Promise<Topic | undefined> {
		try {
			return topicIn(await modulesIn(await openRepository(this.#context)), { name, type: undefined });
		} catch (error) {
			// Somebody who has the box but not the repository sees bytes.
			if (codeOf(error) === 'no-repository' || codeOf(error) === 'not-a-repository') return undefined;
			throw error;
		}
	}
}
