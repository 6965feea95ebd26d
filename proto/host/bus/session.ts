/** Written by `npm run generate` from bus/session.proto; do not edit. */
// biome-ignore-all format: generated
// biome-ignore-all lint/suspicious/noShadowRestrictedNames: the names are those of the contract
import { type Codec, codecsOf } from '../codec.ts';

export interface SessionControl {
	/** Which one of its members is set. */
	command?: 'open' | 'quiesce' | 'prepare' | 'transfer' | 'take' | 'rollback' | 'release';
	session: string;
	open?: Open;
	quiesce?: Quiesce;
	prepare?: Prepare;
	transfer?: Transfer;
	take?: Take;
	rollback?: Rollback;
	release?: Release;
}

/** Start a session here. Answer: empty state. */
export interface Open {
	url: string;
}

/**
 * A handoff is being prepared: ask the network for nothing new. Answer: the state without bulk,
 * enough for another VM to prepare.
 */
export type Quiesce = { [name: string]: never };

/**
 * Open the path on your own network for the session that this state describes. Answer when the
 * first bytes have arrived.
 */
export interface Prepare {
	state: Uint8Array;
}

/** Stop and hand the session over. Answer: the whole state. From this turn on you do not own it. */
export type Transfer = { [name: string]: never };

/**
 * The session is yours from this turn on. `next_sequence` is the first frame the sink does not
 * have yet (0 when it knows nothing of the session).
 */
export interface Take {
	state: Uint8Array;
	nextSequence: number;
	nextAtUs: number;
}

/**
 * The handoff did not happen. A source goes on as before, from the state it gave if it had given
 * it; a target forgets what it prepared.
 */
export type Rollback = { [name: string]: never };

/** The session is over here: free what it holds. */
export type Release = { [name: string]: never };

export interface SessionAnswer {
	state: Uint8Array;
}

/** Published now and then by the owner: enough to go on from after a crash. */
export interface Checkpoint {
	session: string;
	state: Uint8Array;
	/** The first frame that is not part of this state. */
	nextSequence: number;
	ended: boolean;
}

const codec = codecsOf('{"nested":{"mullion":{"nested":{"session":{"nested":{"Checkpoint":{"fields":{"session":{"type":"string","id":1},"state":{"type":"bytes","id":2},"nextSequence":{"type":"uint64","id":3,"protoName":"next_sequence"},"ended":{"type":"bool","id":4}}},"Open":{"fields":{"url":{"type":"string","id":1}}},"Prepare":{"fields":{"state":{"type":"bytes","id":1}}},"Quiesce":{"fields":{}},"Release":{"fields":{}},"Rollback":{"fields":{}},"SessionAnswer":{"fields":{"state":{"type":"bytes","id":1}}},"SessionControl":{"oneofs":{"command":{"oneof":["open","quiesce","prepare","transfer","take","rollback","release"]}},"fields":{"session":{"type":"string","id":1},"open":{"type":"Open","id":2},"quiesce":{"type":"Quiesce","id":3},"prepare":{"type":"Prepare","id":4},"transfer":{"type":"Transfer","id":5},"take":{"type":"Take","id":6},"rollback":{"type":"Rollback","id":7},"release":{"type":"Release","id":8}}},"Take":{"fields":{"state":{"type":"bytes","id":1},"nextSequence":{"type":"uint64","id":2,"protoName":"next_sequence"},"nextAtUs":{"type":"uint64","id":3,"protoName":"next_at_us"}}},"Transfer":{"fields":{}}}}}}}}');

export const SessionControl: Codec<SessionControl> = codec('mullion.session.SessionControl');
export const Open: Codec<Open> = codec('mullion.session.Open');
export const Quiesce: Codec<Quiesce> = codec('mullion.session.Quiesce');
export const Prepare: Codec<Prepare> = codec('mullion.session.Prepare');
export const Transfer: Codec<Transfer> = codec('mullion.session.Transfer');
export const Take: Codec<Take> = codec('mullion.session.Take');
export const Rollback: Codec<Rollback> = codec('mullion.session.Rollback');
export const Release: Codec<Release> = codec('mullion.session.Release');
export const SessionAnswer: Codec<SessionAnswer> = codec('mullion.session.SessionAnswer');
export const Checkpoint: Codec<Checkpoint> = codec('mullion.session.Checkpoint');
