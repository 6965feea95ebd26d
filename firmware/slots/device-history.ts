/**
 * What was written to a group of memory devices, in order, and what a power cut at any moment leaves of it.
 *
 * A sync makes durable what was written before it to its own device; the devices are partitions of one disk,
 * and a sync of one says nothing of another. The rest may be lost, come in any order, and be torn between
 * sectors.
 */
export type DeviceEvent =
	| { readonly kind: 'write'; readonly device: string; readonly at: number; readonly bytes: Uint8Array }
	| { readonly kind: 'sync'; readonly device: string };

type Write = Extract<DeviceEvent, { kind: 'write' }>;

/** Gives a whole number from 0 to `most`. */
export type Choose = (most: number) => number;

const sectorBytes = 512;

export class DeviceHistory {
	readonly events: DeviceEvent[] = [];
	readonly #before = new Map<string, Uint8Array>();

	/** @param bytes what the device holds before the first event */
	begin(device: string, bytes: Uint8Array): void {
		this.#before.set(device, bytes.slice());
	}

	/** What each device holds if exactly the first `count` events happened. */
	prefix(count: number): Map<string, Uint8Array> {
		return this.#applied(this.events.slice(0, count).filter((event) => event.kind === 'write'));
	}

	/**
	 * What each device may hold if the power goes after `count` events: `choose` says, sector by sector, which
	 * of the writes that were not synced came, and in which order.
	 */
	torn(count: number, choose: Choose): Map<string, Uint8Array> {
		const synced: Write[] = [];
		let waiting: Write[] = [];
		for (const event of this.events.slice(0, count)) {
			if (event.kind === 'write') waiting.push(event);
			else {
				synced.push(...waiting.filter(({ device }) => device === event.device));
				waiting = waiting.filter(({ device }) => device !== event.device);
			}
		}
		return this.#applied([...synced, ...shuffled(waiting, choose).flatMap((write) => parts(write, choose))]);
	}

	#applied(writes: readonly Write[]): Map<string, Uint8Array> {
		const content = new Map([...this.#before].map(([device, bytes]) => [device, bytes.slice()]));
		for (const { device, at, bytes } of writes) content.get(device)?.set(bytes, at);
		return content;
	}
}

/** What came of a write: nothing, all, or some of its sectors. */
function parts(write: Write, choose: Choose): Write[] {
	const fate = choose(3);
	if (fate === 0) return [];
	if (fate === 1) return [write];
	const sectors: Write[] = [];
	for (let from = 0; from < write.bytes.length; ) {
		const at = write.at + from;
		const to = Math.min(write.bytes.length, from + sectorBytes - (at % sectorBytes));
		// Some media tear inside a sector too.
		const end = fate === 3 ? from + choose(to - from) : to;
		if (choose(1) === 1) sectors.push({ ...write, at, bytes: write.bytes.subarray(from, end) });
		from = to;
	}
	return sectors;
}

function shuffled<Item>(items: readonly Item[], choose: Choose): Item[] {
	const left = [...items];
	const order: Item[] = [];
	while (left.length > 0) order.push(...left.splice(choose(left.length - 1), 1));
	return order;
}
