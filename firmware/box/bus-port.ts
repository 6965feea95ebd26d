/** The bus as the operator's commands reach it: a message to a topic, a request to whoever serves it. */
import { BusError, type Hub } from '../../runtime/bus/hub.ts';
import { topicsTopic } from '../../runtime/bus/ways.ts';
import type { Modules } from '../../runtime/module/modules.ts';
import { isUp } from '../../runtime/vm/lifecycle.ts';
import type { BusPort } from '../agent/ports.ts';

/** What only the platform itself may say to a VM. */
const closedTopics = [
	'session.control',
	'session.checkpoint',
	'box.firmware',
	topicsTopic,
	'serial.input',
	'serial.output',
	'recordings.order',
	'recordings.report',
];

export interface BusPortOptions {
	readonly hub: Hub;
	readonly modules: Pick<Modules, 'list'>;
}

export function busPort({ hub, modules }: BusPortOptions): BusPort {
	const check = (topic: string): void => {
		if (closedTopics.includes(topic)) throw new BusError('denied', `${topic} belongs to the platform`);
		if (hub.subscribers(topic) === 0) throw unheard(topic, modules);
	};
	return {
		publish: async ({ topic, payload }) => {
			check(topic);
			hub.publish(topic, payload);
			return hub.subscribers(topic);
		},
		request: async ({ topic, payload, deadlineMs, signal }) => {
			check(topic);
			signal.throwIfAborted();
			return hub.request({ topic, payload, deadlineMs });
		},
	};
}

/** Why nobody hears it: nobody asks for it, who does is down or has no VM, or the rules of the box keep it from them. */
function unheard(topic: string, modules: BusPortOptions['modules']): BusError {
	const asking = modules.list().filter(({ manifest }) => Object.hasOwn(manifest.subscribes, topic));
	const [first] = asking;
	if (first === undefined) return new BusError('denied', `nobody on this box subscribes ${topic}`);
	const { name } = first.manifest;
	const vms = asking.flatMap(({ vms }) => vms);
	// One for each network its session is made for: on a box without such a network, none.
	if (vms.length === 0)
		return new BusError('unreachable', `${name}, which subscribes ${topic}, has no VM on this box`);
	const down = vms.find(({ state }) => !isUp(state));
	if (down !== undefined)
		return new BusError(
			'unreachable',
			`${down.name}, which subscribes ${topic}, is ${down.state}: ${down.reason}`,
		);
	return new BusError('denied', `${name} asks for ${topic}, which the rules of this box keep from it`);
}
