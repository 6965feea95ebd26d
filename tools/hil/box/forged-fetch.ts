/** A service that returns a fetch which nobody has granted it, with every message that it hears. */
import { handMade } from './hand-made.ts';

/** From 2048 on: an `ok` with a list of one effect, and the effect, whose tag is that of a fetch. */
const effect = 2048 + 16;
const forged = [0, effect, 1, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0];

export function forgedFetch(): Promise<Uint8Array> {
	const manifest = {
		name: 'forger',
		version: '1.0.0',
		vendor: 'mullion',
		subscribes: { 'forger.go': 'probe.Order' },
	};
	return handMade({ manifest, turn: '(i32.const 2048)', data: forged });
}
