import test from 'ava';
import { ManualClock } from '../../runtime/manual-clock.ts';
import { SimulatedModules } from '../agent/simulated-modules.ts';
import { boxHealth } from './box-health.ts';

async function started({ hasData = true } = {}) {
	const clock = new ManualClock();
	const modules = new SimulatedModules({ clock });
	const { signal } = new AbortController();
	for (const name of ['clock', 'player'])
		await modules.install({ url: `tuf:modules/${name}-1.0.0.wasm`, uuid: '', version: '', signal });
	const world = { isCloudReachable: true, cellsAnswer: async () => {} };
	const health = boxHealth({
		clock,
		vms: modules.vms,
		cellsAnswer: () => world.cellsAnswer(),
		isCloudReachable: () => world.isCloudReachable,
		hasData,
	});
	return { clock, modules, world, check: () => health.check(signal) };
}

test('a box whose modules run, whose cells answer and whose cloud is there has no problem', async (t) => {
	const { check } = await started();
	t.deepEqual(await check(), []);
});

test('what is wrong is named', async (t) => {
	const { check, modules, world, clock } = await started();
	modules.change('player', { state: 'parked' });
	t.deepEqual(await check(), ['module-player']);
	// What the operator stopped for good is meant to be so, and what sleeps wakes by itself.
	modules.change('player', { state: 'stopped', autoStart: false });
	modules.change('clock', { state: 'hibernated' });
	t.deepEqual(await check(), []);

	world.isCloudReachable = false;
	t.deepEqual(await check(), ['cloud']);

	world.cellsAnswer = () => Promise.reject(new Error('a cell is gone'));
	t.deepEqual(await check(), ['cells', 'cloud']);
	world.cellsAnswer = () => new Promise(() => undefined);
	const late = check();
	clock.advance(5000);
	t.deepEqual(await late, ['cells', 'cloud']);
});

test('a box that has lost what it kept is not well, whatever else it does', async (t) => {
	const { check } = await started({ hasData: false });
	t.deepEqual(await check(), ['data']);
});
