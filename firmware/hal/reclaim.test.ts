import test from 'ava';
import { pieceReclaimer } from './reclaim.ts';

const megabyte = 1_048_576;

/** Most bytes outside of the engine's own memory, above what was there before, while pieces pass. */
function peakOf(pieces: number, pass: () => void): number {
	const before = process.memoryUsage().arrayBuffers;
	let peak = 0;
	for (let piece = 0; piece < pieces; piece++) {
		pass();
		peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
	}
	return peak;
}

test('of what carried pieces through memory little gathers', (t) => {
	const reclaim = pieceReclaimer();
	reclaim();

	const peak = peakOf(100, () => {
		new Uint8Array(megabyte).fill(1);
		reclaim();
	});

	// The engine lets go of them on another thread: some are still counted.
	t.true(peak < 12 * megabyte, `${peak} bytes`);
});

test('nor does what became old on the way', (t) => {
	const reclaim = pieceReclaimer();
	const kept: Uint8Array[] = [];
	reclaim();

	const peak = peakOf(200, () => {
		// Each outlives several looks at what is young.
		kept.push(new Uint8Array(megabyte).fill(1));
		if (kept.length > 5) kept.shift();
		reclaim();
	});

	t.true(peak < 24 * megabyte, `${peak} bytes`);
});
