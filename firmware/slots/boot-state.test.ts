import { crc32 } from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import { bootStates } from './boot-state.fixture.ts';
import { copyBytes, decodeBootState, encodeBootState, lostBootState } from './boot-state.ts';

/** A copy whose checksum is right, whatever it says. */
function copyOf(text: string): Uint8Array {
	const copy = new Uint8Array(copyBytes);
	new TextEncoder().encodeInto(text.replaceAll('\n', '\0'), copy.subarray(4));
	new DataView(copy.buffer).setUint32(0, crc32(copy.subarray(4)), true);
	return copy;
}

const whole = 'seq=1f\norder=b a\na_left=3\na_good=1\nb_left=2\nb_good=0\nfloor=10\n';

test('every state reads back as it was written', (t) => {
	t.notThrows(() =>
		fc.assert(
			fc.property(bootStates, (state) => {
				t.deepEqual(decodeBootState(encodeBootState(state)), state);
			}),
		),
	);
});

test('a copy is what `env import -c` of U-Boot reads', (t) => {
	const copy = encodeBootState({ ...lostBootState, seq: 31, floor: 16, tried: 'b', reason: 'started' });

	t.is(copy.length, 512);
	t.is(
		new TextDecoder().decode(copy.subarray(4)).replaceAll('\0', '\n').trimEnd(),
		'a_good=0\na_left=3\nb_good=0\nb_left=3\nfloor=10\norder=a b\nreason=started\nseq=1f\ntried=b',
	);
});

test('what a boot loader writes is read: any order, variables of its own, those without a value left out', (t) => {
	t.deepEqual(decodeBootState(copyOf(`zeta=9\n${whole}board_name=x\n`)), {
		seq: 31,
		order: ['b', 'a'],
		a: { left: 3, isGood: true },
		b: { left: 2, isGood: false },
		floor: 16,
		reason: '',
	});
});

test('a copy with a right checksum that is no boot state is not taken for one', (t) => {
	t.truthy(decodeBootState(copyOf(whole)));
	for (const [from, to] of [
		['seq=1f\n', ''],
		['1f', '0x1f'],
		['1f', '1F'],
		['1f', ''],
		['1f', '1234567890abc'],
		['order=b a', 'order=b b'],
		['order=b a', 'order=b'],
		['a_left=3', 'a_left=100'],
		['a_good=1', 'a_good=2'],
		['floor=10', 'floor=-1'],
		['floor=10', 'floor=10\ntried=c'],
		['floor=10', 'floor=10\nreason=Bad'],
		['floor=10', `floor=10\nreason=${'x'.repeat(65)}`],
	] as const) {
		t.is(decodeBootState(copyOf(whole.replace(from, to))), undefined, to);
	}
	t.is(decodeBootState(new Uint8Array(copyBytes)), undefined);
	t.is(decodeBootState(new Uint8Array(copyBytes).fill(255)), undefined);
	t.is(decodeBootState(copyOf(whole).subarray(1)), undefined);
});

test('one bit that is wrong makes a copy count for nothing', (t) => {
	const copy = encodeBootState(lostBootState);
	for (let bit = 0; bit < copyBytes * 8; bit++) {
		const damaged = copy.slice();
		damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
		t.is(decodeBootState(damaged), undefined);
	}
});

test('a state that no boot loader could read is not written', (t) => {
	for (const wrong of [
		{ reason: 'Not This' },
		{ reason: 'x'.repeat(65) },
		{ reason: 'x'.repeat(600) },
		{ reason: 'a\0b' },
		{ floor: -1 },
		{ floor: 1.5 },
		{ seq: 2 ** 48 },
		{ a: { left: 256, isGood: true } },
	]) {
		t.throws(() => encodeBootState({ ...lostBootState, ...wrong }), { code: 'bad-boot-state' });
	}
});
