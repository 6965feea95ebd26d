// With checks a module computes what it computes without.
import test from 'ava';
import fc from 'fast-check';
import { makeProbe } from '../../../modules/probe/testbed.ts';
import { decodeComponent } from '../decode.ts';
import { ComponentError } from '../error.ts';
import { type Event, importsOf, ServiceGuest } from '../generated/service.ts';
import { GuestMemory } from '../guest-memory.ts';
import { linkService } from '../link.ts';
import { instrument } from './instrument.ts';
import { binaryOf, muchFuel, outcome, startMetered } from './testbed.ts';

const functions = 4;

/** Statements of function number `self`: they call only what comes after it, so everything ends. */
function statements(self: number, loops: number): fc.Arbitrary<string> {
	const callees = Array.from({ length: functions - 1 - self }, (_, at) => self + 1 + at);
	const { expression } = fc.letrec<{ expression: string }>((tie) => ({
		expression: fc.oneof(
			{ maxDepth: 3 },
			fc.integer({ min: -9, max: 999 }).map((value) => `(i32.const ${value})`),
			fc.constantFrom('(local.get $a)', '(local.get $b)'),
			fc
				.tuple(
					fc.constantFrom('add', 'mul', 'xor', 'div_u', 'rem_s', 'shl', 'lt_s'),
					tie('expression'),
					tie('expression'),
				)
				.map(([name, a, b]) => `(i32.${name} ${a} ${b})`),
			tie('expression').map((at) => `(i32.load (i32.and ${at} (i32.const 0xffff)))`),
			...callees.map((callee) =>
				fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(call $f${callee} ${a} ${b})`),
			),
			...callees.map((callee) =>
				fc
					.tuple(tie('expression'), tie('expression'))
					.map(([a, b]) => `(call_indirect (type $f) ${a} ${b} (i32.const ${callee}))`),
			),
		),
	}));
	const { list } = fc.letrec<{ one: string; list: string }>((tie) => ({
		list: fc.array(tie('one'), { maxLength: 4 }).map((all) => all.join('\n')),
		one: fc.oneof(
			{ maxDepth: 3 },
			fc
				.tuple(fc.constantFrom('$a', '$b'), expression)
				.map(([name, value]) => `(local.set ${name} ${value})`),
			fc
				.tuple(expression, expression)
				.map(([at, value]) => `(i32.store (i32.and ${at} (i32.const 0xffff)) ${value})`),
			fc
				.tuple(expression, expression)
				.map(
					([at, length]) =>
						`(memory.fill (i32.and ${at} (i32.const 0xffff)) (i32.const 5) (i32.and ${length} (i32.const 0x1ff)))`,
				),
			fc
				.tuple(expression, tie('list'), tie('list'))
				.map(([is, yes, no]) => `(if ${is} (then ${yes}) (else ${no}))`),
			fc.tuple(tie('list'), expression, tie('list')).map(([a, is, b]) => `(block ${a} (br_if 0 ${is}) ${b})`),
			fc
				.tuple(expression, tie('list'), tie('list'))
				.map(([at, a, b]) => `(block (block (block (br_table 0 1 2 0 ${at})) ${a}) ${b})`),
			expression.map((value) => `(if (i32.eqz (local.get $a)) (then (return ${value})))`),
			expression.map((value) => `(br_if $whole ${value} (i32.eqz (local.get $b))) (drop)`),
			...(loops > 0
				? [
						fc.tuple(fc.integer({ min: 1, max: 5 }), loopBody(self, loops), expression).map(
							([times, body, is]) => `(local.set $i${loops} (i32.const ${times}))
					(block $out${loops} (loop $l${loops} ${body} (br_if $out${loops} ${is})
					(br_if $l${loops} (local.tee $i${loops} (i32.sub (local.get $i${loops}) (i32.const 1))))))`,
						),
					]
				: []),
		),
	}));
	return list;
}

function loopBody(self: number, loops: number): fc.Arbitrary<string> {
	return statements(self, loops - 1);
}

const program = fc
	.tuple(...Array.from({ length: functions }, (_, self) => statements(self, 2)))
	.map((bodies) => {
		const code = bodies.map(
			(
				body,
				self,
			) => `(func $f${self} (export "f${self}") (type $f) (param $a i32) (param $b i32) (result i32) (local $i1 i32) (local $i2 i32)
				(block $whole (result i32) ${body} (i32.add (local.get $a) (local.get $b))))`,
		);
		return `(type $f (func (param i32 i32) (result i32))) (memory (export "memory") 2 2)
			(table 4 4 funcref) (elem (i32.const 0) $f0 $f1 $f2 $f3) ${code.join('\n')}`;
	});

const bytesOf = ({ exports }: WebAssembly.Instance): Buffer =>
	Buffer.from((exports['memory'] as WebAssembly.Memory).buffer);

test('any program gives the same results, the same traps and the same memory', async (t) => {
	await fc.assert(
		fc.asyncProperty(
			program,
			fc.array(fc.tuple(fc.nat(3), fc.integer(), fc.integer()), { minLength: 1, maxLength: 4 }),
			async (text, calls) => {
				const core = await binaryOf(text);
				const plain = new WebAssembly.Instance(new WebAssembly.Module(core));
				const { instance, call } = startMetered(core);
				for (const [which, a, b] of calls) {
					const name = `f${which}`;
					const expected = outcome(() => (plain.exports[name] as (a: number, b: number) => number)(a, b));
					if (outcome(() => call(name, a, b)) !== expected) return false;
				}
				return bytesOf(plain).equals(bytesOf(instance));
			},
		),
		{ numRuns: 150 },
	);
	t.pass();
});

test('a service from the toolchain gives the same effects and the same memory', async (t) => {
	const probe = await makeProbe();
	const { core, encoding } = decodeComponent(probe.built.bytes);
	const host = { log: { write: () => undefined }, keyValue: { get: () => undefined } };
	const memory = new GuestMemory({ encoding });
	const plain = new ServiceGuest(
		new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(core)), importsOf(host, memory)),
		memory,
	);
	const { module } = probe.component;
	const metered = linkService({ module, encoding, host, mostBytes: 1_000_000, fuel: muchFuel });
	const topics = ['probe.order', 'probe.out', 'probe.echo', 'media.state'];
	const init = { vm: 1, config: new Uint8Array(0), topics, baseband: '' };
	t.deepEqual(metered.start(5n, init), plain.start(5n, init));
	for (const what of ['count', 'flood', 'put', 'get', 'log', 'chain', 'every', 'ask']) {
		const payload = probe.order({ what, text: 'text', count: 30 });
		const inbox: Event[] = [0, 2].map((topic) => ({
			tag: 'message',
			val: { topic, sender: 2, correlation: 0, payload },
		}));
		t.deepEqual(metered.turn(6n, inbox), plain.turn(6n, inbox), what);
		t.is(metered.memoryBytes(), memory.byteLength);
	}
});

test('damaged modules give a coded error or a module, and those that were valid stay so', async (t) => {
	const { built } = await makeProbe();
	const { core } = decodeComponent(built.bytes);
	const flip = fc.record({ at: fc.nat(core.length - 1), to: fc.nat(255) });
	fc.assert(
		fc.property(fc.array(flip, { minLength: 1, maxLength: 3 }), (flips) => {
			const bytes = new Uint8Array(core);
			for (const { at, to } of flips) bytes[at] = to;
			const wasValid = WebAssembly.validate(bytes);
			try {
				const made = instrument(bytes);
				return !wasValid || WebAssembly.validate(made);
			} catch (error) {
				return error instanceof ComponentError;
			}
		}),
		{ numRuns: 1000 },
	);
	t.pass();
});
