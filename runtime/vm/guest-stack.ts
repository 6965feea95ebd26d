/** Where a guest was when it failed, read from the stack that V8 gives a trap. */

export interface GuestFrame {
	/** Index of the function in the module. */
	readonly function: number;
	/** Bytes from the beginning of the module to the instruction. */
	readonly offset: number;
	/** Where the module itself carries names. */
	readonly name?: string;
}

/** V8: `at name (wasm://wasm/<hash>:wasm-function[69]:0x382b)`, without name and brackets where there is none. */
const framePattern =
	/^\s*at (?:(?<name>[^\n]+?) \()?wasm:\/\/[^\n]*?:wasm-function\[(?<index>\d+)\]:0x(?<offset>[0-9a-f]+)\)?$/gm;

/** Functions of the lane, which stand before and behind those of the guest: see `component/lane/lane.wat`. */
const laneNames = 'mullion.lane.';

/** The innermost call first; empty where no guest was running. */
export function guestStack(error: unknown): GuestFrame[] {
	// What stops a guest for its fuel or for nonsense carries the trap as its cause.
	for (let at: unknown = error, left = 4; at instanceof Error && left > 0; at = at.cause, left--) {
		const frames = [...(at.stack ?? '').matchAll(framePattern)]
			.filter(({ groups = {} }) => groups['name']?.startsWith(laneNames) !== true)
			.map(({ groups = {} }) => ({
				function: Number(groups['index']),
				offset: Number.parseInt(groups['offset'] ?? '', 16),
				...(groups['name'] === undefined ? {} : { name: groups['name'] }),
			}));
		if (frames.length > 0) return frames;
	}
	return [];
}
