/**
 * The link to the operator's broker: MQTT 5 as TR-369 wants it of an agent (R-MQTT.*).
 *
 * Nothing is published before the broker has granted a subscription. What is sent while the broker is
 * gone waits in a bounded queue and leaves in order when it is back.
 */
import { Socket } from 'node:net';
import {
	connect,
	type IClientOptions,
	type IConnackPacket,
	type IPublishPacket,
	type MqttClient,
} from 'mqtt';
import type { Clock, Timer } from '../../runtime/clock.ts';
import type { Directory } from '../../runtime/directory.ts';
import { backOffMs } from './back-off.ts';
import { OutgoingQueue, TransportError } from './outgoing-queue.ts';
import type { Outgoing, Transport, TransportEvents } from './transport.ts';

export interface MqttTransportOptions {
	/** `mqtt://host:port`, or `mqtts://` with certificates in `tls`. */
	readonly url: string;
	readonly endpointId: string;
	/** Where to listen if the broker does not say; default `mullion/usp/v1/agent/<endpoint id>`. */
	readonly topic?: string;
	/** Where the client id the broker assigned is kept. */
	readonly directory: Directory;
	readonly clock: Clock;
	readonly username?: string;
	readonly password?: string;
	readonly tls?: Pick<IClientOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized'>;
	/** Spreads attempts to connect; default `Math.random`. */
	readonly random?: () => number;
}

/** What goes with every record (R-MQTT.27). */
const contentType = 'usp.msg';
/** What is taken (R-MQTT.27a); senders that say nothing are taken at their word (usp-js, any MQTT 3 client). */
const contentTypes: readonly (string | undefined)[] = [contentType, 'application/vnd.bbf.usp.msg', undefined];
/** Largest packet taken: one record with everything the data model has is a tenth of it. */
const maximumPacketSize = 1_048_576;
const clientIdFile = 'mqtt-client-id';
const keepaliveSeconds = 30;
const connectTimeoutMs = 10_000;
const farewellMs = 2000;

export class MqttTransport implements Transport {
	readonly #options: MqttTransportOptions;
	readonly #queue: OutgoingQueue;
	#events: TransportEvents | undefined;
	#will: Outgoing | undefined;
	#client: MqttClient | undefined;
	/** Our own reply topic while the link stands. */
	#ownTopic: string | undefined;
	#isClosed = false;
	#failures = 0;
	#retry: Timer | undefined;

