// `memory.grow` says no where the maximum is, and nowhere else.
import test from 'ava';
import { certainGrowth } from './certain-growth.ts';
import { readModule, section, writeModule } from './core-module.ts';
import { concat, unsigned } from './leb.ts';
import { binaryOf, outcome, startMetered } from './testbed.ts';

const text = `(memory 1 4) (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
	(func (export "size") (result i32) (memory.size))`;

test('a guest is told that its maximum would be passed, and may go on', async (t) => {
	const { call } = startMetered(await binaryOf(text));
	t.is(call('grow', 2), 1);
	for (const tooMany of [2, 65_535, 0x7fff_ffff, -1]) t.is(call('grow', tooMany), -1, `${tooMany}`);
	t.is(call('grow', 1), 3);
	t.is(call('grow', 0), 4);
	t.is(call('grow', 1), -1);
	t.is(call('size'), 4);
});

test('a guest whose box does not give what its maximum allows is ended', async (t) => {
	// The engine holds the maximum of 4 pages; the guest was promised 10.
	const module = readModule(await binaryOf(text));
	const bodies = module.functions.map(
		({ parameters, body }) => certainGrowth(body, { parameters, maximum: 10 }).bytes,
	);
	const code = concat([
		unsigned(bodies.length),
		...bodies.flatMap((bytes) => [unsigned(bytes.length), bytes]),
	]);
	const sections = new Map([...module.sections, [section.code, code]]);
	const core = writeModule(sections, { beforeCode: [], atEnd: [] });
	const { exports } = new WebAssembly.Instance(new WebAssembly.Module(core));
	const grow = exports['grow'] as (pages: number) => number;
	t.is(grow(3), 1);
	t.is(
		outcome(() => grow(6)),
		'unreachable',
	);
	t.is(grow(7), -1);
});
