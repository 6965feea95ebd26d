import test from 'ava';
import { budgetDefaults, type Manifest, parseManifest } from '../../runtime/module/manifest.ts';
import { interval, rules } from '../../runtime/module/manifest-rules.ts';
import { manifestReference } from './manifest-reference.ts';

const reference = manifestReference();
/** Written by the build, and explained by what an author writes instead. */
const ofTheBuild = ['persona', 'config.bytes'];

const all: Manifest = parseManifest({
	name: 'doorbell',
	version: '1.0.0',
	vendor: 'acme',
	session: { kind: 'media', ranges: ['wide'] },
	subscribes: { 'doorbell.ring': 'doorbell.Ring' },
	persona: 'rich',
	config: { type: 'doorbell.Settings' },
});

test('every field of a manifest is explained, as are its parts', (t) => {
	const { session = {}, durability, config } = all;
	const parts = { session, durability, config };
	const names = Object.entries(all).flatMap(([name]) =>
		Object.hasOwn(parts, name)
			? Object.keys(parts[name as keyof typeof parts]).map((part) => `${name}.${part}`)
			: [name],
	);
	t.true(names.includes('durability.intervalMs') && names.includes('usb'));
	for (const name of names.filter((each) => !ofTheBuild.includes(each)))
		t.true(reference.includes(`\n| \`${name}\` | `), `${name} is not explained`);
});

test('what is said to be the most of a budget is taken, and one more is not', (t) => {
	for (const [name, fallback] of Object.entries(budgetDefaults)) {
		const [, said, most] =
			new RegExp(`^\\| \`${name}\` \\|[^|]+\\| (\\d+) \\| (\\d+) \\|`, 'm').exec(reference) ?? [];
		t.is(Number(said), fallback, name);
		const asking = (value: number) => ({
			name: 'a',
			version: '1.0.0',
			vendor: 'b',
			budget: { [name]: value },
		});
		t.like(parseManifest(asking(Number(most))).budget, { [name]: Number(most) });
		t.throws(() => parseManifest(asking(Number(most) + 1)), { code: 'bad-manifest' }, name);
	}
});

test('what is said to be the longest text and interval is taken, and one more is not', (t) => {
	const base = { name: 'a', version: '1.0.0', vendor: 'b' };
	for (const [field, letter, most] of [
		['name', 'a', rules.name.longest],
		['description', ' ', rules.description.longest],
	] as const) {
		t.regex(reference, new RegExp(`^\\| \`${field}\` \\|.*\\b${most} characters \\|$`, 'm'));
		t.notThrows(() => parseManifest({ ...base, [field]: letter.repeat(most) }));
		t.throws(() => parseManifest({ ...base, [field]: letter.repeat(most + 1) }), { code: 'bad-manifest' });
	}
	const kept = (intervalMs: number) =>
		parseManifest({ ...base, durability: { intervalMs } }).durability.intervalMs;
	t.is(kept(1), interval.least);
	t.throws(() => kept(interval.most + 1), { code: 'bad-manifest' });
});
