import test from 'ava';
import fc from 'fast-check';
import type { Effect, Event } from '../../../runtime/component/generated/service.ts';
import { LinkError } from '../../../runtime/component/link-error.ts';
import { type GuestText, guestModule, linkGuest, words } from './proof/guest-text.ts';

const message: Event = {
	tag: 'message',
	val: { topic: 0, sender: 1, correlation: 0, payload: new Uint8Array(100) },
};

/** A result of `turn` at 1024: ok, and a list at 2048. */
const ok = (pointer: number, length: number) => words(1024, [0, pointer, length]);
const publish = (address: number, payload: readonly [number, number]) =>
	words(address, [0, 0, 7, ...payload]);

interface Malformed extends GuestText {
	readonly does: string;
}

const malformed: readonly Malformed[] = [
	{ does: 'returns a result past its memory', turn: 'i32.const 131064' },
	{ does: 'returns a negative pointer', turn: 'i32.const -4' },
	{ does: 'returns a misaligned pointer', turn: 'i32.const 1026' },
	{ does: 'returns a result that is neither ok nor an error', extra: words(1024, [2, 0, 0]) },
	{ does: 'returns a list past its memory', extra: ok(131_032, 2) },
	{ does: 'returns a misaligned list', extra: ok(2052, 1) },
	{ does: 'returns a list of four thousand million effects', extra: ok(2048, 0xffff_ffff) },
	{ does: 'returns a list whose bytes overflow 32 bits', extra: ok(2048, 0x0666_6667) },
	{ does: 'returns an effect that does not exist', extra: `${ok(2048, 1)} ${words(2048, [10])}` },
	{ does: 'returns a payload past its memory', extra: `${ok(2048, 1)} ${publish(2048, [131_000, 100])}` },
	{ does: 'returns a payload of a negative length', extra: `${ok(2048, 1)} ${publish(2048, [4096, -1])}` },
	{
		does: 'returns a reply that is neither ok nor an error',
		extra: `${ok(2048, 1)} ${words(2048, [2, 0, 1, 9])}`,
	},
	{ does: 'returns a misaligned string', extra: words(1024, [1, 2049, 2]) },
	{ does: 'returns a string past its memory', extra: words(1024, [1, 131_070, 2]) },
	{ does: 'allocates past its memory', reallocate: 'i32.const 131064' },
	{ does: 'allocates with the wrong alignment', reallocate: 'i32.const 4097' },
	{ does: 'allocates at a negative address', reallocate: 'i32.const -8' },
	{
		does: 'writes a log line of a level that does not exist',
		turn: '(call $write (i32.const 4) (i32.const 0) (i32.const 0)) (i32.const 1024)',
	},
	{
		does: 'writes a log line from past its memory',
		turn: '(call $write (i32.const 1) (i32.const 131070) (i32.const 2)) (i32.const 1024)',
	},
	{
		does: 'wants a value written past its memory',
		turn: '(call $get (i32.const 0) (i32.const 0) (i32.const 131068)) (i32.const 1024)',
	},
];

for (const { does, ...text } of malformed) {
	test(`a guest that ${does} has said something malformed`, async (t) => {
		const { guest } = linkGuest(await guestModule(text));
		const error = t.throws(() => guest.turn(0n, [message]), { instanceOf: LinkError });
		t.is(error?.code, 'malformed-value');
	});
}

test('a guest cannot make the host copy the same bytes over and over without end', async (t) => {
	const lists = Array.from({ length: 100 }, (_, index) => publish(2048 + index * 40, [8192, 65_536]));
	const text = { extra: `${ok(2048, 100)} ${lists.join(' ')}` };
	const bounded = linkGuest(await guestModule(text), { mostBytes: 1_048_576 });
	const error = t.throws(() => bounded.guest.turn(0n, []), { instanceOf: LinkError });
	t.is(error?.code, 'malformed-value');
	const generous = linkGuest(await guestModule(text), { mostBytes: 16_777_216 });
	t.is((generous.guest.turn(0n, []).val as Effect[]).length, 100);
});

