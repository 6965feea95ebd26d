/** Written by `npm run generate` from durability/kept.proto; do not edit. */
// biome-ignore-all format: generated
// biome-ignore-all lint/suspicious/noShadowRestrictedNames: the names are those of the contract
import { type Codec, codecsOf } from '../codec.ts';

export interface Kept {
	/** Number of its last turn; turns are counted from the microsecond in which its life began. */
	turn: number;
	/** Sequence of that turn in the journal of its cell; 0 without a journal. */
	sequence: number;
	/** Messages to it from before this sequence are none of its business. */
	joined: number;
	/** The last message of each sender that it has had. */
	marks: Mark[];
	timers: Timer[];
	/** Requests that it waits for, and streams that it reads, by its own numbers. */
	requests: number[];
	streams: number[];
	/** The highest number of a request that it was asked. */
	correlation: number;
	/** What it stored lately: the bucket on disk may not have it yet. */
	stored: Stored[];
	inbox: Waiting[];
	/** What it sent to VMs of its cell and they have not had yet. */
	sent: Sent[];
}

export interface Mark {
	sender: number;
	turn: number;
	index: number;
	/** Of the record of that turn. */
	sequence: number;
}

export interface Timer {
	id: number;
	/** Microseconds since the Unix epoch. */
	due: number;
	delayMs: number;
	repeat: boolean;
}

export interface Stored {
	key: string;
	/** Missing where the key was deleted. */
	value?: Uint8Array;
	at: number;
}

/** A message in its inbox. */
export interface Waiting {
	/** Missing where nobody would say it again: the sender keeps no journal in this cell. */
	from?: Mark;
	topic: string;
	sender: number;
	payload: Uint8Array;
}

export interface Sent {
	turn: number;
	index: number;
	topic: string;
	payload: Uint8Array;
	sequence: number;
}

/** The inbox of a VM that stops, as a record of its journal. */
export interface Rest {
	turn: number;
	inbox: Waiting[];
	/** It was stopped alone, and takes part in nothing until it starts again. */
	left: boolean;
}

/** Who in other cells wants what of what this one says. */
export interface Audience {
	listeners: Listener[];
}

export interface Listener {
	vm: number;
	topics: string[];
}

/** It goes on with another number of its turn. */
export interface Joined {
	turn: number;
	/** As in `Kept`; 0 for this record's own sequence. */
	joined: number;
}

const codec = codecsOf('{"nested":{"mullion":{"nested":{"durability":{"nested":{"Audience":{"fields":{"listeners":{"rule":"repeated","type":"Listener","id":1}}},"Joined":{"fields":{"turn":{"type":"uint64","id":1},"joined":{"type":"uint64","id":2}}},"Kept":{"fields":{"turn":{"type":"uint64","id":1},"sequence":{"type":"uint64","id":2},"joined":{"type":"uint64","id":3},"marks":{"rule":"repeated","type":"Mark","id":4},"timers":{"rule":"repeated","type":"Timer","id":5},"requests":{"rule":"repeated","type":"uint32","id":6},"streams":{"rule":"repeated","type":"uint32","id":7},"correlation":{"type":"uint32","id":8},"stored":{"rule":"repeated","type":"Stored","id":9},"inbox":{"rule":"repeated","type":"Waiting","id":10},"sent":{"rule":"repeated","type":"Sent","id":11}}},"Listener":{"fields":{"vm":{"type":"uint32","id":1},"topics":{"rule":"repeated","type":"string","id":2}}},"Mark":{"fields":{"sender":{"type":"uint32","id":1},"turn":{"type":"uint64","id":2},"index":{"type":"uint32","id":3},"sequence":{"type":"uint64","id":4}}},"Rest":{"fields":{"turn":{"type":"uint64","id":1},"inbox":{"rule":"repeated","type":"Waiting","id":2},"left":{"type":"bool","id":3}}},"Sent":{"fields":{"turn":{"type":"uint64","id":1},"index":{"type":"uint32","id":2},"topic":{"type":"string","id":3},"payload":{"type":"bytes","id":4},"sequence":{"type":"uint64","id":5}}},"Stored":{"oneofs":{"_value":{"oneof":["value"]}},"fields":{"key":{"type":"string","id":1},"value":{"type":"bytes","id":2,"options":{"proto3_optional":true}},"at":{"type":"uint64","id":3}}},"Timer":{"fields":{"id":{"type":"uint32","id":1},"due":{"type":"uint64","id":2},"delayMs":{"type":"uint32","id":3,"protoName":"delay_ms"},"repeat":{"type":"bool","id":4}}},"Waiting":{"fields":{"from":{"type":"Mark","id":1},"topic":{"type":"string","id":2},"sender":{"type":"uint32","id":3},"payload":{"type":"bytes","id":4}}}}}}}}}');

export const Kept: Codec<Kept> = codec('mullion.durability.Kept');
export const Mark: Codec<Mark> = codec('mullion.durability.Mark');
export const Timer: Codec<Timer> = codec('mullion.durability.Timer');
export const Stored: Codec<Stored> = codec('mullion.durability.Stored');
export const Waiting: Codec<Waiting> = codec('mullion.durability.Waiting');
export const Sent: Codec<Sent> = codec('mullion.durability.Sent');
export const Rest: Codec<Rest> = codec('mullion.durability.Rest');
export const Audience: Codec<Audience> = codec('mullion.durability.Audience');
export const Listener: Codec<Listener> = codec('mullion.durability.Listener');
export const Joined: Codec<Joined> = codec('mullion.durability.Joined');
