/** Which VMs of a cell subscribe which topic, and by which number they know it. */
import type { FullPolicy } from '../module/manifest.ts';
import type { TopicGrant } from '../vm/cell-protocol.ts';
import type { Resident } from '../vm/resident.ts';

export interface Route {
	readonly to: Resident;
	readonly topic: string;
	/** The topic's number for this VM. */
	readonly index: number;
	readonly whenFull: FullPolicy;
}

const none: readonly Route[] = [];

export class Routes {
	readonly #byTopic = new Map<string, readonly Route[]>();
	readonly #members = new Set<Resident>();

	/** One that is here already has the topics that it has now. */
	add(resident: Resident): void {
		this.remove(resident);
		this.#members.add(resident);
		const { topics } = resident.spec;
		for (let index = 0; index < topics.length; index++) {
			const { name, maySubscribe, whenFull } = topics[index] as TopicGrant;
			if (maySubscribe) this.#insert({ to: resident, topic: name, index, whenFull });
		}
	}

	remove(resident: Resident): void {
		// What it was started with may not be what it has now: it may be among those of any topic.
		if (!this.#members.delete(resident)) return;
		for (const [topic, routes] of this.#byTopic) {
			const left = routes.filter(({ to }) => to !== resident);
			if (left.length === 0) this.#byTopic.delete(topic);
			else if (left.length < routes.length) this.#byTopic.set(topic, left);
		}
	}

	/** In the order of their numbers, so that "the first that serves it" means the same after a restart. */
	#insert(route: Route): void {
		const routes = this.of(route.topic);
		const at = routes.findLastIndex(({ to }) => to.id < route.to.id) + 1;
		this.#byTopic.set(route.topic, routes.toSpliced(at, 0, route));
	}

	of(topic: string): readonly Route[] {
		return this.#byTopic.get(topic) ?? none;
	}
}
