import test from 'ava';
import { vmNames } from './binding.ts';
import { parseManifest } from './manifest.ts';

const networks = [
	{ id: 'lte0', range: 'wide' },
	{ id: 'wlan0', range: 'short' },
] as const;
const vmsOf = (change: object): string[] =>
	vmNames(parseManifest({ name: 'a', version: '1.0.0', vendor: 'acme', ...change }), networks).map(
		({ name, baseband }) => `${name} on ${baseband || 'none'}`,
	);

test('a module with sessions has a VM for each network that it is made for', (t) => {
	t.deepEqual(vmsOf({ session: { kind: 'media', ranges: ['short'] } }), ['a@wlan0 on wlan0']);
	t.deepEqual(vmsOf({ session: { kind: 'media', ranges: ['short', 'wide'] } }), [
		'a@lte0 on lte0',
		'a@wlan0 on wlan0',
	]);
});

test('another one has one VM, bound to the first network if it fetches over the one that it is bound to', (t) => {
	t.deepEqual(vmsOf({}), ['a on none']);
	t.deepEqual(vmsOf({ capabilities: { 'network-stream': { hosts: ['*'] } } }), ['a on lte0']);
	t.deepEqual(vmsOf({ capabilities: { 'network-stream': { hosts: ['*'], anyNetwork: true } } }), [
		'a on none',
	]);
});
