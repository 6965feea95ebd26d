import test from 'ava';
import { Carriage } from '../../runtime/bus/carriage.ts';
import { MemoryDirectory } from '../../runtime/memory-directory.ts';
import { parseManifest } from '../../runtime/module/manifest.ts';
import type { VmState } from '../../runtime/vm/lifecycle.ts';
import { ContainerWatch } from './container-watch.ts';

const manifest = (name: string, fields: object) =>
	parseManifest({ name, version: '1.0.0', vendor: 'acme', ...fields });
const courier = manifest('courier', { domain: 'authorized', carries: ['bell.*'] });

async function watched() {
	const carriage = await Carriage.open({ container: 'courier', directory: new MemoryDirectory() });
	const told: string[] = [];
	let vm: { state: VmState; reason: string } | undefined;
	const watch = new ContainerWatch({
		carriage,
		vm: () => vm,
		tell: (level, text) => told.push(`${level}: ${text}`),
	});
	const is = (state: VmState, reason = 'asked for'): void => {
		vm = { state, reason };
		watch.look();
	};
	return { carriage, watch, is, told: () => told.splice(0) };
}

test('the operator is told once that nothing is carried, and why, and once that it is again', async (t) => {
	const { carriage, watch, is, told } = await watched();
	for (let looks = 0; looks < 2; looks++) watch.look();
	t.deepEqual(told(), [
		'warn: courier, which is to carry the messages of services, is not installed: they reach nobody',
	]);
	await carriage.learn([courier]);
	is('running');
	t.deepEqual(told(), ['info: courier carries the messages of services']);
	is('parked', 'failed too often');
	t.deepEqual(told(), [
		'warn: courier, which is to carry the messages of services, is parked (failed too often): they reach nobody',
	]);
});

test('while messages wait for the container, there is nothing to tell', async (t) => {
	const { carriage, is, told } = await watched();
	await carriage.learn([courier]);
	for (const state of ['starting', 'running', 'hibernated', 'backing-off', 'suspended'] as const) is(state);
	t.deepEqual(told(), []);
});

test('the operator is told of topics that his container does not carry', async (t) => {
	const { carriage, is, told } = await watched();
	const type = 'a.B';
	await carriage.learn([courier, manifest('bell', { publishes: { 'bell.rung': type, 'door.open': type } })]);
	is('running');
	const [line = ''] = told();
	t.regex(line, /^warn: courier, .* cannot carry door\.open: /);
});
