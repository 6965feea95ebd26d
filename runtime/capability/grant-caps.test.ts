import test from 'ava';
import fc from 'fast-check';
import { boundedGrants, cappedGrant, type GrantCaps } from './grant-caps.ts';

const bounds = Object.entries(boundedGrants).map(
	([name, fields]) => [name, Object.entries<{ most: number }>(fields)] as const,
);

test('whatever is asked for and whatever the box allows, the smaller one is granted, and the rest stays', (t) => {
	const amount = fc.integer({ min: 1, max: 1_000_000 });
	fc.assert(
		fc.property(
			fc.constantFrom(...bounds),
			fc.array(amount, { minLength: 8, maxLength: 8 }),
			([name, fields], at) => {
				const asked = Object.fromEntries(fields.map(([field], index) => [field, at[index] ?? 1]));
				const caps = Object.fromEntries(
					fields.flatMap(([field], index) => (at[7 - index] === 1 ? [] : [[field, at[7 - index] ?? 1]])),
				);
				const granted = cappedGrant(name, { ...asked, hosts: ['a'] }, { [name]: caps } as GrantCaps);
				const least = fields.map(([field]) => [field, Math.min(asked[field] ?? 1, caps[field] ?? Infinity)]);
				t.deepEqual(granted, { ...Object.fromEntries(least), hosts: ['a'] });
			},
		),
	);
});

test('what the box does not cap is granted as it was asked for, an endless day too', (t) => {
	const grant = { hosts: ['*'], maxStreams: 16, bytesPerDay: Infinity };
	t.is(cappedGrant('network-stream', grant, {}), grant);
	t.is(cappedGrant('serial', grant, { 'key-value': { maxBytes: 1 } }), grant);
	t.deepEqual(cappedGrant('network-stream', grant, { 'network-stream': { bytesPerDay: 10 } }), {
		...grant,
		bytesPerDay: 10,
	});
});
