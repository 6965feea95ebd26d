import test from 'ava';
import { rangeClassOf } from './range.ts';

for (const [kind, metres, expected] of [
	['wifi', undefined, 'short'],
	['bluetooth', undefined, 'short'],
	['lte', undefined, 'wide'],
	['gsm', undefined, 'wide'],
	['ethernet', undefined, 'wired'],
	['wifi', 799, 'short'],
	['wifi', 801, 'wide'],
	['lte', 799, 'short'],
	['lte', 801, 'wide'],
	['ethernet', 5000, 'wired'],
	['carrier-pigeon', undefined, 'wide'],
	['carrier-pigeon', 10, 'short'],
	['constructor', undefined, 'wide'],
] as const) {
	test(`${kind} that reaches ${metres ?? 'an unknown number of'} metres is ${expected}`, (t) => {
		t.is(rangeClassOf(kind, metres), expected);
	});
}
