/** A controller with no manners of its own: sends any bytes, and shows every record it gets. */
import { type EventEmitter, on } from 'node:events';
import type { ExecutionContext } from 'ava';
import { connectAsync, type IPublishPacket } from 'mqtt';
import { agentTopic } from '../../firmware/agent/mqtt-transport.ts';
import { messageRecord } from '../../firmware/agent/records.ts';
import { Msg } from '../../proto/host/cloud/usp/usp-msg.ts';
import { Record as UspRecord } from '../../proto/host/cloud/usp/usp-record.ts';
import { agentId, operator } from './trial-box.ts';

export async function startPeer(
	t: ExecutionContext,
	{ url, topic = operator.topic }: { url: string; topic?: string },
) {
	const client = await connectAsync(url, { protocolVersion: 5, reconnectPeriod: 0 });
	t.teardown(() => client.endAsync(true));
	await client.subscribeAsync(topic, { qos: 1 });
	const arrivals = on(client as unknown as EventEmitter, 'message') as AsyncIterator<
		[string, Buffer, IPublishPacket]
	>;
	const next = async () => {
		const { value } = await arrivals.next();
		const [, payload, packet] = value;
		const record = UspRecord.decode(new Uint8Array(payload));
		const inside = record.noSessionContext?.payload;
		return { record, packet, ...(inside && { message: Msg.decode(inside) }) };
	};
	return {
		client,
		next,
		send: (bytes: Uint8Array, properties: IPublishPacket['properties'] = { contentType: 'usp.msg' }) =>
			client.publishAsync(agentTopic(agentId), Buffer.from(bytes), {
				qos: 1,
				...(properties && { properties }),
			}),
		/** The next record that is a message; those of the link itself are passed over. */
		nextMessage: async () => {
			for (;;) {
				const { message } = await next();
				if (message !== undefined) return message;
			}
		},
	};
}

/** The record of a message from the operator to the box. */
export const fromOperator = (message: Parameters<typeof messageRecord>[1]) =>
	messageRecord({ from: operator.endpointId, to: agentId }, message);

/** A request that every box answers. */
export const get = (msgId: string) =>
	fromOperator({
		header: { msgId, msgType: 1 },
		body: { request: { get: { paramPaths: ['Device.DeviceInfo.SerialNumber'], maxDepth: 0 } } },
	});
