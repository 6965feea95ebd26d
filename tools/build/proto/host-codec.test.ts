import { globSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { Take } from '../../../proto/host/bus/session.ts';
import { type Codec, ContractError, codecsOf, decodeAny, encodeAny } from '../../../proto/host/codec.ts';
import { messageArbitrary } from './proof/arbitrary.ts';
import { mutatedArbitrary } from './proof/mutation.ts';
import { referenceOf } from './proof/reference.ts';
import { schemaOf } from './schema.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const shipped = join(import.meta.dirname, '../../../proto');
const request = {
	protoFiles: [
		join(fixtures, 'everything.proto'),
		...globSync('**/*.proto', { cwd: shipped }).map((path) => join(shipped, path)),
	],
	importPaths: [fixtures, shipped],
};
const reference = await referenceOf(request);
const names = [...reference.model.messages.keys()];
const schema = await schemaOf({ ...request, types: names });
const codec = codecsOf(JSON.stringify(schema));
type Plain = Record<string, unknown>;
const codecOf = (name: string): Codec<Plain> => codec(name);

for (const name of names) {
	const messages = messageArbitrary(reference.model, name, 2).map((plain) => reference.encode(name, plain));

	test(`${name}: what the host decodes it encodes again to the same message`, (t) => {
		fc.assert(
			fc.property(messages, (bytes) => {
				const decoded = attempt(() => codecOf(name).decode(bytes));
				if (decoded instanceof ContractError) {
					t.is(decoded.code, 'malformed-message');
					t.true(holdsUnsafeInteger(decodeAny(schema, name, bytes)), decoded.message);
				} else t.is(spelled(name, codecOf(name).encode(decoded)), spelled(name, bytes));
			}),
			{ numRuns: 40 },
		);
	});

	test(`${name}: messages in a row are one, as protobufjs has it`, (t) => {
		fc.assert(
			fc.property(fc.array(messages, { minLength: 2, maxLength: 4 }), (parts) => {
				const bytes = new Uint8Array(Buffer.concat(parts));
				t.is(spelled(name, encodeAny(schema, name, decodeAny(schema, name, bytes))), spelled(name, bytes));
			}),
			{ numRuns: 15 },
		);
	});

	test(`${name}: the form for tools says everything, integers of 64 bits included`, (t) => {
		fc.assert(
			fc.property(messages, (bytes) => {
				const json = decodeAny(schema, name, bytes);
				t.is(spelled(name, encodeAny(schema, name, json)), spelled(name, bytes));
				t.notThrows(() => JSON.stringify(json));
			}),
			{ numRuns: 15 },
		);
	});

	test(`${name}: damaged bytes are refused by code, or are a message that can be written`, (t) => {
		fc.assert(
			fc.property(mutatedArbitrary(messages), (bytes) => {
				const json = attempt(() => decodeAny(schema, name, bytes));
				if (json instanceof ContractError) t.is(json.code, 'malformed-message');
				else t.notThrows(() => encodeAny(schema, name, json));
			}),
			{ numRuns: 40 },
		);
	});
}

test('what is not in the bytes has its default, and what has presence is left out', (t) => {
	t.deepEqual(codecOf('everything.Optionals').decode(new Uint8Array()), {});
	t.deepEqual(codecOf('everything.Choice').decode(new Uint8Array()), { before: 0, after: 0 });
	t.deepEqual(codecOf('everything.Repeated').decode(new Uint8Array()), {
		words: [],
		blobs: [],
		scalars: [],
		repeated: [],
	});
	t.deepEqual(codecOf('elsewhere.Place').decode(new Uint8Array()), { name: '', directions: [] });
	t.deepEqual(Take.decode(new Uint8Array()), { state: new Uint8Array(), nextSequence: 0, nextAtUs: 0 });
});

test('a descriptor that is none is found out where it is needed', (t) => {
	for (const a of [
		{ fields: { x: { type: 'string', id: 0 } } },
		{ fields: { x: { type: 'string', id: 2 ** 29 } } },
		{ fields: { x: { type: 'string' } } },
		{ fields: { x: { id: 1 } } },
		{ fields: { x: { type: 'Elsewhere', id: 1 } } },
		{ fields: { x: { type: 'string', id: 1, keyType: 'bytes?' } } },
		{ fields: { x: 'string' } },
		{ fields: {}, oneofs: { y: 'x' } },
		{ fields: { x: { type: 'E', id: 1 } }, nested: { E: { values: { ONE: 'one' } } } },
	]) {
		const error = t.throws(() => encodeAny({ nested: { a } }, 'a', { x: '1' }));
		t.true(error instanceof ContractError, JSON.stringify(a));
		t.is((error as ContractError).code, 'unknown-type', JSON.stringify(a));
	}
});

test('a message that has no fields passes over whatever is in it', (t) => {
	// A group of number 3, and in it a number: what an older sender may have said.
	const bytes = Uint8Array.of(0x1b, 0x08, 0x01, 0x1c);
	t.deepEqual(codecOf('everything.Empty').decode(bytes), {});
	t.throws(() => codecOf('everything.Empty').decode(bytes.subarray(0, 3)), { code: 'malformed-message' });
});

test('a oneof says by its own name which member is set', (t) => {
	const bytes = codecOf('everything.Choice').encode({ text: '', right: true });
	t.like(codecOf('everything.Choice').decode(bytes), { choice: 'text', text: '', otherChoice: 'right' });
});

test('bytes are copies, so that what they came in may be used again', (t) => {
	const bytes = Take.encode({ state: Uint8Array.of(1, 2, 3) });
	const { state } = Take.decode(bytes);
	bytes.fill(0);
	t.deepEqual(state, Uint8Array.of(1, 2, 3));
});

test('or views, where they are asked for', (t) => {
	const bytes = Take.encode({ state: Uint8Array.of(1, 2, 3) });
	const { state } = Take.decodeView(bytes);
	bytes.fill(0);
	t.deepEqual(state, Uint8Array.of(0, 0, 0));
});

test('a Buffer is read as any other bytes, invalid UTF-8 included', (t) => {
	const invalid = Buffer.from([0x72, 1, 0xff]);
	t.throws(() => codecOf('everything.Scalars').decode(invalid), { code: 'malformed-message' });
});

test('an integer beyond 2^53 is malformed to a program and text to a tool', (t) => {
	const bytes = encodeAny(schema, 'mullion.session.Take', { nextSequence: '9007199254740993' });
	t.throws(() => Take.decode(bytes), {
		code: 'malformed-message',
		message: /Take\.nextSequence is 9007199254740993/,
	});
	t.like(decodeAny(schema, 'mullion.session.Take', bytes), { nextSequence: '9007199254740993' });
	t.is(Take.decode(Take.encode({ nextSequence: 2 ** 53 - 1 })).nextSequence, 2 ** 53 - 1);
});

test('the form for tools has enums by name, bytes as base64, and is read back', (t) => {
	const value = { aColor: 'COLOR_MINUS', someBytes: '/wA=', aDouble: 'NaN', anInt64: '-5' };
	const bytes = encodeAny(schema, 'everything.Scalars', value);
	t.like(codecOf('everything.Scalars').decode(bytes), { aColor: -7, aDouble: Number.NaN, anInt64: -5 });
	t.like(codecOf('everything.Scalars').toJson({ aColor: -7, someBytes: Uint8Array.of(255, 0) }), {
		aColor: 'COLOR_MINUS',
		someBytes: '/wA=',
	});
});

for (const [what, type, value, message] of [
	[
		'a field that does not exist',
		'Scalars',
		{ aDuoble: 1 },
		/Scalars\.aDuoble does not exist; there are: aDouble,/,
	],
	[
		'a string for a number',
		'Scalars',
		{ anInt32: '1' },
		/Scalars\.anInt32 must be an integer from -2147483648/,
	],
	[
		'a negative number where there is no sign',
		'Scalars',
		{ aUint32: -1 },
		/aUint32 must be an integer from 0 to/,
	],
	['a fraction', 'Scalars', { anInt64: 1.5 }, /anInt64 must be an integer/],
	['a number that is not exact', 'Scalars', { aUint64: 2 ** 53 }, /aUint64 must be an integer/],
	['one more than 64 bits', 'Scalars', { aUint64: '18446744073709551616' }, /to 18446744073709551615/],
	['a number for a string', 'Scalars', { aString: 1 }, /aString must be a string/],
	[
		'an enum value that does not exist',
		'Scalars',
		{ aColor: 'COLOR_BLUE' },
		/must be one of: COLOR_NONE, COLOR_RED/,
	],
	['bytes that are not base64', 'Scalars', { someBytes: '***' }, /someBytes is not base64/],
	['a word for a bool', 'Scalars', { aBool: 'yes' }, /aBool must be true or false/],
	['a text for a float', 'Scalars', { aFloat: 'much' }, /aFloat must be a number/],
	['a list for a message', 'Nested', { inner: [] }, /Nested\.inner must be an object/],
	['a value for a list', 'Repeated', { words: 'a' }, /words must be an array/],
	['a wrong item', 'Repeated', { words: ['a', 1] }, /Repeated\.words\[1\] must be a string/],
	['a wrong key', 'Maps', { byInt32: { x: 1 } }, /Maps\.byInt32\["x"\] must be an integer/],
	['a wrong key of a bool', 'Maps', { byBool: { 1: 0 } }, /must have true or false as its key/],
	['two members of a oneof', 'Choice', { number: 1, text: 'a' }, /Choice has more than one of: number, text/],
	['a oneof that says what is not', 'Choice', { choice: 'text', number: 1 }, /says text, but number is set/],
] as const) {
	test(`${what} is refused by its path before anything is written`, (t) => {
		t.throws(() => encodeAny(schema, `everything.${type}`, value), { code: 'unfit-value', message });
	});
}

test('a value that holds itself is refused', (t) => {
	const value: Plain = {};
	value['nested'] = value;
	t.throws(() => encodeAny(schema, 'everything.Nested', value), {
		code: 'unfit-value',
		message: /100 messages deep/,
	});
});

test('half of a surrogate pair is written as U+FFFD', (t) => {
	const bytes = codecOf('everything.Scalars').encode({ aString: 'a\ud83d' });
	t.is(codecOf('everything.Scalars').decode(bytes)['aString'], 'a\ufffd');
});

test('a type that the schema does not have is named', (t) => {
	t.throws(() => decodeAny(schema, 'nowhere.Nothing', new Uint8Array()), {
		code: 'unknown-type',
		message: /nowhere\.Nothing/,
	});
	t.throws(() => encodeAny({ nested: 5 }, 'a.B', {}), { code: 'unknown-type' });
});

function attempt<T>(action: () => T): T | ContractError {
	try {
		return action();
	} catch (error) {
		if (error instanceof ContractError) return error;
		throw error;
	}
}

function holdsUnsafeInteger(value: unknown): boolean {
	if (typeof value === 'string') return /^-?\d{16,}$/.test(value);
	return typeof value === 'object' && value !== null && Object.values(value).some(holdsUnsafeInteger);
}

function spelled(name: string, bytes: Uint8Array): string {
	const canonical = reference.canonical(name, bytes);
	return canonical === null ? 'malformed' : Buffer.from(canonical).toString('hex');
}
