// What a guest does wrong while it runs ends with a code, costs its neighbour nothing, and the cell goes on.
import test from 'ava';
import { Bed, type Ending } from './bed.ts';
import { type GuestText, guestOf } from './guest-text.ts';

const loop = '(loop (br 0))';
const endless = `${loop} (unreachable)`;
/** A result of a turn, at 1032: `ok` or not, place and length of its list. */
const result = (tag: number, at: number, length: number): string =>
	`(i32.store (i32.const 1032) (i32.const ${tag})) (i32.store (i32.const 1036) (i32.const ${at}))
	(i32.store (i32.const 1040) (i32.const ${length})) (i32.const 1032)`;
const recursion =
	'(func $deeper (param i32) (call $deeper (i32.add (local.get 0) (i32.const 1))) (drop (i32.load (i32.const 0))))';
const log = '(import "mullion:service/log@0.1.0" "write" (func $log (param i32 i32 i32)))';

/** Effects at 2048, 40 bytes each: tag, padding, and what the tag stands for. */
const publishOn = (topic: number, at = 2048, length = 4): number[] => [
	0,
	0,
	topic,
	at,
	length,
	0,
	0,
	0,
	0,
	0,
];
const effect = (tag: number, ...words: number[]): number[] => [
	tag,
	0,
	...words,
	...Array(8 - words.length).fill(0),
];
const returned = (data: number[], count = 1): GuestText => ({ data, turn: result(0, 2048, count) });

const overBudget = (at: Ending['at']): Ending => ({ at, code: 'over-budget' });
const trapped = (at: Ending['at']): Ending => ({ at, code: 'trapped' });
const malformed: Ending = { at: 'turn', code: 'malformed-value' };
const denied: Ending = { at: 'turn', code: 'denied' };
const flooded: Ending = { at: 'turn', code: 'flooded' };
const running: Ending = { at: 'running', code: '' };

