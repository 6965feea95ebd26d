/** Which VMs of a cell hear what comes by which way, and by which number they know its topic. */
import type { FullPolicy } from '../module/manifest.ts';
import type { TopicGrant } from '../vm/cell-protocol.ts';
import type { Resident } from '../vm/resident.ts';
import { wayIn } from './ways.ts';

export interface Route {
	readonly to: Resident;
	readonly topic: string;
	/** The topic's number for this VM. */
	readonly index: number;
	readonly whenFull: FullPolicy;
}

const none: readonly Route[] = [];

export class Routes {
	readonly #byWay = new Map<string, readonly Route[]>();
	readonly #members = new Set<Resident>();

	/** One that is here already has the topics that it has now. */
	add(resident: Resident): void {
		this.remove(resident);
		this.#members.add(resident);
		const { topics } = resident.spec;
		for (let index = 0; index < topics.length; index++) {
			const grant = topics[index] as TopicGrant;
			const { name, maySubscribe, whenFull } = grant;
			if (maySubscribe) this.#insert(wayIn(grant), { to: resident, topic: name, index, whenFull });
		}
	}

	remove(resident: Resident): void {
		// What it was started with may not be what it has now: it may be among those of any topic.
		if (!this.#members.delete(resident)) return;
		for (const [way, routes] of this.#byWay) {
			const left = routes.filter(({ to }) => to !== resident);
			if (left.length === 0) this.#byWay.delete(way);
			else if (left.length < routes.length) this.#byWay.set(way, left);
		}
	}

	/** In the order of their numbers, so that "the first that serves it" means the same after a restart. */
	#insert(way: string, route: Route): void {
		const routes = this.of(way);
		const at = routes.findLastIndex(({ to }) => to.id < route.to.id) + 1;
		this.#byWay.set(way, routes.toSpliced(at, 0, route));
	}

	of(way: string): readonly Route[] {
		return this.#byWay.get(way) ?? none;
	}
}
