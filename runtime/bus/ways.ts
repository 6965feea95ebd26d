/**
 * The ways of a topic. Where the platform carries it, there is one, called as the topic. Where a container VM does,
 * there are two: what services say goes to the container by one, and from it to who subscribes by the other. Which
 * ways a VM has is decided when it is admitted, so that looking up a route costs the same in both cases.
 */
import type { TopicGrant } from '../vm/cell-protocol.ts';

/** Where a container VM is told the topics that it carries. */
export const topicsTopic = 'box.topics';

/** Topics begin with a letter: none is called like this. */
const mark = '>';

/** From the services to the container VM. The way on from there is called as the topic. */
export function saidWay(topic: string): string {
	return mark + topic;
}

/** What VMs call it. */
export function topicOf(way: string): string {
	return way.startsWith(mark) ? way.slice(mark.length) : way;
}

/** By which way what the VM says on the topic goes. */
export function wayOut({ name, out = name }: Pick<TopicGrant, 'name' | 'out'>): string {
	return out;
}

/** By which way what the VM hears on the topic comes. */
export function wayIn({ name, in: way = name }: Pick<TopicGrant, 'name' | 'in'>): string {
	return way;
}

/** A topic with two ways as two grants, each with the name of its way: for routes and what is checked by them. */
export function grantsOfWays(topics: readonly TopicGrant[]): Omit<TopicGrant, 'out' | 'in'>[] {
	return topics.flatMap((topic) => {
		const { name, mayPublish, maySubscribe, whenFull } = topic;
		const [out, into] = [wayOut(topic), wayIn(topic)];
		if (out === into) return [{ name, mayPublish, maySubscribe, whenFull }];
		return [
			...(mayPublish ? [{ name: out, mayPublish, maySubscribe: false, whenFull }] : []),
			...(maySubscribe ? [{ name: into, mayPublish: false, maySubscribe, whenFull }] : []),
		];
	});
}
