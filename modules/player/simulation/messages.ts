/** The messages of proto/bus, as the platform sends and reads them. */
import protobuf from 'protobufjs';

const bus = `${import.meta.dirname}/../../../proto/bus`;
const root = protobuf.loadSync([`${bus}/session.proto`, `${bus}/media.proto`]);

export interface PlaybackState {
	readonly url: string;
	readonly offset: number;
	readonly buffered: Uint8Array;
	readonly askedTo: number;
	readonly size: number;
	readonly nextSequence: number;
	readonly nextAtUs: number;
	readonly started: boolean;
	readonly ahead: readonly { readonly offset: number; readonly bytes: Uint8Array }[];
}

export interface PlayerState {
	readonly session: string;
	readonly nextSequence: number;
	readonly bufferedMs: number;
	readonly bufferedBytes: number;
	readonly resyncs: number;
	readonly ended: boolean;
	readonly bitrate: number;
	readonly sampleRate: number;
	readonly rebuffers: number;
	readonly waiting: boolean;
}

export interface Checkpoint {
	readonly session: string;
	readonly state: Uint8Array;
	readonly nextSequence: number;
	readonly ended: boolean;
}

export function encode(type: string, value: object): Uint8Array {
	const message = root.lookupType(`mullion.${type}`);
	return message.encode(message.fromObject(value)).finish().slice();
}

function decode(type: string, bytes: Uint8Array): unknown {
	const message = root.lookupType(`mullion.${type}`);
	return message.toObject(message.decode(bytes), { longs: Number, defaults: true });
}

export const playbackState = (bytes: Uint8Array) => decode('media.PlaybackState', bytes) as PlaybackState;
export const playerState = (bytes: Uint8Array) => decode('media.PlayerState', bytes) as PlayerState;
export const checkpoint = (bytes: Uint8Array) => decode('session.Checkpoint', bytes) as Checkpoint;
export const answerState = (bytes: Uint8Array) =>
	(decode('session.SessionAnswer', bytes) as { state: Uint8Array }).state;
