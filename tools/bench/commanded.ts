/**
 * Starting a service that is installed and stopped, by the operator's command to a whole box, until it has answered its
 * first request: with the command's way through the broker, and the request's.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { TestBox } from '../hil/box/test-box.ts';
import { withManifest } from '../hil/box/variant.ts';
import { type Figure, limited, median } from './figure.ts';

const rounds = { warmUp: 3, counted: 15, boxes: 5 };
/** Until a box that was started has nothing left to do but run, in milliseconds. */
const restMs = 3000;
const limitMs = 150;
const units = 'Device.SoftwareModules.ExecutionUnit.';

export async function commandedFigures(): Promise<Figure[]> {
	await using box = await TestBox.start();
	const { stage, probe } = box;
	// Of another class than the one that runs: in a cell of its own.
	const late = withManifest(probe.built.bytes, (manifest) => ({
		...manifest,
		name: 'late',
		priority: 'realtime',
		subscribes: { 'late.echo': 'probe.Word' },
	}));
	await box.install(await box.publish(probe.built));
	await box.install(await box.sign(late, 'modules/late.wasm'));
	const rows = Object.entries(await stage.operator.get([units]));
	const [unit] = rows.find(([, { EUID }]) => EUID === 'late') ?? [];
	const request = (RequestedState: 'Active' | 'Idle') =>
		stage.operator.operate(`${unit}SetRequestedState()`, { RequestedState }, { isSync: true });
	const started = async (): Promise<number> => {
		const startedAt = performance.now();
		await request('Active');
		await box.echo('late.echo');
		const took = performance.now() - startedAt;
		await request('Idle');
		return took;
	};
	await request('Idle');
	const inCell: number[] = [];
	for (let round = -rounds.warmUp; round < rounds.counted; round++) {
		const took = await started();
		if (round >= 0) inCell.push(took);
	}
	const withCell: number[] = [];
	for (let round = 0; round < rounds.boxes; round++) {
		await stage.powerCut();
		await stage.powerOn();
		await box.echo();
		await pause(restMs);
		withCell.push(await started());
	}
	return [
		limited('service started by command, to its first answer', 'ms', median(inCell), limitMs),
		limited('the same where its cell has to be made first', 'ms', median(withCell), limitMs),
	];
}
