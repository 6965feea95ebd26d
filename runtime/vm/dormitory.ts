/**
 * Where the packed states of sleeping VMs lie, side by side in one stretch of memory. Each in a buffer of its own keeps
 * another page or two of what lies around it from being given back, which is more than it has itself.
 */

/** Address space; who finds no room there has a buffer of his own. */
const mostBytes = 67_108_864;
/** What the stretch grows and shrinks by, in bytes. */
const stepBytes = 16_384;

export class Bed {
	readonly length: number;
	/** Its place in the stretch. */
	at: number;
	#dormitory: Dormitory | undefined;

	constructor(dormitory: Dormitory, at: number, length: number) {
		this.#dormitory = dormitory;
		this.at = at;
		this.length = length;
	}

	get isLeft(): boolean {
		return this.#dormitory === undefined;
	}

	/** A copy. */
	bytes(): Uint8Array {
		return this.#dormitory?.bytesOf(this) ?? new Uint8Array(0);
	}

	/** Its bytes are needed no more. */
	leave(): void {
		const dormitory = this.#dormitory;
		this.#dormitory = undefined;
		dormitory?.left(this);
	}
}

export class Dormitory {
	readonly #stretch: ArrayBuffer;
	readonly #all: Uint8Array;
	readonly #mostBytes: number;
	/** In the order of their places, those that were left included. */
	#beds: Bed[] = [];
	#end = 0;
	/** Bytes of beds that were left. */
	#empty = 0;
	/** Of those for whom there was no room. */
	readonly #outside = new Map<Bed, Uint8Array>();

	/** @param most bytes, a multiple of 16 KiB */
	constructor(most = mostBytes) {
		this.#mostBytes = most;
		this.#stretch = new ArrayBuffer(0, { maxByteLength: most });
		this.#all = new Uint8Array(this.#stretch);
	}

	/** What the stretch takes. */
	get byteLength(): number {
		return this.#stretch.byteLength;
	}

	/** Copies the bytes. */
	lay(bytes: Uint8Array): Bed {
		const bed = new Bed(this, this.#end, bytes.length);
		const end = this.#end + bytes.length;
		if (end > this.#mostBytes) {
			this.#outside.set(bed, bytes.slice());
			return bed;
		}
		this.#resize(end);
		this.#all.set(bytes, bed.at);
		this.#beds.push(bed);
		return bed;
	}

	/** For `Bed`. */
	bytesOf(bed: Bed): Uint8Array {
		return this.#outside.get(bed) ?? this.#all.slice(bed.at, bed.at + bed.length);
	}

	/** For `Bed`. */
	left(bed: Bed): void {
		if (this.#outside.delete(bed)) return;
		this.#empty += bed.length;
		if (this.#empty > stepBytes && this.#empty * 2 > this.#end) this.#moveUp();
	}

	/** At least half of it becomes free: what is moved is less than what was left. */
	#moveUp(): void {
		let end = 0;
		this.#beds = this.#beds.filter((bed) => !bed.isLeft);
		for (const bed of this.#beds) {
			this.#all.copyWithin(end, bed.at, bed.at + bed.length);
			bed.at = end;
			end += bed.length;
		}
		this.#empty = 0;
		this.#resize(end);
	}

	#resize(end: number): void {
		this.#end = end;
		const bytes = Math.ceil(end / stepBytes) * stepBytes;
		if (bytes !== this.#stretch.byteLength) this.#stretch.resize(bytes);
	}
}
