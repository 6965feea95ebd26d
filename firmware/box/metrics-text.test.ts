import test from 'ava';
import fc from 'fast-check';
import { readMetrics } from './metrics-reader.fixture.ts';
import { type Family, metricsText } from './metrics-text.ts';

const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,20}$/);
const text = fc.oneof(fc.string(), fc.constantFrom('a "b" \\ c', 'line\nline', '\\n', '{}', ''));
const sample = fc.record({
	labels: fc.dictionary(name, text, { maxKeys: 3, noNullPrototype: true }),
	value: fc.double(),
});
const family = (type: 'counter' | 'gauge') =>
	fc.record({
		name,
		help: text,
		type: fc.constant(type),
		samples: fc.uniqueArray(sample, {
			minLength: 1,
			maxLength: 4,
			selector: ({ labels }) => JSON.stringify(Object.entries(labels).sort()),
		}),
	});

test('what is written is read back by a strict reader as it was, whatever stands in names of VMs and in help', (t) => {
	const families = fc.uniqueArray(fc.oneof(family('counter'), family('gauge')), {
		selector: (each) => each.name,
		maxLength: 6,
	});
	fc.assert(
		fc.property(families, (written) => {
			const read = readMetrics(metricsText(written));
			t.deepEqual(
				read,
				written.map(({ name: title, help, type, samples }) => ({
					name: title,
					help,
					type,
					samples: samples.map(({ labels, value }) => ({
						name: title,
						labels,
						value: value === 0 ? 0 : value,
					})),
				})),
			);
		}),
	);
});

test('a summary has its quantiles, its sum and its count under one head', (t) => {
	const summary: Family = {
		name: 'turn_seconds',
		help: 'Turns.',
		type: 'summary',
		samples: [
			{ labels: { quantile: '0.5' }, value: 0.25 },
			{ value: 3, suffix: '_sum' },
			{ value: 4, suffix: '_count' },
		],
	};

	t.is(
		metricsText([summary, { name: 'none', help: '', type: 'gauge', samples: [] }]),
		'# HELP turn_seconds Turns.\n# TYPE turn_seconds summary\nturn_seconds{quantile="0.5"} 0.25\nturn_seconds_sum 3\nturn_seconds_count 4\n',
	);
});