const guests: Record<string, { guest: GuestText; ending: Ending }> = {
	'loops in its start function': {
		guest: { more: `(func $s ${loop}) (start $s)` },
		ending: overBudget('start'),
	},
	'loops in its constructors': {
		guest: { more: `(func (export "_initialize") ${loop})` },
		ending: overBudget('start'),
	},
	'loops in start': { guest: { start: endless }, ending: overBudget('start') },
	'loops in a turn': { guest: { turn: endless }, ending: overBudget('turn') },
	'loops in cabi_realloc': { guest: { realloc: endless }, ending: overBudget('start') },
	'loops before it is put to sleep': {
		guest: { more: `(func (export "__rest") ${loop})` },
		ending: overBudget('sleep'),
	},
	'traps before it is put to sleep': {
		guest: { more: '(func (export "__rest") (unreachable))' },
		ending: trapped('sleep'),
	},
	'loops in what cleans up': { guest: { afterTurn: loop }, ending: overBudget('turn') },
	'fills its memory without end': {
		guest: {
			turn: '(loop (memory.fill (i32.const 8192) (i32.const 1) (i32.const 65536)) (br 0)) (unreachable)',
		},
		ending: overBudget('turn'),
	},
	'logs without end': {
		guest: {
			imports: log,
			turn: '(loop (call $log (i32.const 0) (i32.const 0) (i32.const 1000)) (br 0)) (unreachable)',
		},
		ending: overBudget('turn'),
	},
	'recurses in its start function': {
		guest: { more: `${recursion} (func $s (call $deeper (i32.const 0))) (start $s)` },
		ending: trapped('start'),
	},
	'recurses in its constructors': {
		guest: { more: `${recursion} (func (export "_initialize") (call $deeper (i32.const 0)))` },
		ending: trapped('start'),
	},
	'recurses in start': {
		guest: { more: recursion, start: '(call $deeper (i32.const 0)) (i32.const 1024)' },
		ending: trapped('start'),
	},
	'recurses in a turn': {
		guest: { more: recursion, turn: '(call $deeper (i32.const 0)) (i32.const 1024)' },
		ending: trapped('turn'),
	},
	'recurses in optimised code': {
		guest: {
			more: `${recursion} (func $hot (param i32) (if (local.get 0) (then (call $hot (i32.sub (local.get 0) (i32.const 1))))))
				(func $warm (local i32) (loop $l (call $hot (i32.const 200)) (br_if $l (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 2000)))))`,
			start: '(call $warm) (i32.const 1024)',
			turn: '(call $hot (i32.const -1)) (i32.const 1024)',
		},
		ending: trapped('turn'),
	},
	'recurses in cabi_realloc': {
		guest: { more: recursion, realloc: '(call $deeper (i32.const 0)) (i32.const 8192)' },
		ending: trapped('start'),
	},
	'recurses by a table': {
		guest: {
			more: '(type $t (func)) (table 1 1 funcref) (elem (i32.const 0) $again) (func $again (type $t) (call_indirect (type $t) (i32.const 0)))',
			turn: '(call $again) (i32.const 1024)',
		},
		ending: trapped('turn'),
	},
	'takes all memory that it may have': {
		guest: { turn: '(loop (br_if 0 (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) (i32.const 1024)' },
		ending: running,
	},
	'asks for more memory than there is': {
		guest: {
			turn: '(if (i32.ne (memory.grow (i32.const 65535)) (i32.const -1)) (then (unreachable))) (i32.const 1024)',
		},
		ending: running,
	},
	'takes more memory than its budget through a memory without a maximum': {
		guest: {
			memory: '2',
			turn: '(if (i32.ne (memory.grow (i32.const 3)) (i32.const -1)) (then (unreachable))) (i32.const 1024)',
		},
		ending: running,
	},
	'takes all the table that it may have': {
		guest: {
			more: '(table 1 funcref)',
			turn: '(loop (br_if 0 (i32.ne (table.grow (ref.null func) (i32.const 1000)) (i32.const -1)))) (i32.const 1024)',
		},
		ending: running,
	},
	'has data beyond its memory': {
		guest: { more: '(data (i32.const 0x7fffffff) "x")' },
		ending: trapped('start'),
	},
	'has more in its table than it holds': {
		guest: { more: '(table 1 1 funcref) (elem (i32.const 0) $realloc $realloc)' },
		ending: trapped('start'),
	},
	'reaches beyond its memory': {
		guest: { turn: '(drop (i32.load offset=0xfffffff0 (i32.const -1))) (i32.const 1024)' },
		ending: trapped('turn'),
	},
	'gives memory that it does not have': {
		guest: { realloc: '(i32.const -8)' },
		ending: { at: 'start', code: 'malformed-value' },
	},
	'gives memory where none can be': {
		guest: { realloc: '(i32.const 8193)' },
		ending: { at: 'start', code: 'malformed-value' },
	},
	'gives the same memory for everything': { guest: { realloc: '(i32.const 8192)' }, ending: running },
	'gives memory on top of its own data': {
		guest: { realloc: '(i32.const 1024)' },
		ending: { at: 'start', code: 'malformed-value' },
	},
	'logs while it allocates': {
		guest: {
			imports: log,
			realloc: '(call $log (i32.const 0) (i32.const 0) (i32.const 1)) (i32.const 8192)',
		},
		ending: { at: 'start', code: 'malformed-value' },
	},
	'logs while it cleans up': {
		guest: { imports: log, afterTurn: '(call $log (i32.const 0) (i32.const 0) (i32.const 1))' },
		ending: malformed,
	},
	'logs in its start function': {
		guest: {
			imports: log,
			more: '(func $s (call $log (i32.const 0) (i32.const 0) (i32.const 1))) (start $s)',
		},
		ending: { at: 'start', code: 'malformed-value' },
	},
	'logs text that it does not have': {
		guest: { imports: log, turn: '(call $log (i32.const 0) (i32.const -4) (i32.const 8)) (i32.const 1024)' },
		ending: malformed,
	},
	'logs at a level that there is not': {
		guest: { imports: log, turn: '(call $log (i32.const 4) (i32.const 0) (i32.const 8)) (i32.const 1024)' },
		ending: malformed,
	},
	'returns a result outside of its memory': { guest: { turn: '(i32.const -4)' }, ending: malformed },
	'returns a result that ends outside of it': { guest: { turn: '(i32.const 131068)' }, ending: malformed },
	'returns a result where none can be': { guest: { turn: '(i32.const 1025)' }, ending: malformed },
	'returns neither a result nor an error': { guest: { turn: result(7, 0, 0) }, ending: malformed },
	'returns a list that wraps around': { guest: { turn: result(0, 2048, 0x0666_6667) }, ending: malformed },
	'returns a list of as many as there are numbers': {
		guest: { turn: result(0, 2048, -1) },
		ending: malformed,
	},
	'returns a list that begins outside': { guest: { turn: result(0, -8, 1) }, ending: malformed },
	'returns an effect that there is not': { guest: returned(effect(10, 0)), ending: malformed },
	'returns a payload that wraps around': { guest: returned(publishOn(0, -4, 8)), ending: malformed },
	'returns a reply that is neither': { guest: returned(effect(2, 1, 9, 2048, 4)), ending: malformed },
	'refuses with text outside of its memory': { guest: { turn: result(1, -2, 9) }, ending: malformed },
	'refuses with text that is none': {
		guest: { data: [0xfffe_c0ff], turn: result(1, 2048, 4) },
		ending: malformed,
	},
	'refuses with text that ends in the middle of a character': {
		guest: { data: [0xc3], turn: result(1, 2048, 1) },
		ending: malformed,
	},
	'refuses with a replacement character of its own': {
		guest: { data: [0xbd_bfef], turn: result(1, 2048, 3) },
		ending: { at: 'turn', code: 'refused' },
	},
	'logs text that is none': {
		guest: {
			imports: log,
			data: [0xfffe_c0ff],
			turn: '(call $log (i32.const 0) (i32.const 2048) (i32.const 4)) (i32.const 1024)',
		},
		ending: malformed,
	},
	'returns more effects than it may': { guest: returned([], 17), ending: flooded },
	'returns the same payload again and again': {
		guest: returned(Array.from({ length: 16 }, () => publishOn(0, 2048, 2048)).flat(), 16),
		ending: malformed,
	},
	'returns more bytes than it may': {
		guest: returned(Array.from({ length: 2 }, () => publishOn(0, 2048, 3000)).flat(), 2),
		ending: flooded,
	},
	'publishes on a topic that it was never given': { guest: returned(publishOn(2)), ending: denied },
	'publishes on the last topic that there could be': { guest: returned(publishOn(-1)), ending: denied },
	'fetches, which nobody granted': { guest: returned(effect(7, 1, 0, 0, 0, 0, 0, 0, 0)), ending: denied },
	'plays, which nobody granted': { guest: returned(effect(9, 0, 0, 0, 0, 0, 0)), ending: denied },
	'keeps more than its quota': {
		guest: returned(effect(5, 2048, 4, 2048, 2000)),
		ending: { at: 'turn', code: 'over-quota' },
	},
	'waits deep in ten thousand blocks': {
		guest: { turn: `${'(block '.repeat(10_000)}(nop)${')'.repeat(10_000)} (i32.const 1024)` },
		ending: running,
	},
};

const bed = await Bed.start();

for (const [what, { guest, ending }] of Object.entries(guests)) {
	test.serial(
		`a guest that ${what} ends with ${ending.code || 'nothing'} at ${ending.at}, and its neighbour goes on`,
		async (t) => {
			t.deepEqual(await bed.run(await guestOf(guest)), ending);
			t.true(await bed.isNeighbourWell());
		},
	);
}
