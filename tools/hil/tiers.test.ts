import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { environmentOf, tiers } from './tiers.ts';

const cwd = fileURLToPath(new URL('../..', import.meta.url));

test('every tier has tests', (t) => {
	for (const [name, { files }] of Object.entries(tiers))
		for (const pattern of files) t.true(globSync(pattern, { cwd }).length > 0, `${name}: ${pattern}`);
});

test('the soak kills 200 times, or as often as it is told to', (t) => {
	const { soak } = tiers;
	t.like(environmentOf(soak, { HOME: '/root' }), { MULLION_KILLS: '200', HOME: '/root' });
	t.like(environmentOf(soak, { MULLION_KILLS: '5' }), { MULLION_KILLS: '5' });
});

test('a run of all tests leaves it to each how much it does', (t) => {
	t.deepEqual(environmentOf(undefined, { HOME: '/root' }), { HOME: '/root' });
});
