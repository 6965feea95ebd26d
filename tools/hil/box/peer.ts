/** Somebody else on the broker, with no manners: sends any bytes to anywhere and shows what comes back. */
import { connectAsync, type IPublishPacket, type MqttClient } from 'mqtt';
import { agentTopic } from '../../../firmware/agent/mqtt-transport.ts';
import { messageRecord } from '../../../firmware/agent/records.ts';
import { Msg, MsgType, type Request } from '../../../proto/host/cloud/usp/usp-msg.ts';
import { Record as UspRecord } from '../../../proto/host/cloud/usp/usp-record.ts';
import { agentId } from '../../start/stage.ts';

/** What the box said to a record of the peer. */
export interface Answer {
	readonly record: UspRecord;
	/** Empty for a record that carries no message. */
	readonly messageId: string;
	readonly message: Msg | undefined;
}

/** The box lets tools in whose id begins so. */
const endpointId = 'self::mullion-peer';
const replyTopic = 'peer/reply';

export class Peer implements AsyncDisposable {
	readonly client: MqttClient;
	readonly answers: Answer[] = [];
	readonly #waiting = new Map<string, (answer: Answer) => void>();

	private constructor(client: MqttClient) {
		this.client = client;
		client.on('message', (topic, payload) => {
			if (topic === replyTopic) this.#take(new Uint8Array(payload));
		});
	}

	static async connect(broker: string): Promise<Peer> {
		const client = await connectAsync(broker, { protocolVersion: 5, reconnectPeriod: 0 });
		const peer = new Peer(client);
		await client.subscribeAsync(replyTopic, { qos: 1 });
		return peer;
	}

	/** A well-formed record, unless `changes` make it none. */
	record(messageId: string, request: Request, changes: { to?: string; from?: string } = {}): Uint8Array {
		const { to = agentId, from = endpointId } = changes;
		const msgType = request.operate ? MsgType.OPERATE : MsgType.GET;
		return messageRecord({ from, to }, { header: { msgId: messageId, msgType }, body: { request } });
	}

	/** Default the serial number, which every box has. */
	get(messageId: string, paths: string | string[] = 'Device.DeviceInfo.SerialNumber'): Uint8Array {
		return this.record(messageId, { get: { paramPaths: [paths].flat(), maxDepth: 0 } });
	}

	/** Resolves once the broker has it. */
	async send(
		bytes: Uint8Array,
		options: { contentType?: string; retain?: boolean; topic?: string } = {},
	): Promise<void> {
		const { contentType = 'usp.msg', retain = false, topic = agentTopic(agentId) } = options;
		const properties: IPublishPacket['properties'] = { contentType, responseTopic: replyTopic };
		await this.client.publishAsync(topic, Buffer.from(bytes), { qos: 1, retain, properties });
	}

	/** Sends, and resolves with the answer that names this message. */
	async ask(messageId: string, bytes: Uint8Array, options?: { retain?: boolean }): Promise<Answer> {
		const answered = new Promise<Answer>((resolve) => this.#waiting.set(messageId, resolve));
		await this.send(bytes, options);
		return answered;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.client.endAsync(true);
	}

	#take(bytes: Uint8Array): void {
		const record = UspRecord.decode(bytes);
		const payload = record.noSessionContext?.payload;
		const message = payload === undefined ? undefined : Msg.decode(payload);
		const answer = { record, message, messageId: message?.header?.msgId ?? '' };
		this.answers.push(answer);
		this.#waiting.get(answer.messageId)?.(answer);
		this.#waiting.delete(answer.messageId);
	}
}
