/** Written by `npm run generate` from bus/media.proto; do not edit. */
// biome-ignore-all format: generated
// biome-ignore-all lint/suspicious/noShadowRestrictedNames: the names are those of the contract
import { type Codec, codecsOf } from '../codec.ts';

/** How sure the player is that a frame stands at `offset`. */
export const Step = {
	/** The beginning, or just behind a tag. */
	STEP_FRESH: 0,
	/** A frame ended here. */
	STEP_SYNC: 1,
	/** In a run of bytes that belong to nothing. */
	STEP_LOST: 2,
} as const;
export type Step = number;

/** A persona: how greedily this player loads ahead. */
export interface PlayerConfig {
	/** Media time to hold ready beyond what the sink has, in milliseconds. */
	readAheadMs: number;
	/** Bytes asked for at a time. */
	fetchBytes: number;
	/** Media time handed to the sink ahead of being heard, in milliseconds. */
	leadMs: number;
	/** How often a checkpoint of the session is published, in milliseconds. */
	checkpointMs: number;
}

/** Where a player is in a stream: all another player needs to go on without a gap. */
export interface PlaybackState {
	url: string;
	/** Place in the resource of the first byte that is not part of a frame given to the sink. */
	offset: number;
	/** Bytes from `offset` on that are already here. */
	buffered: Uint8Array;
	/** First byte of the resource that nobody has asked the network for yet. */
	askedTo: number;
	/** Size of the resource; 0 while unknown. */
	size: number;
	/** Number of the next frame, and when it is due on the box's clock in microseconds. */
	nextSequence: number;
	nextAtUs: number;
	/** Fraction of a microsecond of `next_at_us`, in units of 1/sample_rate. */
	atRemainder: number;
	started: boolean;
	/** Bytes behind the first that is missing. */
	ahead: Piece[];
	/** The four bytes at the front of the frame before `offset`, as a big-endian number; 0 if there was none. */
	lastHeader: number;
	step: Step;
	/** Counted since the session was opened, as in PlayerState. */
	resyncs: number;
	skippedBytes: number;
	rebuffers: number;
}

/** Bytes of the resource and their place in it. */
export interface Piece {
	offset: number;
	bytes: Uint8Array;
}

/** On topic `media.state`, twice a second while playing. */
export interface PlayerState {
	session: string;
	nextSequence: number;
	/** Media held beyond what the sink has. */
	bufferedMs: number;
	bufferedBytes: number;
	/** Runs of bytes that belonged to nothing and were skipped. */
	resyncs: number;
	ended: boolean;
	/** Bits per second, of the last frame. */
	bitrate: number;
	sampleRate: number;
	/** How often frames came too late and the rest of the timeline was moved. */
	rebuffers: number;
	skippedBytes: number;
	/** Waiting for enough to start, or to go on. */
	waiting: boolean;
}

const codec = codecsOf('{"nested":{"mullion":{"nested":{"media":{"nested":{"Piece":{"fields":{"offset":{"type":"uint64","id":1},"bytes":{"type":"bytes","id":2}}},"PlaybackState":{"fields":{"url":{"type":"string","id":1},"offset":{"type":"uint64","id":2},"buffered":{"type":"bytes","id":3},"askedTo":{"type":"uint64","id":4,"protoName":"asked_to"},"size":{"type":"uint64","id":5},"nextSequence":{"type":"uint64","id":6,"protoName":"next_sequence"},"nextAtUs":{"type":"uint64","id":7,"protoName":"next_at_us"},"atRemainder":{"type":"uint32","id":8,"protoName":"at_remainder"},"started":{"type":"bool","id":9},"ahead":{"rule":"repeated","type":"Piece","id":10},"lastHeader":{"type":"uint32","id":11,"protoName":"last_header"},"step":{"type":"Step","id":12},"resyncs":{"type":"uint32","id":13},"skippedBytes":{"type":"uint64","id":14,"protoName":"skipped_bytes"},"rebuffers":{"type":"uint32","id":15}}},"PlayerConfig":{"fields":{"readAheadMs":{"type":"uint32","id":1,"protoName":"read_ahead_ms"},"fetchBytes":{"type":"uint32","id":2,"protoName":"fetch_bytes"},"leadMs":{"type":"uint32","id":3,"protoName":"lead_ms"},"checkpointMs":{"type":"uint32","id":4,"protoName":"checkpoint_ms"}}},"PlayerState":{"fields":{"session":{"type":"string","id":1},"nextSequence":{"type":"uint64","id":2,"protoName":"next_sequence"},"bufferedMs":{"type":"uint32","id":3,"protoName":"buffered_ms"},"bufferedBytes":{"type":"uint32","id":4,"protoName":"buffered_bytes"},"resyncs":{"type":"uint32","id":5},"ended":{"type":"bool","id":6},"bitrate":{"type":"uint32","id":7},"sampleRate":{"type":"uint32","id":8,"protoName":"sample_rate"},"rebuffers":{"type":"uint32","id":9},"skippedBytes":{"type":"uint64","id":10,"protoName":"skipped_bytes"},"waiting":{"type":"bool","id":11}}},"Step":{"values":{"STEP_FRESH":0,"STEP_SYNC":1,"STEP_LOST":2}}}}}}}}');

export const PlayerConfig: Codec<PlayerConfig> = codec('mullion.media.PlayerConfig');
export const PlaybackState: Codec<PlaybackState> = codec('mullion.media.PlaybackState');
export const Piece: Codec<Piece> = codec('mullion.media.Piece');
export const PlayerState: Codec<PlayerState> = codec('mullion.media.PlayerState');
