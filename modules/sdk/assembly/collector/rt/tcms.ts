/**
 * Collects garbage in slices between turns, so that no pause grows with what a service keeps.
 *
 * Takes the place of the collector that AssemblyScript calls `rt/tcms`, under `--runtime minimal`.
 * Marking with a write barrier: a slice marks or frees so many objects, and the service
 * runs on between two slices. Slices are done only while nothing of the guest is on the stack, so
 * the roots are globals and pinned objects, and no shadow stack is kept.
 */
import { BLOCK, BLOCK_OVERHEAD, OBJECT_MAXSIZE, OBJECT_OVERHEAD, TOTAL_OVERHEAD } from "./common";

// @ts-ignore: decorator
@inline const transparent: i32 = 3;
// @ts-ignore: decorator
@inline const colorMask: usize = 3;

// @ts-ignore: decorator
@inline const idle: i32 = 0;
// @ts-ignore: decorator
@inline const marking: i32 = 1;
// @ts-ignore: decorator
@inline const sweeping: i32 = 2;

/** Objects that every slice marks or frees at least. */
// @ts-ignore: decorator
@inline const leastWork: i32 = 2048;
/** Objects that a slice marks or frees for each that the turn before it made. */
// @ts-ignore: decorator
@inline const workPerObject: i32 = 4;
/** Bytes of garbage that are worth a collection. */
// @ts-ignore: decorator
@inline const spare: usize = 0x8000;

/** A managed object, in one of the lists below. */
@unmanaged class Object extends BLOCK {
	/** Its two lowest bits are its colour. */
	nextWithColor: usize;
	prev: Object;
	rtId: u32;
	rtSize: u32;

	get next(): Object {
		return changetype<Object>(this.nextWithColor & ~colorMask);
	}

	set next(object: Object) {
		this.nextWithColor = changetype<usize>(object) | (this.nextWithColor & colorMask);
	}

	get color(): i32 {
		return i32(this.nextWithColor & colorMask);
	}

	get size(): usize {
		return BLOCK_OVERHEAD + (this.mmInfo & ~3);
	}

	unlink(): void {
		const next = this.next;
		// Of static data, which is in no list before it is first seen.
		if (changetype<usize>(next) == 0) return;
		const prev = this.prev;
		next.prev = prev;
		prev.next = next;
	}

	linkTo(list: Object, color: i32): void {
		const prev = list.prev;
		this.nextWithColor = changetype<usize>(list) | color;
		this.prev = prev;
		prev.next = this;
		list.prev = this;
	}
}

// @ts-ignore: decorator
@lazy let state: i32 = idle;
/** Colour of what has not been reached; the other one of 0 and 1 is that of what has. */
// @ts-ignore: decorator
@lazy let white: i32 = 0;
/** Bytes of all objects. */
// @ts-ignore: decorator
@lazy let total: usize = 0;
// @ts-ignore: decorator
@lazy let limit: usize = spare;
/** Objects made since the last slice. */
// @ts-ignore: decorator
@lazy let made: i32 = 0;
/** References followed in this slice. */
// @ts-ignore: decorator
@lazy let followed: i32 = 0;
// @ts-ignore: decorator
@lazy let fromSpace = emptyList(changetype<Object>(memory.data(offsetof<Object>())));
/** What has been reached; behind `iter` its members have not been. */
// @ts-ignore: decorator
@lazy let toSpace = emptyList(changetype<Object>(memory.data(offsetof<Object>())));
// @ts-ignore: decorator
@lazy let pinSpace = emptyList(changetype<Object>(memory.data(offsetof<Object>())));
/** Marked last, or to be freed next. */
// @ts-ignore: decorator
@lazy let iter: Object = changetype<Object>(0);

function emptyList(list: Object): Object {
	list.nextWithColor = changetype<usize>(list);
	list.prev = list;
	return list;
}

function objectOf(pointer: usize): Object {
	return changetype<Object>(pointer - TOTAL_OVERHEAD);
}

function reach(object: Object): void {
	object.unlink();
	object.linkTo(toSpace, i32(!white));
}

// @ts-ignore: decorator
@global @unsafe
export function __new(size: usize, id: i32): usize {
	if (size > OBJECT_MAXSIZE) unreachable();
	const object = changetype<Object>(__alloc(OBJECT_OVERHEAD + size) - BLOCK_OVERHEAD);
	object.rtId = id;
	object.rtSize = <u32>size;
	object.linkTo(fromSpace, white);
	total += object.size;
	made++;
	return changetype<usize>(object) + TOTAL_OVERHEAD;
}

