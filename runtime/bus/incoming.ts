/** The way from one other cell: its records in order, read only as far as this cell knows the routes. */
import type { CellNumber, RouteChange, VmId } from '../vm/cell-protocol.ts';
import { Licence } from './licence.ts';
import { windowBytes } from './outgoing.ts';
import { type BusRecord, RecordReader } from './record.ts';
import { RingReader } from './ring.ts';

/**
 * Room is told to the other cell in amounts of this, a part of a window: who stands still is woken while there is still
 * more to hear than it takes to wake, so that both go on side by side.
 */
const toldBytes = windowBytes / 8;

export type Said = Exclude<BusRecord, { tag: 'version' }>;

export class Incoming {
	readonly #ring: RingReader;
	readonly #records: RecordReader;
	readonly #licence: Licence;
	/** Routes that the other cell had not come to know, when it last said so. */
	#changes: { readonly version: number; readonly change: RouteChange }[] = [];
	/** The version the other cell is ahead of this one with. */
	#ahead = 0;
	#known: number;
	#forged = 0;

	constructor({ peer, ring, version }: { peer: CellNumber; ring: SharedArrayBuffer; version: number }) {
		this.#ring = new RingReader(ring);
		this.#records = new RecordReader(this.#ring);
		this.#licence = new Licence(peer);
		this.#known = version;
	}

	get forged(): number {
		return this.#forged;
	}

	get malformed(): number {
		return this.#records.malformed;
	}

	/** This cell knows the routes up to `version`. */
	learn(version: number, changes: readonly RouteChange[]): void {
		this.#known = version;
		this.#changes.push(...changes.map((change) => ({ version, change })));
	}

	/** Stamp of what can be read next; undefined when there is nothing, or nothing yet. */
	stamp(): number | undefined {
		return this.#ahead > this.#known ? undefined : this.#records.stamp();
	}

	/** The next thing that was said; what its sender may not say is left out and counted. */
	read(): Said | undefined {
		const record = this.#records.read();
		if (record === undefined) return undefined;
		if (record.tag === 'version') {
			this.#ahead = record.version;
			this.#follow();
			return undefined;
		}
		if (this.#changes.length > 0) this.#follow();
		if (record.tag !== 'publication' && record.tag !== 'request') return record;
		if (this.#licence.speaker(record.sender)?.topics.has(record.topic) === true) return record;
		this.#forged++;
		return undefined;
	}

	/** Gives the room in the ring back; true when the other cell waits for it. */
	release(): boolean {
		return this.#ring.release();
	}

	/** Something that holds its sender has found room: how much there is to tell, once it is worth telling. */
	placed(vm: VmId, bytes: number): number {
		const speaker = this.#licence.speaker(vm);
		// Of one that has left nobody stands still any more.
		if (speaker === undefined) return 0;
		speaker.untold += bytes;
		if (speaker.untold < toldBytes) return 0;
		const { untold } = speaker;
		speaker.untold = 0;
		return untold;
	}

	#follow(): void {
		if (this.#ahead > this.#known) return;
		let next = this.#changes[0];
		while (next !== undefined && next.version <= this.#ahead) {
			this.#licence.apply(next.change);
			this.#changes.shift();
			next = this.#changes[0];
		}
	}
}
