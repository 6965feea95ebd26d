import { join } from 'node:path';
import test from 'ava';
import { compileCodecs } from '../proof/harness.ts';
import { referenceOf } from '../proof/reference.ts';

const fixtures = join(import.meta.dirname, '../fixtures');
const request = { protoFiles: [join(fixtures, 'everything.proto')], importPaths: [fixtures] };
const reference = await referenceOf(request);
const codecs = await compileCodecs({
	...request,
	sources: [join(import.meta.dirname, '../assembly/built.ts')],
});

/** What protobufjs reads from a message that AssemblyScript made. */
const built = (type: string, name: string) => reference.toObject(`everything.${type}`, codecs.build(name));
const recode = (type: string, ...bytes: number[]) => {
	const recoded = codecs.recode(`everything.${type}`, Uint8Array.from(bytes));
	return recoded === null ? null : [...recoded];
};

test('a message with nothing set is no bytes', (t) => {
	t.is(codecs.build('nothing').length, 0);
});

test('scalars set by hand are what protobufjs reads, to the last bit of 64', (t) => {
	t.deepEqual(built('Scalars', 'ofScalars'), {
		aDouble: -0,
		aFloat: 3.4028234663852886e38,
		anInt32: -1,
		anInt64: '-9223372036854775808',
		aUint32: 4_294_967_295,
		aUint64: '18446744073709551615',
		aSint32: -2_147_483_648,
		aSint64: '-9223372036854775808',
		aString: 'grüße 🎈',
		someBytes: [9, 9, 9],
		aColor: -7,
		farAway: true,
	});
});

test('half of a surrogate pair is written as U+FFFD, so that everybody can read the string', (t) => {
	t.deepEqual(built('Scalars', 'brokenSurrogates'), { aString: 'a\ufffd-\ufffdb' });
});

test('an optional field is written when it was set, also to its default, and not when that was taken back', (t) => {
	t.deepEqual(built('Optionals', 'optionals'), { anInt32: 0, aString: '', aMessage: {} });
});

test('arrays set by hand are what protobufjs reads, unknown enum numbers included', (t) => {
	t.deepEqual(built('Packed', 'arrays'), {
		aDouble: [1.5, -0],
		anInt32: [1, -1, 300],
		aBool: [true, false],
		aColor: [1, 99],
	});
});

test('strings on both sides of where their length becomes a byte longer are what protobufjs reads', (t) => {
	t.deepEqual(built('Repeated', 'texts'), {
		words: ['', 'x'.repeat(42), 'ü'.repeat(42), '漢'.repeat(43), 'x'.repeat(128)],
		blobs: [[]],
		scalars: [{ aDouble: 1 }],
		repeated: [{}],
	});
});

test('maps set by hand are what protobufjs reads', (t) => {
	t.deepEqual(built('Maps', 'maps'), {
		byString: { '': '', k: 'v' },
		byUint64: { '18446744073709551615': '-1' },
		byBool: { true: 2_147_483_647 },
		nested: { inner: { flags: { 5: true } } },
	});
});

test('the member of a oneof that was set last is the one that is written', (t) => {
	t.deepEqual(built('Choice', 'choiceMessage'), { scalars: { anInt32: 77 }, left: '0' });
	t.deepEqual(built('Choice', 'choiceTakenBack'), { text: '', right: true });
	t.deepEqual(built('Choice', 'choiceByCase'), { none: {} });
});

test('messages within messages and from other files are what protobufjs reads', (t) => {
	t.deepEqual(built('Nested', 'nested'), {
		inner: { deeper: { kind: 1 } },
		place: { name: 'here', directions: [3] },
		at: { seconds: '-1', nanos: 999_999_999 },
	});
});

test('fields with the names of keywords and of generated members keep their numbers and values', (t) => {
	t.deepEqual(built('Awkward', 'awkward'), {
		size: 1,
		encode: 2,
		decode: 3,
		of: 4,
		default: 'five',
		new: [6],
		class: 'seven',
		in: { map: { a: 'b' } },
	});
});

