/** The bus as the operator's commands reach it: a message to a topic, a request to whoever serves it. */
import { BusError, type Hub } from '../../runtime/bus/hub.ts';
import type { BusPort } from '../agent/ports.ts';

/** What only the platform itself may say to a VM. */
const closedTopics = [
	'session.control',
	'session.checkpoint',
	'box.firmware',
	'serial.input',
	'serial.output',
];

export function busPort(hub: Hub): BusPort {
	const check = (topic: string): void => {
		if (closedTopics.includes(topic)) throw new BusError('denied', `${topic} belongs to the platform`);
	};
	return {
		publish: async ({ topic, payload }) => {
			check(topic);
			const receivers = hub.subscribers(topic);
			if (receivers === 0) throw new BusError('denied', `nobody on this box subscribes ${topic}`);
			hub.publish(topic, payload);
			return receivers;
		},
		request: async ({ topic, payload, deadlineMs, signal }) => {
			check(topic);
			signal.throwIfAborted();
			return hub.request({ topic, payload, deadlineMs });
		},
	};
}
