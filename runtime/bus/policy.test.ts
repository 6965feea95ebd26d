import test from 'ava';
import { parseManifest } from '../module/manifest.ts';
import { checkTopics, PolicyError, topicGrants } from './policy.ts';

const manifest = (fields: object) =>
	parseManifest({ name: 'a', version: '1.0.0', vendor: 'acme', ...fields });

test('a module may do on a topic what its manifest says, and nothing else', (t) => {
	const [ring] = topicGrants(manifest({ publishes: { 'doorbell.ring': 'doorbell.Ring' } }));
	t.like(ring, { name: 'doorbell.ring', mayPublish: true, maySubscribe: false });
});

test('an open module does not hear media', (t) => {
	const fields = { subscribes: { 'media.state': 'mullion.media.PlayerState' } };
	t.false(topicGrants(manifest(fields))[0]?.maySubscribe);
	t.true(topicGrants(manifest({ ...fields, domain: 'authorized' }))[0]?.maySubscribe);
});

test('without a rule that fits, everything is denied', (t) => {
	const fields = { publishes: { 'x.y': 'x.Y' } };
	t.false(topicGrants(manifest(fields), [])[0]?.mayPublish);
});

test('the last rule that fits decides', (t) => {
	const rules = [
		{ domain: '*', direction: '*', topics: '*', allow: true },
		{ domain: 'open', direction: 'publish', topics: 'x.*', allow: false },
		{ domain: 'open', direction: 'publish', topics: 'x.z', allow: true },
	] as const;
	const grants = topicGrants(manifest({ publishes: { 'x.y': 'x.Y', 'x.z': 'x.Z' } }), rules);
	t.deepEqual(
		grants.map(({ mayPublish }) => mayPublish),
		[false, true],
	);
});

test("a module may not speak on the platform's topics", (t) => {
	const error = t.throws(() => checkTopics(manifest({ publishes: { 'session.control': 'a.B' } }), []), {
		instanceOf: PolicyError,
	});
	t.is(error?.code, 'topic-reserved');
});

test('a topic carries one type on a box', (t) => {
	const first = manifest({ publishes: { 'x.y': 'x.Y' } });
	const second = manifest({ name: 'b', subscribes: { 'x.y': 'x.Other' } });
	t.is(
		t.throws(() => checkTopics(second, [first]), { instanceOf: PolicyError })?.code,
		'topic-type-conflict',
	);
	t.notThrows(() => checkTopics(first, [first]));
});

test('what a VM and the box say to each other of its recordings is for that VM alone', (t) => {
	const recordings = { capabilities: { recordings: {} } };
	t.deepEqual(
		topicGrants(manifest(recordings)).map(({ name, mayPublish, maySubscribe }) => [
			name,
			mayPublish,
			maySubscribe,
		]),
		[
			['recordings.report', false, true],
			['recordings.order', true, false],
		],
	);
	const type = 'mullion.recordings.Order';
	const listens = manifest({ subscribes: { 'recordings.order': type } });
	t.true(topicGrants(listens).every(({ maySubscribe }) => !maySubscribe));
	t.throws(() => checkTopics(manifest({ publishes: { 'recordings.order': type } }), []), {
		code: 'topic-reserved',
	});
});

test('the recorder is asked by the services of the operator', (t) => {
	const asks = { publishes: { 'recorder.start': 'recorder.StartRequest' } };
	const mayAsk = (domain: string): boolean | undefined =>
		topicGrants(manifest({ ...asks, domain }))[0]?.mayPublish;
	t.true(mayAsk('authorized'));
	t.false(mayAsk('open'));
});

test('what a VM and its device say to each other is for that VM alone', (t) => {
	const serial = { capabilities: { serial: {} } };
	const type = 'mullion.expansion.SerialData';
	t.deepEqual(
		topicGrants(manifest(serial)).map(({ name, mayPublish, maySubscribe }) => [
			name,
			mayPublish,
			maySubscribe,
		]),
		[
			['serial.input', false, true],
			['serial.output', true, false],
		],
	);
	const listens = manifest({ subscribes: { 'serial.output': type, 'serial.input': type } });
	t.true(topicGrants(listens).every(({ maySubscribe }) => !maySubscribe));
	t.throws(() => checkTopics(manifest({ ...serial, publishes: { 'serial.input': type } }), []), {
		code: 'topic-reserved',
	});
});
