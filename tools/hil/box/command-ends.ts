/** Hears how every command of an operator ends, from beside the operator: the judge of "exactly once". */
import { EventEmitter, once } from 'node:events';
import { connectAsync, type MqttClient } from 'mqtt';
import { controllerTopic } from '../../../firmware/agent/mqtt-transport.ts';
import { Msg, type NotifyRequest } from '../../../proto/host/cloud/usp/usp-msg.ts';
import { Record as UspRecord } from '../../../proto/host/cloud/usp/usp-record.ts';
import { ContractError } from '../../../proto/host/codec.ts';

/** What one OperationComplete said; `fault` 0 is success. */
export interface CommandEnd {
	readonly command: string;
	readonly fault: number;
	readonly text: string;
}

/** The subscriptions that every configured controller has: `firmware/agent/default-subscriptions.ts`. */
const operations = 'mullion-operations';
const stateChanges = 'mullion-modules';

export class CommandEnds implements AsyncDisposable {
	readonly #client: MqttClient;
	/** By command key, then by message id: a notification that is sent again has the same id. */
	readonly #ends = new Map<string, Map<string, CommandEnd>>();
	readonly #heard = new EventEmitter();
	readonly #changes = new Map<string, Readonly<Record<string, string>>>();

	private constructor(client: MqttClient) {
		this.#client = client;
		client.on('error', () => undefined);
		client.on('message', (_topic, payload) => this.#hear(new Uint8Array(payload)));
	}

	static async listen({ broker, operator }: { broker: string; operator: string }): Promise<CommandEnds> {
		const client = await connectAsync(broker, { protocolVersion: 5, reconnectPeriod: 100 });
		const ends = new CommandEnds(client);
		await client.subscribeAsync(controllerTopic(operator), { qos: 1 });
		return ends;
	}

	/** Command keys with what was told of each; more than one is a command that ended twice. */
	get all(): ReadonlyMap<string, readonly CommandEnd[]> {
		return new Map([...this.#ends].map(([key, ends]) => [key, [...ends.values()]]));
	}

	/** Resolves once so many commands have ended. */
	async count(atLeast: number): Promise<void> {
		while (this.#ends.size < atLeast) await once(this.#heard, 'end');
	}

	/** Arguments of every `DUStateChange!`, oldest first. */
	get changes(): readonly Readonly<Record<string, string>>[] {
		return [...this.#changes.values()];
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#client.endAsync(true);
	}

	#hear(bytes: Uint8Array): void {
		const found = notifyOf(bytes);
		if (found === undefined) return;
		const { id, notify } = found;
		const { subscriptionId, operComplete, event } = notify;
		if (subscriptionId === stateChanges && event) this.#changes.set(id, event.params);
		if (subscriptionId !== operations || !operComplete) return;
		const { commandKey, commandName: command, cmdFailure } = operComplete;
		const ends = this.#ends.get(commandKey) ?? new Map<string, CommandEnd>();
		ends.set(id, { command, fault: cmdFailure?.errCode ?? 0, text: cmdFailure?.errMsg ?? '' });
		this.#ends.set(commandKey, ends);
		this.#heard.emit('end');
	}
}

function notifyOf(bytes: Uint8Array): { id: string; notify: NotifyRequest } | undefined {
	try {
		const payload = UspRecord.decode(bytes).noSessionContext?.payload;
		if (payload === undefined) return undefined;
		const { header, body } = Msg.decode(payload);
		const notify = body?.request?.notify;
		return notify && { id: header?.msgId ?? '', notify };
	} catch (error) {
		// Others may put anything on this topic.
		if (error instanceof ContractError) return undefined;
		throw error;
	}
}
