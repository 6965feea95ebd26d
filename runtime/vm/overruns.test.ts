import test from 'ava';
import { Overruns } from './overruns.ts';

test('budgets are listed by name, the latest first, with how often each was exceeded', (t) => {
	const overruns = new Overruns();
	overruns.note('effects', { atUs: 1, detail: '9 effects' });
	overruns.note('memory', { atUs: 2, detail: 'all of it' });
	overruns.note('effects', { atUs: 3, detail: '8 effects', times: 4 });

	t.deepEqual(overruns.list(), [
		{ budget: 'effects', count: 5, lastAtUs: 3, detail: '8 effects' },
		{ budget: 'memory', count: 1, lastAtUs: 2, detail: 'all of it' },
	]);
});

test('one that is exceeded again and again is told the first time, and each time it has doubled', (t) => {
	const overruns = new Overruns();
	const told = Array.from({ length: 20 }, (_, atUs) => overruns.note('inbox', { atUs, detail: '' })?.count);

	t.deepEqual(
		told.filter((count) => count !== undefined),
		[1, 2, 4, 8, 16],
	);
});
