// Ten boxes of one image come to one operator, take a module, and each answers for itself.
import test from 'ava';
import { makeProbe } from '../../../../modules/probe/testbed.ts';
import { Controller } from '../../../controller/controller.ts';
import type { Board } from '../../board/board.ts';
import { claim } from '../../board/claim.ts';
import { echo } from '../cuts/box-talk.ts';
import { changeGuest, guestName, publishGuest } from '../cuts/guest.ts';
import { commonImage, emulatorMiB, endpointOf, personalDisk } from '../fleet.ts';
import { openImageRun } from '../image-run.ts';

const boxes = 10;
const run = await openImageRun('fleet');
const { bench } = run;
const image = await bench.build(1);
await publishGuest(bench.repository, await makeProbe());
test.after.always(() => run[Symbol.asyncDispose]());

test('ten boxes of one image take a module and answer', async (t) => {
	t.timeout(3_600_000);
	await run.test(t.title, { needs: ['power', 'flash'] }, async (first, record) => {
		await using stack = new AsyncDisposableStack();
		const common = await commonImage(bench, image);
		const fleet: { box: Board; operator: Controller }[] = [];
		for (let number = 1; number <= boxes; number++) {
			const endpointId = endpointOf(number);
			const box = number === 1 ? first : stack.use(await claim({ needs: ['power', 'flash'] }));
			await box.flash(await personalDisk(bench, { common, endpointId }));
			const operator = await Controller.connect({
				broker: bench.broker.url,
				agent: endpointId,
				endpointId: 'self::mullion-headend',
				deadlineMs: 120_000,
			});
			fleet.push({ box, operator: stack.use(operator) });
		}

		const begun = performance.now();
		await record.step('all boxes come to their operator', () =>
			Promise.all(
				fleet.map(async ({ box, operator }) => {
					const isThere = new Promise<void>((resolve) => operator.onConnected(resolve));
					await box.power.on();
					await isThere;
				}),
			),
		);
		const connectedMs = performance.now() - begun;
		await record.step('all take a module', () =>
			Promise.all(fleet.map(({ operator }) => changeGuest(operator, '1.0.0'))),
		);
		await record.step('each answers', () =>
			Promise.all(fleet.map(({ operator }) => echo(operator, `${guestName}.echo`))),
		);
		const serials = await Promise.all(
			fleet.map(async ({ operator }) => {
				const info = (await operator.get(['Device.DeviceInfo.']))['Device.DeviceInfo.'];
				return info?.['SerialNumber'];
			}),
		);

		t.deepEqual(
			serials,
			fleet.map((_, at) =>
				endpointOf(at + 1)
					.split('-')
					.at(-1),
			),
		);
		const memory = await emulatorMiB();
		record.figure('all connected after', `${(connectedMs / 1000).toFixed(1)} s`);
		record.figure('memory of the host', `${Math.round(memory)} MiB, ${Math.round(memory / boxes)} MiB a box`);
		t.log(record.figures);
	});
});
