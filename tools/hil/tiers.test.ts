import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { tiers } from './tiers.ts';

const cwd = fileURLToPath(new URL('../..', import.meta.url));

test('every tier has tests', (t) => {
	for (const [name, { files }] of Object.entries(tiers))
		for (const pattern of files) t.true(globSync(pattern, { cwd }).length > 0, `${name}: ${pattern}`);
});
