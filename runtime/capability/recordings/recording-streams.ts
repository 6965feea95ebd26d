/** Recordings as they are played: ranges of what is on the box, for which no network is used. */
import { codeOf } from '../../error.ts';
import type { StreamHandlers } from '../network-stream.ts';
import type { Shelves } from './shelves.ts';

export interface RecordingRequest {
	readonly module: string;
	readonly name: string;
	readonly offset: number;
	/** 0 is: to the end. */
	readonly length: number;
	/** A range that would bring more is `malformed`. */
	readonly mostBytes: number;
}

/** Behaves as `NetworkStreams`. */
export interface RecordingStreams {
	open(request: RecordingRequest, handlers: StreamHandlers): { cancel(): void };
}

const pieceBytes = 65_536;

export function recordingStreams(shelves: Pick<Shelves, 'of'>): RecordingStreams {
	return {
		open: (request, handlers) => {
			let isCancelled = false;
			const isOpen = (): boolean => !isCancelled;
			void send(request, handlers, { shelves, isOpen }).catch((error: unknown) => {
				if (isOpen()) handlers.fail('refused', `${codeOf(error)}: ${(error as Error).message}`);
			});
			return {
				cancel: () => {
					isCancelled = true;
				},
			};
		},
	};
}

async function send(
	{ module, name, offset, length, mostBytes }: RecordingRequest,
	{ chunk, end, fail }: StreamHandlers,
	{ shelves, isOpen }: { readonly shelves: Pick<Shelves, 'of'>; readonly isOpen: () => boolean },
): Promise<void> {
	const recording = (await shelves.of(module)).get(name);
	const size = recording.bytes;
	const to = length === 0 ? size : Math.min(size, offset + length);
	// As a server does: there is no range behind the end.
	if (offset >= size && isOpen()) return fail('refused', `${name} ends at ${size}`);
	if (to - offset > mostBytes && isOpen())
		return fail('malformed', `${to - offset} bytes are more than the manifest grants`);
	for (let at = offset; at < to && isOpen(); ) {
		const piece = await recording.read(at, Math.min(pieceBytes, to - at));
		if (!isOpen()) return;
		if (piece.length === 0) return fail('malformed', `${name} has fewer bytes than it should`);
		chunk(at, piece);
		at += piece.length;
	}
	if (isOpen()) end(size);
}