test('a negative int32 is ten bytes, as every other encoder writes it', (t) => {
	const bytes = [24, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
	t.deepEqual(recode('Scalars', ...bytes), bytes);
});

test('the bits of a NaN survive', (t) => {
	const bytes = [9, 1, 2, 3, 4, 5, 6, 0xf0, 0x7f, 21, 1, 2, 0x80, 0xff];
	t.deepEqual(recode('Scalars', ...bytes), bytes);
});

test('packed and unpacked arrays are read alike, also mixed', (t) => {
	t.deepEqual(recode('Packed', 24, 1, 26, 2, 2, 3, 24, 4), [26, 4, 1, 2, 3, 4]);
	t.deepEqual(recode('Unpacked', 24, 1, 26, 2, 2, 3, 24, 4), [24, 1, 24, 2, 24, 3, 24, 4]);
});

test('the last value of a field wins, a sub-message is merged', (t) => {
	t.deepEqual(recode('Scalars', 24, 1, 24, 2), [24, 2]);
	t.deepEqual(recode('Scalars', 24, 1, 24, 0), []);
	t.deepEqual(recode('Nested', 50, 2, 24, 1, 50, 2, 40, 2), [50, 4, 24, 1, 40, 2]);
});

test('a member of a oneof is merged with itself, but starts afresh after another one', (t) => {
	t.deepEqual(recode('Choice', 42, 2, 24, 1, 42, 2, 40, 2), [42, 4, 24, 1, 40, 2]);
	t.deepEqual(recode('Choice', 42, 2, 24, 1, 16, 0, 42, 2, 40, 2), [42, 2, 40, 2]);
});

test('unknown fields are dropped, and kept in their order where the message or its file asks for it', (t) => {
	const unknown = [8, 1, 0x13, 8, 1, 0x14, 26, 1, 7];
	t.deepEqual(recode('Scalars', 0xa0, 1, 5, 24, 1), [24, 1]);
	t.deepEqual(recode('Keeping', ...unknown, 40, 9), [40, 9, ...unknown]);
	t.deepEqual(recode('Keeping', 58, 2, 8, 1), [58, 0]);
	t.deepEqual(recode('Nested', 26, 2, 24, 1), [26, 2, 24, 1]);
});

test('a known field of the wrong wire type is an unknown field', (t) => {
	t.deepEqual(recode('Scalars', 26, 1, 0, 24, 3), [24, 3]);
	t.deepEqual(recode('Keeping', 42, 1, 0), [42, 1, 0]);
});

for (const [what, bytes] of [
	['field number 0', [0, 0]],
	['field number 0 with a length', [2, 0]],
	['wire type 6', [14, 0]],
	['wire type 7', [15, 0]],
	['an end of group without its beginning', [12]],
	['a group that ends as another one', [0xa3, 1, 0xac, 1]],
	['a group that never ends', [0xa3, 1, 8, 1]],
	['a varint of eleven bytes', [24, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 0]],
	['a bool of eleven bytes', [104, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 0]],
	['a tag of more than 32 bits', [0x80, 0x80, 0x80, 0x80, 0x10, 0]],
	['a length beyond the end', [114, 2, 65]],
	['a length of 4 GiB', [114, 0xff, 0xff, 0xff, 0xff, 0x0f, 65]],
	['a string that is not UTF-8', [114, 2, 0xc0, 0x80]],
	['a string with half of a surrogate pair', [114, 3, 0xed, 0xa0, 0x80]],
	['a truncated fixed number', [9, 1, 2, 3]],
] as const) {
	test(`${what} is malformed`, (t) => {
		t.is(recode('Scalars', ...bytes), null);
	});
}

test('a packed array that ends within an element is malformed, whatever comes behind it', (t) => {
	t.is(recode('Packed', 10, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0), null);
	t.is(recode('Packed', 26, 1, 0x80), null);
	t.is(recode('Packed', 26, 1, 0x80, 1, 5), null);
});

test('a hundred messages within one another are read, one more is malformed', (t) => {
	const nestedBy = (depth: number) => {
		let bytes: number[] = [];
		for (let i = 0; i < depth; i++) bytes = [18, ...varint(bytes.length), ...bytes];
		return bytes;
	};
	t.deepEqual(recode('Nested', ...nestedBy(100)), nestedBy(100));
	t.is(recode('Nested', ...nestedBy(101)), null);
});

test('groups within one another are followed as deep as protobufjs follows them, and no deeper', (t) => {
	const nestedBy = (depth: number, inside: number[]) => [
		...Array<number>(depth).fill(0x0b),
		...inside,
		...Array<number>(depth).fill(0x0c),
	];
	for (const inside of [[], [8, 1]]) {
		for (let depth = 98; depth <= 103; depth++) {
			const bytes = Uint8Array.from(nestedBy(depth, inside));
			const isMalformed = reference.canonical('everything.Empty', bytes) === null;
			t.is(codecs.recode('everything.Empty', bytes) === null, isMalformed, `${depth} groups`);
		}
	}
	t.is(codecs.recode('everything.Empty', new Uint8Array(100_000).fill(0x0b)), null);
});

test('lengths that lie make nobody allocate', (t) => {
	const { memory } = codecs;
	const before = memory.buffer.byteLength;
	for (const tag of [114, 122]) recode('Scalars', tag, 0xff, 0xff, 0xff, 0x3f, 1);
	for (const tag of [10, 26, 106]) recode('Packed', tag, 0xff, 0xff, 0xff, 0x3f, 1);
	t.is(memory.buffer.byteLength, before);
});

test('an array that comes in tens of thousands of pieces needs memory by its size, not by its pieces', (t) => {
	const { memory } = codecs;
	const pieces = Array.from({ length: 20_000 }, () => [26, 1, 7]).flat();
	const recoded = recode('Packed', ...pieces);
	t.is(recoded?.length, 20_000 + 4);
	t.true(memory.buffer.byteLength < 8 * 1024 * 1024);
});

function varint(value: number): number[] {
	return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