test('what one turn may pass is not used up by the turns before', async (t) => {
	const text = { extra: `${ok(2048, 1)} ${publish(2048, [8192, 40_000])}` };
	const { guest } = linkGuest(await guestModule(text), { mostBytes: 50_000 });
	for (let turns = 0; turns < 3; turns++) t.is(guest.turn(0n, []).tag, 'ok');
});

test('a guest that calls an import while it allocates is stopped', async (t) => {
	const reallocate = '(call $get (i32.const 0) (i32.const 0) (i32.const 16)) (i32.const 65536)';
	const { guest } = linkGuest(await guestModule({ reallocate }));
	t.is(t.throws(() => guest.turn(0n, [message]), { instanceOf: LinkError })?.code, 'not-allowed-now');
});

test('a guest that calls an import while it cleans up is stopped', async (t) => {
	const extra = `${ok(2048, 0)} (func (export "cabi_post_mullion:service/guest@0.1.0#turn") (param i32)
		(call $write (i32.const 0) (i32.const 0) (i32.const 0)))`;
	const { guest } = linkGuest(await guestModule({ extra }));
	t.is(t.throws(() => guest.turn(0n, []), { instanceOf: LinkError })?.code, 'not-allowed-now');
});

test('a guest that calls an import before it exists is stopped', async (t) => {
	const extra = '(func $early (call $write (i32.const 0) (i32.const 0) (i32.const 0))) (start $early)';
	const module = await guestModule({ extra });
	t.is(t.throws(() => linkGuest(module), { instanceOf: LinkError })?.code, 'not-allowed-now');
});

test('a module that lacks what its world promises is not linked', (t) => {
	const empty = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
	t.is(t.throws(() => linkGuest(empty), { instanceOf: LinkError })?.code, 'missing-export');
});

test('half a surrogate pair reaches the host as the replacement character', async (t) => {
	const extra = `${words(1024, [1, 2048, 3])} ${words(2048, [0xd83c_0041, 0x42])}`;
	const { guest } = linkGuest(await guestModule({ extra }));
	t.deepEqual(guest.turn(0n, []), { tag: 'err', val: 'A\ufffdB' });
});

test('memory that grows while a value is written to it does not lose the value', async (t) => {
	// Every allocation is a page of its own, so that each one detaches the buffer before.
	const reallocate = '(i32.mul (memory.grow (i32.const 1)) (i32.const 65536))';
	const turn = `(i32.store (i32.const 1024) (i32.const 0)) (i32.store (i32.const 1028) (i32.const 2048))
		(i32.store (i32.const 1032) (i32.const 1))
		(i32.store (i32.const 2060) (i32.load offset=20 (local.get $inbox)))
		(i32.store (i32.const 2064) (i32.load offset=24 (local.get $inbox)))
		(i32.const 1024)`;
	const { guest } = linkGuest(await guestModule({ reallocate, turn }));
	const payload = Uint8Array.from({ length: 100 }, (_, index) => index);
	const sent: Event = { tag: 'message', val: { topic: 0, sender: 0, correlation: 0, payload } };
	t.deepEqual(guest.turn(0n, [sent]), { tag: 'ok', val: [{ tag: 'publish', val: { topic: 0, payload } }] });
});

test('whatever bytes a guest returns, the host gets values or a link error', async (t) => {
	const module = await guestModule({ turn: 'i32.const 1024' });
	const { guest, bytes } = linkGuest(module, { mostBytes: 65_536 });
	const view = new DataView(bytes.buffer);
	let values = 0;
	const word = fc.oneof(fc.nat({ max: 12 }), fc.nat({ max: 131_072 }), fc.integer());
	fc.assert(
		fc.property(fc.array(word, { minLength: 3, maxLength: 200 }), fc.boolean(), (words, isList) => {
			words.forEach((value, index) => {
				view.setInt32((index < 3 ? 1024 : 2036) + index * 4, value, true);
			});
			if (isList)
				for (const [index, value] of [0, 2048, words.length % 8].entries())
					view.setInt32(1024 + index * 4, value, true);
			try {
				guest.turn(0n, []);
				values++;
			} catch (error) {
				if (!(error instanceof LinkError) || error.code !== 'malformed-value') throw error;
			}
		}),
		{ numRuns: 2000 },
	);
	t.true(values > 0);
});
