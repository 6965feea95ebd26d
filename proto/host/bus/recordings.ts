/** Written by `npm run generate` from bus/recordings.proto; do not edit. */
// biome-ignore-all format: generated
// biome-ignore-all lint/suspicious/noShadowRestrictedNames: the names are those of the contract
import { type Codec, codecsOf } from '../codec.ts';

export const State = {
	STATE_OPEN: 0,
	STATE_ENDED: 1,
	STATE_DELETED: 2,
} as const;
export type State = number;

/** To the box, on `recordings.order`. What comes of it is told by reports. */
export interface Order {
	/** Which one of its members is set. */
	order?: 'begin' | 'append' | 'finish' | 'remove' | 'list';
	/** Up to 64 of A-Z a-z 0-9 _ -. Empty for `list`. */
	name: string;
	begin?: Begin;
	append?: Append;
	finish?: Finish;
	remove?: Remove;
	list?: List;
}

/** There is to be a recording of this name, with nothing in it. */
export interface Begin {
	/** Kept with it and told with it: what the module needs to go on after a cut. 4096 bytes at most. */
	note: Uint8Array;
}

/** The next bytes. Those that it has already are left out; they must not begin behind its end. */
export interface Append {
	offset: number;
	bytes: Uint8Array;
}

/** It is complete, or goes on no longer: the digest of what is on the disk is taken, and it can be played. */
export interface Finish {
	/** Why it ends before its end; empty where it does not. */
	code: string;
}

export type Remove = { [name: string]: never };

/** Tell of all recordings. */
export type List = { [name: string]: never };

/** From the box, on `recordings.report`: a request to be answered with nothing; the next comes after that. */
export interface Report {
	/** Those that have changed, as they are now, and those asked for by `list`. */
	recordings: Recording[];
	refusals: Refusal[];
	/** All that `list` asked for has been told with this. */
	listed: boolean;
}

export interface Recording {
	name: string;
	note: Uint8Array;
	state: State;
	/** That are on the disk for good. */
	bytes: number;
	/**
	 * Once it has ended: why before its end, or empty. Beside those of its module: `recordings-full`, `box-full`,
	 * `disk-full`, `io`, `recording-damaged`.
	 */
	code: string;
	/** SHA-256 of all of it, once it has ended. */
	sha256: Uint8Array;
	/** Microseconds since the Unix epoch. */
	endedAtUs: number;
}

/** An order that was not carried out. */
export interface Refusal {
	name: string;
	/** A code of `ShelfError`, or of the disk. */
	code: string;
	why: string;
	/** What it has, with what is on its way to the disk: the next bytes are to begin there. */
	bytes: number;
}

const codec = codecsOf('{"nested":{"mullion":{"nested":{"recordings":{"nested":{"Append":{"fields":{"offset":{"type":"uint64","id":1},"bytes":{"type":"bytes","id":2}}},"Begin":{"fields":{"note":{"type":"bytes","id":1}}},"Finish":{"fields":{"code":{"type":"string","id":1}}},"List":{"fields":{}},"Order":{"oneofs":{"order":{"oneof":["begin","append","finish","remove","list"]}},"fields":{"name":{"type":"string","id":1},"begin":{"type":"Begin","id":2},"append":{"type":"Append","id":3},"finish":{"type":"Finish","id":4},"remove":{"type":"Remove","id":5},"list":{"type":"List","id":6}}},"Recording":{"fields":{"name":{"type":"string","id":1},"note":{"type":"bytes","id":2},"state":{"type":"State","id":3},"bytes":{"type":"uint64","id":4},"code":{"type":"string","id":5},"sha256":{"type":"bytes","id":6},"endedAtUs":{"type":"uint64","id":7,"protoName":"ended_at_us"}}},"Refusal":{"fields":{"name":{"type":"string","id":1},"code":{"type":"string","id":2},"why":{"type":"string","id":3},"bytes":{"type":"uint64","id":4}}},"Remove":{"fields":{}},"Report":{"fields":{"recordings":{"rule":"repeated","type":"Recording","id":1},"refusals":{"rule":"repeated","type":"Refusal","id":2},"listed":{"type":"bool","id":3}}},"State":{"values":{"STATE_OPEN":0,"STATE_ENDED":1,"STATE_DELETED":2}}}}}}}}');

export const Order: Codec<Order> = codec('mullion.recordings.Order');
export const Begin: Codec<Begin> = codec('mullion.recordings.Begin');
export const Append: Codec<Append> = codec('mullion.recordings.Append');
export const Finish: Codec<Finish> = codec('mullion.recordings.Finish');
export const Remove: Codec<Remove> = codec('mullion.recordings.Remove');
export const List: Codec<List> = codec('mullion.recordings.List');
export const Report: Codec<Report> = codec('mullion.recordings.Report');
export const Recording: Codec<Recording> = codec('mullion.recordings.Recording');
export const Refusal: Codec<Refusal> = codec('mullion.recordings.Refusal');
