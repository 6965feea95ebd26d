import test from 'ava';
import { camelCase, hostValue, isSame } from './constant.ts';
import { readExpressions } from './s-expression.ts';

const value = (text: string): unknown => hostValue(readExpressions(text)[0] as never);

for (const [text, expected] of [
	['(bool.const true)', true],
	['(u8.const 0xff)', 255],
	['(s32.const -1_000)', -1000],
	['(u64.const 18446744073709551615)', 18_446_744_073_709_551_615n],
	['(f32.const -inf)', Number.NEGATIVE_INFINITY],
	['(f64.const nan:canonical)', Number.NaN],
	['(str.const "\\u{2603}\\n\\c3\\b6")', '☃\nö'],
	['(list.const (u8.const 1) (u8.const 2))', [1, 2]],
	['(record.const (field "a-b" u32.const 1) (field "c" list.const (u8.const 2)))', { aB: 1, c: [2] }],
	['(flags.const "a-b")', { aB: true }],
	['(variant.const "n" (u8.const 1))', { tag: 'n', val: 1 }],
	['(variant.const "none")', { tag: 'none' }],
	['(option.none)', undefined],
	['(option.some (enum.const "red"))', 'red'],
	['(result.err (char.const "z"))', { tag: 'err', val: 'z' }],
] as const)
	test(`${text} is written as glue takes it`, (t) => {
		t.deepEqual(value(text), expected);
	});

test('comments are none of it, also where they nest', (t) => {
	t.deepEqual(value('(; a (; b ;) ;) (list.const ;; c\n (u8.const (;;) 1))'), [1]);
});

test('what glue gives is the same where only its form is another', (t) => {
	t.true(isSame([1, 2], Uint8Array.of(1, 2)));
	t.true(isSame({ a: true }, { a: true, b: false }));
	t.false(isSame({ a: true }, { a: true, b: true }));
	t.true(isSame({ tag: 'none' }, { tag: 'none', val: undefined }));
	t.false(isSame([1], [1, 2]));
	t.false(isSame(1, 1n));
	t.false(isSame({ tag: 'ok' }, undefined));
});

test('names in kebab case are those of glue', (t) => {
	t.is(camelCase('get-rep-R1'), 'getRepR1');
	t.is(camelCase('i-to-u8'), 'iToU8');
	t.is(camelCase('run'), 'run');
});
