/** Answers boxes that read the repository over MQTT 5 (proto/cloud/repository.proto). */

import type { IPublishPacket, MqttClient } from 'mqtt';
import { mostAnswerBytes, readFileRange } from '../../../firmware/update/file-range.ts';
import { READ_TOPIC } from '../../../firmware/update/mqtt-range-reader.ts';
import { FileRange, ReadRange, ReadStatus } from '../../../proto/host/cloud/repository.ts';

/** Requests beyond this many at a time are dropped; boxes ask again. */
const MAX_OPEN = 256;

/** Of a packet, for what is in it beside the bytes of a file: topics, properties, the numbers of the answer. */
const packetBytes = 4096;

// Whoever may ask could otherwise have the headend publish to any topic in its own name.
const RESPONSE_TOPIC = /^mullion\/reply\/[^+#]+$/;

export interface ServeOptions {
	/** MQTT 5; it is used with others and left open. */
	readonly client: MqttClient;
	/** `Repository.publicDirectory`. */
	readonly directory: string;
	/** Told about requests that cannot be answered. */
	readonly log?: (line: string) => void;
}

export interface RepositoryService {
	/** Stops and resolves when the last answer is out. */
	close(): Promise<void>;
}

/** Resolves once the broker has taken the subscription; a client that reconnects is served again. */
export async function serveRepository({
	client,
	directory,
	log = () => undefined,
}: ServeOptions): Promise<RepositoryService> {
	const open = new Set<Promise<void>>();

	const onMessage = (topic: string, payload: Uint8Array, packet: IPublishPacket): void => {
		const { responseTopic, correlationData } = packet.properties ?? {};
		if (topic !== READ_TOPIC) return;
		if (responseTopic === undefined || !RESPONSE_TOPIC.test(responseTopic) || correlationData === undefined) {
			return log('dropped a read without a response topic below mullion/reply/ or without correlation data');
		}
		if (open.size >= MAX_OPEN) return log(`dropped a read: ${MAX_OPEN} others are open`);
		const answered = answer({ directory, payload, most: mostBytes(client) })
			.then((range) => {
				if (client.connected) {
					client.publish(responseTopic, Buffer.from(range), { qos: 0, properties: { correlationData } });
				}
			})
			.catch((error) => log(`could not answer a read: ${error instanceof Error ? error.message : error}`))
			.finally(() => open.delete(answered));
		open.add(answered);
	};
	const subscribe = (): void => {
		client.subscribe(
			READ_TOPIC,
			{ qos: 0 },
			(error) => error && log(`cannot serve ${READ_TOPIC}: ${error.message}`),
		);
	};

	client.on('message', onMessage);
	if (client.connected) await client.subscribeAsync(READ_TOPIC, { qos: 0 });
	client.on('connect', subscribe);

	return {
		close: async () => {
			client.off('connect', subscribe);
			client.off('message', onMessage);
			if (client.connected) await client.unsubscribeAsync(READ_TOPIC);
			await Promise.all(open);
		},
	};
}

/** Of a file in an answer: what the broker does not take would never arrive. */
function mostBytes({ serverProperties }: MqttClient): number {
	const most = serverProperties?.maximumPacketSize ?? Number.POSITIVE_INFINITY;
	return Math.max(1, Math.min(mostAnswerBytes, most - packetBytes));
}

async function answer({
	directory,
	payload,
	most,
}: {
	readonly directory: string;
	readonly payload: Uint8Array;
	readonly most: number;
}): Promise<Uint8Array> {
	const range = await readFileRange(directory, ReadRange.decode(payload), most);
	if (range === 'not-found') return FileRange.encode({ status: ReadStatus.READ_STATUS_NOT_FOUND });
	if (range === 'refused') return FileRange.encode({ status: ReadStatus.READ_STATUS_REFUSED });
	return FileRange.encode({ status: ReadStatus.READ_STATUS_OK, ...range });
}
