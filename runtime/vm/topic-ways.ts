/** Where what a VM publishes goes: looked up once, for as long as nobody comes, leaves or listens anew. */
import type { Route } from '../bus/routes.ts';
import { wayOut } from '../bus/ways.ts';
import type { Resident } from './resident.ts';

export interface TopicWay {
	/** What it is called: see `bus/ways.ts`. */
	readonly way: string;
	/** To VMs of this cell. */
	readonly routes: readonly Route[];
	/** The box listens. */
	readonly isWanted: boolean;
	/** Another cell listens. */
	readonly isAbroad: boolean;
	/** There is somebody in this cell or the box who keeps no journal. */
	readonly isUnkept: boolean;
	/** One VM of this cell hears it and nobody else does, nor holds on to what the sender does. */
	readonly isSole: boolean;
}

type Found = Pick<TopicWay, 'routes' | 'isWanted' | 'isAbroad'>;

export class TopicWays {
	readonly #find: (way: string) => Found;
	#version = 1;

	constructor(find: (way: string) => Found) {
		this.#find = find;
	}

	/** Nothing that was looked up holds any more. */
	changed(): void {
		this.#version++;
	}

	/** Undefined where the VM may not publish. @param index of the topic in its spec */
	of(sender: Resident, index: number): TopicWay | undefined {
		if (sender.waysVersion !== this.#version) {
			sender.ways = undefined;
			sender.waysVersion = this.#version;
		}
		return sender.ways?.[index] ?? this.#look(sender, index);
	}

	#look(sender: Resident, index: number): TopicWay | undefined {
		const grant = sender.spec.topics[index];
		if (grant?.mayPublish !== true) return undefined;
		const name = wayOut(grant);
		const found = this.#find(name);
		const isUnkept = found.isWanted || found.routes.some(({ to }) => !to.isJournalled);
		const { routes, isWanted, isAbroad } = found;
		// What links foreign guests may hold on to what they say, and so does a recording.
		const isOurs = sender.recorder === undefined && sender.spec.foreign === undefined;
		const isSole = isOurs && routes.length === 1 && !isWanted && !isAbroad;
		const way = { way: name, routes, isWanted, isAbroad, isUnkept, isSole };
		sender.ways ??= [];
		sender.ways[index] = way;
		return way;
	}
}
