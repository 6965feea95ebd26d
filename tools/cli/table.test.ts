import test from 'ava';
import { printable } from './printable.ts';
import { table } from './table.ts';

const columns = [
	{ title: 'NAME', of: ({ name }: { name: string }) => name },
	{ title: 'N', of: ({ name }: { name: string }) => `${name.length}`, isRight: true },
];

test('columns stand under each other, figures at the right, and no line ends in blanks', (t) => {
	const rows = [{ name: 'a' }, { name: 'doorbell-chime' }];

	t.deepEqual(table({ columns, rows }).split('\n'), [
		'NAME             N',
		'a                1',
		'doorbell-chime  14',
	]);
});

test('colours take no room', (t) => {
	const painted = [
		{ title: 'A', of: (text: string) => `\u001b[32m${text}\u001b[0m` },
		{ title: 'B', of: () => 'b' },
	];

	t.deepEqual(table({ columns: painted, rows: ['x', 'long'] }).split('\n'), [
		'A     B',
		'\u001b[32mx\u001b[0m     b',
		'\u001b[32mlong\u001b[0m  b',
	]);
});

test('what a module writes cannot move the cursor of who reads it', (t) => {
	t.is(printable('a\tb\u001b[2Jc\r\u0085'), 'a\tb\\x1b[2Jc\\x0d\\x85');
});