	/** Errors: `bad-url`. */
	constructor(options: MqttTransportOptions) {
		if (!/^mqtts?:\/\/[^/]/.test(options.url))
			throw new TransportError('bad-url', `"${options.url}" is no mqtt://host:port`);
		this.#options = options;
		this.#queue = new OutgoingQueue({
			publish: (message, done) => this.#publish(message, done),
		});
	}

	open(events: TransportEvents, will: Outgoing | undefined): void {
		this.#events = events;
		this.#will = will;
		void this.#connect();
	}

	send(message: Outgoing): Promise<void> {
		return this.#queue.add(message);
	}

	async close(last: readonly Outgoing[]): Promise<void> {
		this.#isClosed = true;
		this.#retry?.cancel();
		const client = this.#client;
		if (client !== undefined && this.#ownTopic !== undefined) {
			const said = Promise.all(last.map((message) => this.#queue.add(message)));
			await this.#atMost(farewellMs, said);
		}
		this.#queue.close();
		if (client === undefined) return;
		const ended = new Promise<void>((resolve) => client.end(false, {}, () => resolve()));
		await this.#atMost(farewellMs, ended);
		client.end(true);
	}

	async #connect(): Promise<void> {
		const { url, username, password, tls, endpointId, directory } = this.#options;
		// R-MQTT.9: without an id of our own the broker gives one, which is ours from then on.
		const stored = await directory.read(clientIdFile).catch(() => undefined);
		if (this.#isClosed) return;
		const client = connect(url, {
			...tls,
			...(username !== undefined && { username }),
			...(password !== undefined && { password }),
			protocolVersion: 5,
			clientId: clientIdIn(stored),
			clean: true,
			keepalive: keepaliveSeconds,
			connectTimeout: connectTimeoutMs,
			// Coming back is ours: it has to be capped and to start anew after every success.
			reconnectPeriod: 0,
			resubscribe: false,
			properties: {
				requestResponseInformation: true,
				maximumPacketSize,
				// R-MQTT.13
				userProperties: { 'usp-endpoint-id': endpointId },
			},
			...(this.#will && {
				will: {
					topic: this.#will.topic,
					payload: Buffer.from(this.#will.record),
					qos: 1,
					retain: false,
					properties: { contentType },
				},
			}),
		});
		this.#client = client;
		sendAtOnce(client);
		let reason = 'the broker closed the connection';
		client.on('error', (error) => {
			reason = error.message || String(error);
		});
		client.on('connect', (connack) => {
			this.#subscribe(client, connack).catch((error: unknown) => {
				reason = error instanceof Error ? error.message : String(error);
				// R-MQTT.17: without a subscription there is no link.
				client.end(true);
			});
		});
		client.on('message', (_topic, payload, packet) => this.#receive(payload, packet));
		client.on('close', () => this.#lost(client, reason));
	}

	async #subscribe(client: MqttClient, connack: IConnackPacket): Promise<void> {
		const { endpointId, directory } = this.#options;
		const {
			assignedClientIdentifier,
			responseInformation,
			userProperties,
			maximumPacketSize: largest,
		} = connack.properties ?? {};
		if (assignedClientIdentifier)
			await directory.write(clientIdFile, new TextEncoder().encode(assignedClientIdentifier));
		// R-MQTT.15: all of them; R-MQTT.21: what the broker says comes first as the place for answers.
		const told = [userProperties?.['subscribe-topic'] ?? []].flat();
		const configured = this.#options.topic ?? agentTopic(endpointId);
		const topics = [...(responseInformation ? [responseInformation] : []), ...told, configured];
		const properties = { userProperties: { 'usp-endpoint-id': endpointId } };
		const grants = await Promise.allSettled(
			topics.map((topic) => client.subscribeAsync(topic, { qos: 1, properties })),
		);
		const ownTopic = topics.find((_topic, at) => grants[at]?.status === 'fulfilled');
		if (ownTopic === undefined)
			throw new Error(`the broker refuses the subscription to ${topics.join(', ')}`);
		if (client !== this.#client || !client.connected || this.#isClosed) return;
		this.#failures = 0;
		this.#ownTopic = ownTopic;
		this.#queue.open({ first: this.#events?.ready(ownTopic) ?? [], maxBytes: largest });
	}

	#receive(payload: Uint8Array, packet: IPublishPacket): void {
		// MQTT 5 3.3.1.3: kept by the broker from before we came; a command would be obeyed again at every start.
		if (packet.retain) return;
		const { contentType: type, responseTopic: replyTopic } = packet.properties ?? {};
		if (!contentTypes.includes(type)) return;
		this.#events?.received({ record: new Uint8Array(payload), replyTopic });
	}

	#publish({ topic, record }: Outgoing, done: (error: Error | undefined) => void): void {
		const client = this.#client;
		const responseTopic = this.#ownTopic;
		if (client === undefined || responseTopic === undefined) return;
		// R-MQTT.23: where to answer goes with every publish.
		const properties = { responseTopic, contentType };
		client.publish(topic, Buffer.from(record), { qos: 1, properties }, (error) => {
			// A publish that the end of the connection cut off stays in the queue for the next one.
			if (client === this.#client && client.connected) done(error ?? undefined);
		});
	}

	#lost(client: MqttClient, reason: string): void {
		if (client !== this.#client) return;
		this.#client = undefined;
		this.#queue.pause();
		client.removeAllListeners();
		client.on('error', () => undefined);
		client.end(true);
		if (this.#ownTopic !== undefined) this.#events?.lost(reason);
		this.#ownTopic = undefined;
		if (this.#isClosed) return;
		const { clock, random = Math.random } = this.#options;
		this.#retry = clock.after(backOffMs(this.#failures++, random()), () => void this.#connect());
	}

	async #atMost(ms: number, work: Promise<unknown>): Promise<void> {
		await new Promise<void>((resolve) => {
			const timer = this.#options.clock.after(ms, resolve);
			const done = () => {
				timer.cancel();
				resolve();
			};
			work.then(done, done);
		});
	}
}

/**
 * Turns Nagle's algorithm off: an acknowledgement and a record in a row would otherwise cost the peer's
 * delayed acknowledgement, 40 ms, in each direction.
 */
export function sendAtOnce({ stream }: MqttClient): void {
	if (stream instanceof Socket) stream.setNoDelay(true);
}

/** The topic an agent listens on; characters with a meaning of their own in MQTT are percent-encoded. */
export function agentTopic(endpointId: string): string {
	return `mullion/usp/v1/agent/${endpointId.replaceAll(/[%/+#]/g, encodeURIComponent)}`;
}

/** The topic a controller listens on. */
export function controllerTopic(endpointId: string): string {
	return `mullion/usp/v1/controller/${endpointId.replaceAll(/[%/+#]/g, encodeURIComponent)}`;
}

/** Where there is none yet, or only what is left of one, the broker gives another. */
function clientIdIn(stored: Uint8Array | undefined): string {
	const text = new TextDecoder().decode(stored);
	return /^[^\p{C}\uFFFD]{1,256}$/u.test(text) ? text : '';
}
