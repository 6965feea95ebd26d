/** What is said to the services of a box, through its operator. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Order, Probe } from '../../../../modules/probe/testbed.ts';
import type { Controller } from '../../../controller/controller.ts';
import { comeToRest, type Partner, pair } from './journal-pair.ts';
import type { KeptData } from './kept-data.ts';

export interface Talk {
	readonly operator: Controller;
	readonly probe: Probe;
}

/** Orders that it has had, this question included. @throws ControllerError */
export async function askFor({ operator, probe }: Talk, of: Partner): Promise<number> {
	const { Payload = '' } = await operator.operate(
		'Device.X_MULLION_Bus.Request()',
		{ Topic: `${of}.order`, Payload: base64(probe.order({ what: 'answer' })), DeadlineMs: '30000' },
		{ isSync: true },
	);
	return probe.word(Buffer.from(Payload, 'base64')).count;
}

/** Has a probe say something again. @throws ControllerError */
export async function echo(operator: Controller, topic = 'probe.echo'): Promise<void> {
	const args = { Topic: topic, Payload: base64(new Uint8Array([1])), DeadlineMs: '30000' };
	await operator.operate('Device.X_MULLION_Bus.Request()', args, { isSync: true });
}

/** @throws ControllerError */
export async function publish({ operator, probe }: Talk, topic: string, order: Order): Promise<void> {
	const args = { Topic: topic, Payload: base64(probe.order(order)) };
	await operator.operate('Device.X_MULLION_Bus.Publish()', args, { isSync: true });
}

/** Resolves once nothing that it was told to do is under way any more. @throws ControllerError */
export async function isIdle(operator: Controller): Promise<void> {
	while ((await operator.instances('Device.LocalAgent.Request.')).length > 0) await pause(500);
}

/** Resolves once no service is on its way up: a box comes to its operator before they are there. @throws ControllerError */
export async function areSettled(operator: Controller): Promise<void> {
	const units = 'Device.SoftwareModules.ExecutionUnit.';
	const isStarting = async (): Promise<boolean> =>
		Object.values(await operator.get([units])).some(({ Status }) => Status === 'Starting');
	while (await isStarting()) await pause(500);
}

/** What a box has that runs, as its operator sees it. @throws ControllerError */
export async function keptByBox(talk: Talk): Promise<KeptData> {
	await areSettled(talk.operator);
	const atRest = await comeToRest((of) => askFor(talk, of));
	const rows = await talk.operator.get(['Device.SoftwareModules.DeploymentUnit.']);
	const units = Object.values(rows).filter(({ DUID }) => DUID !== undefined);
	// The pair has answered already.
	const others = units.filter(({ DUID }) => !pair.some((partner) => partner === DUID));
	for (const { DUID } of others) await echo(talk.operator, `${DUID}.echo`);
	return {
		modules: units.map(({ DUID, Version }) => `${DUID} ${Version}`),
		complaints: units
			.filter(({ Status }) => Status !== 'Installed')
			.map(({ DUID, Status }) => `${DUID} is ${Status}`),
		...atRest,
	};
}

function base64(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString('base64');
}
