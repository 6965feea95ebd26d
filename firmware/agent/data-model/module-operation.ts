/** What installing, updating and removing a module have in common: the event that tells of its end. */
import type { Fault } from '../error.ts';
import { dateTimeOf, type ObjectEvent } from './provider.ts';

/** TR-181 Device.SoftwareModules.DUStateChange!, arguments in the standard's order. */
export const duStateChangeArgs = [
	'UUID',
	'DeploymentUnitRef',
	'Version',
	'CurrentState',
	'Resolved',
	'ExecutionUnitRefList',
	'StartTime',
	'CompleteTime',
	'OperationPerformed',
	'Fault.FaultCode',
	'Fault.FaultString',
] as const;

export interface ModuleOutcome {
	readonly operation: 'Install' | 'Update' | 'Uninstall';
	readonly state: 'Installed' | 'Uninstalled' | 'Failed';
	readonly uuid?: string;
	readonly deploymentUnitRef?: string;
	readonly version?: string;
	readonly executionUnitRefs?: string;
	/** Microseconds since the epoch. */
	readonly acceptedAt: number;
	readonly endedAt: number;
	readonly fault?: Fault;
}

export function duStateChange(outcome: ModuleOutcome): ObjectEvent {
	const { operation, state, acceptedAt, endedAt, fault } = outcome;
	return {
		objectPath: 'Device.SoftwareModules.',
		name: 'DUStateChange!',
		args: {
			UUID: outcome.uuid ?? '',
			DeploymentUnitRef: outcome.deploymentUnitRef ?? '',
			Version: outcome.version ?? '',
			CurrentState: state,
			Resolved: state === 'Installed',
			ExecutionUnitRefList: outcome.executionUnitRefs ?? '',
			StartTime: dateTimeOf(acceptedAt),
			CompleteTime: dateTimeOf(endedAt),
			OperationPerformed: operation,
			// TR-181: 0 is success, with an empty string.
			'Fault.FaultCode': fault?.code ?? 0,
			'Fault.FaultString': fault?.text ?? '',
		},
	};
}
