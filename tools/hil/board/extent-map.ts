/** What stands where on a disk that was written to: ranges of bytes, the newest on top. */

export interface Extent {
	readonly offset: number;
	readonly length: number;
	/** Place of its first byte in a log of writes; undefined for zeros. */
	readonly dataAt: number | undefined;
}

/** Holds places, never data: as large as the number of writes, whatever they wrote. */
export class ExtentMap {
	/** Without overlaps, sorted by offset. */
	#extents: Extent[];

	constructor(extents: readonly Extent[] = []) {
		this.#extents = [...extents];
	}

	get extents(): readonly Extent[] {
		return this.#extents;
	}

	copy(): ExtentMap {
		return new ExtentMap(this.#extents);
	}

	/** Lays an extent over what is there. */
	lay(extent: Extent): void {
		if (extent.length === 0) return;
		const end = extent.offset + extent.length;
		const first = this.#firstEndingBehind(extent.offset);
		let last = first;
		const kept: Extent[] = [];
		for (; last < this.#extents.length; last++) {
			const old = this.#extents[last] as Extent;
			if (old.offset >= end) break;
			if (old.offset < extent.offset) kept.push(part(old, old.offset, extent.offset));
			if (old.offset + old.length > end) kept.push(part(old, end, old.offset + old.length));
		}
		const isLaid = [...kept, extent].toSorted((a, b) => a.offset - b.offset);
		this.#extents.splice(first, last - first, ...isLaid);
	}

	/** The parts of extents that lie in a range. */
	within(offset: number, length: number): Extent[] {
		const found: Extent[] = [];
		const end = offset + length;
		for (let index = this.#firstEndingBehind(offset); index < this.#extents.length; index++) {
			const extent = this.#extents[index] as Extent;
			if (extent.offset >= end) break;
			found.push(part(extent, Math.max(offset, extent.offset), Math.min(end, extent.offset + extent.length)));
		}
		return found;
	}

	#firstEndingBehind(offset: number): number {
		let low = 0;
		let high = this.#extents.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			const { offset: start, length } = this.#extents[middle] as Extent;
			if (start + length > offset) high = middle;
			else low = middle + 1;
		}
		return low;
	}
}

/** The bytes of an extent from one place on the disk to another. */
export function part({ offset, dataAt }: Extent, from: number, to: number): Extent {
	return {
		offset: from,
		length: to - from,
		dataAt: dataAt === undefined ? undefined : dataAt + from - offset,
	};
}

/** What has to be written to get from one map to another. */
export interface Change extends Extent {
	/** Nothing stands there in the other map: what is below shows again. */
	readonly isBare: boolean;
}

/** Walks through both, sorted as they are; what is the same in both is left out. */
export function* changesBetween(from: readonly Extent[], to: readonly Extent[]): Generator<Change> {
	let [place, left, right] = [0, 0, 0];
	while (left < from.length || right < to.length) {
		const [old, wanted] = [from[left], to[right]];
		place = Math.max(place, Math.min(old?.offset ?? Infinity, wanted?.offset ?? Infinity));
		const isOld = old !== undefined && old.offset <= place;
		const isWanted = wanted !== undefined && wanted.offset <= place;
		const end = Math.min(nextBorder(old, isOld), nextBorder(wanted, isWanted));
		if (isWanted) {
			const change = part(wanted, place, end);
			const isSame = isOld && part(old, place, end).dataAt === change.dataAt;
			if (!isSame) yield { ...change, isBare: false };
		} else if (isOld) yield { ...part(old, place, end), isBare: true };
		place = end;
		if (isOld && end === nextBorder(old, true)) left++;
		if (isWanted && end === nextBorder(wanted, true)) right++;
	}
}

/** Where an extent ends in which one is, or begins before which one is. */
function nextBorder(extent: Extent | undefined, isInside: boolean): number {
	if (extent === undefined) return Infinity;
	return isInside ? extent.offset + extent.length : extent.offset;
}
