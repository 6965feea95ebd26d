/** Tells a container VM the topics that it has: those of its start it knows only where it has started anew. */
import { CarriedTopics } from '../../proto/host/bus/container.ts';
import type { Waiting } from '../bus/inbox.ts';
import { topicsTopic } from '../bus/ways.ts';
import type { Event } from '../component/generated/service.ts';
import { platformId, type TopicGrant } from './cell-protocol.ts';

/**
 * @param first number of the first that it is told
 * @returns undefined where there is nothing to tell, or the VM is no container
 */
export function topicsMessage(topics: readonly TopicGrant[], first: number): Waiting<Event> | undefined {
	const topic = topics.findIndex(({ name }) => name === topicsTopic);
	if (topic < 0 || first >= topics.length) return undefined;
	const payload = CarriedTopics.encode({ first, names: topics.slice(first).map(({ name }) => name) });
	const val = { topic, sender: platformId, correlation: 0, payload };
	return { event: { tag: 'message', val }, bytes: 0, failures: 0 };
}
