/**
 * Tells from what streams bring whether a network is still there, since its hardware may not notice: an
 * access point that lost its own way out looks as good as ever.
 */
import type { NetworkStreams } from '../capability/network-stream.ts';
import type { BasebandTable } from './baseband-table.ts';

/** The same streams; a network over which one timed out and no other brought anything is told to be silent. */
export function watchSilence(
	streams: NetworkStreams,
	networks: Pick<BasebandTable, 'silent' | 'heard'>,
): NetworkStreams {
	/** Signs of life by network. */
	const signs = new Map<string, number>();
	const signsOf = (baseband: string): number => signs.get(baseband) ?? 0;
	return {
		open: (request, { chunk, end, fail }) => {
			const { baseband } = request;
			let seen = signsOf(baseband);
			const heard = (): void => {
				seen = signsOf(baseband) + 1;
				signs.set(baseband, seen);
				networks.heard(baseband);
			};
			return streams.open(request, {
				chunk: (offset, bytes) => {
					heard();
					chunk(offset, bytes);
				},
				end: (size) => {
					heard();
					end(size);
				},
				fail: (failure, why) => {
					// An answer that is no use is an answer. An unreachable far end says nothing of the network.
					if (failure === 'refused' || failure === 'malformed') heard();
					// First its VM learns of it: what it does not wait for any more need not come before a handoff.
					fail(failure, why);
					if (failure === 'timed-out' && signsOf(baseband) === seen) networks.silent(baseband);
				},
			});
		},
	};
}
