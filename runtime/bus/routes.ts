/** Which VMs of a cell subscribe which topic, and by which number they know it. */
import type { FullPolicy } from '../module/manifest.ts';
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
	readonly #byTopic = new Map<string, Route[]>();

	/** Adding a VM that is here already changes nothing. */
	add(resident: Resident): void {
		this.remove(resident);
		for (const [index, { name, maySubscribe, whenFull }] of resident.spec.topics.entries()) {
			if (!maySubscribe) continue;
			const routes = this.#byTopic.get(name) ?? [];
			// In the order of their numbers, so that "the first that serves it" means the same after a restart.
			routes.push({ to: resident, topic: name, index, whenFull });
			this.#byTopic.set(
				name,
				routes.toSorted((a, b) => a.to.id - b.to.id),
			);
		}
	}

	remove(resident: Resident): void {
		for (const [topic, routes] of this.#byTopic)
			this.#byTopic.set(
				topic,
				routes.filter(({ to }) => to !== resident),
			);
	}

	of(topic: string): readonly Route[] {
		return this.#byTopic.get(topic) ?? none;
	}
}
