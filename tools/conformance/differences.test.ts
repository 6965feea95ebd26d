import test from 'ava';
import { differencesOf } from './differences.ts';
import { type ExpectedList, isLeftOut } from './expected-list.ts';
import type { Outcome } from './result.ts';

const list: ExpectedList = {
	leftOut: { 'later/': 'asynchronous', 'old.wast': 'as it was before' },
	files: {
		'a.wast': {
			commit: '0',
			passes: 1,
			others: [
				{ lines: [2], outcome: 'fail', why: 'the glue does not mask' },
				{ lines: [3], outcome: 'not-run', why: 'the runner has no streams' },
			],
		},
	},
};

const ran = (...outcomes: Outcome[]) => [
	{
		file: 'a.wast',
		results: outcomes.map((outcome, at) => ({ line: at + 1, what: 'assert_trap f', outcome, why: 'seen' })),
	},
];

test('nothing differs where each assertion ends as the list says', (t) => {
	t.deepEqual(differencesOf(ran('pass', 'fail', 'not-run'), list), []);
});

for (const [what, all, difference] of [
	[
		'that fails and should pass',
		ran('fail', 'fail', 'not-run'),
		/^a\.wast:1: .* fail instead of pass \(seen\)$/,
	],
	['that passes and should fail', ran('pass', 'pass', 'not-run'), /^a\.wast:2: .* pass instead of fail/],
	[
		'that fails for another reason',
		ran('pass', 'not-ours', 'not-run'),
		/^a\.wast:2: .* not-ours instead of fail/,
	],
	['that is gone', ran('pass', 'fail'), /^a\.wast:3: is in the list and asserts nothing$/],
	['that is new', ran('pass', 'fail', 'not-run', 'pass'), /^a\.wast: 2 pass instead of 1$/],
] as const)
	test(`an assertion ${what} is a difference`, (t) => {
		const differences = differencesOf(all, list);
		t.is(differences.length, 1);
		t.regex(differences[0] ?? '', difference);
	});

test('a file is a difference that is not in the list, or not in the folder', (t) => {
	t.deepEqual(differencesOf([{ file: 'b.wast', results: [] }], list), [
		'b.wast: is not in the list; 0 of 0 pass',
		'a.wast: is in the list and not in the folder',
	]);
});

test('files and folders can be left out', (t) => {
	t.true(isLeftOut(list, 'later/streams.wast'));
	t.true(isLeftOut(list, 'old.wast'));
	t.false(isLeftOut(list, 'a.wast'));
	t.false(isLeftOut(list, 'old.wast.wast'));
});
