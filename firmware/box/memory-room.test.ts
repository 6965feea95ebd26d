import test from 'ava';
import { memoryRoom } from './memory-room.ts';

const mib = 1_048_576;
const roomWith = (freeMib: number) => {
	const memory = { read: async () => ({ totalBytes: 128 * mib, freeBytes: freeMib * mib }) };
	return memoryRoom({ memory, reserveBytes: 40 * mib, cellBytes: 16 * mib });
};

test('a module is taken where it may grow to its limit and the box has what it needs for itself', async (t) => {
	await t.notThrowsAsync(roomWith(60)(4 * mib, true));
	await t.notThrowsAsync(roomWith(44)(4 * mib, false));
});

test('where there is less, it is refused, and the message says how much is missing', async (t) => {
	await t.throwsAsync(roomWith(59)(4 * mib, true), {
		code: 'memory-short',
		message: '59 MiB are free, where 60 are needed, 40 of them for the box itself',
	});
	await t.throwsAsync(roomWith(43)(4 * mib, false), { code: 'memory-short' });
	await t.throwsAsync(roomWith(128)(100 * mib, false), { code: 'memory-short' });
});