// @ts-ignore: decorator
@global @unsafe
export function __renew(old: usize, size: usize): usize {
	const before = objectOf(old);
	if (old < __heap_base) {
		const copy = __new(size, before.rtId);
		memory.copy(copy, old, min(size, before.rtSize));
		return copy;
	}
	if (size > OBJECT_MAXSIZE) unreachable();
	total -= before.size;
	const pointer = __realloc(old - OBJECT_OVERHEAD, OBJECT_OVERHEAD + size) + OBJECT_OVERHEAD;
	const object = objectOf(pointer);
	object.rtSize = <u32>size;
	object.next.prev = object;
	object.prev.next = object;
	if (iter == before) iter = object;
	total += object.size;
	return pointer;
}

/** What has been reached never points to what has not. */
// @ts-ignore: decorator
@global @unsafe
export function __link(parent: usize, child: usize, _many: bool): void {
	if (state != marking || child == 0) return;
	const object = objectOf(child);
	if (object.color == white && objectOf(parent).color != white) reach(object);
}

// @ts-ignore: decorator
@global @unsafe
export function __visit(pointer: usize, _cookie: i32): void {
	if (pointer == 0) return;
	followed++;
	const object = objectOf(pointer);
	if (object.color == white) reach(object);
}

// @ts-ignore: decorator
@global @unsafe
export function __pin(pointer: usize): usize {
	if (pointer == 0) return 0;
	const object = objectOf(pointer);
	if (object.color == transparent) unreachable();
	if (iter == object) iter = object.prev;
	object.unlink();
	object.linkTo(pinSpace, transparent);
	// Its members are seen with the roots, at the end of marking at the latest.
	return pointer;
}

// @ts-ignore: decorator
@global @unsafe
export function __unpin(pointer: usize): void {
	if (pointer == 0) return;
	const object = objectOf(pointer);
	if (object.color != transparent) unreachable();
	object.unlink();
	if (state == marking) object.linkTo(toSpace, i32(!white));
	else object.linkTo(fromSpace, white);
}

function visitRoots(): void {
	__visit_globals(0);
	let pinned = pinSpace.next;
	while (pinned != pinSpace) {
		__visit_members(changetype<usize>(pinned) + TOTAL_OVERHEAD, 0);
		pinned = pinned.next;
	}
}

/** Marks or frees about so many objects. */
function slice(work: i32): void {
	if (state == idle) {
		state = marking;
		iter = toSpace;
		visitRoots();
	}
	followed = 0;
	while (state == marking) {
		const object = iter.next;
		if (object == toSpace) {
			// Stores to globals are not told.
			visitRoots();
			if (iter.next != toSpace) continue;
			const garbage = fromSpace;
			fromSpace = toSpace;
			toSpace = garbage;
			white = i32(!white);
			iter = garbage.next;
			state = sweeping;
			break;
		}
		if (work-- <= followed) return;
		iter = object;
		__visit_members(changetype<usize>(object) + TOTAL_OVERHEAD, 0);
	}
	while (iter != toSpace) {
		if (work-- <= followed) return;
		const object = iter;
		iter = object.next;
		if (changetype<usize>(object) < __heap_base) {
			object.nextWithColor = 0;
			object.prev = changetype<Object>(0);
		} else {
			total -= object.size;
			__free(changetype<usize>(object) + BLOCK_OVERHEAD);
		}
	}
	emptyList(toSpace);
	iter = changetype<Object>(0);
	state = idle;
	limit = total + max<usize>(spare, total >> 2);
}

/** What is due after a turn. To be called between turns only. */
// @ts-ignore: decorator
@global @unsafe
export function __settleGarbage(): void {
	const work = leastWork + made * workPerObject;
	made = 0;
	if (state != idle || total >= limit) slice(work);
}

/** So much of a collection, which is begun if there is none. To be called between turns only. */
// @ts-ignore: decorator
@global @unsafe
export function __collectSome(work: i32): void {
	slice(work);
}

/** All of it at once. To be called between turns only. */
// @ts-ignore: decorator
@global @unsafe
export function __collect(): void {
	while (state != idle) slice(i32.MAX_VALUE);
	slice(i32.MAX_VALUE);
}

/** Bytes of all objects, those included that nobody can reach any more. */
// @ts-ignore: decorator
@global
export function __managedBytes(): usize {
	return total;
}
