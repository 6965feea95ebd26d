/** The routes of the whole box, as every cell keeps them: which cells want a topic, and who serves it. */
import { Alike } from '../alike.ts';
import type { FullPolicy } from '../module/manifest.ts';
import type { CellNumber, NumberedGrant, RouteChange, VmId } from '../vm/cell-protocol.ts';
import { stricter } from './full-policy.ts';

export interface Destination {
	readonly cell: CellNumber;
	/** The strictest of its subscribers: if one of them holds the sender, the way there does. */
	readonly whenFull: FullPolicy;
}

export interface TopicRoutes {
	/** The number by which all cells know the topic. */
	readonly number: number;
	readonly destinations: readonly Destination[];
	/** Subscribers by number: the first is the one that serves it. */
	readonly servers: readonly { readonly vm: VmId; readonly cell: CellNumber }[];
}

interface Member {
	readonly vm: VmId;
	readonly cell: CellNumber;
	readonly whenFull: FullPolicy;
}

export class RouteTable {
	readonly #joined = new Map<
		VmId,
		{ readonly cell: CellNumber; readonly topics: readonly NumberedGrant[] }
	>();
	readonly #members = new Map<string, readonly Member[]>();
	readonly #byTopic = new Map<string, TopicRoutes>();
	readonly #names = new Map<number, string>();
	readonly #alike = new Alike();

	apply(change: RouteChange): void {
		this.#remove(change.vm);
		if (change.tag === 'left') return;
		const { vm, cell } = change;
		const topics = this.#alike.of(change.topics);
		this.#joined.set(vm, { cell, topics });
		const members = new Map<FullPolicy, Member>();
		for (const { name, number, maySubscribe, whenFull } of topics) {
			this.#names.set(number, name);
			if (!maySubscribe) continue;
			const member = members.get(whenFull) ?? { vm, cell, whenFull };
			members.set(whenFull, member);
			this.#set({ name, number }, [...this.#others(name, vm), member]);
		}
	}

	of(topic: string): TopicRoutes | undefined {
		return this.#byTopic.get(topic);
	}

	/** Every VM with the topics that it wants. */
	*subscribers(): Generator<{ vm: VmId; cell: CellNumber; topics: string[] }> {
		for (const [vm, { cell, topics }] of this.#joined)
			yield { vm, cell, topics: topics.filter((t) => t.maySubscribe).map(({ name }) => name) };
	}

	nameOf(number: number): string | undefined {
		return this.#names.get(number);
	}

	#remove(vm: VmId): void {
		const topics = this.#joined.get(vm)?.topics ?? [];
		this.#joined.delete(vm);
		for (const topic of topics) if (topic.maySubscribe) this.#set(topic, this.#others(topic.name, vm));
	}

	#others(name: string, vm: VmId): Member[] {
		return (this.#members.get(name) ?? []).filter((member) => member.vm !== vm);
	}

	#set({ name, number }: { name: string; number: number }, unordered: readonly Member[]): void {
		const members = unordered.toSorted((a, b) => a.vm - b.vm);
		const strictest = new Map<CellNumber, FullPolicy>();
		for (const { cell, whenFull } of members) strictest.set(cell, stricter(strictest.get(cell), whenFull));
		if (members.length === 0) {
			this.#members.delete(name);
			this.#byTopic.delete(name);
			return;
		}
		this.#members.set(name, members);
		const destinations = [...strictest].map(([cell, whenFull]) => ({ cell, whenFull }));
		this.#byTopic.set(name, { number, destinations, servers: members });
	}
}
