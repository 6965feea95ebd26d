/** What is said to the services of a box, through its operator. */
import type { Order, Probe } from '../../../../modules/probe/testbed.ts';
import type { Controller } from '../../../controller/controller.ts';
import { comeToRest, type Partner } from './journal-pair.ts';
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

/** @throws ControllerError */
export async function publish({ operator, probe }: Talk, topic: string, order: Order): Promise<void> {
	const args = { Topic: topic, Payload: base64(probe.order(order)) };
	await operator.operate('Device.X_MULLION_Bus.Publish()', args, { isSync: true });
}

/** What a box has that runs, as its operator sees it. @throws ControllerError */
export async function keptByBox(talk: Talk): Promise<KeptData> {
	const had = await comeToRest((of) => askFor(talk, of));
	const rows = await talk.operator.get(['Device.SoftwareModules.DeploymentUnit.']);
	const units = Object.values(rows).filter(({ DUID }) => DUID !== undefined);
	return {
		modules: units.map(({ DUID, Version }) => `${DUID} ${Version}`),
		complaints: units
			.filter(({ Status }) => Status !== 'Installed')
			.map(({ DUID, Status }) => `${DUID} is ${Status}`),
		had,
	};
}

function base64(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString('base64');
}
