import test from 'ava';
import { deviceNode, filterNodes } from './block-graph.ts';

const log = { name: 'log-1', path: '/run/log', isContinued: true };
const faults = { name: 'faults-2', align: 4096, config: '/run/faults' };

test('faults stand above the record, so that what failed is not in it', (t) => {
	const nodes = filterNodes({ log, faults });

	t.deepEqual(
		nodes.map((node) => [node['node-name'], node['image'] ?? node['file'] ?? node['filename']]),
		[
			['log-1-file', '/run/log'],
			['log-1', 'disk-image'],
			['faults-2', 'log-1'],
		],
	);
	t.like(nodes[1], { 'log-append': true });
	t.is(deviceNode({ log, faults })['file'], 'faults-2');
});

test('each filter stands on the image when it is alone, and so does the device when there is none', (t) => {
	t.is(filterNodes({ faults })[0]?.['image'], 'disk-image');
	t.is(deviceNode({ log })['file'], 'log-1');
	t.is(deviceNode({})['file'], 'disk-image');
	t.deepEqual(filterNodes({}), []);
});
