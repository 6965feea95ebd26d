/** Two processes that call each other by name, over the channel that Node puts between parent and child. */
import type { ChildProcess } from 'node:child_process';

type Call = { readonly call: number; readonly name: string; readonly argument: unknown };
type Answer = { readonly answer: number; readonly result?: unknown; readonly error?: string };

/** What the other side may call. */
export type Handlers = Readonly<Record<string, (argument: never) => unknown>>;

export class Peer {
	readonly #channel: ChildProcess | NodeJS.Process;
	readonly #handlers: Handlers;
	readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
	#count = 0;

	/** @param channel the child, or this process if it is the child; either has an IPC channel */
	constructor(channel: ChildProcess | NodeJS.Process, handlers: Handlers) {
		this.#channel = channel;
		this.#handlers = handlers;
		channel.on('message', (message: Call | Answer) => {
			if ('call' in message) void this.#answer(message);
			else this.#settle(message);
		});
		channel.on('disconnect', () => {
			for (const { reject } of this.#waiting.values()) reject(new Error('the other process has ended'));
		});
	}

	/** Rejects with what went wrong over there, or because the other process ended. */
	async call<Result>(name: string, argument: unknown = null): Promise<Result> {
		const call = this.#count++;
		const answer = Promise.withResolvers<unknown>();
		this.#waiting.set(call, answer);
		this.#send({ call, name, argument });
		try {
			return (await answer.promise) as Result;
		} finally {
			this.#waiting.delete(call);
		}
	}

	async #answer({ call, name, argument }: Call): Promise<void> {
		try {
			const handler = this.#handlers[name];
			if (handler === undefined) throw new Error(`there is nothing to be called by the name ${name}`);
			this.#send({ answer: call, result: await handler(argument as never) });
		} catch (error) {
			this.#send({
				answer: call,
				error: error instanceof Error ? (error.stack ?? error.message) : `${error}`,
			});
		}
	}

	#settle({ answer, result, error }: Answer): void {
		const waiting = this.#waiting.get(answer);
		if (error === undefined) waiting?.resolve(result);
		else waiting?.reject(new Error(error));
	}

	#send(message: Call | Answer): void {
		// A process that ends has nobody left to answer.
		if (this.#channel.connected) this.#channel.send?.(message);
	}
}
