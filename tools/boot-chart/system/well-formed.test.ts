import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';
import fc from 'fast-check';
import { bootStages } from '../../../firmware/agent/ports.ts';
import { bootChart } from '../boot-chart.ts';

test('whatever the box says, it is well-formed XML', async (t) => {
	const phase = fc.record({
		stage: fc.constantFrom(...bootStages),
		name: fc.string({ unit: 'binary', maxLength: 20 }),
		startMs: fc.nat(100_000),
		endMs: fc.nat(100_000),
	});
	const charts = fc
		.sample(fc.array(phase, { maxLength: 20 }), 20)
		.map((some) => bootChart(some, { title: 'Any' }));
	const check = 'import sys, xml.dom.minidom as d; [d.parseString(c) for c in sys.argv[1:]]';
	await t.notThrowsAsync(promisify(execFile)('python3', ['-c', check, ...charts]));
});
