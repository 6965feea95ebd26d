import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import test from 'ava';
import { trimAllocator } from './allocator.ts';

/** Smaller than what the library takes from the system one by one, and larger than a page. */
const pieceBytes = 16_384;
const pieces = 4096;

function residentMegabytes(): number {
	const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
	return Number(kilobytes) / 1000;
}

test('what was freed below what is still in use goes back to the machine, and nothing is said about it', async (t) => {
	setFlagsFromString('--expose-gc');
	const collect: (how: object) => void = runInNewContext('gc');
	const warnings: Error[] = [];
	const note = (warning: Error): void => void warnings.push(warning);
	process.on('warning', note);
	const held = Array.from({ length: pieces }, () => new Uint8Array(pieceBytes).fill(1));
	const last = held.splice(0).slice(-1);
	collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
	const before = residentMegabytes();
	trimAllocator();
	const after = residentMegabytes();
	// A warning is told on a later turn of the loop.
	await setImmediate();
	process.off('warning', note);
	t.true(before - after > (pieces * pieceBytes) / 2e6, `${before} MB before, ${after} MB after`);
	t.deepEqual(last, [new Uint8Array(pieceBytes).fill(1)]);
	t.deepEqual(warnings, []);
});
