/** `Device.LocalAgent.TransferComplete!`: a file that a controller had the box fetch is there, or will not come. */
import { faultOf } from '../error.ts';
import { type Call, dateTimeOf, type ObjectEvent } from './provider.ts';

/** In the standard's order. */
export const transferCompleteArgs = [
	'Command',
	'CommandKey',
	'Requestor',
	'TransferType',
	'Affected',
	'TransferURL',
	'StartTime',
	'CompleteTime',
	'FaultCode',
	'FaultString',
] as const;

export interface Transfer {
	readonly call: Call;
	readonly url: string;
	/** Microseconds since the epoch. */
	readonly endedAt: number;
	/** Why it did not come. */
	readonly error?: unknown;
}

export function transferComplete({ call, url, endedAt, error }: Transfer): ObjectEvent {
	const { objectPath, commandKey, originator, acceptedAt } = call;
	const fault = error === undefined ? undefined : faultOf(error);
	return {
		objectPath: 'Device.LocalAgent.',
		name: 'TransferComplete!',
		args: {
			Command: `${objectPath}Download()`,
			CommandKey: commandKey,
			Requestor: originator,
			TransferType: 'Download',
			Affected: objectPath.replace(/\.$/, ''),
			TransferURL: url,
			StartTime: dateTimeOf(acceptedAt),
			CompleteTime: dateTimeOf(endedAt),
			FaultCode: fault?.code ?? 0,
			FaultString: fault?.text ?? '',
		},
	};
}
