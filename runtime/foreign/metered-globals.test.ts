import test from 'ava';
import { meteredGlobals } from './metered-globals.ts';

type Decoder = new (encoding?: string) => TextDecoder;

const Decoder = meteredGlobals(() => undefined).TextDecoder as Decoder;

for (const [what, bytes] of Object.entries({
	'a byte that no text has': [0xff],
	'the first half of a character': [0x61, 0xc3],
	'half of a surrogate pair': [0xed, 0xa0, 0x80],
}))
	test(`${what} is no text, and is not mended`, (t) => {
		t.throws(() => new Decoder().decode(Uint8Array.from(bytes)), { instanceOf: TypeError });
	});

test('a replacement character that the guest wrote is text', (t) => {
	t.is(new Decoder().decode(Uint8Array.of(0xef, 0xbf, 0xbd)), '\ufffd');
});

test('a byte order mark is a character like any other', (t) => {
	t.is(new Decoder().decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)), '\ufeffa');
	t.is(new Decoder('utf-16').decode(Uint8Array.of(0xff, 0xfe, 0x61, 0)), '\ufeffa');
});

test('half of a surrogate pair in UTF-16 is mended, as on the direct linker', (t) => {
	t.is(new Decoder('utf-16').decode(Uint8Array.of(0x61, 0, 0x3c, 0xd8)), 'a\ufffd');
});
