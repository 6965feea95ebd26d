/** A controller's connection to the broker: records out, records in. */
import { connectAsync, type MqttClient } from 'mqtt';
import { agentTopic, controllerTopic, sendAtOnce } from '../../firmware/agent/mqtt-transport.ts';
import { connectRecord, disconnectRecord } from '../../firmware/agent/records.ts';
import { ControllerError } from './controller-error.ts';

export interface LinkOptions {
	/** `mqtt://host:port`. */
	readonly broker: string;
	/** Endpoint ids of the box and of this controller. */
	readonly agent: string;
	readonly endpointId: string;
	/** Where the box listens; default the topic that boxes are built with. */
	readonly topic?: string | undefined;
	/** Milliseconds to reach the broker in. */
	readonly deadlineMs: number;
	readonly received: (record: Uint8Array) => void;
	readonly lost: () => void;
}

const contentType = 'usp.msg';

export class Link {
	readonly #client: MqttClient;
	readonly #options: LinkOptions;
	readonly #ownTopic: string;
	readonly #topic: string;
	#closing: Promise<void> | undefined;

	/** Errors: `unreachable`. */
	static async open(options: LinkOptions): Promise<Link> {
		const { broker, agent, endpointId, deadlineMs } = options;
		const farewell = disconnectRecord(
			{ from: endpointId, to: agent },
			{ code: 0, text: 'the controller is gone' },
		);
		try {
			const client = await connectAsync(
				broker,
				{
					protocolVersion: 5,
					clean: true,
					reconnectPeriod: 0,
					connectTimeout: deadlineMs,
					properties: { userProperties: { 'usp-endpoint-id': endpointId } },
					// So that the box forgets a controller that was killed, and what it had subscribed to.
					will: {
						topic: options.topic ?? agentTopic(agent),
						payload: Buffer.from(farewell),
						qos: 1,
						retain: false,
						properties: { contentType },
					},
				},
				false,
			);
			sendAtOnce(client);
			const link = new Link(client, options);
			await link.#listen();
			return link;
		} catch (cause) {
			const why = cause instanceof Error && cause.message !== '' ? cause.message : String(cause);
			throw new ControllerError('unreachable', `no connection to the broker at ${broker}: ${why}`, { cause });
		}
	}

	private constructor(client: MqttClient, options: LinkOptions) {
		this.#client = client;
		this.#options = options;
		this.#ownTopic = controllerTopic(options.endpointId);
		this.#topic = options.topic ?? agentTopic(options.agent);
	}

	/** Errors: `unreachable`. */
	async send(record: Uint8Array): Promise<void> {
		const properties = { responseTopic: this.#ownTopic, contentType };
		// The client would keep it for a connection that it never makes.
		if (!this.#client.connected)
			throw new ControllerError('unreachable', 'the connection to the broker is gone');
		try {
			await this.#client.publishAsync(this.#topic, Buffer.from(record), { qos: 1, properties });
		} catch (cause) {
			throw new ControllerError('unreachable', 'the connection to the broker broke off', { cause });
		}
	}

	/** Tells the box, and lets go of the broker. */
	close(): Promise<void> {
		this.#closing ??= this.#close();
		return this.#closing;
	}

	async #close(): Promise<void> {
		this.#client.removeAllListeners('close');
		const { agent: to, endpointId: from } = this.#options;
		if (this.#client.connected)
			await this.send(disconnectRecord({ from, to }, { code: 0, text: 'done' })).catch(() => undefined);
		await this.#client.endAsync(true);
	}

	async #listen(): Promise<void> {
		const { endpointId: from, agent: to, received, lost } = this.#options;
		this.#client.on('message', (_topic, payload) => received(new Uint8Array(payload)));
		this.#client.on('error', () => undefined);
		this.#client.once('close', lost);
		await this.#client.subscribeAsync(this.#ownTopic, { qos: 1 });
		await this.send(connectRecord({ from, to }, this.#ownTopic));
	}
}
