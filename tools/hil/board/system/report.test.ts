import { execFileSync } from 'node:child_process';
import test from 'ava';
import { requirePrograms } from '../../link/requirements.ts';
import { junitXml } from '../junit.ts';
import { RunRecord } from '../run-record.ts';

const readJunit = `
import sys, json, xml.etree.ElementTree as tree
suite = tree.fromstring(sys.stdin.buffer.read()).find('testsuite')
case = suite.find('testcase')
print(json.dumps([suite.get('failures'), case.get('name'), case.find('failure').get('message'), case.findtext('system-out')]))
`;

test('a reader that is not ours reads the JUnit XML of a hostile run as it was', async (t) => {
	await requirePrograms({ python3: 'python3' });
	const name = `a & b < c > "d" 'e' ]]> 🙂`;
	const record = new RunRecord({ name: 'run' });
	await record
		.test(name, async (one) => {
			one.console = '\u001b[0m\u0000\ud800<system-out>';
			throw new Error(name);
		})
		.catch(() => undefined);

	const said = execFileSync('python3', ['-c', readJunit], {
		input: junitXml(record.report),
		encoding: 'utf8',
	});

	t.deepEqual(JSON.parse(said), ['1', name, name, '\n␛[0m␀\ufffd<system-out>']);
});
